"""Every option of the model on the toy district, with scores worked out by hand in moves (see ``toy_district``)."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from clustering import (
    InputError,
    Proposal,
    ProposalParameters,
    Scenario,
    parse_parameters,
    propose_zones,
    read_scenario,
    schools_table,
)
from tests.examples.toy_district import (
    EAST,
    ELM,
    EXACT,
    MOVES,
    OAK,
    PINE,
    WEST,
    toy_flows,
    toy_planner,
    toy_scenario,
    toy_schools,
)

BOTH = "official:designation=CSI"
ALL_NINE = {f"{number:04d}" for number in range(1, 10)}


def propose(scenario: Scenario | None = None, **settings: object) -> Proposal:
    """The numbers below are worked out in moves; ``test_options_by_arrival`` has some of them by arrival."""
    return propose_zones(scenario or toy_planner(), parse_parameters({**MOVES, **EXACT, **settings}))


def feeders(proposal: Proposal) -> dict[str, set[str]]:
    return {
        zone.anchor_id: {member.school_id for member in zone.members if member.role == "feeder"}
        for zone in proposal.zones
    }


def with_times(minutes_of_elm: float) -> Scenario:
    """Ten minutes from everywhere to West, but from Elm."""
    rows = [(school, WEST, minutes_of_elm if school == ELM else 10) for school in sorted(ALL_NINE)]
    times = pd.DataFrame(rows, columns=["origin", "destination", "minutes"]).astype("str")
    return read_scenario(schools=[toy_schools()], flows=[toy_flows()], travel_times=[times])


def test_travel_time_as_a_limit_strikes_the_school_and_what_only_it_leads_in() -> None:
    # Without Elm: Oak 50, Pine -5, E1 60, E2 1.25 * 40 - 12.5 = 37.5, E4 by Pine 10, E5 50, E6 40. E3 has no way.
    proposal = propose(with_times(40), maximum_travel_minutes=30)
    assert feeders(proposal) == {WEST: ALL_NINE - {ELM, "0003"}}
    assert proposal.solution.score == pytest.approx(242.5)


def test_travel_time_as_a_weight_costs_every_feeder_its_minutes() -> None:
    proposal = propose(with_times(10), travel_weight=0.5)
    assert feeders(proposal) == {WEST: ALL_NINE}
    assert proposal.solution.score == pytest.approx(452.5 - 9 * 5)
    assert proposal.zones[0].metrics.membership_bonus_students == pytest.approx(-45)


def test_a_school_without_a_travel_time_is_out_where_times_count() -> None:
    scenario = with_times(10)
    known = scenario.travel_times[scenario.travel_times["origin"] != "0006"]
    assert feeders(propose(replace(scenario, travel_times=known), maximum_travel_minutes=30)) == {
        WEST: ALL_NINE - {"0006"}
    }


def test_distance_as_a_weight() -> None:
    # A hundredth of a degree of latitude apart, 1.11 km near 38 degrees north: 45 steps from the nine feeders to West.
    proposal = propose(distance_weight=1.0)
    assert proposal.solution.score == pytest.approx(452.5 - 45 * 1.10990, abs=0.02)


def rated(rates: dict[str, float]) -> Scenario:
    """The toy district with proficiency rates."""
    scenario = toy_scenario()
    table = pd.DataFrame(
        {
            "school_id": list(rates),
            "year": 2022,
            "measure": "proficiency_reading",
            "subgroup": "all",
            "grade": "all",
            "cohort_students": 50,
            "cohort_at_most": 50,
            "low": list(rates.values()),
            "high": list(rates.values()),
            "exact": list(rates.values()),
            "status": "exact",
            "text": "",
        }
    )
    proficiency = table[list(scenario.rates.columns)].astype(scenario.rates.dtypes)
    return replace(scenario, rates=pd.concat([scenario.rates, proficiency], ignore_index=True))


def test_need_adds_by_students_and_an_unknown_need_is_the_median() -> None:
    # Needs: Oak 0.8, Elm 0.4, the others the median 0.6. Promoted: 100, 100, and 60 + 50 + 60 + 60 + 50 + 40 + 120.
    proposal = propose(rated({OAK: 0.2, ELM: 0.6}), need_weight=0.1)
    assert proposal.solution.score == pytest.approx(452.5 + 0.1 * (80 + 40 + 0.6 * 440))


READING_BELOW_HALF = '{"measure": "proficiency_reading", "threshold": 0.5, "years": "newest"}'


def test_need_by_a_rule_is_one_or_none_and_an_unknown_need_the_mean() -> None:
    # Oak is below half and Elm is not; of the others, with 440 promoted students, nothing is known: half.
    proposal = propose(rated({OAK: 0.2, ELM: 0.6}), need_weight=0.1, need_rule=READING_BELOW_HALF)
    assert proposal.solution.score == pytest.approx(452.5 + 0.1 * (100 + 0 + 0.5 * 440))


def test_a_feeder_that_is_only_possibly_low_performing_has_the_mean_need() -> None:
    scenario = rated({OAK: 0.2, ELM: 0.6, PINE: 0.3})
    rates = scenario.rates
    of_pine = rates["school_id"] == PINE
    # A range has no exact rate.
    rates = rates.assign(
        high=rates["high"].mask(of_pine, 0.7),
        exact=rates["exact"].mask(of_pine),
        status=rates["status"].mask(of_pine, "range"),
    )
    # Pine is between 30 and 70 per cent: its 120 promoted students count half, as the 320 of the elementary schools.
    proposal = propose(replace(scenario, rates=rates), need_weight=0.1, need_rule=READING_BELOW_HALF)
    assert proposal.solution.score == pytest.approx(452.5 + 0.1 * (100 + 0 + 0.5 * 440))


def test_need_by_a_rule_of_the_lowest_ranks_feeders_too() -> None:
    # The lowest of three: Oak alone; the others with a rate have none, those without the mean, a third.
    rule = '{"measure": "proficiency_reading", "bottom_count": 1, "years": "newest"}'
    proposal = propose(rated({OAK: 0.2, ELM: 0.6, PINE: 0.3}), need_weight=0.3, need_rule=rule)
    assert proposal.solution.score == pytest.approx(452.5 + 0.3 * (100 + 320 / 3))


def test_a_need_rule_that_cannot_be_read_is_refused_by_its_name() -> None:
    with pytest.raises(InputError) as caught:
        ProposalParameters(need_rule='{"threshold": 67, "decimals": 9}', identification="below 67")
    assert {problem.column for problem in caught.value.problems} == {
        "identification",
        "need_rule.decimals",
        "need_rule.threshold",
    }


@pytest.mark.parametrize("measure", ["index", "growth"])
def test_points_are_no_share_of_students_below_a_mark(measure: str) -> None:
    scenario = rated({OAK: 0.2, ELM: 0.6})
    points = replace(scenario, rates=scenario.rates.assign(measure=measure))
    with pytest.raises(InputError) as caught:
        propose(points, need_weight=0.1, need_measure=measure)
    assert [problem.column for problem in caught.value.problems] == ["need_weight"]


def test_weights_that_the_files_cannot_serve_are_refused_all_at_once() -> None:
    with pytest.raises(InputError) as caught:
        propose(need_weight=1, travel_weight=1, maximum_travel_minutes=20, contiguous=True)
    assert {problem.column for problem in caught.value.problems} == {
        "need_weight",
        "travel_weight",
        "maximum_travel_minutes",
        "contiguous",
    }


def touching(*pairs: tuple[str, str], islands: tuple[str, ...] = ()) -> Scenario:
    rows = [*pairs, *((second, first) for first, second in pairs), *((island, None) for island in islands)]
    table = pd.DataFrame(rows, columns=["school_id", "neighbour_id"]).astype("str")
    return replace(toy_scenario(), contiguity=table)


def test_contiguous_zones_leave_out_islands_and_what_lies_behind_a_gap() -> None:
    # Pine is an island; E4 has no catchment; E1 touches E2 only, E2 touches Oak. Left: Oak 50, Elm 87.5, E1 60, E2 50,
    # E3 60.
    scenario = touching((WEST, OAK), (WEST, ELM), (OAK, "0002"), ("0001", "0002"), (ELM, "0003"), islands=(PINE,))
    proposal = propose(scenario, contiguous=True)
    assert feeders(proposal) == {WEST: {OAK, ELM, "0001", "0002", "0003"}}
    assert proposal.solution.score == pytest.approx(307.5)


def test_a_chain_of_catchments_is_worth_a_school_that_loses() -> None:
    # Elm lies behind Pine: with both, Pine's -5 is the price of Elm's 87.5 and of E3's 60.
    scenario = touching((WEST, PINE), (PINE, ELM), (ELM, "0003"), islands=(OAK,))
    proposal = propose(scenario, contiguous=True)
    assert feeders(proposal) == {WEST: {PINE, ELM, "0003"}}
    assert proposal.solution.score == pytest.approx(-5 + 87.5 + 60)


def test_levels_strike_the_middle_schools_and_so_all_ways() -> None:
    proposal = propose(levels="elementary")
    assert proposal.zones == ()
    (west,) = proposal.anchors
    assert west.reason_without_zone is not None
    assert "is of the level middle" in west.reason_without_zone


def test_the_best_one_of_two_anchors() -> None:
    # West with all nine scores 452.5, East with all nine 25 - 12.5 + 95 + 60 + 50 + 60 + 60 + 50 + 40 = 427.5.
    proposal = propose(identification=BOTH, maximum_zones=1)
    assert feeders(proposal) == {WEST: ALL_NINE}
    (_, east) = proposal.anchors
    assert east.reason_without_zone is not None
    assert east.reason_without_zone.startswith("The request allows only one Zone")
    assert "25.0 students a year lower" in east.reason_without_zone


def test_schools_that_keep_together_go_where_both_serve_best() -> None:
    # E1 and E5 both with East: Oak 25, Pine 95, E1 60, E2 37.5, E5 50, E6 40 = 307.5; West keeps Elm 87.5, E3 60 and
    # E4 35 = 182.5. Both with West gives 452.5, both left out 417.5.
    proposal = propose(identification=BOTH, keep_together="0001+0005")
    assert feeders(proposal) == {WEST: {ELM, "0003", "0004"}, EAST: {OAK, PINE, "0001", "0002", "0005", "0006"}}
    assert proposal.solution.score == pytest.approx(490)


def test_ids_with_a_plus_or_a_comma_can_keep_together() -> None:
    # The same, with other ids.
    names = {"0001": "00+01", "0005": "00,05"}
    schools, flows = toy_schools(), toy_flows()
    schools["school_id"], flows["origin"] = schools["school_id"].replace(names), flows["origin"].replace(names)
    for given in ('"00+01"+"00,05"', [["00+01", "00,05"]]):
        parameters = parse_parameters({**MOVES, **EXACT, "identification": BOTH, "keep_together": given})
        proposal = propose_zones(toy_scenario(schools, flows), parameters)
        assert feeders(proposal) == {
            WEST: {ELM, "0003", "0004"},
            EAST: {OAK, PINE, "00+01", "0002", "00,05", "0006"},
        }
        assert proposal.solution.score == pytest.approx(490)


@pytest.mark.parametrize("settings", [{"merge_anchors": f"{EAST}+{WEST}"}, {"merge_shared_share": 0.9}])
def test_merged_anchors_share_one_zone(settings: dict[str, object]) -> None:
    # All that the middle schools promote stays: 100 + 100 + 120; E1 60, E2 50, E3 60, E4 60, E5 50, E6 40. With two
    # anchors among ten schools there is room for eight of the nine, and E6 adds least. Every student entering either
    # comes from them.
    proposal = propose(identification=BOTH, maximum_schools=10, **settings)
    (zone,) = proposal.zones
    assert [member.school_id for member in zone.members if member.role == "anchor"] == [WEST, EAST]
    assert zone.name == "West High and East High Zone"
    assert feeders(proposal) == {WEST: ALL_NINE - {"0006"}}
    assert proposal.solution.score == pytest.approx(600)
    assert zone.metrics.coverage == 1.0
    assert zone.metrics.entering_students == 320
    assert "The Zone's 8 feeders send 100% of its 2 anchors' known entering students" in zone.members[0].reason
    assert [anchor.zone_id for anchor in proposal.anchors] == [zone.zone_id] * 2


def test_anchors_with_too_little_in_common_are_not_merged() -> None:
    # Elm's tenth at East is too small a link at 15%: then only Oak and Pine feed both, with 60 + 20 + 40 + 100 = 220 of
    # the 320 students who enter.
    at_most = {"identification": BOTH, "minimum_link_share": 0.15}
    assert len(propose(**at_most, merge_shared_share=0.69).zones) == 2
    assert len(propose(**at_most, merge_shared_share=0.68).zones) == 1


def test_only_anchors_can_be_merged() -> None:
    with pytest.raises(InputError, match="not among the anchors"):
        propose(merge_anchors=f"{EAST}+{WEST}")


def test_shared_feeders_count_in_each_zone() -> None:
    proposal = propose(identification=BOTH, shared_feeders=True)
    assert feeders(proposal) == {WEST: ALL_NINE, EAST: ALL_NINE}
    assert proposal.solution.score == pytest.approx(452.5 + 427.5)
    table = schools_table(proposal).set_index("school_id")
    assert len(table) == 11
    assert table.loc[OAK, "zone_id"] == f"zone-{WEST}; zone-{EAST}"
    assert table.loc[WEST, "zone_id"] == f"zone-{WEST}"
    # West keeps its students among 170 of 320 promoted by middle schools: all elementary promotions stay in both.
    west, east = (zone.metrics for zone in proposal.zones)
    assert (west.retained_students, east.retained_students) == (320 + 170, 320 + 150)


def test_grades_decide_what_feeds_what() -> None:
    # T (10-12) is fed by a ninth-grade centre C, that by M, that by E1. S (6-12) is fed by E2 and by the eighth grade
    # of the K-8 school K, which sends 20 of 50 there; S's own students who move up inside it are no promotion.
    schools = pd.DataFrame(
        {
            "school_id": ["C", "E1", "E2", "H", "K", "M", "S", "T"],
            "grades": ["9", "K-5", "K-5", "9-12", "K-8", "6-8", "6-12", "10-12"],
            "designation": ["", "", "", "", "", "", "CSI", "CSI"],
        }
    )
    rows = [
        ("E1", "M", 5, 70),
        ("M", "C", 8, 80),
        ("C", "T", 9, 80),
        ("E2", "S", 5, 30),
        ("K", "S", 8, 20),
        ("K", "H", 8, 30),
        ("S", "S", 8, 90),
        ("K", "K", 5, 60),
    ]
    flows = pd.DataFrame(rows, columns=["origin", "destination", "grade", "students"]).astype("str")
    flows["next_grade"] = (flows["grade"].astype(int) + 1).astype("str")
    proposal = propose(read_scenario(schools=[schools], flows=[flows]), identification=BOTH)
    assert feeders(proposal) == {"S": {"E2", "K"}, "T": {"C", "M", "E1"}}
    by_anchor = {zone.anchor_id: zone.metrics for zone in proposal.zones}
    assert by_anchor["T"].score == pytest.approx(230)
    assert by_anchor["S"].score == pytest.approx(30 + 1.25 * 20 - 0.25 * 50)
    assert by_anchor["S"].coverage == 1.0
    steps = {member.school_id: member.steps for member in proposal.zones[1].members}
    assert steps == {"T": 0, "C": 1, "M": 2, "E1": 3}
