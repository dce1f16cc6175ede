"""Layers of catchments as published: what is recognised, repaired, refused and warned of."""

from __future__ import annotations

from itertools import permutations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Geometry, LineString, MultiPolygon, Point, Polygon, box

from clustering.errors import Problem
from clustering.model.grades import grade_mask
from clustering.readers.read_table import read_table
from clustering.validation.catchments.catchments import (
    CATCHMENT_COLUMNS,
    LayerHeadings,
    complete_layer_headings,
    validate_catchments,
)
from clustering.validation.findings import Findings
from tests.examples.toy_catchments import rectangle

SURVEY = {
    "school_id": "ncessch",
    "name": "schnam",
    "lowest_grade": "gslo",
    "highest_grade": "gshi",
    "level": "level",
    "open_enrolment": "openEnroll",
}


def layer(shapes: list[Geometry | None], headings: dict[str, str], **columns: list[str]) -> Findings:
    """A layer in longitude and latitude."""
    frame = gpd.GeoDataFrame(pd.DataFrame(columns, dtype="str"), geometry=shapes, crs="EPSG:4326")
    return Findings(table=read_table(frame), role="catchments", headings=headings)


def plain_layer(*shapes: Geometry | None, **columns: list[str]) -> Findings:
    ids = [f"S{place}" for place in range(len(shapes))]
    given = {"school_id": ids, **columns}
    return layer(list(shapes), {name: name for name in given}, **given)


def degrees(left: float, bottom: float, right: float, top: float) -> Polygon:
    """A rectangle some way off the prime meridian; sides in hundredths of a degree."""
    return box(-75 + left / 100, 40 + bottom / 100, -75 + right / 100, 40 + top / 100)


def triangle(x: float, y: float) -> Polygon:
    """A triangle with one vertex given, which need not be a place."""
    with np.errstate(invalid="ignore"):
        return Polygon([(-75, 40), (x, y), (-74, 41)])


def errors_of(findings: Findings) -> list[Problem]:
    return [problem for problem in findings.problems if problem.is_error]


def test_the_columns_of_the_school_attendance_boundary_survey() -> None:
    findings = layer(
        [degrees(0, 0, 1, 1), degrees(1, 0, 2, 1), degrees(0, 0, 2, 1)],
        SURVEY,
        ncessch=["010000500870", "010000500871", "010000500872"],
        schnam=["Oak", "  Elm ", ""],
        gslo=["KG", "PK", "09"],
        gshi=["05", "08", "12"],
        level=["1", "1", "3"],
        openEnroll=["0", "1", "0"],
    )
    table = validate_catchments([findings])
    assert findings.problems == []
    assert tuple(table.columns) == CATCHMENT_COLUMNS
    assert table.crs == "EPSG:4326"
    assert table["school_id"].tolist() == ["010000500870", "010000500871", "010000500872"]
    assert table["name"].tolist() == ["Oak", "Elm", "010000500872"]
    assert table["grades_offered"].tolist() == [grade_mask(0, 5), grade_mask(-1, 8), grade_mask(9, 12)]
    assert table["level"].tolist() == ["elementary", "elementary", "high"]
    assert table["is_open_enrolment"].tolist() == [False, True, False]


def test_layers_are_put_together_in_the_order_given() -> None:
    first, second = plain_layer(degrees(0, 0, 1, 1), degrees(1, 0, 2, 1)), plain_layer(degrees(5, 0, 6, 1))
    table = validate_catchments([first, second])
    assert table.index.tolist() == [0, 1, 2]
    assert table["school_id"].tolist() == ["S0", "S1", "S0"]
    assert table["grades_offered"].tolist() == [0, 0, 0]
    assert table["level"].isna().all()


DISTRICT = {
    "ES_ID": ["1", "2", "3"],
    "ES_Name": ["One", "Two", "Three"],
    "ES_Grade": ["K-5", "K-8", "K-4"],
    "MS_ID": ["8", "8", "9"],
    "MS_Name": ["Eight", "Eight", "Nine"],
    "MS_Grade": ["6-8", "6-8", "5-8"],
    "HS_ID": ["0", "0", "0"],
    "HS_Name": ["Nought", "Nought", "Nought"],
    "HS_Grade": ["9-12", "9-12", "9-12"],
}


@pytest.mark.parametrize(
    ("kept", "prefix", "level"),
    [(("ES", "MS", "HS"), "ES", "elementary"), (("MS", "HS"), "MS", "middle"), (("HS",), "HS", "high")],
)
def test_a_layer_is_about_the_schools_that_repeat_least(kept: tuple[str, ...], prefix: str, level: str) -> None:
    columns = {heading: cells for heading, cells in DISTRICT.items() if heading.startswith(kept)}
    completed = complete_layer_headings({}, pd.DataFrame(columns), table="layer.geojson")
    assert completed.problems == []
    assert completed.headings == {"school_id": f"{prefix}_ID", "name": f"{prefix}_Name", "grades": f"{prefix}_Grade"}
    shapes: list[Geometry | None] = [degrees(place, 0, place + 1, 1) for place in range(3)]
    table = validate_catchments([layer(shapes, completed.headings, **columns)])
    assert table["school_id"].tolist() == DISTRICT[f"{prefix}_ID"]
    assert table["level"].tolist() == [level] * 3


