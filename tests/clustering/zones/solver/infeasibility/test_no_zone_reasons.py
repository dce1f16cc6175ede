"""The sentences that say why an anchor has no Zone, each written from its value."""

from __future__ import annotations

import math

import pytest

from clustering.zones.candidates import generate_candidates
from clustering.zones.feeder_graph import build_feeder_tables
from clustering.zones.no_room import NoRoom
from clustering.zones.parse_parameters import parse_parameters
from clustering.zones.request import build_request
from clustering.zones.solver.infeasibility.no_zone_reasons import explain_locks_without_zone, explain_no_zones
from clustering.zones.solver.solution import GroupSolution, NoZoneReason
from tests.examples.toy_district import EAST, OAK, WEST, toy_scenario

WITHOUT = GroupSolution(zones={WEST: (OAK,)}, value=452.5, bound=452.5, is_proved=True)
WITH_ZONE = GroupSolution(zones={EAST: (OAK,)}, value=427.5, bound=427.5, is_proved=True)
IMPOSSIBLE = GroupSolution(zones={}, value=-math.inf, bound=-math.inf, is_proved=True)


def explain(reason: NoZoneReason, anchor: str = EAST, **settings: object) -> str:
    scenario = toy_scenario()
    request = build_request(scenario, parse_parameters(settings))
    candidates = generate_candidates(build_feeder_tables(scenario), [WEST, EAST, "0001"], request)
    return explain_no_zones({anchor: reason}, {each.anchor_id: each for each in candidates}, request)[anchor]


def lower_total(with_zone: GroupSolution | None) -> NoZoneReason:
    return NoZoneReason(kind="lower_total", others=(WEST,), value=WITHOUT.value, with_zone=with_zone)


def test_an_elementary_school_as_an_anchor_has_no_feeder_within_reach() -> None:
    text = explain(NoZoneReason(kind="too_few_schools"), "0001")
    assert text.startswith("No feeder is within reach (at least 10% of the sender's promoted or of the receiver's")
    assert "a Zone needs 3 schools with its anchor." in text


def test_each_limit_in_force_is_named_where_no_set_of_feeders_keeps_them() -> None:
    text = explain(NoZoneReason(kind="infeasible"), maximum_enrolment_students=500, keep_together=[[OAK, WEST]])
    limits = "at most 500 students enrolled, at least 20% of each feeder's students arriving, schools kept together"
    assert f"3 to 12 schools, {limits}, each school tied" in text


def test_a_school_that_the_request_excludes_is_named_with_its_rule() -> None:
    text = explain(NoZoneReason(kind="too_few_schools"), force_out=OAK)
    # Elm sends 10 of its 100 students to East, and with Oak out only 10 of E2's 50 go on, by way of Elm.
    _, _, left_out = text.partition("Left out: ")
    # E3 and E4 send their students to East by way of Elm alone, E4 20 of 60 by way of Pine.
    assert left_out == (
        f"Oak Middle ({OAK}) is forced out; too few of the students promoted by these could reach it inside the Zone"
        " (minimum_arrival_share is 0.2): E2 (0002) at most 2%, E3 (0003) at most 10%, Elm Middle (0008) at most 10%."
    )


def test_a_zone_that_would_lose_score_can_be_forced() -> None:
    text = explain(NoZoneReason(kind="negative_score", score=-10.0))
    assert text.startswith(
        "Its best Zone would score -10.0 students a year: too many of its feeders' promoted students do not"
    )
    assert "do not reach it inside the Zone." in text
    assert text.endswith(f"Name {EAST} in force_in to propose that Zone all the same.")


@pytest.mark.parametrize(
    ("with_zone", "end"),
    [
        (None, "in the Zone of West High (0010)."),
        (IMPOSSIBLE, "not enough schools are left for a Zone of its own."),
        (
            WITH_ZONE,
            f"the total score would be 25.0 students a year lower. Name {EAST} in force_in to propose it all the same.",
        ),
    ],
)
def test_what_a_zone_would_cost_the_others(with_zone: GroupSolution | None, end: str) -> None:
    text = explain(lower_total(with_zone))
    assert text.startswith("Its feeders serve the total better in the Zone of West High")
    assert text.endswith(end)


@pytest.mark.parametrize(("most", "zones"), [(1, "one Zone"), (2, "2 Zones")])
def test_the_number_of_zones_is_the_cause_where_it_is_limited(most: int, zones: str) -> None:
    assert explain(lower_total(None), maximum_zones=most) == (
        f"The request allows only {zones}, and others add more to the score."
    )
    heuristic = explain(NoZoneReason(kind="heuristic_lower_total"), maximum_zones=most)
    assert heuristic == f"The request allows only {zones}, and others score more."


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (NoZoneReason(kind="time_limit"), "Time ran out before the solver knew"),
        (NoZoneReason(kind="heuristic_infeasible"), "No Zone within the limits can be made of the schools"),
        (NoZoneReason(kind="heuristic_negative_score", score=-0.04), "The Zone that the method finds would score 0.0."),
        (NoZoneReason(kind="feeder_of_plan", others=(WEST,)), "In the plan it is a feeder of West High."),
        (NoZoneReason(kind="not_in_plan"), "The plan has no Zone around it."),
        (
            NoZoneReason(kind="no_room", no_room=NoRoom(parameter="maximum_schools", limit=3.0, anchor_count=3)),
            "3 merged anchors are to share one Zone, and maximum_schools is 3: there is no room for a feeder.",
        ),
    ],
)
def test_every_other_reason_has_its_sentence(reason: NoZoneReason, text: str) -> None:
    assert explain(reason).startswith(text)


def test_a_lock_names_the_school_the_anchor_and_its_reason() -> None:
    scenario = toy_scenario()
    request = build_request(scenario, parse_parameters({"force_in": OAK}))
    candidates = generate_candidates(build_feeder_tables(scenario), [EAST], request)
    by_anchor = {each.anchor_id: each for each in candidates}
    reasons = {EAST: NoZoneReason(kind="infeasible")}
    (text,) = explain_locks_without_zone([(OAK, EAST)], reasons, by_anchor, request)
    assert text.startswith(f"Oak Middle ({OAK}) is forced in, but for East High ({EAST}): No set of feeders")
