"""Matches against every choice there is, on small random requests over all options together."""

from __future__ import annotations

import time
from collections import Counter
from functools import cache

import pandas as pd
import pytest

from clustering.capacity.matching.best_matches import find_best_matches
from clustering.capacity.matching.choice_model import build_model
from clustering.capacity.matching.instance import build_instance
from clustering.capacity.matching.match import Match
from clustering.capacity.matching.match_zones import match_zones
from clustering.capacity.matching.solve_match import solve_match
from clustering.errors import InfeasibleError, InputError
from tests.oracles.match_by_enumeration import (
    Choice,
    Instance,
    RankedChoice,
    difference,
    random_instance,
    ranked_choices,
)

INSTANCES = 250
_BATCH = 50


def chosen_pairs(instance: Instance) -> Choice | None:
    """Pairs that the model chooses; ``None`` if locks cannot be kept."""
    try:
        request = build_instance(*instance)
        solution = solve_match(request, build_model(request), deadline=time.monotonic() + 60)
    except (InputError, InfeasibleError):
        return None
    options = request.options[solution.chosen]
    return pairs_of(options)


def pairs_of(table: pd.DataFrame) -> Choice:
    return tuple(sorted(zip(table["variant_id"], table["partner_id"], strict=True)))


@cache
def drawn(seed: int) -> tuple[Instance, dict[Choice, RankedChoice]]:
    instance = random_instance(seed)
    return instance, {each.pairs: each for each in ranked_choices(instance)}


@pytest.mark.parametrize("start", range(0, INSTANCES, _BATCH))
def test_the_choice_is_the_best_of_all(start: int) -> None:
    for seed in range(start, start + _BATCH):
        instance, ranks = drawn(seed)
        pairs = chosen_pairs(instance)
        if pairs is None:
            assert ranks == {}, seed
        else:
            assert ranks[pairs].rank == next(iter(ranks.values())).rank, seed


def test_control_the_instances_are_not_all_alike() -> None:
    counts: Counter[str] = Counter()
    for seed in range(100):
        ranks = list(drawn(seed)[1].values())
        counts["impossible"] += not ranks
        counts["several matches"] += bool(ranks) and len(ranks[0].pairs) > 1
        counts["many choices"] += len(ranks) > 20
        if len(ranks) > 1:
            counts["need is tied"] += ranks[0].rank[0] == ranks[1].rank[0]
            counts["preferences decide"] += ranks[0].rank[0] == ranks[1].rank[0] and ranks[0].rank[1] > ranks[1].rank[1]
    assert min(counts.values()) > 4
    assert len(counts) == 5


def measured(match: Match) -> tuple[float, float, float]:
    solution = match.solution
    return solution.need_served, solution.preferences_met, -solution.cost_dollars


def test_a_whole_match_has_the_best_totals_and_true_losses() -> None:
    losses = 0
    for seed in range(500, 510):
        instance = random_instance(seed)
        ranks = ranked_choices(instance)
        if not ranks:
            continue
        match = match_zones(*instance)
        assert measured(match) == pytest.approx(ranks[0].rank[:3])
        assert match.solution.bound == match.solution.need_served
        zone_of = instance.needs.variants["zone_id"]
        for reason in match.reasons:
            pair = reason.zone_id, reason.partner_id
            others = [each for each in ranks if pair not in [(zone_of[one], who) for one, who in each.pairs]]
            loss = reason.without_pair
            if reason.kind != "lock":
                losses += 1
                assert loss.is_possible == bool(others)
            if others and reason.kind != "lock":
                lost = [best - other for best, other in zip(ranks[0].rank, others[0].rank, strict=True)][:3]
                assert (loss.need_low, loss.preferences, loss.cost_dollars) == pytest.approx(tuple(lost), abs=0.05)
        for zone in match.unserved:
            serving = [each for each in ranks if zone.zone_id in {zone_of[one] for one, _ in each.pairs}]
            if zone.if_served.proof == "solved":
                losses += 1
                assert zone.if_served.is_possible == bool(serving)
                if serving:
                    assert zone.if_served.need_low == pytest.approx(ranks[0].rank[0] - serving[0].rank[0], abs=0.05)
    assert losses > 8


@pytest.mark.parametrize("minimum_difference", [1, 2])
def test_the_best_matches_are_the_best_that_differ(minimum_difference: int) -> None:
    found = 0
    for seed in range(600, 608):
        instance = random_instance(seed)
        ranks = ranked_choices(instance)
        wanted: list[RankedChoice] = []
        for each in ranks:
            if all(difference(one.pairs, each.pairs, instance) >= minimum_difference for one in wanted):
                wanted.append(each)
        try:
            matches = find_best_matches(*instance, count=3, minimum_difference=minimum_difference)
        except (InputError, InfeasibleError):
            assert not wanted, seed
            continue
        pairs = [pairs_of(match.matches) for match in matches]
        assert [measured(match) for match in matches] == [pytest.approx(each.rank[:3]) for each in wanted[:3]], seed
        assert len(set(pairs)) == len(pairs)
        found += len(pairs)
    assert found > 8
