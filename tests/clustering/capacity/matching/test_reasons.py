"""Reasons, worked out by hand: for each match, each Zone unserved, each partner unused."""

from __future__ import annotations

import math
from typing import Any

import pytest

from clustering.capacity.matching.match import Match
from clustering.capacity.matching.match_zones import match_zones
from clustering.capacity.matching.reasons import Loss, UnservedZone, UnusedPartner
from clustering.capacity.need.zone_needs import ZoneNeeds
from tests.examples.capacity_tables import needs_of, register_of

# Two schools each; 1,000, 600 and 500 students.
STUDENTS = {"zone-1": 500.0, "zone-2": 300.0, "zone-3": 250.0}


def three_zones(**about: Any) -> ZoneNeeds:
    schools = {f"{zone[-1]}{end}": {"students": count} for zone, count in STUDENTS.items() for end in "ab"}
    return needs_of(schools, {zone: [f"{zone[-1]}a", f"{zone[-1]}b"] for zone in STUDENTS}, **about)


def unserved(match: Match) -> dict[str, UnservedZone]:
    return {zone.zone_id: zone for zone in match.unserved}


def unused(match: Match) -> dict[str, UnusedPartner]:
    return {partner.partner_id: partner for partner in match.unused}


def test_the_next_best_partner_and_what_would_be_lost() -> None:
    # P takes two Zones, Q one: all are served. Without zone-1 for Q, P can take it for Q's next.
    register = register_of({"P": {"maximum_schools": 4.0}, "Q": {"maximum_schools": 2.0, "cost_per_school": 5e5}})
    match = match_zones(three_zones(), register)
    assert match.solution.need_served == 2_100
    assert match.solution.status == match.solution.ties_status == "optimal"
    by_zone = {reason.zone_id: reason for reason in match.reasons}
    zone_of_q = match.matches.loc[match.matches["partner_id"] == "Q", "zone_id"].item()
    assert by_zone[zone_of_q].partner_count == 2
    # Q takes another Zone instead, at the same cost: nothing is lost but the order of ids.
    assert by_zone[zone_of_q].without_pair == Loss(
        need_low=0.0,
        need_high=0.0,
        preferences=0,
        cost_dollars=0.0,
        partner_ids=("P",),
        is_possible=True,
        proof="solved",
    )


def test_what_is_lost_is_the_need_of_the_whole_and_not_of_the_zone() -> None:
    # Only P may run zone-1 (1,000), and has room for one Zone. Without that pair it runs zone-2 (600): 400 are lost.
    register = register_of(
        {"P": {"maximum_schools": 2.0}, "Q": {"approval": "not approved"}, "R": {"levels": ("middle",)}}
    )
    match = match_zones(three_zones(), register)
    assert match.matches["zone_id"].tolist() == ["zone-1"]
    reason = match.reasons[0]
    assert (reason.kind, reason.partner_count, reason.without_pair.need_low) == ("only partner", 1, 400.0)
    assert match.matches["reason"].item() == (
        "Partner P is the only partner that may run it. Without this pair 400 fewer students would be served in all,"
        " and the Zone would have no partner."
    )
    # To serve zone-2 (600), zone-1 (1,000) would have to go.
    full = unserved(match)["zone-2"]
    assert (full.kind, full.if_served.need_low) == ("partners full", 400.0)
    assert full.partners[0].zone_ids == ("zone-1",)
    assert full.partners[0].schools_left == 0
    assert full.obstacle_counts == {"approval": 1, "levels": 1}
    assert full.reason == (
        "No partner that may run it has enough capacity left: Partner P runs Zone zone-1 (0 schools left). If it"
        " were served, 400 fewer students would be served in all. The smallest change that would serve it: Partner"
        " P takes on 2 more schools. Then 600 more students would be served in all, and no Zone would lose its"
        " partner. Or Partner Q is approved. Then 1,100 more students would be served in all (Zone zone-3 too), and"
        " no Zone would lose its partner. Or Partner R serves high schools. Then 1,100 more students would be"
        " served in all (Zone zone-3 too), and no Zone would lose its partner."
    )
    assert unused(match)["Q"].kind == "approval"
    assert unused(match)["R"].kind == "no Zone"
    assert unused(match)["R"].reason == (
        "It may run no Zone: 3 have schools of levels that it does not serve. It comes closest to running Zone zone-2:"
        " it does not serve its high schools. What would have to change: it serves high schools. Then 1,100 more"
        " students would be served in all (Zone zone-2 and Zone zone-3), and no Zone would lose its partner."
    )


