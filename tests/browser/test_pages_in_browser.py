"""The pages as a person uses them: files up, Zones asked for, map seen, with the keyboard alone."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from app.jobs import tasks
from app.store import IngestedDataset, open_store
from clustering import parse_parameters, plain_text, report_document, report_with_counts, scenario_to_bytes
from tests.browser.watched import Watched, set_size, wait_until
from tests.examples.plans import TODAY, plan_table
from tests.examples.service_requests import toy_uploads
from tests.examples.toy_district import toy_scenario, toy_schools
from tests.faulty_files.hostile_names import HOSTILE_NAMES, hostile_state_flows, hostile_state_schools

BOTH = parse_parameters(["identification=official:designation=CSI"])
# Files that the service holds already keep their first dataset, with the name that its uploader gave it.
PROPOSAL_HEADING = re.compile("^Proposed Zones: ")


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    for role, (name, content, _) in toy_uploads():
        (tmp_path / name).write_bytes(content)
        assert name == f"{role}.csv"
    return {role: tmp_path / f"{role}.csv" for role in ("schools", "flows")}


@pytest.fixture(scope="module")
def dataset_page(address: str, browser: Browser) -> str:
    """Address of the page of a dataset, the toy district, that several tests look at and none deletes."""
    context = browser.new_context()
    sent = {role: FilePayload(name=name, mimeType=kind, buffer=data) for role, (name, data, kind) in toy_uploads()}
    dataset = context.request.post(f"{address}/datasets", multipart={**sent, "name": "Toy"}).json()
    context.close()
    return f"{address}/browse/datasets/{dataset['id']}"


@pytest.fixture(scope="module")
def proposal_page(address: str, browser: Browser, dataset_page: str) -> str:
    """Address of the page of a proposal for it."""
    context = browser.new_context()
    wanted = {"dataset_id": dataset_page.rpartition("/")[2], "parameters": {}}
    proposal = context.request.post(f"{address}/proposals", data=wanted, headers={"Prefer": "wait=60"}).json()
    context.close()
    return f"{address}/browse/proposals/{proposal['id']}"


def upload(page: Page, address: str, files: dict[str, Path], name: str = "Toy") -> None:
    page.goto(address)
    for role, path in files.items():
        page.locator(f"#{role}").set_input_files(path)
    page.get_by_label("Name of the dataset").fill(name)
    page.get_by_role("button", name="Upload and check").click()


def test_from_files_to_a_map_with_the_keyboard_alone(
    watched: Watched, address: str, files: dict[str, Path], axe_script: str
) -> None:
    page = watched.page
    page.goto(address)
    assert watched.accessibility_faults(axe_script) == []
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    # The browser's own file dialogue is beyond the page; everything else is done with keys.
    for role, path in files.items():
        page.locator(f"#{role}").set_input_files(path)
    page.locator("#name").focus()
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    # The first work of a service starts its processes, which takes its time where others work as well.
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^(By keyboard|Toy)$"), timeout=30_000)
    expect(page.get_by_role("heading", name="How the files were read")).to_be_visible()
    assert watched.accessibility_faults(axe_script) == []

    page.get_by_label("Those on an official list").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("designation")
    page.keyboard.press("Tab")
    page.keyboard.type("CSI")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(PROPOSAL_HEADING, timeout=30_000)
    expect(page.get_by_role("heading", name="West High Zone")).to_be_visible()
    assert watched.accessibility_faults(axe_script) == []

    frame = page.frame_locator("iframe")
    page.locator("iframe").scroll_into_view_if_needed()
    expect(frame.locator(".zone-name span").first).to_be_visible(timeout=20_000)
    canvas = frame.locator(".leaflet-overlay-pane canvas")
    expect(canvas).to_be_visible()
    # Both anchors are in view, though the frame had no size when its script ran.
    wait_until(page.frames[-1], "drawnMap.getBounds().contains([[38.01, -98], [38.11, -98]])")
    view = page.frames[-1].evaluate("drawnMap.getZoom()")
    assert 9 <= view <= 14
    page.get_by_role("link", name="Map on its own page").click()
    expect(page.locator(".leaflet-overlay-pane canvas")).to_be_visible()
    watched.assert_well_behaved(address)


def test_a_plan_is_compared_on_the_page_of_a_proposal(
    watched: Watched, address: str, proposal_page: str, tmp_path: Path, axe_script: str
) -> None:
    page = watched.page
    page.goto(proposal_page)
    expect(page.get_by_role("heading", level=1)).to_have_text(PROPOSAL_HEADING)
    plan_table({"<b>west</b>": TODAY["west side"]}).to_csv(tmp_path / "today.csv", index=False)
    page.locator("#plan").set_input_files(tmp_path / "today.csv")
    page.get_by_role("button", name="Score the plan and compare").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Two proposals compared", timeout=30_000)
    expect(page.get_by_text("3 schools join a Zone, 0 leave one and 0 change Zone.")).to_be_visible()
    assert watched.accessibility_faults(axe_script) == []
    page.get_by_role("link", name="a plan as given").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Zones as given: "))
    assert watched.accessibility_faults(axe_script) == []
    page.get_by_role("button", name="Compare the two").click()
    expect(page.get_by_role("heading", name="Schools that move")).to_be_visible()
    set_size(page, 360, 700)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    watched.assert_well_behaved(address)


def test_what_stands_beside_a_proposal_is_read_on_pages(
    watched: Watched, address: str, proposal_page: str, axe_script: str
) -> None:
    page = watched.page
    page.goto(proposal_page)
    for title, word in {
        "Every school within reach, and why": "Oak Middle",
        "The best plans": "Plan 2",
        "What size and leakage cost": "Leakage weight",
        "How certain each school's Zone is": "In resampled flows",
        "Who is still in the Zone years later": "Persistence",
    }.items():
        page.get_by_role("link", name=title).click()
        page.get_by_role("button", name="Compute").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(title, timeout=30_000)
        expect(page.get_by_text(word).first).to_be_visible()
        assert watched.accessibility_faults(axe_script) == []
        set_size(page, 360, 700)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, title
        set_size(page, 1280, 900)
        page.get_by_role("link", name="Back to the proposal").click()
        expect(page).to_have_url(proposal_page)
    page.get_by_role("link", name="The best plans").click()
    page.get_by_label("How many plans").fill("2")
    page.get_by_role("button", name="Compute again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The best plans", timeout=30_000)
    expect(page.get_by_role("heading", name="Plan 2")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("heading", name="Plan 3")).to_have_count(0)
    watched.assert_well_behaved(address)


def test_schools_are_identified_and_zones_asked_for_by_the_same_rule(
    watched: Watched, address: str, dataset_page: str, axe_script: str
) -> None:
    page = watched.page
    page.goto(dataset_page)
    page.get_by_role("link", name="See first which schools a rule finds low-performing").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Which schools are low-performing?")
    assert watched.accessibility_faults(axe_script) == []
    page.get_by_text("A rule of your own").click()
    page.get_by_label("Those that this rule finds").check()
    page.get_by_label("Rule of your own", exact=True).fill('threshold = 0.9\nyears = "newest"\ntitle = "<i>Ours</i>"')
    page.get_by_label("Compare with a second rule").fill("official:designation=CSI")
    page.get_by_role("button", name="Identify").click()
    expect(page.get_by_role("heading", name="<i>Ours</i>: 2 schools identified")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Graduation rate 80.0%, below 90.0%.").first).to_be_visible()
    assert watched.accessibility_faults(axe_script) == []
    set_size(page, 360, 700)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("link", name="Propose Zones with this rule").click()
    expect(page.get_by_label("Those that this rule finds")).to_be_checked()
    page.get_by_role("button", name="Propose Zones").click()
    expect(page.get_by_role("heading", name="East High Zone")).to_be_visible(timeout=30_000)
    watched.assert_well_behaved(address)


def test_problems_are_shown_beside_the_form_and_nothing_is_kept(
    watched: Watched, address: str, files: dict[str, Path], axe_script: str
) -> None:
    page = watched.page
    schools = toy_schools()
    schools.loc[0, "lat"], schools.loc[3, "school_id"] = "412", "0001"
    files["schools"].write_bytes(schools.to_csv(index=False).encode())
    upload(page, address, files, "Broken")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("3 problems")
    for word in ("schools.csv", "412", "more than once"):
        expect(alert).to_contain_text(word)
    expect(page.get_by_label("Name of the dataset")).to_have_value("Broken")
    assert watched.accessibility_faults(axe_script) == []
    page.goto(address)
    expect(page.get_by_role("link", name="Broken")).to_have_count(0)


def test_bad_parameters_keep_what_was_typed(watched: Watched, dataset_page: str) -> None:
    page = watched.page
    page.goto(dataset_page)
    page.locator("#maximum_schools").fill("2")
    page.locator("#leakage_weight").fill("heavy")
    page.get_by_role("button", name="Propose Zones").click()
    expect(page.get_by_role("alert")).to_contain_text("leakage_weight")
    expect(page.locator("#maximum_schools")).to_have_value("2")
    expect(page.locator("#leakage_weight")).to_have_value("heavy")


def test_a_dataset_is_forgotten(watched: Watched, address: str, files: dict[str, Path]) -> None:
    page = watched.page
    for path in files.values():  # schools of another state: no second cut of those of other tests
        path.write_bytes(re.sub(rb"\b00(\d\d)\b", rb"55\1", path.read_bytes()))
    upload(page, address, files, "Forgotten")
    page.get_by_role("link", name="See what would be deleted with it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Delete “Forgotten”?")
    page.get_by_role("link", name="Keep it").click()
    page.get_by_role("link", name="See what would be deleted with it").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page).to_have_url(re.compile(rf"{address}/?$"))
    expect(page.get_by_role("link", name="Forgotten")).to_have_count(0)


def test_the_documentation_of_the_interface_is_served_from_here(watched: Watched, address: str) -> None:
    page = watched.page
    page.goto(f"{address}/docs")
    expect(page.get_by_text("/datasets/{dataset_id}/set-aside")).to_be_visible(timeout=20_000)
    # Swagger UI draws what is further down of a long document when somebody comes near.
    further_down = page.get_by_text("/proposals/{proposal_id}/map")
    page.mouse.move(600, 400)
    for _ in range(20):
        page.mouse.wheel(0, 400)
        page.wait_for_timeout(300)
        if further_down.count():
            break
    expect(further_down).to_be_attached()
    watched.assert_well_behaved(address)


def test_no_name_of_a_school_runs_on_a_page(watched: Watched, address: str, tmp_path: Path) -> None:
    files = {"schools": tmp_path / "schools.csv", "flows": tmp_path / "flows.csv"}
    hostile_state_schools().to_csv(files["schools"], index=False)
    hostile_state_flows().to_csv(files["flows"], index=False)
    page = watched.page
    upload(page, address, files, "Hostile")
    expect(page.get_by_role("heading", name="How the files were read")).to_be_visible()
    page.get_by_role("button", name="Propose Zones").click()
    expect(page.locator("iframe")).to_be_attached(timeout=60_000)
    assert page.get_by_role("heading", name=re.compile(" Zone$")).count() >= len(HOSTILE_NAMES)
    page.locator("iframe").scroll_into_view_if_needed()
    expect(page.frame_locator("iframe").locator("#zones")).to_be_attached(timeout=20_000)
    assert page.evaluate("window.ran") is None
    assert page.frames[-1].evaluate("window.ran") is None
    watched.assert_well_behaved(address)


def kept_under_hostile_names(folder: Path) -> dict[str, list[str]]:
    """
    A dataset and a proposal for it of each name that has a sign of markup; the ends of their addresses.

    The same words without such a sign are no more than words.

    They are put into the database of the running service: reading the same files again for each name would tell no
    more. ``tests/app/api/test_datasets.py`` checks that the service keeps a name as it is put here.
    """
    store, paths = open_store(folder), {}
    scenario = toy_scenario()
    ingested = IngestedDataset(
        report=report_document(report_with_counts(scenario)), scenario=scenario_to_bytes(scenario)
    )
    rendered = tasks.propose(lambda stage, fraction: None, ingested.scenario, BOTH.as_dict(), "")
    # What a title does in a map is seen in ``test_map_in_browser.py``; here the map is a page of nothing else.
    for name in (name for name in HOSTILE_NAMES if set(name) & set("<>&\"'`")):
        dataset = store.add_dataset(plain_text(name).strip(), ingested)
        titled = f"<!doctype html><title>Proposed Zones: {escape(dataset.name)}</title>".encode()
        kept = store.add_proposal(
            dataset.id, BOTH.as_dict(), replace(rendered, parts={**rendered.parts, "map": titled})
        )
        paths[name] = [f"datasets/{dataset.id}", f"proposals/{kept.id}"]
    store.close()
    return paths


def test_no_name_of_a_dataset_runs_on_a_page(watched: Watched, address: str, served_folder: Path) -> None:
    page = watched.page
    for name, paths in kept_under_hostile_names(served_folder).items():
        for path in paths:
            page.goto(f"{address}/browse/{path}")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            assert page.evaluate("window.ran") is None, name
            watched.assert_well_behaved(address)
    page.goto(address)
    expect(page.locator("a[href*='/datasets/']")).not_to_have_count(0)
    assert page.evaluate("window.ran") is None
    watched.assert_well_behaved(address)


def test_the_pages_fit_a_narrow_screen(watched: Watched, address: str, dataset_page: str) -> None:
    page = watched.page
    set_size(page, 360, 700)
    page.goto(dataset_page)  # until the style sheet is loaded, too
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
