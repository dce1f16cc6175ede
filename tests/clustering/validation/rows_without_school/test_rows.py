"""Rows that are no schools, left out of files of every role with their number and reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from clustering.errors import Problem
from clustering.ingest.open_files import open_files
from clustering.validation.findings import Findings
from clustering.validation.rows_without_school.rows import AREA, DISTRICT, NOTE, SECOND_TABLE, TOTAL


def opened(role: str, table: pd.DataFrame, problems: list[Problem] | None = None) -> Findings:
    inputs = open_files({role: [table]}, {}, [] if problems is None else problems)
    return inputs.files[role][0]


def left_out(role: str, **columns: Sequence[str]) -> dict[str, list[int]]:
    """Rows left out of a file, by reason."""
    findings = opened(role, pd.DataFrame(columns))
    found: dict[str, list[int]] = {}
    for each in findings.rows_set_aside():
        found.setdefault(each.reason, []).append(each.row)
    assert len(findings.table) == len(pd.DataFrame(columns)) - sum(map(len, found.values()))
    warnings = [problem for problem in findings.problems if "left out" in problem.message]
    assert len(warnings) == len(found)
    return found


RATE = {"graduation_rate": ["61", "91", "76"]}
CASES: Mapping[str, tuple[str, Mapping[str, Sequence[str]], Mapping[str, list[int]]]] = {
    "a total with zeros": (
        "performance",
        {"school_id": ["1", "2", "000"], "school": ["A", "B", "State Total"], **RATE},
        {TOTAL: [4]},
    ),
    "a total without identifier": (
        "performance",
        {"school_id": ["1", "2", ""], "school": ["A", "B", "State average"], **RATE},
        {TOTAL: [4]},
    ),
    "a total in place of an identifier": (
        "performance",
        {"school_id": ["1", "2", "All schools"], **RATE},
        {TOTAL: [4]},
    ),
    "a total with the number of its district": (
        "schools",
        {"school_id": ["1", "2", "0050"], "name": ["A", "B", "District Total"]},
        {TOTAL: [4]},
    ),
    "schools with such words": (
        "schools",
        {"school_id": ["1", "2", "3"], "name": ["Total Learning Academy", "Source Middle", "All Saints"]},
        {},
    ),
    "a district by its column": (
        "performance",
        {"school_id": ["1", "2", "9"], "Aggregation_Level": ["School", "School", "District"], **RATE},
        {DISTRICT: [4]},
    ),
    "letters of California": (
        "performance",
        {"school_id": ["1", "2", "9"], "AggregateLevel": ["S", "S", "C"], **RATE},
        {DISTRICT: [4]},
    ),
    "groups of New York": (
        "performance",
        {"school_id": ["1", "2", "9"], "aggregation_type": ["School", "School", "Need/Resource Group"], **RATE},
        {DISTRICT: [4]},
    ),
    "kinds of bodies in Massachusetts": (
        "performance",
        {
            "school_id": ["1", "2", "9"],
            "Org Type": ["Public School", "Charter School", "Public School District"],
            **RATE,
        },
        {DISTRICT: [4]},
    ),
    "who runs a school": (
        "performance",
        {"school_id": ["1", "2", "3"], "type": ["District", "Charter", "District"], **RATE},
        {},
    ),
    "schools of a district": (
        "performance",
        {"school_id": ["1", "2", "3"], "type": ["District school", "Charter school", "State school"], **RATE},
        {},
    ),
    "only districts": (
        "performance",
        {"school_id": ["1", "2", "3"], "level": ["District", "District", "State"], **RATE},
        {},
    ),
    "zeros and the name of the district": (
        "performance",
        {"school_id": ["1", "2", "0000"], "district": ["D", "D", "Alder"], "school": ["A", "B", "Alder"], **RATE},
        {DISTRICT: [4]},
    ),
    "no identifier and a public school system": (
        "performance",
        {"school_id": ["1", "2", ""], "school": ["A", "B", "Boston Public Schools"], **RATE},
        {DISTRICT: [4]},
    ),
    "a school that has its district's name": (
        "schools",
        {
            "school_id": ["1", "2"],
            "name": ["Riverton School District", "B"],
            "district": ["Riverton School District", "D"],
        },
        {},
    ),
    "a school without identifier": ("schools", {"school_id": ["1", ""], "name": ["A", "The City School"]}, {}),
    "notes": (
        "schools",
        {"school_id": ["1", "2", "* fewer than 10", "Source: office"], "name": ["A", "B", "", ""]},
        {NOTE: [4, 5]},
    ),
    "one filled cell": (
        "schools",
        {"school_id": ["1", "2", "Rates are those of four years"], "name": ["A", "B", ""]},
        {NOTE: [4]},
    ),
    "a note in a column before": (
        "performance",
        {
            "district": ["D", "D", "Rates of four years"],
            "school_id": ["1", "2", ""],
            "graduation_rate": ["61", "91", ""],
        },
        {NOTE: [4]},
    ),
    "identifiers alone": ("schools", {"school_id": ["1", "2"], "name": ["A", ""]}, {}),
    "names as identifiers": ("schools", {"school_id": ["Alder High", "Birch High"], "name": ["", ""]}, {}),
    "flows of totals": (
        "flows",
        {"origin": ["1", "1", "Total"], "destination": ["2", "Total", "2"], "students": ["5", "9", "8"]},
        {TOTAL: [3, 4]},
    ),
    "a total by its name": (
        "flows",
        {"origin": ["1", "99"], "origin_name": ["A", "All schools"], "destination": ["2", "2"], "students": ["5", "9"]},
        {TOTAL: [3]},
    ),
    "students who left": (
        "flows",
        {
            "origin": ["1", "1"],
            "destination": ["2", ""],
            "destination_name": ["B", "Out of District"],
            "students": ["5", "9"],
        },
        {},
    ),
    "travel times": (
        "travel_times",
        {"origin": ["1", "Average"], "destination": ["2", "2"], "minutes": ["5", "9"]},
        {TOTAL: [3]},
    ),
    "a plan": ("plan", {"school_id": ["1", "Total"], "zone": ["a", "3"]}, {TOTAL: [3]}),
}


@pytest.mark.parametrize(("role", "columns", "expected"), CASES.values(), ids=CASES)
def test_rows(role: str, columns: Mapping[str, Sequence[str]], expected: Mapping[str, list[int]]) -> None:
    assert left_out(role, **columns) == expected


def test_the_number_and_some_names_are_said() -> None:
    findings = opened(
        "schools", pd.DataFrame({"school_id": ["1", "000", "999"], "name": ["A", "State Total", "Total"]})
    )
    (warning,) = findings.problems
    assert (warning.row, warning.is_error) == (3, False)
    assert warning.message == "Rows of totals were left out (2): State Total, Total."
    assert findings.source_file(unused=()).set_aside_reasons == {TOTAL: 2}
    assert findings.table.row_of(0) == 2


def test_areas_that_no_school_serves_need_no_identifier_and_no_sound_cells() -> None:
    layer = gpd.GeoDataFrame(
        {"school_id": ["1", "", "Unassigned", "4"], "name": ["A", "Unassigned", "B", "Choice Zone B"]},
        geometry=[box(place, 40, place + 1, 41) for place in range(-80, -76)],
        crs="EPSG:4326",
    )
    findings = opened("catchments", layer)
    assert findings.table.geometry is not None
    assert len(findings.table.geometry) == len(findings.table) == 1
    assert findings.source_file(unused=()).set_aside_reasons == {AREA: 3}
    (warning,) = findings.problems
    assert warning.message == "Polygons of no school were left out (3): B, Choice Zone B, Unassigned."


def test_a_file_of_totals_alone_is_an_error() -> None:
    findings = opened("performance", pd.DataFrame({"school_id": ["State", "District"], "graduation_rate": ["1", "2"]}))
    assert [problem.message for problem in findings.problems if problem.is_error] == [
        "No row of the file is of a school."
    ]


def test_a_row_is_called_by_its_name_and_never_by_a_number_of_students() -> None:
    problems: list[Problem] = []
    columns = {"school_id": ["1", "2", ""], "students": ["50", "60", "7"], "level": ["school", "school", "State"]}
    rates = {"graduation_rate": ["61", "91", "76"]}
    opened("performance", pd.DataFrame({**columns, **rates}), problems)
    opened("schools", pd.DataFrame({"school_id": ["1", "Total"], "students": ["50", "7"]}), problems)
    found = [problem.message for problem in problems if "left out" in problem.message]
    assert all("7" not in message for message in found)


def test_a_second_table_with_other_headings_is_left_out_and_headings_again_are_no_record() -> None:
    columns = {
        "School ID": ["1", "2", "School ID", "3", "School ID", "1"],
        "Graduates in 4 Years": ["61", "91", "Graduates in 4 Years", "71", "Graduates in 5 Years", "66"],
        "Graduation Rate": ["61", "91", "Graduation Rate", "71", "Graduation Rate", "66"],
    }
    findings = opened("performance", pd.DataFrame(columns))
    assert {each.row: each.reason for each in findings.rows_set_aside()} == {4: NOTE, 6: SECOND_TABLE, 7: SECOND_TABLE}
    assert findings.column("school_id").tolist() == ["1", "2", "3"]
    (second,) = [problem for problem in findings.problems if "second table" in problem.message]
    assert second.remedy.startswith("Set header_row=6 to") or "header_row=6" in second.remedy
