"""Fixtures of the tests of readers."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from clustering.readers.isolation import parent
from clustering.readers.isolation.warm_children import WarmChildren
from tests.faulty_files.hostile_files import valid_files


@pytest.fixture(scope="session")
def valid(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A sound file of each kind of container."""
    return valid_files(tmp_path_factory.mktemp("valid"))


@pytest.fixture(scope="module", autouse=True)
def forked_children() -> None:
    """Here each test says itself which children it has."""


@pytest.fixture
def warm_children(warm_processes: WarmChildren, monkeypatch: pytest.MonkeyPatch) -> WarmChildren:
    """Forks in place of children that start."""
    monkeypatch.setattr(parent, "subprocess", warm_processes)
    return warm_processes


@pytest.fixture
def real_children(warm_children: WarmChildren, monkeypatch: pytest.MonkeyPatch) -> None:
    """Children that start, for a test in a file whose others have forks."""
    del warm_children
    monkeypatch.setattr(parent, "subprocess", subprocess)
