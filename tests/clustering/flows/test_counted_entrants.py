"""Schools that are no neighbourhood schools beside counted flows, with the students who enter and the places."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from clustering import Scenario, propose_zones, read_scenario, report_with_counts
from clustering.flows.counted_entrants import MAXIMUM_COUNTED_PER_PLACE
from clustering.model.ingest_report import ChoiceSchool

COLUMNS = ["origin", "destination", "grade", "students"]
# 80 students a year enter A at grade 9. Elementary schools feed the middle schools.
FLOWS = [("M1", "A", 30), ("M1", "H", 70), ("M2", "A", 50), ("M2", "H", 50), ("E1", "M1", 80), ("E2", "M2", 80)]


def district(alternative: int | None = 60, kind: str = "", **more: object) -> Scenario:
    schools = pd.DataFrame(
        [
            ("A", "Alt High", "9-12", alternative, 0.3, kind),
            ("H", "High", "9-12", 1000, 0.9, "Regular"),
            ("M1", "West Middle", "6-8", 700, None, "Regular"),
            ("M2", "East Middle", "6-8", 700, None, "Regular"),
            ("E1", "West Elementary", "K-5", 500, None, "Regular"),
            ("E2", "East Elementary", "K-5", 500, None, "Regular"),
        ],
        columns=["school_id", "name", "grades", "enrollment", "graduation_rate", "school_type"],
    )
    grades = {"M": "8", "E": "5"}
    flows = pd.DataFrame([(a, b, grades[a[0]], students) for a, b, students in FLOWS], columns=COLUMNS)
    return read_scenario(schools=schools, flows=flows, **more)  # type: ignore[arg-type]


def only(scenario: Scenario) -> ChoiceSchool:
    (found,) = report_with_counts(scenario).basis.choice_schools
    return found


def test_a_school_type_is_told_with_its_numbers() -> None:
    scenario = district(kind="Alternative")
    found = only(scenario)
    assert (found.school_id, found.kind, found.is_excluded) == ("A", "school type", False)
    assert (found.next_grade, found.entrants_students, found.places_students) == (9, 84, 15)  # 60 in four grades
    assert found.statement == (
        "Alt High (A) is no neighbourhood school, as far as the files tell: its type is alternative. By the flows"
        " between 75 and 93 students a year enter grade 9, where it has about 15 places. Counted flows into it stay."
    )
    assert [each.message for each in report_with_counts(scenario).warnings if each.school_id == "A"] == [
        found.statement
    ]
    proposal = propose_zones(scenario, {})
    (anchor,) = [member for member in proposal.zones[0].members if member.school_id == "A"]
    assert found.statement in anchor.reason
    told = "also those into 1 school found to be no neighbourhood school: Alt High (A)"
    assert told in " ".join(proposal.notes)


# Sizes are assumed: those of the flows, and for whoever reads up to the next whole ten less one. The 30 entrants are 30
# to 34. Of the 80 places in A this leaves the others asked up to 45, and 5 + 9 more. At least 75 are more than twice
# 148 / 4 = 37, and no more than twice 150 / 4 = 37.5.
@pytest.mark.parametrize(("enrolment", "is_found"), [(60, True), (148, True), (150, False), (None, False)])
def test_far_more_entrants_than_places_are_enough(enrolment: int | None, is_found: bool) -> None:
    assert MAXIMUM_COUNTED_PER_PLACE == 2
    found = report_with_counts(district(enrolment)).basis.choice_schools
    assert [school.kind for school in found] == ["more entrants than places"] * is_found
    if is_found:
        assert "far more students enter it than it has places. By the flows between 75 and 93" in found[0].statement


def test_small_counts_decide_nothing_and_are_not_shown() -> None:
    schools = pd.DataFrame({"school_id": ["M", "H"], "name": ["M", "H"], "grades": ["6-8", "9-12"]})
    schools["enrollment"] = ["90", "8"]  # two places, of which nine students would be more than twice as many
    for small in ("1", "9", "*"):
        flows = pd.DataFrame([("M", "H", "8", small)], columns=COLUMNS)
        assert report_with_counts(read_scenario(schools=schools, flows=flows)).basis.choice_schools == ()
    flows = pd.DataFrame([("M", "H", "8", "40")], columns=COLUMNS)
    found = only(read_scenario(schools=schools, flows=flows))
    assert (found.entrants_students, found.places_students) == (42, None)
    assert "between 35 and 49 students a year enter grade 9, where it has at most 9 places" in found.statement


def test_students_of_several_years_are_those_of_a_year() -> None:
    schools = pd.DataFrame({"school_id": ["M", "H"], "name": ["M", "H"], "grades": ["6-8", "9-12"]})
    schools["enrollment"] = ["90", "80"]
    rows = [("M", "H", "8", students, year) for year, students in (("2020-21", "40"), ("2021-22", "60"))]
    flows = pd.DataFrame(rows, columns=[*COLUMNS, "school_year"])
    found = only(read_scenario(schools=schools, flows=flows))
    assert (found.entrants_students, found.places_students) == (53, 20)


def test_a_catchment_that_covers_others_is_told_with_counted_numbers(tmp_path: Path) -> None:
    west, east, whole = box(-98.2, 38, -98.1, 38.1), box(-98.1, 38, -98, 38.1), box(-98.2, 38, -98, 38.1)
    shapes = {"E1": west, "E2": east, "M1": west, "M2": east, "H": west, "H2": east, "A": whole}
    path = tmp_path / "catchments.geojson"
    gpd.GeoDataFrame({"school_id": [*shapes]}, geometry=[*shapes.values()], crs="EPSG:4326").to_file(path)
    more = pd.DataFrame({"school_id": ["H2"], "name": ["East High"], "grades": ["9-12"], "enrollment": ["1000"]})
    schools = [
        pd.DataFrame({"school_id": ["A"], "name": ["Alt High"], "grades": ["9-12"], "enrollment": ["600"]}),
        more,
        pd.DataFrame(
            {"school_id": ["H", "M1", "M2", "E1", "E2"], "grades": ["9-12", "6-8", "6-8", "K-5", "K-5"]}
        ).assign(name=lambda table: table["school_id"], enrollment="700"),
    ]
    flows = pd.DataFrame([("M1", "A", "8", "80"), ("M2", "H2", "8", "90")], columns=COLUMNS)
    found = only(read_scenario(schools=pd.concat(schools), flows=flows, catchments=path))
    assert (found.kind, found.is_excluded, found.covered) == ("covers catchments", False, ("H", "H2"))
    assert (found.entrants_students, found.places_students) == (82, 150)
    assert found.statement.endswith(
        "By the flows between 75 and 89 students a year enter grade 9, where it has about 150 places. Counted flows"
        " into it stay."
    )
    assert "sends it no students" not in found.statement


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"exclude_receivers": ["H"]}, "exclude_receivers shapes estimates: nothing changes"),
        ({"capture": "none"}, "capture shapes estimates: nothing changes"),
        (
            {"exclude_receivers": "none", "capture": "none", "estimate": True},
            "exclude_receivers and capture shape estimates: only the estimate that they are compared with changes",
        ),
    ],
)
def test_options_of_estimates_say_that_they_change_no_counted_flow(options: dict[str, object], told: str) -> None:
    scenario = district(600, **options)
    assert [told in each.message for each in scenario.report.warnings if each.table == "parameters"] == [True]
    assert scenario.report.basis.choice_schools == ()  # nothing was left out
    assert not [each for each in district(600).report.warnings if each.table == "parameters"]


def test_a_type_alone_is_counted_and_no_warning() -> None:
    scenario = district(600, "Alternative")  # 80 students a year, 150 places
    assert only(scenario).places_students == 150
    assert not [each for each in report_with_counts(scenario).warnings if each.school_id == "A"]
    assert any(
        "counted flows into them stay: 1 school (A)" in each for each in report_with_counts(scenario).basis.details
    )


def test_suppressed_entrants_are_told_as_a_range() -> None:
    # 6 of M1's students enter A, which is shown as 1 to 9, and 50 of M2's: of 56 in
    # A, up to 59 for whoever reads, they are shown as 50 to 58.
    schools = pd.DataFrame(
        [("A", "9-12", 60, "Alternative"), ("H", "9-12", 1000, ""), ("M1", "6-8", 700, ""), ("M2", "6-8", 700, "")],
        columns=["school_id", "grades", "enrollment", "school_type"],
    )
    rows = [("M1", "A", 8, 6), ("M1", "H", 8, 70), ("M2", "A", 8, 50), ("M2", "H", 8, 50)]
    flows = pd.DataFrame(rows, columns=["origin", "destination", "grade", "students"])
    found = only(read_scenario(schools=schools, flows=flows))
    assert "By the flows between 51 and 67 students a year enter grade 9" in found.statement
