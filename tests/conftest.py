"""The order in which tests run and who runs them, and the real data beside the repository."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.remote import Producer  # type: ignore[import-untyped]
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parent.parent
# A terminal's size that a process hands down would decide where the commands break their lines.
for _size in ("COLUMNS", "LINES"):
    os.environ.pop(_size, None)
_BROWSER = "tests/browser/"
# Beginnings of the paths of test files, the longest files first.
LONG_FILES = (
    _BROWSER,
    "tests/clustering/capacity/plan_years/test_brute_force.py",
    "tests/test_notebooks.py",
    "tests/clustering/disclosure/",
    "tests/clustering/capacity/matching/test_brute_force.py",
    "tests/clustering/readers/isolation/",
    "tests/test_",
    "tests/clustering/zones/",
    "tests/clustering/analysis/",
    "tests/clustering/validation/test_faulty_files.py",
    "tests/clustering/validation/test_odd_files.py",
    "tests/clustering/test_other_hashes.py",
    "tests/app/",
    "tests/clustering/capacity/",
    "tests/clustering/readers/recognition/",
)

# A slow machine is no reason for an example to fail.
settings.register_profile("unhurried", settings.get_profile("default"), deadline=None)
# Examples are the same in every run of CI: drawing more of them finds nothing new there.
settings.register_profile("repeated", settings.get_profile("ci"), max_examples=25)
settings.load_profile("repeated" if os.environ.get("CI") else "unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the choice of the database under test."""
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite", help="Database of the service.")


def pytest_configure(config: pytest.Config) -> None:
    """With ``--database=postgresql``: start a server, which all workers share; each data directory has a database."""
    if config.getoption("--database") != "postgresql":
        return
    from tests import databases  # noqa: PLC0415 (other runs need not wait for it)

    if hasattr(config, "workerinput"):
        return
    if not databases.is_postgres():
        server = databases.PostgresServer()
        config.add_cleanup(server.remove)
        os.environ[databases.VARIABLE] = server.address()
    databases.use_postgres()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """
    Collect without looking for garbage: every module and test that is collected stays.

    Looking for it among them again and again would be a sixth of the work; afterwards they are left out.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first: each is run by one worker, and the short ones fill the gaps at the end."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    path = item.path.relative_to(ROOT).as_posix()
    return next((turn for turn, start in enumerate(LONG_FILES) if path.startswith(start)), len(LONG_FILES))


class _ByFile(LoadFileScheduling):  # type: ignore[misc]
    """A worker gets one file after the other; those with a browser go to one, which starts browser and service once."""

    def _split_scope(self, nodeid: str) -> str:
        return _BROWSER if nodeid.startswith(_BROWSER) else str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    """Say which worker runs what where files stay whole; any other division is xdist's own."""
    return _ByFile(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real files; where they are not at hand, the tests that need them are skipped and say so."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the real data is not on this machine (looked for {folder})")
    return folder