def test_a_preference_decides_where_it_costs_no_need() -> None:
    prefers = [{"partner_id": "Q", "school_id": "1a", "choice": "prefer", "stated_by": "district"}]
    match = match_zones(three_zones(), register_of({"P": {}, "Q": {}}, statements=prefers))
    assert match.matches.set_index("zone_id").loc["zone-1", "partner_id"] == "Q"
    loss = match.reasons[0].without_pair
    assert (loss.need_low, loss.preferences) == (0.0, 1)


def test_no_preference_costs_need() -> None:
    # Q would rather run zone-3, but has room for one Zone and no other may run zone-1.
    statements = [
        {"partner_id": "Q", "school_id": "3a", "choice": "prefer", "stated_by": "partner"},
        {"partner_id": "P", "school_id": "1a", "choice": "exclude", "stated_by": "district"},
    ]
    register = register_of({"P": {"maximum_schools": 2.0}, "Q": {"maximum_schools": 2.0}}, statements=statements)
    match = match_zones(three_zones(), register)
    assert match.matches[["zone_id", "partner_id"]].to_numpy().tolist() == [["zone-1", "Q"], ["zone-2", "P"]]


def test_nobody_may_run_it_and_what_would_have_to_change() -> None:
    needs = three_zones(about={zone: {"latitude": 40.0, "longitude": -75.0} for zone in STUDENTS})
    register = register_of(
        {
            "far": {"latitude": 41.0, "longitude": -75.0, "reach_km": 50.0},
            "late": {"earliest_start": 2027, "levels": ("middle",), "maximum_schools": 1.0},
        }
    )
    zone = unserved(match_zones(needs, register))["zone-1"]
    assert zone.kind == "no partner"
    assert zone.obstacle_counts == {"levels": 1, "reach": 1, "size": 1, "start": 1}
    assert [each.partner_id for each in zone.partners] == ["far", "late"]
    far, late = zone.partners
    assert far.obstacles[0].value == pytest.approx(111.19, abs=0.01)
    assert (far.obstacles[0].limit, far.distance_km) == (50.0, far.obstacles[0].value)
    assert [(each.obstacle, each.value, each.limit, each.items) for each in late.obstacles] == [
        ("levels", None, None, ("high",)),
        ("start", 2027.0, 2025.0, ()),
        ("size", 2.0, 1.0, ()),
    ]
    assert zone.reason == (
        "No partner may run it: 1 does not serve all of its levels, 1 does not reach it, 1 cannot take on so many"
        " schools and 1 starts too late (some for several reasons)."
        " The smallest change that would serve it: Partner far reaches 111.2 km."
        " Then 2,100 more students would be served in all (Zone zone-2 and Zone zone-3 too), and no Zone would lose"
        " its partner."
    )


def test_the_budget_is_in_the_way() -> None:
    # 1.5 million dollars a Zone: two of three fit into 4 million.
    match = match_zones(three_zones(), register_of({"P": {}}), {"budget_dollars": 4e6})
    zone = unserved(match)["zone-3"]
    assert zone.kind == "budget"
    assert zone.if_served.need_low == 100  # 600 for 500
    assert zone.dollars_short == 500_000  # 1.5 million less the million that is left
    assert "too little of the budget: 500,000 dollars a year are missing." in zone.reason
    budget = match.limits.set_index("kind").loc["budget"]
    # In the relaxation a dollar more serves 500 students of zone-3 for 1.5 million.
    assert budget["dual_price"] == pytest.approx(500 / 1.5e6)
    assert (budget["used"], budget["limit"]) == (3e6, 4e6)


