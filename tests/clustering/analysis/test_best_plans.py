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
from tests.examples.toy_district import (
    EAST,
    ELM,
    EXACT,
    OAK,
    PINE,
    WEST,
    toy_flows,
    toy_planner,
    toy_scenario,
    toy_schools,
)
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
    parameters = parse_parameters({**EXACT, "identification": BOTH, **settings})
    return find_best_plans(toy_planner(), parameters, count=count)


def test_the_next_plans_of_the_toy_district_are_those_worked_out_by_hand() -> None:
    best, second, third, fourth = toy_plans(4)
    assert best.membership == {WEST: ("0001", "0002", "0003", "0004", OAK, ELM), EAST: ("0005", "0006", PINE)}
    assert (best.rank, best.score, best.loss, best.moves) == (1, 445.0, 0.0, ())
    # E4 is worth 1.25 * 36 - 15 = 30 in West, 1.25 * 20 * 5 / 6 - 15 = 5.833 in East, and nothing in neither.
    loss = 30 - (1.25 * 20 * 5 / 6 - 15)
    assert (second.rank, second.score, second.loss) == (
        2,
        pytest.approx(445 - loss, abs=2e-3),
        pytest.approx(loss, abs=2e-3),
    )
    assert [(move.school_id, move.from_zones, move.to_zones) for move in second.moves] == [
        ("0004", ("zone-0010",), ("zone-0011",))
    ]
    # E2 adds 1.25 * 33 - 12.5 to West, and cannot be in East without Oak.
    assert (third.score, third.loss) == (416.25, 28.75)
    assert [(move.name, move.to_zones) for move in third.moves] == [("E2", ())]
    # E1 and E4 add 30 each; without either the score is the same.
    assert (fourth.score, fourth.loss) == (415.0, 30.0)
    assert [(move.name, move.to_zones) for move in fourth.moves] in ([("E1", ())], [("E4", ())])


def test_plans_as_a_table_tell_where_every_school_is_and_was() -> None:
    table = plans_table(toy_plans(3))
    assert table.columns.to_list() == ["rank", "score", "loss", "school_id", "zone_ids", "best_zone_ids"]
    of_e4 = table[table["school_id"] == "0004"]
    assert of_e4["best_zone_ids"].to_list() == ["zone-0010"] * 3
    assert of_e4["zone_ids"].fillna("none").to_list() == ["zone-0010", "zone-0011", "zone-0010"]
    of_e2 = table[table["school_id"] == "0002"]
    assert of_e2["zone_ids"].fillna("none").to_list() == ["zone-0010", "zone-0010", "none"]
    assert len(plans_table(())) == 0


def test_the_plans_of_two_districts_apart_are_the_best_sums() -> None:
    def again(school: str) -> str:
        return "1" + school[1:]

    schools, flows = toy_schools(), toy_flows()
    further = schools.assign(school_id=schools["school_id"].map(again))
    moved = flows.assign(origin=flows["origin"].map(again), destination=flows["destination"].map(again))
    scenario = toy_scenario(pd.concat([schools, further]), pd.concat([flows, moved]))
    count = 30
    both = find_best_plans(ZonePlanner(scenario), parse_parameters({**EXACT, "identification": BOTH}), count=count)
    losses = [plan.loss for plan in toy_plans(count)]
    expected = sorted(first + second for first, second in itertools.product(losses, losses))[:count]
    assert [plan.loss for plan in both] == pytest.approx(expected, abs=4e-3)  # sums of two that are rounded
    assert len({str(plan.membership) for plan in both}) == count


def test_all_plans_are_given_where_there_are_fewer_than_asked_for() -> None:
    # Both Zones have room for one feeder: Oak or Elm for West, Oak or Pine for East. Not Oak for both: three plans with
    # two Zones, four with one, and one with none.
    plans = toy_plans(100, minimum_schools=2, maximum_schools=2)
    assert len(plans) == 3 + 4 + 1
    assert plans[-1].score == min(plan.score for plan in plans)


def test_what_cannot_be_ranked_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError) as caught:
        toy_plans(0, method="greedy")
    assert [problem.column for problem in caught.value.problems] == ["method", "count"]
    with pytest.raises(InfeasibleError):
        toy_plans(3, force_in=["0001", "0006"], maximum_schools=2, minimum_schools=1)
    monkeypatch.setattr(combining, "MAXIMUM_CANDIDATES", 5)
    # West and Oak, Elm, E1 to E4; East and Oak, Pine, E1, E2, E4 to E6.
    with pytest.raises(InputError, match="13 pairs"):
        toy_plans(3)


def test_running_out_of_time_is_said_and_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(combining, "monotonic", lambda: -1e9)
    with pytest.raises(InputError, match="0 of 3 plans"):
        toy_plans(3)
