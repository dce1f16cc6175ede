"""The known bounds give the values that solving again finds, and give them for most schools."""

from __future__ import annotations

import math

import pytest

from clustering.errors import InfeasibleError
from clustering.zones.solver import ExactSearch, Resources
from clustering.zones.solver.branch_and_price.branching import Node
from clustering.zones.solver.found_zones import Group
from clustering.zones.solver.solution import GroupSolution
from tests.oracles.brute_force import all_by_brute_force, best_plan, random_instance


def test_the_bounds_give_what_solving_again_finds() -> None:
    questions, answered = 0, 0
    for seed in range(8000, 8080):
        _, candidates, request = random_instance(seed, plain=seed % 2 == 0)
        search = ExactSearch(candidates, request, Resources())
        try:
            search.solve(lambda fraction: None, with_costs=False)
        except InfeasibleError:
            continue
        if search.known_bounds is None:
            continue
        for anchor, oracle in search.oracles.items():
            members = search.found.feeders_of(anchor)
            for school in oracle.schools:
                questions += 1
                is_in = school in members
                bounds = search.known_bounds
                resolved = bounds.leave_out(anchor, school) if is_in else bounds.take_in(anchor, school)
                if resolved is None:
                    continue
                answered += 1
                solved = _solve_again(search, anchor, school, inside=not is_in)
                if solved == -math.inf:
                    assert resolved.solution.value == solved
                else:
                    assert resolved.solution.value - resolved.value_before == pytest.approx(solved, abs=1e-5)
    assert questions > 100
    assert answered > 0.9 * questions


def test_the_bounds_give_what_it_costs_that_no_zone_has_a_school() -> None:
    questions, answered = 0, 0
    for seed in range(8000, 8080):
        graph, candidates, request = random_instance(seed, plain=seed % 2 == 0)
        search = ExactSearch(candidates, request, Resources())
        try:
            search.solve(lambda fraction: None, with_costs=False)
        except InfeasibleError:
            continue
        if search.known_bounds is None:
            continue
        plans = list(all_by_brute_force(graph, candidates, request))
        for school in sorted(search.found.anchors_holding):
            questions += 1
            resolved = search.known_bounds.leave_out_everywhere(school)
            if resolved is None:
                continue
            answered += 1
            best = best_plan(
                plans,
                lambda zones, s=school: not any(s in (anchor, *feeders) for anchor, feeders in zones.items()),  # type: ignore[misc]
            )
            value = search.found.value - resolved.value_before + resolved.solution.value
            assert value == pytest.approx(best, abs=1e-3), (seed, school)
    assert questions > 50
    assert answered > 0.9 * questions


def _solve_again(search: ExactSearch, anchor: str, school: str, *, inside: bool) -> float:
    """How much the total changes, by branch and price."""

    def solve(group: Group) -> GroupSolution:
        candidate = (group.index(anchor), search.oracles[anchor].schools.index(school))
        opened = frozenset([candidate[0]]) if inside else frozenset()
        fixed = frozenset([candidate])
        root = Node(opened=opened, required=fixed) if inside else Node(forbidden=fixed)
        return search.solve_group(group, root=root)

    taken = school if inside and not search.is_shared else None
    resolved = search.found.solve_again({anchor}, solve, taken=taken)
    return resolved.solution.value - resolved.value_before


def test_limits_that_tie_all_groups_together_leave_the_bounds_out() -> None:
    tied = 0
    for seed in range(8000, 8060):
        _, candidates, request = random_instance(seed)
        search = ExactSearch(candidates, request, Resources())
        if request.parameters.maximum_zones is None and not request.parameters.force_in:
            continue
        try:
            search.solve(lambda fraction: None, with_costs=False)
        except InfeasibleError:
            continue
        assert search.known_bounds is None
        tied += 1
    assert tied > 0
