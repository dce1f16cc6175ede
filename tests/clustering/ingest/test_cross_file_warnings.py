"""Cross-checks of files against each other and against the map."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest
from pyproj.database import query_crs_info

from clustering.ingest.cross_file_warnings import check_students_entering, check_years
from clustering.ingest.state_bounds import state_bounds
from tests.examples.toy_district import toy_flows, toy_scenario, toy_schools

NAMES = {"KS": "Kansas", "OH": "Ohio", "TX": "Texas", "CA": "California", "PA": "Pennsylvania", "MD": "Maryland"}


@pytest.mark.parametrize(("letters", "name"), NAMES.items())
def test_boxes_hold_the_zones_that_the_projection_database_gives_for_a_state(letters: str, name: str) -> None:
    box = state_bounds()[letters]
    areas = [info.area_of_use for info in query_crs_info(auth_name="EPSG") if info.area_of_use]
    zones = [area for area in areas if area.name.startswith(f"United States (USA) - {name} ")]
    assert zones
    for zone in zones:
        assert box.west <= zone.west + 0.1
        assert zone.east - 0.1 <= box.east
        assert box.south <= zone.south + 0.1
        assert zone.north - 0.1 <= box.north


def test_every_school_of_the_country_lies_in_its_state(shared_data: Path) -> None:
    with gzip.open(shared_data / "us_schools" / "us_public_schools.csv.gz") as file:
        schools = pd.read_csv(file, usecols=["state", "lat", "lon"])
    boxes = state_bounds()
    outside = 0
    for state, group in schools.dropna().groupby("state"):
        box = boxes[str(state)]
        longitude = group["lon"]
        inside = longitude.between(box.west, box.east)
        if box.west > box.east:
            inside = (longitude >= box.west) | (longitude <= box.east)
        outside += int((~(inside & group["lat"].between(box.south, box.north))).sum())
    # The file itself has a few: schools of one state whose address is in another.
    assert outside <= 12


@pytest.mark.parametrize(
    ("latitude", "longitude", "is_told"),
    [("38.5", "-98.0", False), ("38.5", "98.0", True), ("-98.0", "38.5", True), ("41.5", "-98.0", True)],
)
def test_coordinates_outside_the_state_are_warned_of(latitude: str, longitude: str, is_told: bool) -> None:
    schools = toy_schools().assign(state="KS")
    if latitude.startswith("-"):
        latitude, longitude = "-88.0", "38.5"  # swapped, and still within the limits of a latitude
    schools.loc[3, ["lat", "lon"]] = [latitude, longitude]
    warnings = [each for each in toy_scenario(schools).report.warnings if "outside the school's state" in each.message]
    assert [each.row for each in warnings] == ([5] if is_told else [])


def test_a_year_missing_between_others_is_told() -> None:
    flows = pd.DataFrame({"year": pd.array([2018, 2021, None], dtype="Int64")})
    (problem,) = check_years(flows)
    assert "2019-20, 2020-21" in problem.message
    assert check_years(pd.DataFrame({"year": pd.array([2018, 2019], dtype="Int64")})) == []


def test_more_students_arriving_than_enrolled_is_told_without_a_number() -> None:
    scenario = toy_scenario(flows=toy_flows())
    into_west = scenario.flows[scenario.flows["destination"] == "0010"]["students"].sum()
    enrolled = pd.DataFrame(
        {"school_id": ["0010"], "year": pd.array([2023], dtype="Int64"), "grade": pd.array([9], dtype="Int64")}
    )
    plenty = check_students_entering(scenario.flows, enrolled.assign(students=float(into_west)), scenario.schools)
    assert plenty == []
    (problem,) = check_students_entering(
        scenario.flows, enrolled.assign(students=float(into_west) / 2), scenario.schools
    )
    assert problem.school_id == "0010"
    assert not any(str(int(number)) in str(problem) for number in (into_west, into_west / 2))