def test_a_layer_that_may_be_of_either_level_is_an_error_until_the_user_sets_it() -> None:
    cells = pd.DataFrame(DISTRICT).iloc[1:]  # two elementary schools, two middle schools
    ambiguous = complete_layer_headings({}, cells, table="layer.geojson")
    assert "school_id" not in ambiguous.headings
    (problem,) = ambiguous.problems
    assert problem.is_error
    assert problem.column == "ES_ID, MS_ID, HS_ID"
    assert "columns.school_id=ES_ID" in problem.remedy
    completed = complete_layer_headings({"school_id": "MS_ID"}, cells, table="layer.geojson")
    assert completed.problems == []
    assert completed.headings == {"school_id": "MS_ID", "name": "MS_Name", "grades": "MS_Grade"}


def test_other_layers_keep_their_headings() -> None:
    headings = {"school_id": "ncessch", "name": "schnam"}
    found = complete_layer_headings(headings, pd.DataFrame({"ncessch": ["1"], "schnam": ["x"]}), table="x")
    assert found == LayerHeadings(headings=headings, problems=[])
    none_found = complete_layer_headings({}, pd.DataFrame({"zone": ["1"]}), table="x")
    assert none_found == LayerHeadings(headings={}, problems=[])


def test_an_invalid_polygon_is_repaired_and_its_school_named() -> None:
    tie = Polygon([(-75, 40), (-74.98, 40.01), (-74.98, 40), (-75, 40.01)])
    findings = plain_layer(degrees(5, 5, 6, 6), tie)
    table = validate_catchments([findings])
    assert table.geometry.is_valid.all()
    # Two triangles of half of 0.01 by 0.01 degrees.
    assert table.geometry[1].area == pytest.approx(0.0001)
    repaired = [problem for problem in findings.problems if "has been repaired" in problem.message]
    assert [(problem.row, problem.school_id, problem.is_error) for problem in repaired] == [(3, "S1", False)]
    assert "self-intersection" in repaired[0].message
    assert "'S1'" in str(repaired[0])


def test_every_unusable_geometry_is_named_at_once() -> None:
    findings = plain_layer(
        degrees(0, 0, 1, 1),
        None,
        Polygon(),
        Point(-75, 40),
        LineString([(-75, 40), (-74, 40)]),
        box(500_000, 4_000_000, 510_000, 4_010_000),
        triangle(-74, float("nan")),
        triangle(float("inf"), 40),
        Polygon([(-75, 40), (-74, 40), (-75, 40)]),
    )
    table = validate_catchments([findings])
    assert table["school_id"].tolist() == ["S0"]
    found = {problem.row: problem.message for problem in errors_of(findings)}
    assert {row: message.split(" ", maxsplit=3)[-1] for row, message in found.items()} == {
        3: "no geometry.",
        4: "no geometry.",
        5: "not a polygon.",
        6: "not a polygon.",
        7: "outside -180 to 180 and -90 to 90 degrees.",
        8: "outside -180 to 180 and -90 to 90 degrees.",
        9: "outside -180 to 180 and -90 to 90 degrees.",
        10: "invalid and encloses no area.",
    }


def test_a_layer_without_geometry_is_refused() -> None:
    findings = Findings(
        table=read_table(pd.DataFrame({"school_id": ["1"]})), role="catchments", headings={"school_id": "school_id"}
    )
    assert validate_catchments([findings]).empty
    assert ["no geometry" in problem.message for problem in errors_of(findings)] == [True]


def test_what_cannot_be_read_is_named_with_row_and_value() -> None:
    shapes = [degrees(place, 0, place + 1, 1) for place in range(4)]
    findings = plain_layer(
        *shapes,
        grades=["K-5", "some", "K-8", ""],
        level=["elementary", "upper", "", "Middle"],
        open_enrolment=["yes", "", "perhaps", "N"],
        lowest_grade=["", "", "", "8"],
        highest_grade=["", "", "twelve", "6"],
    )
    validate_catchments([findings])
    found = {(problem.row, problem.column, problem.value, problem.is_error) for problem in findings.problems}
    assert found >= {
        (3, "grades", "some", False),
        (3, "level", "upper", True),
        (4, "open_enrolment", "perhaps", True),
        (4, "highest_grade", "twelve", False),
        (5, "lowest_grade", "8", False),
    }


def test_islands_are_warned_of_by_school() -> None:
    findings = plain_layer(degrees(0, 0, 1, 1), MultiPolygon([degrees(1, 0, 2, 1), degrees(4, 0, 5, 1)]))
    validate_catchments([findings])
    assert [(problem.school_id, problem.row, problem.is_error) for problem in findings.problems] == [("S1", 3, False)]
    assert "islands" in findings.problems[0].message


