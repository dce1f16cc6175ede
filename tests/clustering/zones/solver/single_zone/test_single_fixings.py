"""The best Zones with one candidate fixed at a time are those that each search alone finds."""

from __future__ import annotations

import numpy as np

from clustering.zones.solver.single_zone.branch_and_bound import find_best_zone
from clustering.zones.solver.single_zone.build_problem import build_problem
from clustering.zones.solver.single_zone.problem import Fixings
from clustering.zones.solver.single_zone.single_fixings import find_best_with_each, find_best_without_each
from tests.oracles.brute_force import random_instance


def test_each_is_the_zone_that_a_search_of_its_own_finds() -> None:
    tried = 0
    for seed in range(7000, 7060):
        _, candidates, request = random_instance(seed)
        for each in candidates:
            problem = build_problem(each, request)
            if problem.table is None or problem.has_mandatory or not each.schools:
                continue
            positions = range(len(each.schools))
            prices = np.random.default_rng(seed).uniform(0, 20, len(each.schools))
            inside = find_best_with_each(problem, problem.table, positions, prices=prices)
            outside = find_best_without_each(problem, problem.table, positions, prices=prices)
            for position in positions:
                fixed = np.arange(len(each.schools)) == position
                expected = find_best_zone(problem, prices=prices, fixings=Fixings(required=fixed))
                assert inside[position] == (expected[0] if expected else None)
                expected = find_best_zone(problem, prices=prices, fixings=Fixings(forbidden=fixed))
                assert outside[position] == (expected[0] if expected else None)
                tried += 1
    assert tried > 80
