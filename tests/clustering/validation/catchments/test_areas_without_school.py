"""Polygons of no school: told from schools by their whole name, set aside, and named."""

from __future__ import annotations

import pytest
from shapely import Polygon

from clustering.validation.catchments.areas_without_school import REASON, is_name_of_area
from clustering.validation.catchments.catchments import validate_catchments
from clustering.validation.findings import Findings
from tests.clustering.validation.catchments.test_catchments import degrees, plain_layer


@pytest.mark.parametrize(
    "name",
    [
        "Unassigned",
        "UNASSIGNED AREA",
        "Un-assigned",
        "Not Zoned",
        "No school assigned",
        "No Attendance Zone",
        "Open Enrollment Area",
        "Open enrolment",
        "Choice Zone",
        "Choice Area 12",
        "Optional attendance area",
        "Zone of Choice",
        "City-wide choice",
        "Unassigned - HS",
        "Unassigned Elementary",
    ],
)
def test_names_of_areas(name: str) -> None:
    assert is_name_of_area(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "S1",
        "060001",
        "Choice Academy",
        "Choices High School",
        "Open Door School",
        "Open Enrollment Charter School",
        "School of Choice",
        "Zoned High School",
        "Options Academy",
        "Notre Dame",
        "Unity High",
        "Citywide Academy",
    ],
)
def test_names_of_schools(name: str) -> None:
    assert not is_name_of_area(name)


def shapes(count: int) -> list[Polygon]:
    return [degrees(place, 0, place + 1, 1) for place in range(count)]


def test_areas_are_set_aside_and_named() -> None:
    findings = plain_layer(*shapes(4), name=["Alder", "Unassigned", "Choice Zone B", "Unassigned"])
    table = validate_catchments([findings])
    assert table["school_id"].tolist() == ["S0"]
    assert findings.source_file(unused=()).set_aside_reasons == {REASON: 3}
    (warning,) = findings.problems
    assert not warning.is_error
    assert "(3): Choice Zone B, Unassigned." in warning.message


def test_an_area_needs_no_identifier_and_no_sound_cells() -> None:
    bad = Polygon([(-75, 40), (-74, 41), (-74, 40), (-75, 41)])
    findings = plain_layer(
        degrees(0, 0, 1, 1), bad, name=["Alder", "Unassigned"], level=["high", "whatever"], school_id=["S0", ""]
    )
    assert len(validate_catchments([findings])) == 1
    assert not [problem for problem in findings.problems if problem.is_error]


def test_a_blank_identifier_of_a_school_is_still_an_error() -> None:
    findings: Findings = plain_layer(*shapes(2), name=["Alder", "Birch"], school_id=["S0", ""])
    validate_catchments([findings])
    assert [problem.row for problem in findings.problems if problem.is_error] == [3]


def test_an_identifier_may_be_the_name() -> None:
    findings = plain_layer(*shapes(2), school_id=["S0", "Unassigned"])
    assert validate_catchments([findings])["school_id"].tolist() == ["S0"]
