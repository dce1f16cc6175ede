"""A browser, the service on a loopback port as a process of its own, and pages that notice what they should not do."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.watched import Watched

ROOT = Path(__file__).resolve().parents[2]
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


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    """
    A headless Chromium with a fresh profile; each test opens a context of its own with ``browser.new_context()``.

    It ends with the last of these files: Playwright runs an event loop in this thread, and no other loop can start
    until it is closed.
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


@pytest.fixture(scope="session")
def served_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the running service keeps everything."""
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="session")
def address(served_folder: Path) -> Iterator[str]:
    """Address of the running service."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "FEEDER_ZONES_DATA_DIRECTORY": str(served_folder),
        "FEEDER_ZONES_PORT": str(port),
    }
    command = [sys.executable, "-m", "app.cli.main", "serve"]
    # To a file: a pipe that nobody reads would be full after some hundred requests, and then the service waits.
    log = served_folder / "service.log"
    with (
        log.open("wb") as written,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=written) as process,
    ):
        own = f"http://127.0.0.1:{port}"
        _wait_for(own, process, log)
        yield own
        process.terminate()


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    process.kill()
    raise AssertionError(f"the service did not start: {log.read_text(encoding='utf-8')}")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a fresh context."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture
def watched(page: Page) -> Watched:
    """The page with a record of its requests and of everything that went wrong in it."""
    return Watched(page)
