"""Options of the model on the toy district, with scores worked out by hand by arrival (see ``toy_district``)."""

from __future__ import annotations

import pytest

from clustering import Proposal, Scenario, parse_parameters, propose_zones
from tests.clustering.zones.solver.test_model_options import feeders, rated, touching, with_times
from tests.examples.toy_district import EAST, ELM, EXACT, OAK, PINE, WEST, toy_planner

BOTH = "official:designation=CSI"
BEHIND_WEST = {"0001", "0002", "0003", "0004", OAK, ELM}


def propose(scenario: Scenario | None = None, **settings: object) -> Proposal:
    return propose_zones(scenario or toy_planner(), parse_parameters({**EXACT, **settings}))


def test_travel_time_as_a_limit_strikes_the_school_and_what_only_it_leads_in() -> None:
    # Without Elm: Oak 50, E1 30, and of E2's students 40 * 0.6 arrive: 1.25 * 24 - 12.5.
    proposal = propose(with_times(40), maximum_travel_minutes=30)
    assert feeders(proposal) == {WEST: {OAK, "0001", "0002"}}
    assert proposal.solution.score == pytest.approx(97.5)


def test_distance_and_travel_time_as_weights_cost_every_feeder() -> None:
    # West's six feeders are 9, 8, 7, 6, 3 and 2 steps of 1.10990 km away, and ten minutes.
    assert propose(distance_weight=1.0).solution.score == pytest.approx(278.75 - 35 * 1.10990, abs=0.02)
    assert propose(with_times(10), travel_weight=0.5).solution.score == pytest.approx(278.75 - 6 * 5)


def test_need_adds_by_promoted_students_whether_or_not_they_arrive() -> None:
    # Needs: Oak 0.8, Elm 0.4, the others the median 0.6. Promoted: 100, 100, and 60 + 50 + 60 + 60.
    scenario = rated({OAK: 0.2, ELM: 0.6})
    proposal = propose(scenario, need_weight=0.1)
    assert proposal.solution.score == pytest.approx(278.75 + 0.1 * (80 + 40 + 0.6 * 230))
    # However much Pine would add, one in six of its students arrives.
    assert feeders(propose(scenario, need_weight=1.0)) == {WEST: BEHIND_WEST}
    assert feeders(propose(scenario, need_weight=1.0, minimum_arrival_share=0.16))[WEST] > BEHIND_WEST


def test_contiguous_zones_leave_out_islands_and_what_lies_behind_a_gap() -> None:
    # E4 has no catchment; E1 touches E2 only, E2 touches Oak. Left: Oak 50, Elm 87.5, E1 30, E2 28.75, E3 52.5.
    scenario = touching((WEST, OAK), (WEST, ELM), (OAK, "0002"), ("0001", "0002"), (ELM, "0003"), islands=(PINE,))
    proposal = propose(scenario, contiguous=True)
    assert feeders(proposal) == {WEST: {OAK, ELM, "0001", "0002", "0003"}}
    assert proposal.solution.score == pytest.approx(248.75)


def test_a_chain_of_catchments_is_worth_a_school_that_loses_if_enough_of_its_students_arrive() -> None:
    # Elm lies behind Pine: with both, Pine's -5 is the price of Elm's 87.5 and of E3's 52.5.
    scenario = touching((WEST, PINE), (PINE, ELM), (ELM, "0003"), islands=(OAK,))
    assert propose(scenario, contiguous=True).zones == ()
    proposal = propose(scenario, contiguous=True, minimum_arrival_share=0.16)
    assert feeders(proposal) == {WEST: {PINE, ELM, "0003"}}
    assert proposal.solution.score == pytest.approx(-5 + 87.5 + 52.5)


def test_the_best_one_of_two_anchors() -> None:
    # West with its six feeders scores 278.75, East with its seven 25 + 95 + 15 + 7.5 + 5.833 + 39.583 + 31.667 =
    # 219.583.
    proposal = propose(identification=BOTH, maximum_zones=1)
    assert feeders(proposal) == {WEST: BEHIND_WEST}
    (_, east) = proposal.anchors
    assert east.reason_without_zone is not None
    assert "59.2 students a year lower" in east.reason_without_zone


def test_schools_that_keep_together_go_where_both_serve_best() -> None:
    # E5 can be with East only. With E1 there: Oak 25, Pine 95, E1 15, E2 7.5, E5 39.583, E6 31.667; West keeps Elm
    # 87.5, E3 52.5 and E4 30. Without both, West has 248.75 and East 126.667, which is 8.333 less.
    proposal = propose(identification=BOTH, keep_together="0001+0005")
    assert feeders(proposal) == {WEST: {ELM, "0003", "0004"}, EAST: {OAK, PINE, "0001", "0002", "0005", "0006"}}
    assert proposal.solution.score == pytest.approx(213.75 + 170, abs=2e-3)


def test_at_merged_anchors_everybody_arrives() -> None:
    # All that the middle schools promote ends at one of the two: 100 + 100 + 120, E1 60, E2 50, E3 60, E4 60, E5 50,
    # E6 40. By default there is room for twelve schools.
    proposal = propose(identification=BOTH, merge_anchors=f"{EAST}+{WEST}")
    assert feeders(proposal) == {WEST: BEHIND_WEST | {PINE, "0005", "0006"}}
    assert proposal.solution.score == pytest.approx(640)
    assert {member.arrival_share for member in proposal.zones[0].members if member.role == "feeder"} == {1.0}


def test_shared_feeders_count_in_each_zone_by_those_who_arrive_there() -> None:
    proposal = propose(identification=BOTH, shared_feeders=True)
    assert feeders(proposal) == {WEST: BEHIND_WEST, EAST: {OAK, PINE, "0001", "0002", "0004", "0005", "0006"}}
    assert proposal.solution.score == pytest.approx(278.75 + 219.583, abs=2e-3)


def test_a_forced_school_need_not_send_enough_students_and_leads_others_only_if_they_do() -> None:
    # With Pine forced in: -5 for itself, and of E4's students 20 / 6 more arrive.
    proposal = propose(force_in=PINE)
    assert feeders(proposal) == {WEST: BEHIND_WEST | {PINE}}
    assert proposal.solution.score == pytest.approx(278.75 - 5 + 1.25 * 20 / 6, abs=2e-3)
    assert feeders(propose(force_in=f"{PINE},0005")) == {WEST: BEHIND_WEST | {PINE, "0005"}}
