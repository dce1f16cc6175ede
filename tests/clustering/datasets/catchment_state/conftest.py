"""A generated state with catchments, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from clustering.datasets import CatchmentState, generate_catchment_state, write_catchment_state


@pytest.fixture(scope="session")
def traced() -> CatchmentState:
    """Two districts: of five ordinary high schools, with every kind of choice school, and of one."""
    return generate_catchment_state(districts=2, seed=3, aligned_share=0.5)


@pytest.fixture(scope="session")
def files(traced: CatchmentState, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Its files."""
    return write_catchment_state(traced, tmp_path_factory.mktemp("catchment_state"))
