"""The best plans against every plan there is."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest

from clustering import (
    InfeasibleError,
    InputError,
    RankedPlan,
    ZonePlanner,
    find_best_plans,
    parse_parameters,
    plans_table,
)
from clustering.zones.audit import audit, score_zone
from clustering.zones.solver.k_best import combine as combining
from clustering.zones.solver.k_best.combine import rank_memberships
from tests.examples.toy_district import EAST, ELM, OAK, PINE, WEST, toy_flows, toy_scenario, toy_schools
from tests.oracles.brute_force import all_by_brute_force, random_instance

BOTH = "official:designation=CSI"

COUNT = 6


@pytest.mark.parametrize("block", range(6))
def test_the_best_plans_are_those_of_300_random_instances_with_every_option(block: int) -> None:
    for seed in range(block * 50, block * 50 + 50):
        graph, candidates, request = random_instance(seed, plain=seed % 4 == 0)
        scores = sorted((score for _, score in all_by_brute_force(graph, candidates, request)), reverse=True)
        plans = rank_memberships(candidates, request, count=COUNT)
        assert len(plans) == min(COUNT, len(scores)), seed
        distinct = {tuple(plan.items()) for plan in plans}
        assert len(distinct) == len(plans), seed
        for plan, expected in zip(plans, scores, strict=False):
            assert audit(graph, plan, request) == (), seed
            score = sum(score_zone(graph, *zone, request) for zone in plan.items())
            # Less than what breaks ties: a student in a thousand.
            assert score == pytest.approx(expected, abs=1e-3), seed


def toy_plans(count: int, **settings: object) -> tuple[RankedPlan, ...]:
    parameters = parse_parameters({"identification": BOTH, **settings})
    return find_best_plans(ZonePlanner(toy_scenario()), parameters, count=count)


def test_the_next_plans_of_the_toy_district_are_those_worked_out_by_hand() -> None:
    best, second, third, fourth = toy_plans(4)
    assert best.membership == {WEST: ("0001", "0002", "0003", "0004", OAK, ELM), EAST: ("0005", "0006", PINE)}
    assert (best.rank, best.score, best.loss, best.moves) == (1, 527.5, 0.0, ())
    # E4 is worth 1.25 * 40 - 15 = 35 in West, 1.25 * 20 - 15 = 10 in East, and nothing in neither.
    assert (second.rank, second.score, second.loss) == (2, 502.5, 25.0)
    assert [(move.school_id, move.from_zones, move.to_zones) for move in second.moves] == [
        ("0004", ("zone-0010",), ("zone-0011",))
    ]
    assert (third.score, third.loss) == (492.5, 35.0)
    assert [(move.name, move.to_zones) for move in third.moves] == [("E4", ())]
    # Oak with E1 and E2 in East: Oak 1.25 * 40 - 25 = 25 for 50, and E2 loses the ten who go to Elm: 37.5 for 50.
    assert (fourth.score, fourth.loss) == (490.0, 37.5)
    assert [move.school_id for move in fourth.moves] == ["0001", "0002", OAK]


def test_plans_as_a_table_tell_where_every_school_is_and_was() -> None:
    table = plans_table(toy_plans(3))
    assert table.columns.to_list() == ["rank", "score", "loss", "school_id", "zone_ids", "best_zone_ids"]
    of_e4 = table[table["school_id"] == "0004"]
    assert of_e4["best_zone_ids"].to_list() == ["zone-0010"] * 3
    assert of_e4["zone_ids"].fillna("none").to_list() == ["zone-0010", "zone-0011", "none"]
    assert len(plans_table(())) == 0


def test_the_plans_of_two_districts_apart_are_the_best_sums() -> None:
    def again(school: str) -> str:
        return "1" + school[1:]

    schools, flows = toy_schools(), toy_flows()
    further = schools.assign(school_id=schools["school_id"].map(again))
    moved = flows.assign(origin=flows["origin"].map(again), destination=flows["destination"].map(again))
    scenario = toy_scenario(pd.concat([schools, further]), pd.concat([flows, moved]))
    count = 30
    both = find_best_plans(ZonePlanner(scenario), parse_parameters({"identification": BOTH}), count=count)
    losses = [plan.loss for plan in toy_plans(count)]
    expected = sorted(first + second for first, second in itertools.product(losses, losses))[:count]
    assert [plan.loss for plan in both] == pytest.approx(expected, abs=2e-3)
    assert len({str(plan.membership) for plan in both}) == count


def test_all_plans_are_given_where_there_are_fewer_than_asked_for() -> None:
    # Both Zones have room for one feeder: Oak, Elm or Pine in one, another in the other, or none in either.
    plans = toy_plans(100, minimum_schools=2, maximum_schools=2)
    assert len(plans) == 6 + 3 + 3 + 1
    assert plans[-1].score == min(plan.score for plan in plans)


def test_what_cannot_be_ranked_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError) as caught:
        toy_plans(0, method="greedy")
    assert [problem.column for problem in caught.value.problems] == ["method", "count"]
    with pytest.raises(InfeasibleError):
        toy_plans(3, force_in=["0001", "0006"], maximum_schools=2, minimum_schools=1)
    monkeypatch.setattr(combining, "MAXIMUM_CANDIDATES", 5)
    with pytest.raises(InputError, match="18 pairs"):
        toy_plans(3)


def test_running_out_of_time_is_said_and_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(combining, "monotonic", lambda: -1e9)
    with pytest.raises(InputError, match="0 of 3 plans"):
        toy_plans(3)
