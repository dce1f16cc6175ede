"""Lead Partners as a person uses them: a register up, Zones matched, a lock set, the years planned."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser.watched import Watched, set_size
from tests.examples.service_requests import toy_uploads
from tests.examples.toy_register import toy_partners, toy_preferences


@pytest.fixture(scope="module")
def proposal_page(address: str, browser: Browser) -> str:
    """Address of the page of a proposal with two Zones."""
    context = browser.new_context()
    sent = {role: FilePayload(name=name, mimeType=kind, buffer=data) for role, (name, data, kind) in toy_uploads()}
    dataset = context.request.post(f"{address}/datasets", multipart={**sent, "name": "Toy"}).json()
    wanted = {"dataset_id": dataset["id"], "parameters": {"identification": "official:designation=CSI"}}
    proposal = context.request.post(f"{address}/proposals", data=wanted, headers={"Prefer": "wait=60"}).json()
    context.close()
    return f"{address}/browse/proposals/{proposal['id']}"


def check_embedded_map(page: Page) -> None:
    """The page has a table of its own: only the map is shown inside it, whole."""
    expect(page.locator(".tiles dd").first).to_have_text("1 of 2")
    page.locator("iframe").scroll_into_view_if_needed()
    embedded = page.frame_locator("iframe")
    expect(embedded.locator(".zone-name span").first).to_be_visible(timeout=20_000)
    expect(embedded.locator("#zones")).to_be_hidden()
    assert page.frames[-1].evaluate("document.documentElement.scrollHeight <= window.innerHeight")


def check_stacked_cells(page: Page) -> None:
    """On a telephone every cell of a table is in view."""
    set_size(page, 390, 800)
    boxes = [cell.bounding_box() for cell in page.locator(".stacked td").all()]
    assert boxes
    assert all(box and 0 <= box["x"] <= box["x"] + box["width"] <= 390 for box in boxes)
    set_size(page, 1280, 900)


def test_from_a_register_to_a_match_and_a_plan(
    watched: Watched, address: str, proposal_page: str, tmp_path: Path, axe_script: str
) -> None:
    page = watched.page

    def check_page() -> None:
        """It has no fault of accessibility, and fits a narrow screen."""
        assert watched.accessibility_faults(axe_script) == []
        set_size(page, 360, 700)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        set_size(page, 1280, 900)

    page.goto(address)
    page.get_by_role("link", name="Lead Partners", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Registers of Lead Partners")
    for name, table in (("partners", toy_partners()), ("preferences", toy_preferences())):
        table.to_csv(tmp_path / f"{name}.csv", index=False)
        page.locator(f"#{name}").set_input_files(tmp_path / f"{name}.csv")
    page.get_by_label("Name of the register").fill("Partners of Toy")
    check_page()
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Partners of Toy", timeout=30_000)
    expect(page.get_by_text("The state has not approved it.")).to_be_visible()
    check_page()

    page.goto(proposal_page)
    page.get_by_role("link", name="Match with Lead Partners").click()
    page.get_by_label("Register").select_option(label="Partners of Toy")
    check_page()
    page.get_by_role("button", name="Match with Lead Partners").click()
    expect(page.get_by_text("3,100 of 5,100 students, in 7 schools")).to_be_visible(timeout=30_000)
    check_embedded_map(page)
    check_page()
    check_stacked_cells(page)
    page.get_by_role("button", name="Forbid West High Zone with Prairie Partners").click()
    expect(page.get_by_text("2,000 of 5,100 students, in 4 schools")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("button", name="Lift the lock on zone-0010=P-1")).to_be_visible()
    page.get_by_role("link", name="The best matches").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The best matches", timeout=30_000)
    check_page()

    page.goto(proposal_page)
    page.get_by_role("link", name="Plan the years").click()
    page.get_by_label("Register").select_option(label="Partners of Toy")
    page.get_by_role("button", name="Plan the years").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Multi-year plan: Toy", timeout=30_000)
    expect(page.get_by_text("Starts in fall").first).to_be_visible()
    check_page()
    page.get_by_role("link", name="Map").click()
    expect(page.locator(".leaflet-overlay-pane canvas, .leaflet-overlay-pane svg").first).to_be_visible(timeout=20_000)
    watched.assert_well_behaved(address)
