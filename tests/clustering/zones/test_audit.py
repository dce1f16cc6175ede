"""The audit rejects an answer broken in any one way, and scores are worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from clustering import (
    InputError,
    SolverError,
    ZoneMetrics,
    audit,
    build_feeder_graph,
    build_request,
    parse_parameters,
    propose_zones,
)
from clustering.zones.audit import ClaimedScores, score_zone
from clustering.zones.distances import distance_km
from clustering.zones.metrics import evaluate_zones
from clustering.zones.request import ZoneRequest
from clustering.zones.solver import ZoneSolution, solve
from tests.examples.toy_district import EAST, ELM, EXACT, MOVES, OAK, PINE, WEST, toy_scenario, toy_schools

GOOD = {WEST: ("0001", "0002", "0003", "0004", OAK, ELM), EAST: ("0005", "0006", PINE)}


def violations(
    membership: dict[str, tuple[str, ...]],
    change: Callable[[pd.DataFrame], pd.DataFrame] | None = None,
    **settings: object,
) -> str:
    scenario = toy_scenario(None if change is None else change(toy_schools()))
    request = build_request(scenario, parse_parameters(settings))
    return " ".join(audit(build_feeder_graph(scenario), membership, request))


def test_a_sound_answer_passes() -> None:
    assert violations(GOOD) == ""
    assert violations({}) == ""


@pytest.mark.parametrize(
    ("membership", "settings", "message"),
    [
        ({**GOOD, EAST: ("0004", "0005", PINE)}, {}, "0004 is in the Zones of 0010, 0011"),
        ({WEST: (OAK,)}, {}, "has 2 schools, not 3 to 12"),
        (GOOD, {"maximum_schools": 6}, "has 7 schools, not 3 to 6"),
        ({WEST: (OAK, OAK, ELM)}, {}, "names a school twice"),
        ({WEST: (OAK, "0005")}, {}, "no promotions lead to the anchor: 0005"),
        ({WEST: (OAK, "0042")}, {}, "the graph does not have: 0042"),
        (GOOD, {"force_out": "0003"}, "0003, which is forced out"),
        ({WEST: GOOD[WEST]}, {"force_in": EAST}, f"{EAST} is forced in but in no Zone"),
        (GOOD, {"maximum_enrolment_students": 2500}, "3100 students, more than 2500"),
        (GOOD, {"maximum_distance_km": 8}, "0002, which is 8.9 km away, and the limit is 8 km"),
        ({WEST: (ELM, PINE, "0006")}, {"minimum_link_share": 0.2}, "0006, 0009"),
        ({WEST: (ELM, PINE, "0003")}, {}, "has 0009, of whose students 16.7% arrive, not 20.0%"),
        ({WEST: (ELM, PINE, "0003")}, {"force_in": PINE}, ""),
        ({WEST: (ELM, PINE, "0006")}, {"force_in": PINE}, "has 0006, of whose students 16.7% arrive, not 20.0%"),
        ({WEST: (ELM, PINE, "0003")}, {"keep_together": f"{PINE}+{WEST}"}, ""),
        ({WEST: (ELM, PINE, "0003")}, {"minimum_arrival_share": 0.16}, ""),
        (GOOD, {"levels": "middle"}, "0001, which is of the level elementary, and the levels asked for are middle"),
        (GOOD, {"maximum_zones": 1}, "There are 2 Zones, more than 1"),
        (GOOD, {"keep_together": "0001+0005"}, "0001, 0005 are to keep together, and are not all in the same Zones"),
        ({WEST: GOOD[WEST]}, {"keep_together": f"{PINE}+0001"}, "0001, 0009 are to keep together"),
        ({**GOOD, EAST: ("0004", "0005", PINE)}, {"shared_feeders": True}, ""),
        ({WEST: (OAK, ELM, EAST), EAST: ("0005", "0006", PINE)}, {"shared_feeders": True}, f"{EAST} is in the Zones"),
    ],
)
def test_each_broken_constraint_is_named(
    membership: dict[str, tuple[str, ...]], settings: dict[str, object], message: str
) -> None:
    label = violations(membership, **settings)
    assert message in label
    assert bool(message) == bool(label)


def broken(membership: dict[str, tuple[str, ...]], request: ZoneRequest) -> str:
    return " ".join(audit(build_feeder_graph(toy_scenario()), membership, request))


def test_merged_anchors_belong_together_and_either_leads_in() -> None:
    request = replace(build_request(toy_scenario(), parse_parameters({})), merged={WEST: (WEST, EAST)})
    # Pine sends 83% to East: merged with West it needs no other way.
    assert broken({WEST: (EAST, PINE, "0005")}, request) == ""
    assert f"lacks {EAST}, merged with its anchor" in broken({WEST: (OAK, "0001")}, request)


def test_travel_times_and_catchments_are_audited() -> None:
    parameters = parse_parameters({"maximum_travel_minutes": 20})
    request = build_request(toy_scenario(), parse_parameters({}))
    timed = replace(request, parameters=parameters, travel_minutes={(OAK, WEST): 30.0, (ELM, WEST): 10.0})
    label = broken({WEST: (OAK, ELM, "0001")}, timed)
    assert f"{OAK}, which is 30 minutes away, and the limit is 20 minutes" in label
    assert "0001, which has no travel time to the anchor" in label
    assert f"{ELM}, which" not in label
    touching = {WEST: frozenset({OAK}), OAK: frozenset({WEST}), ELM: frozenset({"0003"}), "0003": frozenset({ELM})}
    mapped = replace(request, parameters=parse_parameters({"contiguous": True}), neighbours=touching)
    label = broken({WEST: (OAK, ELM, "0003", "0001")}, mapped)
    assert "0001, which has no catchment" in label
    assert f"catchments are not connected with the anchor's: 0001, 0003, {ELM}" in label
    assert broken({WEST: (OAK,)}, replace(mapped, parameters=mapped.parameters.with_changes(minimum_schools=2))) == ""


def test_closed_schools_and_other_districts_are_named() -> None:
    def close(schools: pd.DataFrame) -> pd.DataFrame:
        return schools.assign(status=["Closed"] + ["Open"] * 10)

    def move(schools: pd.DataFrame) -> pd.DataFrame:
        return schools.assign(district_id=["02"] + ["01"] * 10)

    def empty(schools: pd.DataFrame) -> pd.DataFrame:
        return schools.assign(enrollment=[""] + ["300"] * 10)

    assert "0001, which is closed" in violations(GOOD, close)
    assert "0001, which is in another district" in violations(GOOD, move, same_district=True)
    assert violations(GOOD, move) == ""
    assert "0001, which has no known enrolment" in violations(GOOD, empty, maximum_enrolment_students=9000)


def test_score_by_hand() -> None:
    graph = build_feeder_graph(toy_scenario())
    request = build_request(toy_scenario(), parse_parameters({}))
    # Of 430 promoted students arrive at West 60 of Oak, 90 of Elm, and 60 * 0.6 + (40 * 0.6 + 10 * 0.9) + 60 * 0.9 +
    # 40 * 0.9 of the elementary schools: 309. Of 210 arrive at East 100 of Pine, and five in six of 90: 175.
    assert score_zone(graph, WEST, GOOD[WEST], request) == pytest.approx(309 - 0.25 * 121)
    assert score_zone(graph, EAST, GOOD[EAST], request) == pytest.approx(175 - 0.25 * 35)
    assert score_zone(graph, WEST, (), request) == 0


def test_score_by_hand_in_moves() -> None:
    graph = build_feeder_graph(toy_scenario())
    request = build_request(toy_scenario(), parse_parameters(MOVES))
    # Retained 60 + 90 + 60 + 50 + 60 + 40 = 360 of 430 promoted.
    assert score_zone(graph, WEST, GOOD[WEST], request) == pytest.approx(360 - 0.25 * 70)
    assert score_zone(graph, EAST, GOOD[EAST], request) == pytest.approx(190 - 0.25 * 20)


@pytest.mark.parametrize(
    ("of_zones", "total", "message"),
    [
        ({}, None, ""),
        ({WEST: 278.75, EAST: 166.25}, 445.0, ""),
        ({WEST: 278.751, EAST: 166.25}, 444.9999, ""),  # rounded, or less what breaks ties
        ({WEST: 279.75, EAST: 166.25}, None, "The Zone of 0010 scores 278.750, not 279.750."),
        ({WEST: 278.75, EAST: 166.15}, None, "The Zone of 0011 scores 166.250, not 166.150."),
        ({WEST: float("nan"), EAST: 166.25}, None, "The Zone of 0010 scores 278.750, not nan."),
        ({WEST: 278.75}, None, "The scores are claimed for other Zones than those of the solution."),
        ({}, 445.1, "The Zones score 445.000 in all, not 445.100."),
        ({WEST: 278.75, EAST: 166.25}, 400.0, "The Zones score 445.000 in all, not 400.000."),
    ],
)
def test_a_wrong_score_is_named(of_zones: dict[str, float], total: float | None, message: str) -> None:
    request = build_request(toy_scenario(), parse_parameters({}))
    claimed = ClaimedScores(of_zones=of_zones, total=total)
    assert " ".join(audit(build_feeder_graph(toy_scenario()), GOOD, request, claimed=claimed)) == message


def test_a_solver_that_claims_a_wrong_score_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def boast(*args: Any, **options: Any) -> ZoneSolution:
        solution = solve(*args, **options)
        return replace(solution, bound=None if solution.bound is None else solution.bound + 1)

    monkeypatch.setattr("clustering.zones.solving.solve", boast)
    with pytest.raises(SolverError, match=r"did not pass the audit: The Zones score 278\.750 in all, not 279\.750"):
        propose_zones(toy_scenario(), parse_parameters(EXACT))


def test_metrics_that_tell_a_wrong_score_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def flatter(*args: Any) -> dict[str, ZoneMetrics]:
        return {anchor: replace(each, score=each.score + 1) for anchor, each in evaluate_zones(*args).items()}

    monkeypatch.setattr("clustering.zones.planner.evaluate_zones", flatter)
    with pytest.raises(SolverError, match=r"The Zone of 0010 scores 278\.750, not 279\.750"):
        propose_zones(toy_scenario(), parse_parameters(EXACT))


def test_distance_follows_the_meridian() -> None:
    request = build_request(toy_scenario(), parse_parameters({}))
    # A degree of latitude near 38 degrees north is 110.99 km on the WGS 84 ellipsoid.
    assert distance_km(request, "0001", WEST) == pytest.approx(9.989, abs=0.002)


@pytest.mark.parametrize(
    ("columns", "setting"),
    [
        (["lat", "lon"], "maximum_distance_km=5"),
        (["district_id"], "same_district=true"),
        (["enrollment"], "maximum_enrolment_students=5000"),
    ],
)
def test_a_limit_that_the_files_cannot_serve_is_refused(columns: list[str], setting: str) -> None:
    scenario = toy_scenario(toy_schools().drop(columns=columns))
    with pytest.raises(InputError) as caught:
        build_request(scenario, parse_parameters([setting]))
    assert [problem.column for problem in caught.value.problems] == [setting.partition("=")[0]]
