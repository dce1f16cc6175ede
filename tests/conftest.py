"""Fixtures of general use: the real data beside the repository, and a browser."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
# A terminal's size that a process hands down would decide where the commands break their lines.
for _size in ("COLUMNS", "LINES"):
    os.environ.pop(_size, None)
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Tests talk to this machine only: Chromium's own look-ups and updates are switched off, its sandbox is where the tests
# run as root (containers, continuous integration).
CHROMIUM_FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
)

# Beginnings of the paths of test files, the longest files first.
LONG_FILES = (
    "tests/clustering/capacity/plan_years/test_brute_force.py",
    "tests/test_notebooks.py",
    "tests/clustering/disclosure/",
    "tests/clustering/capacity/matching/test_brute_force.py",
    "tests/clustering/readers/isolation/",
    "tests/browser/",
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


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real files; where they are not at hand, the tests that need them are skipped and say so."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the real data is not on this machine (looked for {folder})")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium; CHROMIUM names one. Without one, continuous integration fails and everyone else skips."""
    named = os.environ.get("CHROMIUM")
    found = next(filter(None, map(shutil.which, [named] if named else CHROMIUM_NAMES)), None)
    if found is not None:
        return found
    message = f"{named or 'Chromium'} was not found; make test installs Chromium, CHROMIUM=... names another"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """
    A headless Chromium with a fresh profile; each test opens a context of its own with ``browser.new_context()``.

    It ends with its file: Playwright runs an event loop in this thread, and no other loop can start until it is closed.
    """
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        yield running
        running.close()


@pytest.fixture(scope="session")
def axe_script() -> str:
    """The accessibility checks of axe-core, to be run in a page with ``page.evaluate``."""
    script = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    assert script.is_file(), "axe-core is not installed: run make setup"
    return script.read_text(encoding="utf-8")
