"""Fixtures of the tests of readers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faulty_files.hostile_files import valid_files


@pytest.fixture(scope="session")
def valid(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A sound file of each kind of container."""
    return valid_files(tmp_path_factory.mktemp("valid"))
