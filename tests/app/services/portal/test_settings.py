"""Settings of the portal that cannot work."""

from __future__ import annotations

import pytest

from app.services.portal import PortalError, PortalSettings


def test_settings_that_cannot_work_are_refused() -> None:
    with pytest.raises(PortalError):
        PortalSettings(requests_per_second=0)
    with pytest.raises(PortalError):
        PortalSettings(maximum_attempts=0)
