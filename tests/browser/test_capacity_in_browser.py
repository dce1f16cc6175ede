"""The picture and the map of matches and year plans, as Chromium shows them."""

from __future__ import annotations

import re
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Literal

import pytest

from clustering import render_match, render_year_plan
from tests.browser.watched import Watched, set_size
from tests.examples.served_state import served_match, served_needs, served_plan, served_register
from tests.faulty_files.hostile_names import HOSTILE_NAMES

PAGES = ("picture.html", "map.html")


@cache
def files_of(kind: str) -> dict[str, bytes]:
    render = render_match if kind == "match" else render_year_plan
    answer = served_match() if kind == "match" else served_plan()
    return render(answer, served_needs(), served_register())  # type: ignore[operator]


def opened(watched: Watched, folder: Path, content: bytes) -> None:
    path = folder / "page.html"
    path.write_bytes(content)
    watched.page.goto(path.as_uri())


@pytest.mark.parametrize("kind", ["match", "year plan"])
@pytest.mark.parametrize("file", PAGES)
def test_pages_ask_for_nothing_and_are_accessible(
    watched: Watched, tmp_path: Path, axe_script: str, kind: str, file: str
) -> None:
    opened(watched, tmp_path, files_of(kind)[file])
    watched.assert_well_behaved("file://")
    assert len(watched.requests) == 1
    assert watched.accessibility_faults(axe_script) == []


@pytest.mark.parametrize("file", PAGES)
def test_a_narrow_screen_needs_no_sideways_scrolling(watched: Watched, tmp_path: Path, file: str) -> None:
    set_size(watched.page, 360, 700)
    opened(watched, tmp_path, files_of("year plan")[file])
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize(("width", "medium"), [(1280, "screen"), (740, "print")])
def test_no_table_of_the_picture_is_cut(
    watched: Watched, tmp_path: Path, width: int, medium: Literal["screen", "print"]
) -> None:
    set_size(watched.page, width, 900)
    watched.page.emulate_media(media=medium)
    opened(watched, tmp_path, files_of("year plan")["picture.html"])
    tables = "[...document.querySelectorAll('.scroll')].map(box => box.scrollWidth - box.clientWidth)"
    too_wide = watched.page.evaluate(tables)
    assert len(too_wide) > 1
    assert max(too_wide) <= 0


@pytest.mark.parametrize("width", [390, 1280])
def test_the_map_says_which_colour_is_which_partner(watched: Watched, tmp_path: Path, width: int) -> None:
    set_size(watched.page, width, 844)
    opened(watched, tmp_path, files_of("match")["map.html"])
    entries = watched.page.locator(".legend li")
    assert entries.all_inner_texts() == ["Bright Futures", "Acme Schools", "Without a partner"]
    for entry in entries.all():
        assert entry.is_visible()
    legend, drawn = (watched.page.locator(each).bounding_box() for each in (".legend", ".map-frame"))
    assert legend is not None
    assert drawn is not None
    if width == 390:  # below the map, of which it would cover half
        assert legend["y"] >= drawn["y"] + drawn["height"] - 1
    watched.assert_well_behaved("file://")


@pytest.mark.parametrize("width", [390, 1280])
def test_names_of_zones_at_one_place_are_spread(watched: Watched, tmp_path: Path, width: int) -> None:
    needs = served_needs()
    needs.zones["latitude"], needs.zones["longitude"] = 38.0, -98.0
    set_size(watched.page, width, 844)
    opened(watched, tmp_path, render_match(served_match(), needs, served_register())["map.html"])
    names = watched.page.locator(".zone-name span").all()
    assert len(names) == 4
    boxes = [name.bounding_box() for name in names if name.is_visible()]
    assert len(boxes) == 4
    for first, second in combinations(boxes, 2):
        assert first is not None
        assert second is not None
        is_beside = first["x"] + first["width"] <= second["x"] or second["x"] + second["width"] <= first["x"]
        is_above = first["y"] + first["height"] <= second["y"] or second["y"] + second["height"] <= first["y"]
        assert is_beside or is_above


def test_rows_of_the_map_are_whole_on_a_narrow_screen(watched: Watched, tmp_path: Path) -> None:
    set_size(watched.page, 390, 844)
    opened(watched, tmp_path, files_of("match")["map.html"])
    cells = watched.page.locator("#zones tbody td").all()
    assert len(cells) == 4 * 5
    assert {cell.get_attribute("data-label") for cell in cells} == {
        *("Partner", "First school year", "Schools", "Students", "Why")
    }
    for cell in cells:
        box = cell.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 390


def test_the_picture_is_complete_without_scripts(watched: Watched, tmp_path: Path) -> None:
    opened(watched, tmp_path, files_of("match")["picture.html"])
    tiles = watched.page.locator(".tiles dd").all_inner_texts()
    assert tiles[0] == "3 of 4"
    assert watched.page.locator("script").count() == 0


def test_a_zone_is_found_from_its_row(watched: Watched, tmp_path: Path) -> None:
    opened(watched, tmp_path, files_of("match")["map.html"])
    watched.page.get_by_role("button", name=re.compile("Show on map.*West")).click()
    centre = watched.page.evaluate("drawnMap.getCenter().lat")
    assert 38.09 <= centre <= 38.11


@pytest.mark.parametrize("file", PAGES)
def test_hostile_names_do_nothing(watched: Watched, tmp_path: Path, file: str) -> None:
    name = " ".join(HOSTILE_NAMES)
    match = served_match()
    matches = match.matches.assign(partner_name=name, zone_name=name, reason=name)
    needs = served_needs()
    needs.zones["name"] = needs.schools["name"] = needs.schools["district_name"] = name
    register = served_register()
    register.partners["name"] = name
    files = render_match(served_match(matches=matches), needs, register, title=name)
    opened(watched, tmp_path, files[file])
    watched.page.wait_for_timeout(200)
    watched.assert_well_behaved("file://")