def test_a_smaller_variant_would_fit() -> None:
    needs = three_zones(smaller={"zone-3~1": ("zone-3", ["3a"])})
    match = match_zones(needs, register_of({"P": {"maximum_schools": 5.0}}))
    zone = unserved(match)["zone-3"]
    assert (zone.kind, zone.smaller_variant_id) == ("smaller variant", "zone-3~1")
    assert "A smaller variant would fit: Partner P could run 1 of its 2 schools, with 250 students." in zone.reason
    smaller = match_zones(needs, register_of({"P": {"maximum_schools": 5.0}}), {"allow_smaller": True})
    assert smaller.matches["variant_id"].tolist() == ["zone-1", "zone-2", "zone-3~1"]
    assert smaller.solution.need_served == 1_000 + 600 + 250


def test_a_school_is_in_one_zone_only() -> None:
    needs = needs_of(
        {"a": {"students": 100.0}, "b": {"students": 50.0}, "shared": {"students": 30.0}},
        {"zone-a": ["a", "shared"], "zone-b": ["b", "shared"]},
    )
    zone = unserved(match_zones(needs, register_of({"P": {}})))["zone-b"]
    assert (zone.kind, zone.taken_by) == ("school taken", ("zone-a",))
    assert zone.if_served.need_low == 50  # 80 students for 130


def test_the_number_of_zones_is_in_the_way() -> None:
    match = match_zones(three_zones(), register_of({"P": {}}), {"maximum_zones_per_partner": 2})
    assert unserved(match)["zone-3"].kind == "partners full"
    assert "(as many Zones as allowed)" in unserved(match)["zone-3"].reason
    assert match.limits["kind"].tolist() == ["zones per partner"]
    assert match.limits["dual_price"].tolist() == [500.0]


@pytest.mark.parametrize(
    ("partner", "settings", "kind"),
    [
        ({"kind": "supporting partner"}, {}, "supporting partner"),
        ({"approval": "not approved"}, {}, "approval"),
        ({"authority": "missing"}, {}, "duties"),
        ({"earliest_start": 2030}, {}, "start"),
        ({"maximum_schools": math.nan}, {}, "capacity unknown"),
        ({"maximum_schools": 3.0, "schools_now": 3.0}, {}, "no capacity"),
        ({}, {"forbid_match": [f"{zone}=Q" for zone in STUDENTS]}, "lock"),
        ({"levels": ("middle",)}, {}, "no Zone"),
        ({"cost_per_school": 9e5}, {}, "Zones served by others"),
        ({}, {"budget_dollars": 1.6e6}, "budget"),
    ],
)
def test_why_a_partner_is_unused(partner: dict[str, Any], settings: dict[str, Any], kind: str) -> None:
    match = match_zones(three_zones(), register_of({"P": {}, "Q": partner}), settings)
    assert unused(match)["Q"].kind == kind
    assert unused(match)["Q"].reason.endswith(".")


def test_what_nobody_knows_is_said() -> None:
    register = register_of({"P": {"reach_km": 10.0, "authority": "unknown", "earliest_start": 2020}})
    needs = three_zones(first_fall=None)
    match = match_zones(needs, register)
    assert match.reasons[0].unchecked == ("distance", "start", "authority")
    assert match.matches["reason"].str.endswith("Not known, and so not checked: distance, start, authority.").all()
    assert any("start_year is not given" in note for note in match.notes)
    silent = match_zones(needs, register_of({"P": {"schools_now": math.nan}}))
    assert any("the register lacks maximum_schools or schools_now: P." in note for note in silent.notes)


def test_a_supporting_partner_meets_comprehensive_services() -> None:
    register = register_of(
        {
            "P": {"comprehensive_services": "missing", "supporting_partners": ("S",)},
            "S": {"kind": "supporting partner"},
        }
    )
    match = match_zones(three_zones(), register, {"duties": "met"})
    assert match.matches["comprehensive_services"].tolist() == ["met"] * 3
    assert match_zones(three_zones(), register_of({"P": {"comprehensive_services": "missing"}})).matches.empty
