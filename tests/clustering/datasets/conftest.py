"""The generated state of the sample, made once."""

from __future__ import annotations

import pytest

from clustering.datasets import SampleState, generate_state


@pytest.fixture(scope="session")
def state() -> SampleState:
    """The state that data/sample holds."""
    return generate_state()
