"""The map as Chromium shows it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Frame, Page

from clustering import Proposal, draw_map, parse_parameters, propose_zones
from tests.browser.watched import Watched, set_size
from tests.examples.toy_district import toy_scenario
from tests.faulty_files.hostile_names import HOSTILE_NAMES, hostile_scenario

BOTH = parse_parameters(["identification=official:designation=CSI"])


@cache
def toy_proposal() -> Proposal:
    return propose_zones(toy_scenario(), BOTH)


def write_page(folder: Path, text: str, name: str = "map.html") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def toy_map(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Address of the map of the toy district."""
    return write_page(tmp_path_factory.mktemp("map"), draw_map(toy_proposal()))


@pytest.fixture
def opened(watched: Watched, toy_map: str) -> Page:
    watched.page.goto(toy_map)
    return watched.page


def open_side_by_side(page: Page, folder: Path, texts: Sequence[str]) -> list[Frame]:
    """Each text as a document of its own, all in frames of one page."""
    addresses = [write_page(folder, text, f"{number}.html") for number, text in enumerate(texts)]
    page.goto(write_page(folder, "".join(f"<iframe src='{address}'></iframe>" for address in addresses), "all.html"))
    frames = [page.frame(url=address) for address in addresses]
    return [frame for frame in frames if frame is not None]


def test_a_file_opened_without_any_server_draws_everything_and_asks_for_nothing(opened: Page, watched: Watched) -> None:
    watched.assert_well_behaved("file://")
    assert len(watched.requests) == 1
    # Zone outlines, flows and schools are painted on one canvas: it must not be blank.
    painted = opened.evaluate(
        """() => { const canvas = document.querySelector('.leaflet-overlay-pane canvas');
        const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        const colours = new Set();
        for (let i = 0; i < data.length; i += 4)
            if (data[i + 3] > 240) colours.add((data[i] << 16) + (data[i + 1] << 8) + data[i + 2]);
        return colours.size; }"""
    )
    assert painted > 5
    labels = opened.locator(".zone-name span").all_inner_texts()
    assert labels == ["West High Zone", "East High Zone"]


def test_layers_are_chosen_with_the_keyboard(opened: Page) -> None:
    control = opened.get_by_label("Other schools")
    control.focus()
    assert not control.is_checked()
    opened.keyboard.press("Space")
    assert control.is_checked()


def test_a_zone_is_found_from_its_row(opened: Page) -> None:
    before = opened.evaluate("drawnMap.getZoom()")
    opened.get_by_role("button", name=re.compile("Show on map.*East High Zone")).click()
    bounds = opened.evaluate("(() => { const b = drawnMap.getBounds(); return [b.getSouth(), b.getNorth()]; })()")
    assert opened.evaluate("drawnMap.getZoom()") >= before
    assert bounds[0] < 38.05
    assert bounds[1] > 38.11


def test_the_table_is_sorted_by_a_click_on_its_heading(opened: Page) -> None:
    rows = opened.locator("#zones tbody tr th").all_inner_texts
    assert [text.split("\n")[0].strip()[:9] for text in rows()] == ["West High", "East High"]
    opened.locator("#zones").get_by_role("button", name="Score").click()
    assert [text.strip()[:9] for text in rows()] == ["East High", "West High"]
    opened.locator("#zones").get_by_role("button", name="Score").click()
    assert [text.strip()[:9] for text in rows()] == ["West High", "East High"]


def test_a_school_says_why_it_is_there(opened: Page) -> None:
    opened.evaluate(
        """drawnMap.eachLayer((layer) => {
            const text = layer.feature ? layer.feature.properties.text : '';
            if (text.startsWith('<b>Elm Middle</b>')) layer.openTooltip(); })"""
    )
    told = opened.locator(".tooltip").inner_text()
    # The counts are those of the protected flows, 90 of 100 with a little noise.
    shown = re.search(r"(\d+)% of Elm Middle's promoted students \((\d+) of (\d+) a year\) go to West High", told)
    assert shown is not None, told
    share, sent, promoted = map(int, shown.groups())
    assert abs(sent - 90) <= 10
    assert abs(promoted - 100) <= 10
    assert share == round(100 * sent / promoted)


def test_a_narrow_screen_needs_no_sideways_scrolling(opened: Page) -> None:
    set_size(opened, 360, 700)
    assert opened.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_map_is_accessible(opened: Page, watched: Watched, axe_script: str) -> None:
    assert watched.accessibility_faults(axe_script) == []


def test_no_name_of_a_school_runs_in_the_browser(watched: Watched, tmp_path: Path) -> None:
    page = watched.page
    page.goto(write_page(tmp_path, draw_map(propose_zones(hostile_scenario(), BOTH))))
    assert page.locator("#zones tbody tr").count() == 2 * len(HOSTILE_NAMES)
    for box in page.locator(".leaflet-control-layers input").all():
        box.check()
    opened = page.evaluate(
        """() => { let opened = 0;
        drawnMap.eachLayer((layer) => {
            if (layer.getTooltip && layer.getTooltip()) { layer.openTooltip(); opened++; } });
        return opened; }"""
    )
    assert opened > 11 * len(HOSTILE_NAMES), "every school, and the flows between them"
    assert page.evaluate("window.ran") is None
    watched.assert_well_behaved("file://")


def test_no_title_runs_in_the_browser(watched: Watched, tmp_path: Path) -> None:
    # The rest are texts of templates and of spreadsheets, which are nothing to a browser.
    names = [name for name in HOSTILE_NAMES if set(name) & set("<>&\"'`$")]
    frames = open_side_by_side(watched.page, tmp_path, [draw_map(toy_proposal(), title=name) for name in names])
    for name, frame in zip(names, frames, strict=True):
        assert frame.evaluate("window.ran") is None, name
        assert frame.child_frames == [], name
        assert frame.evaluate("drawnMap.getZoom() > 0"), name
    assert watched.page.evaluate("window.ran") is None
    watched.assert_well_behaved("file://")


def test_control_the_same_names_run_where_they_are_not_escaped(page: Page, tmp_path: Path) -> None:
    texts = [f"<!doctype html><title>{name}</title><p title='{name}'>{name}</p>" for name in HOSTILE_NAMES]
    frames = open_side_by_side(page, tmp_path, texts)
    assert len(frames) == len(HOSTILE_NAMES)
    assert sum(frame.evaluate("window.ran") == 1 for frame in frames) >= 5
