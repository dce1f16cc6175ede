"""Records as a person keeps them: begun, changed, refused, and two editors at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.watched import Watched, set_size
from tests.examples.zone_records import another_zone

HOSTILE = "</td><script>alert(1)</script>{{7*7}}"


@pytest.fixture
def record_page(address: str, browser: Browser) -> str:
    """Address of the page of a record."""
    context = browser.new_context()
    asked = {"by": "Ann", "why": "Begun", "zone": another_zone(name=HOSTILE)}
    record = context.request.post(f"{address}/records", data=asked).json()
    context.close()
    return f"{address}/browse/records/{record['record_id']}"


def sign_and_save(page: Page, name: str) -> None:
    page.get_by_label("Your name or office").fill(name)
    page.get_by_label("Why", exact=True).fill("The board agreed")
    page.get_by_role("button", name="Save").click()


def test_two_editors_meet_and_neither_loses_anything(
    watched: Watched, address: str, record_page: str, axe_script: str
) -> None:
    first = watched.page
    second = Watched(first.context.new_page())
    for page in (first, second.page):
        page.goto(record_page)
        page.get_by_role("link", name="Record School leadership").click()
    first.get_by_label("State").select_option("agreed")
    first.get_by_label("Agreed on").fill("2026-01-30")
    sign_and_save(first, "First editor")
    expect(first.get_by_role("cell", name="agreed 2026-01-30")).to_be_visible()

    second.page.get_by_label("Who holds the authority").fill("The district")
    sign_and_save(second.page, "Second editor")
    expect(second.page.get_by_role("heading", name="The record was changed while you were writing")).to_be_visible()
    expect(second.page.get_by_role("cell", name="First editor")).to_be_visible()
    expect(second.page.get_by_label("Who holds the authority")).to_have_value("The district")
    assert second.accessibility_faults(axe_script) == []
    # What the second editor left alone is what the first has made of it. The state is never left alone.
    expect(second.page.get_by_label("Agreed on")).to_have_value("2026-01-30")
    expect(second.page.get_by_text("State: the record has agreed now, and you gave asked.")).to_be_visible()
    second.page.get_by_label("State").select_option("agreed")
    second.page.get_by_role("button", name="Save").click()
    expect(second.page.get_by_role("cell", name="The district", exact=True)).to_be_visible()
    expect(second.page.get_by_role("cell", name="agreed 2026-01-30")).to_be_visible()
    assert second.accessibility_faults(axe_script) == []
    second.complaints = [each for each in second.complaints if "409 (Conflict)" not in each]
    for each in (watched, second):
        each.assert_well_behaved(address)


def test_every_page_of_records_is_accessible_and_fits_a_phone(
    watched: Watched, address: str, record_page: str, axe_script: str
) -> None:
    page = watched.page
    set_size(page, 390, 844)
    kinds = ("condition", "stage", "contract", "zone", "checklist")
    forms = [f"{record_page}/change?kind={kind}" for kind in kinds]
    lists = [f"{address}/browse/records", f"{address}/browse/checklists"]
    for each in (record_page, *forms, *lists, f"{address}/browse/checklists/miami_school_improvement_zone"):
        page.goto(each)
        assert watched.accessibility_faults(axe_script) == [], each
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, each
    watched.assert_well_behaved(address)


def test_a_step_to_protected_says_what_is_missing_until_a_reason_is_given(watched: Watched, record_page: str) -> None:
    page = watched.page
    page.goto(record_page)
    page.get_by_role("link", name="Advance the stage").click()
    page.get_by_role("radio", name="designated").check()
    sign_and_save(page, "Ann")
    page.get_by_role("link", name="Advance the stage").click()
    page.get_by_role("radio", name="protected").check()
    sign_and_save(page, "Ann")
    expect(page.get_by_role("cell", name="Shared governance (governance): not asked for yet.")).to_be_visible()
    page.get_by_label("Why the Zone is protected all the same").fill("The court ordered it")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Protected by exception. The court ordered it")).to_be_visible()
    expect(page.get_by_role("heading", name="missing although the Zone is protected")).to_be_visible()
