"""How many schools are behind the mean of a Zone, and which is the weakest; worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from clustering import Readiness, evaluate_readiness, parse_indicator_set, propose_zones, read_assessments
from tests.examples.toy_district import MOVES, toy_scenario

SET = parse_indicator_set(
    {
        "set_id": "three",
        "title": "Three practices",
        "indicators": [{"indicator_id": name, "title": f"Practice {name}"} for name in "abc"],
    }
)
ZONES = {"Z": ["0001", "0002", "0003", "0004"], "Y": ["0005"]}


def readiness_of(rows: Sequence[tuple[str, str, float, str]], zones: Any = ZONES, **request: Any) -> Readiness:
    table = pd.DataFrame(rows, columns=["school_id", "indicator", "value", "date"]).astype("str")
    return evaluate_readiness(read_assessments(table, indicator_sets=[SET]), "three", zones, **request)


def row_of(readiness: Readiness, subject_id: str) -> dict[str, Any]:
    return dict(readiness.subjects.set_index("subject_id").loc[subject_id])


# 0001 has three gaps (a gap is up to 2), 0002 has one, 0003 none; 0004 is not assessed.
ROWS = [
    *(("0001", name, 1, "2024-03-01") for name in "abc"),
    *(("0002", name, value, "2024-03-01") for name, value in zip("abc", (2, 4, 4), strict=True)),
    *(("0003", name, 4, "2024-03-01") for name in "abc"),
]


def test_the_mean_of_a_zone_does_not_hide_its_weakest_school() -> None:
    zone = row_of(readiness_of(ROWS), "Z")
    assert (zone["assessed"], zone["indicators"], zone["gaps"]) == (3, 3, 0)  # means of 2.3, 3 and 3
    assert (zone["assessed_schools"], zone["schools"], zone["schools_with_gaps"]) == (3, 4, 2)
    assert (zone["weakest_school_id"], zone["weakest_gaps"]) == ("0001", 3)
    assert "3 of its 4 schools are assessed, and 2 have gaps: 0001 has the most, 3." in zone["sentence"]


def test_of_several_with_as_many_gaps_the_lowest_mean_is_the_weakest() -> None:
    rows = [("0003", "a", 2, "2024-03-01"), ("0002", "a", 1, "2024-03-01"), ("0001", "a", 2, "2024-03-01")]
    assert row_of(readiness_of(rows), "Z")["weakest_school_id"] == "0002"
    alike = [(school, name, 2, day) for school, name, _, day in rows]
    assert row_of(readiness_of(alike), "Z")["weakest_school_id"] == "0001"


def test_without_gaps_there_is_no_weakest_school() -> None:
    zone = row_of(readiness_of([("0001", "a", 4, "2024-03-01")]), "Z")
    assert zone["weakest_school_id"] is None
    assert pd.isna(zone["weakest_gaps"])
    assert zone["schools_with_gaps"] == 0
    assert "1 of its 4 schools is assessed." in zone["sentence"]
    other = row_of(readiness_of([("0001", "a", 4, "2024-03-01")]), "Y")
    assert (other["assessed_schools"], other["schools"]) == (0, 1)


def test_districts_and_schools_have_no_weakest_school() -> None:
    school = row_of(readiness_of(ROWS), "0001")
    assert pd.isna(school["schools"])
    assert school["weakest_school_id"] is None


def test_zones_of_a_proposal_and_weakest_schools_have_their_names() -> None:
    scenario = toy_scenario()
    proposal = propose_zones(scenario, MOVES)
    readiness = readiness_of([("0010", "a", 1, "2024-03-01")], proposal, scenario=scenario)
    zone = row_of(readiness, "zone-0010")
    assert zone["name"] == next(each.name for each in proposal.zones if each.zone_id == "zone-0010")
    assert zone["weakest_school"] == scenario.schools.loc["0010", "name"]
    rows = readiness.indicators
    assert set(rows.loc[rows["subject_id"] == "zone-0010", "name"]) == {zone["name"]}


def test_a_change_that_cannot_be_seen_is_none() -> None:
    rated = [("0001", "Ada"), ("0001", "Ben"), ("0002", "Ada"), ("0002", "Ben")]
    before = [(school, "a", 3.0, "2023-03-01", rater) for school, rater in rated]
    after = [("0001", "a", 3.08, "2024-03-01", "Ada")]  # the mean of both raters rises by 0.04
    table = pd.DataFrame([*before, *after], columns=["school_id", "indicator", "value", "date", "rater"]).astype("str")
    readiness = evaluate_readiness(read_assessments(table, indicator_sets=[SET]), "three", ZONES)
    school = row_of(readiness, "0001")
    assert (school["rose"], school["fell"]) == (0, 0)
    assert "Since the last round" not in school["sentence"]
