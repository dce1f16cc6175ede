"""Matches and year plans as files: complete, the same every time, and harmless whatever the names are."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
import shapely

from clustering import MAP_CONTENT_SECURITY_POLICY, render_match, render_year_plan, write_match, write_year_plan
from clustering.capacity.picture.draw_picture import state_picture
from clustering.outputs.capacity.charts import bar, cost_columns
from clustering.outputs.capacity.picture_page import PICTURE_CONTENT_SECURITY_POLICY, draw_picture
from clustering.outputs.capacity.picture_rows import largest_rows
from clustering.outputs.maps.capacity.zone_map import draw_zone_map, outlines_of
from clustering.outputs.maps.capacity.zone_states import UNSERVED, describe_zone_states
from tests.examples.served_state import ACME, BRIGHT, served_match, served_needs, served_plan, served_register

HOSTILE = """</script><img src=x onerror=alert(1)>{{ 7*7 }}{% print 1 %}${alert(1)}`=cmd|' /C calc'!A0"""
FILES = {
    "match.json",
    "picture.json",
    "matches.csv",
    "unserved.csv",
    "unused_partners.csv",
    "capacity.csv",
    "picture.html",
    "map.html",
}


def files_of(name: str = "Bright Futures") -> dict[str, bytes]:
    names = {"n1": name, "w1": name}
    match = served_match()
    matches = match.matches.assign(partner_name=name, zone_name=name, reason=name)
    needs = served_needs(names=names)
    needs.zones["name"] = name
    return render_match(served_match(matches=matches), needs, served_register(name=name), title=name)


class Tags(HTMLParser):
    """Collects the tags of a page, and the attributes that could run or fetch something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.active: list[tuple[str, str | None]] = []
        self.headings: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.active += [
            (name, value)
            for name, value in attrs
            if name.startswith("on") or (name in ("src", "href") and not (value or "").startswith(("#", "data:")))
        ]


def test_all_files_are_written(tmp_path: Path) -> None:
    paths = write_match(served_match(), served_needs(), served_register(), tmp_path / "out")
    assert {path.name for path in paths} == {*FILES, "datapackage.json"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == {*FILES, "datapackage.json"}


def test_all_files_of_a_plan_are_written(tmp_path: Path) -> None:
    paths = write_year_plan(served_plan(), served_needs(), served_register(), tmp_path / "out")
    assert {path.name for path in paths} == {
        "year_plan.json",
        "picture.json",
        "starts.csv",
        "falls.csv",
        "partners_by_fall.csv",
        "not_started.csv",
        "picture.html",
        "map.html",
        "datapackage.json",
    }
    starts = pd.read_csv(tmp_path / "out" / "starts.csv", dtype=str)
    assert starts["zone_id"].tolist() == ["North", "East", "South"]
    assert render_year_plan(served_plan(), served_needs(), served_register()) == {
        path.name: path.read_bytes() for path in paths if path.name != "datapackage.json"
    }


def test_the_same_match_gives_the_same_bytes() -> None:
    assert files_of() == files_of()


def test_the_picture_needs_no_script_and_asks_nothing() -> None:
    page = files_of()["picture.html"].decode()
    tags = Tags(page)
    assert "script" not in tags.tags
    assert tags.active == []
    assert "url(" not in page
    assert "script-src" not in PICTURE_CONTENT_SECURITY_POLICY  # default-src 'none' holds


def test_the_picture_says_what_was_added_up() -> None:
    page = re.sub(r"<[^>]+>", " ", files_of()["picture.html"].decode())
    text = " ".join(page.split())
    for words in ("3 of 4", "8 of 12", "4,350 of 5,330", "$6 million", "2,550 of 2,850", "1,700 of 2,100"):
        assert words in text
    assert "Every partner that may run it is full." in text


def test_the_picture_can_be_read_without_seeing_it() -> None:
    page = files_of()["picture.html"].decode()
    assert '<html lang="en">' in page
    assert Tags(page).tags.count("h1") == 1
    tables = re.findall(r"<table.*?</table>", page, re.DOTALL)
    assert all("<caption" in table and 'scope="col"' in table and 'scope="row"' in table for table in tables)
    # Every figure is hidden where the table beside it says the same, or has a text of its own.
    assert all('aria-hidden="true"' in svg or 'role="img"' in svg for svg in re.findall(r"<svg[^>]*>", page))


@pytest.mark.parametrize("file", ["picture.html", "map.html"])
def test_hostile_names_stay_text(file: str) -> None:
    page = files_of(HOSTILE)[file].decode()
    tags = Tags(page)
    assert "img" not in tags.tags
    assert tags.active == []
    assert "<img src=x" not in page
    assert "{{ 7*7 }}" not in page
    assert "{% print" not in page
    assert "${alert" not in page
    assert "49" not in re.findall(r"<h1>(.*?)</h1>", page)[0]


def test_hostile_names_are_no_formulas() -> None:
    files = files_of("=HYPERLINK(1)")
    for name in ("matches.csv", "capacity.csv"):
        assert b",=HYPERLINK" not in files[name]
    assert b"'=HYPERLINK(1)" in files["matches.csv"]


def test_json_is_read_back() -> None:
    files = files_of()
    document = json.loads(files["match.json"])
    picture = json.loads(files["picture.json"])
    assert [row["zone_id"] for row in document["matches"]] == ["East", "North", "South"]
    assert picture["totals"][1]["students"] == 4350


def test_small_counts_are_in_no_file() -> None:
    def files(below: str) -> dict[str, bytes]:
        needs = served_needs(below_of_w2=below)
        return render_match(served_match(), needs, served_register())

    assert files("8") == files("2")


def test_zones_are_coloured_by_partner_and_by_start() -> None:
    by_partner = describe_zone_states(served_needs(), served_match(), served_register())
    assert by_partner.zones["state"].to_dict() == {
        "East": "Acme Schools",
        "North": "Bright Futures",
        "South": "Bright Futures",
        "West": UNSERVED,
    }
    # Bright has five schools and comes first in the legend.
    assert list(by_partner.colours) == ["Bright Futures", "Acme Schools", UNSERVED]
    by_start = describe_zone_states(served_needs(), served_plan(), served_register())
    assert list(by_start.colours) == ["Starts in 2025-26", "Starts in 2026-27", UNSERVED]
    assert "s3" not in by_start.served_schools


def test_a_partner_whose_name_says_that_there_is_none_is_a_partner() -> None:
    states = describe_zone_states(served_needs(), served_match(), served_register(name=UNSERVED))
    assert states.zones.loc["North", "state"] == f"{UNSERVED} ({BRIGHT})"
    assert states.zones["state"].eq(UNSERVED).sum() == 1
    assert len(set(states.colours.values())) == 3


def test_partners_of_one_name_are_told_apart_by_their_identifiers() -> None:
    states = describe_zone_states(served_needs(), served_match(), served_register(name="Acme Schools"))
    assert set(states.zones["state"]) == {f"Acme Schools ({BRIGHT})", f"Acme Schools ({ACME})", UNSERVED}


def test_outlines_are_drawn_or_given() -> None:
    needs = served_needs()
    drawn = outlines_of(needs, None)
    assert set(drawn) == {"North", "South", "East", "West"}
    assert drawn["North"].contains(shapely.Point(-98.0, 38.0))
    collection = {"features": [{"id": "North", "geometry": {"type": "Point", "coordinates": [1, 2]}}]}
    assert {zone: shape.x for zone, shape in outlines_of(needs, collection).items()} == {"North": 1}


def test_a_state_without_coordinates_has_a_map_with_its_table() -> None:
    needs = served_needs()
    needs.schools[["latitude", "longitude"]] = float("nan")
    needs.zones[["latitude", "longitude"]] = float("nan")
    page = draw_zone_map(needs, served_match(), served_register())
    assert "No school has coordinates" in page
    assert "Bright Futures" in page


def test_every_name_on_the_map_has_the_colour_of_its_zone() -> None:
    needs, match, register = served_needs(), served_match(), served_register()
    page = draw_zone_map(needs, match, register)
    states = describe_zone_states(needs, match, register)
    for zone in states.zones.itertuples():
        swatch = f'class=\\"swatch\\" style=\\"background:{states.colours[zone.state]}\\"'
        assert f"{swatch}\\u003e\\u003c/i\\u003e{zone.name}" in page


def test_the_map_asks_nothing_of_any_server() -> None:
    assert Tags(files_of()["map.html"].decode()).active == []
    assert "sandbox" in MAP_CONTENT_SECURITY_POLICY


def test_a_plan_has_its_costs_as_a_figure_with_a_table() -> None:
    page = draw_picture(state_picture(served_needs(), served_plan(), served_register()))
    assert 'role="img" aria-label="Cost by school year: 2025-26 $1.5 million; 2026-27 $4 million' in page
    assert "Which Zone starts when, 2025-26 to 2027-28" in page


def test_bars_are_as_long_as_their_share() -> None:
    assert 'class="whole" width="50.00"' in bar(1, 4, 8)
    assert 'class="part" width="12.50"' in bar(1, 4, 8)
    assert bar(0, 0, 0) == ""


def test_columns_reach_as_high_as_their_cost() -> None:
    falls = pd.DataFrame({"fall": [2025, 2026], "cost_dollars": [1e6, 2e6], "budget_dollars": [float("nan")] * 2})
    heights = [float(each) for each in re.findall(r'height="([\d.]+)"', cost_columns(falls))]
    assert heights[1] == 2 * heights[0]


def test_what_does_not_fit_is_added_up() -> None:
    table = pd.DataFrame({"name": ["a", "b", "c", "d"], "schools": [1, 4, 2, 3]})
    rows = largest_rows(table, ["schools"], 3, name="name", others="districts")
    assert rows.to_numpy().tolist() == [["b", 4], ["d", 3], ["2 other districts", 3]]
    assert rows["schools"].sum() == table["schools"].sum()
