"""A browser page that keeps a record."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Dialog, Frame, Page


def set_size(page: Page, width: int, height: int) -> None:
    """Give the page this size, and wait until it has it: Chromium answers before the page is laid out anew."""
    page.set_viewport_size({"width": width, "height": height})
    wait_until(page, f"window.innerWidth === {width}")


def wait_until(frame: Page | Frame, expression: str) -> None:
    """
    Wait until an expression of JavaScript is true.

    Playwright's own waiting evaluates it in the page, which the content security policy forbids at the second time.
    """
    deadline = time.monotonic() + 30
    while not frame.evaluate(expression):
        assert time.monotonic() < deadline, expression
        time.sleep(0.05)


class Watched:
    """
    Record what a page asks for and complains of.

    Parameters
    ----------
    page
        Not yet on any address.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda message: self.complaints.append(message.text) if message.type in ("error", "warning") else None,
        )
        page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))
        page.on("dialog", self._refuse)

    def _refuse(self, dialog: Dialog) -> None:
        self.complaints.append(dialog.message)
        dialog.dismiss()

    def assert_well_behaved(self, own_address: str) -> None:
        """Nothing was asked of anybody else, and nothing went wrong."""
        others = [url for url in self.requests if not url.startswith((own_address, "data:", "about:"))]
        assert others == []
        assert self.complaints == []

    def accessibility_faults(self, axe_script: str) -> list[str]:
        """
        Faults that axe-core finds on the page, by rule and element.

        To list every element that passes, too, would take three times as long.
        """
        self.page.evaluate(axe_script)
        found: list[dict[str, Any]] = self.page.evaluate(
            """axe.run(document, {
                runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice'],
                iframes: false,
                resultTypes: ['violations'],
            }).then((found) => found.violations)"""
        )
        return [f"{fault['id']}: {node['html'][:200]}" for fault in found for node in fault["nodes"]]
