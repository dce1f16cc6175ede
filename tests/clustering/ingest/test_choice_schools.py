"""Choice schools from files to the report: named, left out of estimates, and never out of counted flows."""

from __future__ import annotations

import json
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from clustering import (
    InputError,
    ProposalParameters,
    Scenario,
    propose_zones,
    read_scenario,
    report_document,
    report_with_counts,
    scenario_from_bytes,
    scenario_to_bytes,
)

# Two neighbourhoods from kindergarten to grade 12, and an alternative school of 60 students for both.
SCHOOLS = pd.DataFrame(
    [
        ("H1", "West High", "9-12", -85.70, 1000, 55, "regular"),
        ("H2", "East High", "9-12", -85.60, 1000, 90, "regular"),
        ("A1", "Second Chance High", "9-12", -85.69, 60, 30, "regular"),
        ("M1", "West Middle", "6-8", -85.71, 700, None, "regular"),
        ("M2", "East Middle", "6-8", -85.61, 700, None, "regular"),
        ("E1", "West Elementary", "K-5", -85.72, 500, None, "regular"),
        ("E2", "East Elementary", "K-5", -85.62, 500, None, "regular"),
    ],
    columns=["school_id", "name", "grades", "longitude", "enrolment", "graduation_rate", "school_type"],
).assign(latitude=38.2)
WEST, EAST, WHOLE = box(-85.8, 38.1, -85.65, 38.3), box(-85.65, 38.1, -85.5, 38.3), box(-85.8, 38.1, -85.5, 38.3)
CATCHMENTS = gpd.GeoDataFrame(
    {
        "school_id": ["H1", "H2", "A1", "M1", "M2", "E1", "E2", "Unassigned"],
        "level": [*["high"] * 3, *["middle"] * 2, *["elementary"] * 2, "high"],
    },
    geometry=[WEST, EAST, WHOLE, WEST, EAST, WEST, EAST, WHOLE],
    crs="EPSG:4326",
)
RATE_BELOW_67 = ProposalParameters(identification="graduation_rate<0.67")


def scenario(**given: Any) -> Scenario:
    return read_scenario(**{"schools": SCHOOLS, "catchments": CATCHMENTS, **given})


def pairs(answer: Scenario) -> set[tuple[str, str]]:
    flows = answer.flows.dropna(subset="destination")
    return set(zip(flows["origin"], flows["destination"], strict=True))


NEIGHBOURHOODS = {("E1", "M1"), ("E2", "M2"), ("M1", "H1"), ("M2", "H2")}


def test_the_alternative_school_is_named_with_its_numbers_and_takes_nobody() -> None:
    answer = scenario()
    assert pairs(answer) == NEIGHBOURHOODS
    (found,) = answer.report.basis.choice_schools
    # 700 / 3 students leave either middle school; the alternative school would share both with one high school.
    assert (found.school_id, found.entrants_students, found.places_students) == ("A1", 233, 15)
    assert found.covered == ("H1", "H2")
    warnings = [problem.message for problem in answer.report.warnings]
    assert found.statement in warnings
    assert any("Polygons of no school were left out (1): Unassigned." in message for message in warnings)
    proposal = propose_zones(answer, RATE_BELOW_67)
    assert [zone.anchor_id for zone in proposal.zones] == ["H1"]
    assert {member.school_id for member in proposal.zones[0].members} == {"H1", "M1", "E1"}


def test_the_user_may_keep_it() -> None:
    answer = scenario(exclude_receivers="none")
    assert pairs(answer) == NEIGHBOURHOODS | {("M1", "A1"), ("M2", "A1")}
    assert [school.is_excluded for school in answer.report.basis.choice_schools] == [False]
    assert pairs(scenario(exclude_receivers=["found", "M2"])) == NEIGHBOURHOODS - {("E2", "M2")}


def test_counted_flows_into_it_stay() -> None:
    counted = pd.DataFrame({"origin": ["M1", "M2"], "destination": ["A1", "A1"], "students": [40, 30]})
    answer = scenario(flows=counted)
    assert pairs(answer) == {("M1", "A1"), ("M2", "A1")}
    assert answer.flows["students"].tolist() == [40, 30]
    assert answer.report.basis.method == "recorded"
    assert any(
        "counted flows into them stay: 1 school (A1)." in detail for detail in report_with_counts(answer).basis.details
    )
    # What its catchment tells is told all the same, for reasons to say it.
    assert [school.school_id for school in answer.report.basis.choice_schools] == ["A1"]


def test_the_finding_is_stored_and_written() -> None:
    answer = scenario()
    again = scenario_from_bytes(scenario_to_bytes(answer))
    assert again.report == answer.report
    document = json.loads(json.dumps(report_document(answer.report)))
    (found,) = document["basis"]["choice_schools"]
    assert (found["school_id"], found["kind"], found["covered"]) == ("A1", "covers catchments", ["H1", "H2"])


def test_by_distance_alternative_schools_take_nobody_either() -> None:
    alternative = SCHOOLS.assign(school_type=["regular"] * 2 + ["alternative"] + ["regular"] * 4)
    answer = read_scenario(schools=alternative, estimate=True)
    assert "A1" not in set(answer.flows["destination"])
    (found,) = answer.report.basis.choice_schools
    assert (found.school_id, found.kind, found.is_excluded) == ("A1", "school type", True)
    assert any("Left out as receivers" in detail and "(A1)" in detail for detail in answer.report.basis.details)
    kept = read_scenario(schools=alternative, estimate=True, exclude_receivers=["none"])
    assert "A1" in set(kept.flows["destination"])
    named = read_scenario(schools=SCHOOLS, estimate=True, exclude_receivers=["H2"])
    assert "H2" not in set(named.flows["destination"])


def test_travel_times_turn_an_estimate_by_distance() -> None:
    # As the crow flies West Middle is nearest to Second Chance and West High; by bus it is nearest to East High.
    minutes = {"H1": 40, "A1": 42, "H2": 5}
    times = pd.DataFrame({"origin": "M1", "destination": list(minutes), "minutes": list(minutes.values())})
    timed = read_scenario(schools=SCHOOLS, estimate=True, travel_times=times).flows
    plain = read_scenario(schools=SCHOOLS, estimate=True).flows
    most = [flows[flows["origin"] == "M1"].sort_values("students")["destination"].iloc[-1] for flows in (timed, plain)]
    assert most == ["H2", "H1"]


def test_unknown_words_are_refused_all_at_once() -> None:
    with pytest.raises(InputError) as raised:
        scenario(exclude_receivers=["none", "XX", "A1", "YY"])
    problems = [(problem.column, problem.value) for problem in raised.value.problems]
    assert problems == [("exclude_receivers", "XX"), ("exclude_receivers", "YY"), ("exclude_receivers", "none")]
    assert "Give school ids, the word found" in raised.value.problems[0].remedy
    for words in (["A1"], ["found"], ["none"]):
        assert pairs(scenario(exclude_receivers=words))
