"""What is proposed for programs that there were, and why it differs from what happened."""

from __future__ import annotations

import pytest

from clustering import InputError, ZoneNeeds, match_zones, measure_zone_needs, propose_zones, read_zone_needs
from tests.examples import real_programmes as real

WEST_CHARLOTTE = "zone-WC"


def charlotte_needs() -> ZoneNeeds:
    scenario = real.charlotte()
    return measure_zone_needs(scenario, propose_zones(scenario), smaller=True)


def test_lift_is_the_zone_that_the_feeder_pattern_gives() -> None:
    needs = charlotte_needs()
    # The same nine schools as the program had.
    assert set(needs.variants.loc[WEST_CHARLOTTE, "school_ids"]) == {school for school, _, _ in real.LIFT_SCHOOLS}
    assert needs.variants.loc[WEST_CHARLOTTE, "levels"] == ("elementary", "high", "middle")
    assert needs.zones.loc[WEST_CHARLOTTE, "anchor_rate"] == 0.54
    assert needs.variants.loc[WEST_CHARLOTTE, "students"] == pytest.approx(real.LIFT_STUDENTS, abs=9)


def test_lift_can_be_matched_once_it_is_founded() -> None:
    needs = charlotte_needs()
    # Data of 2010-11 lets planning start in 2012-13, which is when the program started.
    assert needs.first_fall == 2012
    match = match_zones(needs, real.lift())
    assert match.matches[["zone_id", "partner_id", "school_count"]].to_numpy().tolist() == [[WEST_CHARLOTTE, "LIFT", 9]]
    # 55 million dollars in five years are 11 million a year.
    assert match.solution.cost_dollars == pytest.approx(real.LIFT_DOLLARS / real.LIFT_YEARS, abs=10)
    # It could not have started a year earlier: there was no partner yet.
    early = match_zones(needs, real.lift(), {"start_year": 2011})
    assert early.matches.empty
    assert early.unserved[0].obstacle_counts == {"start": 1}


def test_lift_at_the_usual_price_would_have_cost_less() -> None:
    # What differs: 750,000 dollars a school and year are 6.75 million for nine schools, and L.I.F.T. had 11 million. A
    # state must put the cost of such a partner into the register, since no default would find it.
    needs = charlotte_needs()
    register = real.lift()
    for end in ("", "_low", "_high"):
        register.partners[f"cost_per_school{end}"] = float("nan")
    assert match_zones(needs, register).solution.cost_dollars == 9 * 750_000


def test_memphis_gets_one_operator_where_there_were_two() -> None:
    """
    State and district divided the schools of Memphis's list, each following feeder patterns.

    What differs: where both wanted one pattern, both got schools of it. A Zone has one partner here, since students who
    move up would otherwise change hands. The other partner is free for another pattern, and is said to be unused
    because the Zone that it may run is served.
    """
    scenario = real.memphis()
    needs = measure_zone_needs(scenario, propose_zones(scenario), smaller=True)
    match = match_zones(needs, real.memphis_operators())
    assert match.matches["partner_id"].nunique() == 1
    assert match.matches["school_count"].tolist() == [6]
    assert [(partner.kind, partner.zone_count) for partner in match.unused] == [("Zones served by others", 1)]


def test_memphis_is_not_divided_even_where_neither_can_run_all_of_it() -> None:
    # Three schools each would be what happened; here the better three are served, and the others are told to be left.
    scenario = real.memphis()
    needs = measure_zone_needs(scenario, propose_zones(scenario), smaller=True)
    whole = match_zones(needs, real.memphis_operators(size="3"))
    assert whole.matches.empty
    assert whole.unserved[0].obstacle_counts == {"size": 2}
    smaller = match_zones(needs, real.memphis_operators(size="3"), {"allow_smaller": True})
    assert smaller.matches["school_count"].tolist() == [3]
    assert "H" in smaller.matches["school_ids"].iloc[0]


def houston_needs() -> ZoneNeeds:
    scenario = real.houston()
    request = {"merge_anchors": [list(real.HOUSTON_ANCHORS)], "maximum_schools": real.HOUSTON_SCHOOLS}
    return measure_zone_needs(scenario, propose_zones(scenario, request), parts=True)


def test_houston_is_one_zone_of_three_anchors() -> None:
    needs = houston_needs()
    (zone,) = needs.zones.index
    assert needs.zones.loc[zone, "anchor_ids"] == tuple(sorted(real.HOUSTON_ANCHORS))
    assert needs.variants.loc[zone, "school_count"] == real.HOUSTON_SCHOOLS
    # As it happened: the district's own unit runs all of it.
    match = match_zones(needs, real.houston_partners())
    assert match.matches["partner_id"].tolist() == ["NES"]


def test_houston_in_parts_fits_the_operators_of_the_market() -> None:
    """
    Without the district's unit, no operator of 2010 can run 28 schools, but three can run a part each.

    What differs: the parts are 10, 9 and 9 schools, one per high school. Houston took in 57 further schools that opted
    in, and 130 by 2024-25: nothing in a feeder pattern asks for that, and no register of operators could have held it.
    """
    needs = houston_needs()
    request = {"forbid_match": [f"{needs.zones.index[0]}=NES"]}
    whole = match_zones(needs, real.houston_partners(), request)
    assert whole.matches.empty
    parts = match_zones(needs, real.houston_partners(), {**request, "allow_parts": True})
    assert sorted(parts.matches["school_count"]) == [9, 9, 10]
    assert parts.matches["partner_id"].nunique() == 3


def test_springfield_began_as_a_zone_without_a_high_school() -> None:
    """
    Springfield's zone was a band of grades, and grew along the feeder to the High School of Commerce in 2016.

    What differs: a Zone here is a high school with its feeders, so that nine middle schools alone are refused until one
    of them is marked as the anchor. With Commerce the same table is a Zone from the start.
    """
    with pytest.raises(InputError, match="The Zone has no anchor"):
        read_zone_needs(real.springfield(with_commerce=False))
    table = real.springfield(with_commerce=False)
    table["role"] = ["anchor", *[""] * (len(table) - 1)]
    assert read_zone_needs(table).variants["levels"].tolist() == [("middle",)]
    grown = read_zone_needs(real.springfield(with_commerce=True))
    assert grown.zones["anchor_ids"].tolist() == [("HSC",)]
    assert grown.variants["school_count"].tolist() == [10]


def test_springfields_board_must_run_high_schools_before_the_zone_can_grow() -> None:
    grown = read_zone_needs(real.springfield(with_commerce=True), first_fall=2016)
    match = match_zones(grown, real.springfield_board("middle"))
    assert match.matches.empty
    assert match.unserved[0].obstacle_counts == {"levels": 1}
    assert match_zones(grown, real.springfield_board("middle; high")).matches["school_count"].tolist() == [10]
    # Enrolment of Commerce is in none of the sources, so its students are not counted.
    assert grown.variants["students"].tolist() == [9 * 488]
    assert grown.variants["students_unknown_count"].tolist() == [1]