def flat(*rectangles: tuple[float, float, float, float], **columns: list[str]) -> Findings:
    """Rectangles in kilometres, whose areas are true."""
    shapes = gpd.GeoSeries([rectangle(*each) for each in rectangles], crs="EPSG:5070").to_crs("EPSG:4326")
    return plain_layer(*shapes, **columns)


def overlaps(findings: Findings) -> list[str]:
    validate_catchments([findings])
    assert errors_of(findings) == []
    return [problem.message for problem in findings.problems if "overlap" in problem.message]


def test_overlaps_within_a_level_are_told_as_a_share() -> None:
    # 50 of 150 square kilometres.
    found = overlaps(flat((0, 0, 10, 10), (5, 0, 15, 10), level=["middle", "middle"]))
    assert len(found) == 1
    assert "overlap on 33.3% of the area (middle), most of all S0 and S1." in found[0]
    # Neighbours that only touch are not named beside one that overlaps both.
    three = flat((0, 0, 10, 10), (10, 0, 20, 10), (5, 0, 15, 10), level=["high"] * 3)
    assert "most of all S0 and S2; S1 and S2." in overlaps(three)[0]
    # The same 100 three times over: all of it.
    assert "overlap on 100.0% of the area" in overlaps(flat(*[(0, 0, 10, 10)] * 3))[0]


def test_overlaps_are_told_alike_whatever_the_order_of_the_records() -> None:
    # Five shapes of equal size side by side, each half on the next, so that all pairs are tied; one school has two.
    shapes = [(5 * place, 0, 5 * place + 10, 10) for place in range(5)]
    ids = ["007", "100", "012", "007", "003"]
    told = {
        tuple(overlaps(flat(*(shapes[place] for place in order), school_id=[ids[place] for place in order])))
        for order in permutations(range(5))
    }
    # 20 kilometres by 10 of 30 by 10.
    assert [len(each) for each in told] == [1]
    (message,) = next(iter(told))
    assert "overlap on 66.7% of the area" in message
    assert sorted(message.split("most of all ")[1].rstrip(".").split("; ")) == sorted(
        ["003 and 007", "007 and 012", "007 and 100", "012 and 100"]
    )


@pytest.mark.parametrize(
    "columns",
    [
        {"level": ["elementary", "middle"]},
        {"grades": ["K-2", "3-5"]},
        {"school_id": ["same", "same"]},
        {"open_enrolment": ["1", "0"]},
    ],
)
def test_overlaps_that_take_nobody_from_anyone_are_no_matter(columns: dict[str, list[str]]) -> None:
    assert overlaps(flat((0, 0, 10, 10), (5, 0, 15, 10), **columns)) == []


def test_overlaps_of_borders_that_cross_too_often_are_not_measured() -> None:
    # Two combs of 100 teeth, one upright and one lying, cross about 40,000 times.
    teeth = [(place / 10, 0, place / 10 + 0.05, 10) for place in range(100)]
    upright = MultiPolygon([rectangle(*tooth) for tooth in teeth])
    lying = MultiPolygon([rectangle(tooth[1], tooth[0], tooth[3], tooth[2]) for tooth in teeth])
    shapes = gpd.GeoSeries([upright, lying], crs="EPSG:5070").to_crs("EPSG:4326")
    (message,) = overlaps(plain_layer(*shapes, level=["high", "high"]))
    assert message == "Whether catchments overlap was not measured (high): their borders cross too often."
    # Borders that follow one another, as the remedy says.
    assert overlaps(flat((0, 0, 10, 10), (10, 0, 20, 10))) == []


def test_borders_drawn_twice_are_no_overlap() -> None:
    # 5 m by 10 km of 200 square kilometres.
    assert overlaps(flat((0, 0, 10, 10), (9.995, 0, 20, 10))) == []


def test_years_of_one_layer_are_asked_for() -> None:
    two = layer([box(0, 0, 1, 1), box(0, 1, 1, 2)], {"school_id": "id"}, id=["1", "1"], YEAR_=["2022-23", "2023-24"])
    validate_catchments([two])
    (problem,) = [each for each in two.problems if each.is_error]
    assert "several years: 2022-23, 2023-24" in problem.message
    assert problem.remedy == "Set schools:rows.YEAR_=2023-24 to use one."
    changed = layer([box(0, 0, 1, 1), box(1, 0, 2, 1)], {"school_id": "id"}, id=["1", "2"], YEAR_=["2022", "2023"])
    validate_catchments([changed])
    assert not any(each.is_error for each in changed.problems)


def test_a_polygon_without_a_school_is_left_out_and_said() -> None:
    shapes = [box(number, 0, number + 1, 1) for number in range(3)]
    some = layer(shapes, {"school_id": "id"}, id=["1", "2", ""])
    assert validate_catchments([some])["school_id"].tolist() == ["1", "2"]
    assert [each.row for each in some.problems if "names no school" in each.message] == [4]
    assert not any(each.is_error for each in some.problems)
    most = layer(shapes, {"school_id": "id"}, id=["1", "", ""])
    validate_catchments([most])
    assert any(each.is_error for each in most.problems)
