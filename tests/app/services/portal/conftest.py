"""The portal, played by a server on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.examples.portal_server import Server, run_server


@pytest.fixture
def server() -> Iterator[Server]:
    with run_server() as running:
        yield running
