"""The best plans against every plan there is."""

from __future__ import annotations

import math

import pytest

from clustering.alternatives.combining import rank_memberships
from clustering.constraints import audit, score_zone
from tests.clustering.random_instances import all_by_brute_force, random_instance

COUNT = 6


@pytest.mark.parametrize("block", range(6))
def test_the_best_plans_are_those_of_300_random_instances_with_every_option(block: int) -> None:
    for seed in range(block * 50, block * 50 + 50):
        graph, candidates, limits = random_instance(seed, plain=seed % 4 == 0)
        scores = sorted((score for _, score in all_by_brute_force(graph, candidates, limits)), reverse=True)
        if any(math.isnan(score) for score in scores):  # merged anchors, one without coordinates
            continue
        plans = rank_memberships(candidates, limits, count=COUNT)
        assert len(plans) == min(COUNT, len(scores)), seed
        distinct = {tuple(plan.items()) for plan in plans}
        assert len(distinct) == len(plans), seed
        for plan, expected in zip(plans, scores, strict=False):
            assert audit(graph, plan, limits) == (), seed
            score = sum(score_zone(graph, *zone, limits) for zone in plan.items())
            # Less than what breaks ties: a student in a thousand.
            assert score == pytest.approx(expected, abs=1e-3), seed
