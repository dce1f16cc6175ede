"""Fixtures of the tests of the library."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from clustering.readers.isolation import parent
from clustering.readers.isolation.warm_children import WarmChildren


@pytest.fixture(scope="session")
def warm_processes() -> Iterator[WarmChildren]:
    """The processes that forks come from, started when one is needed first."""
    processes = WarmChildren()
    yield processes
    processes.close()


@pytest.fixture(scope="module", autouse=True)
def forked_children(warm_processes: WarmChildren) -> Iterator[None]:
    """
    Files are read in forks: a child that starts takes ten times as long.

    Both read alike (``readers/isolation/test_warm_children.py``); the tests of readers have children that start, too.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parent, "subprocess", warm_processes)
        yield
