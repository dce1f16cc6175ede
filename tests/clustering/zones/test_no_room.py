"""What leaves merged anchors without a feeder, limit by limit, on the toy district."""

from __future__ import annotations

from clustering.zones.candidates import generate_candidates
from clustering.zones.feeder_graph import build_feeder_tables
from clustering.zones.merged_anchors import merge_anchors
from clustering.zones.no_room import NoRoom, describe_no_room, find_no_room
from clustering.zones.parse_parameters import parse_parameters
from clustering.zones.request import build_request
from tests.examples.toy_district import EAST, WEST, toy_scenario

MERGED = {"merge_anchors": [f"{WEST}+{EAST}"]}


def no_room(**settings: object) -> NoRoom | None:
    scenario = toy_scenario()
    request = build_request(scenario, parse_parameters(settings))
    tables = build_feeder_tables(scenario)
    merged = merge_anchors(tables, [WEST, EAST], request)
    request = type(request)(parameters=request.parameters, schools=request.schools, merged=merged)
    first, *_ = generate_candidates(tables, [WEST, EAST], request)
    return find_no_room(first, request)


def test_an_anchor_of_its_own_always_has_room() -> None:
    assert no_room(maximum_schools=3) is None


def test_merged_anchors_with_room_for_a_feeder_lack_nothing() -> None:
    assert no_room(**MERGED) is None
    # Both high schools have 900 students and an elementary school 300: 2100 is enough, and no less.
    assert no_room(**MERGED, maximum_enrolment_students=2100) is None


def test_anchors_that_fill_the_zone_leave_no_room() -> None:
    found = no_room(**MERGED, minimum_schools=2, maximum_schools=2)
    assert found == NoRoom(parameter="maximum_schools", limit=2, anchor_count=2)
    assert describe_no_room(found).startswith("2 merged anchors are to share one Zone, and maximum_schools is 2:")


def test_anchors_whose_students_reach_the_limit_leave_no_room() -> None:
    found = no_room(**MERGED, maximum_enrolment_students=2099)
    assert found == NoRoom(parameter="maximum_enrolment_students", limit=2099, anchor_count=2, enrolled_students=1800)
    assert describe_no_room(found) == (
        "The 2 merged anchors have 1,800 students enrolled, and maximum_enrolment_students is 2,099: there is no room"
        " for a feeder. Raise it, or merge fewer anchors."
    )


def test_where_a_rule_leaves_every_feeder_out_each_is_named_with_it() -> None:
    # West and East are 1.11 km apart; Pine, the nearest middle school, is 1.11 km from West.
    found = no_room(**MERGED, minimum_schools=2, maximum_distance_km=1.0)
    assert found is not None
    assert (found.parameter, found.anchor_count) == (None, 2)
    assert [(school, exclusion.parameter) for school, exclusion in found.excluded] == [
        ("Oak Middle (0007)", "maximum_distance_km"),
        ("Elm Middle (0008)", "maximum_distance_km"),
        ("Pine Middle (0009)", "maximum_distance_km"),
    ]
    text = describe_no_room(found)
    assert text.startswith("No feeder is within reach of the merged anchors. Left out: Oak Middle (0007) is 3.3")
