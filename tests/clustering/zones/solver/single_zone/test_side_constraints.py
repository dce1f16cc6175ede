"""Enrolment and catchments in one piece: the search against HiGHS, and what it says when time runs out."""

from __future__ import annotations

import math
import random
import time
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bench.joint_model import solve_milp
from clustering.zones.parameters import ProposalParameters
from clustering.zones.request import ZoneRequest
from clustering.zones.solver.single_zone import enrolment_limit
from clustering.zones.solver.single_zone.branch_and_bound import evaluate_zones, find_best_zone
from clustering.zones.solver.single_zone.build_problem import build_problem
from clustering.zones.solver.single_zone.constrained_search import find_constrained_zone
from clustering.zones.solver.single_zone.problem import ZoneProblem
from clustering.zones.solver.single_zone.side_constraints import SideConstraints
from clustering.zones.solver.single_zone.zone_found import TooManySetsError, UnprovedZoneError
from tests.examples.candidates_of_links import candidates_of_links

SIDE = 5


@cache
def draw(seed: int) -> tuple[ZoneProblem, ZoneRequest]:
    """An anchor in the middle of a chessboard of catchments; a third of the schools are middle schools."""
    chance = random.Random(seed)
    squares = [(row, column) for row in range(SIDE) for column in range(SIDE)]
    squares.remove((SIDE // 2, SIDE // 2))
    names = {square: f"s{number:02}" for number, square in enumerate(squares)}
    names[SIDE // 2, SIDE // 2] = "h"
    neighbours = {
        school: frozenset(other for (x, y), other in names.items() if abs(x - row) + abs(y - column) == 1)
        for (row, column), school in names.items()
    }
    schools = tuple(sorted(set(names.values()) - {"h"}))
    inner = [place for place in range(len(schools)) if place % 3 == 0]
    links = [(place, len(schools), chance.randint(5, 60)) for place in range(len(schools))]
    links += [(place, chance.choice(inner), chance.randint(5, 60)) for place in set(range(len(schools))) - set(inner)]
    links.sort()
    kept = np.bincount([origin for origin, _, _ in links], weights=[students for _, _, students in links])
    candidates = candidates_of_links(
        schools,
        links,
        promoted=kept * np.array([chance.uniform(1.0, 5.0) for _ in schools]),
        enrolment=np.array([float(chance.randint(100, 600)) for _ in schools]),
        anchor_enrolment=800.0,
    )
    parameters = ProposalParameters(
        minimum_arrival_share=chance.choice([0.0, 0.15]),
        leakage_weight=0.5,
        maximum_schools=chance.choice([6, 10, 20]),
        contiguous=seed % 3 != 0,
        maximum_enrolment_students=None if seed % 3 == 1 else 3000.0,
    )
    request = ZoneRequest(parameters=parameters, schools=pd.DataFrame(), neighbours=neighbours)
    return build_problem(candidates, request), request


def find(seed: int, deadline: float = math.inf) -> tuple[float, tuple[int, ...]]:
    problem, request = draw(seed)
    side = SideConstraints.of(problem.candidates, request)
    best = find_constrained_zone(problem, side, deadline=deadline)
    assert best is not None
    assert side.are_satisfied(best.feeders)
    return best.value, best.feeders


@pytest.mark.parametrize("seed", range(30))
def test_the_best_zone_is_that_of_the_plain_model(seed: int) -> None:
    problem, request = draw(seed)
    answer = solve_milp([problem], request, forced=frozenset({"h"}))
    assert answer.outcome == "optimal"
    value, feeders = find(seed)
    assert feeders == answer.zones["h"]
    assert value == pytest.approx(answer.objective, abs=1e-5)


def test_the_limits_bind_in_most_of_these() -> None:
    binding = 0
    for seed in range(30):
        problem, request = draw(seed)
        binding += not SideConstraints.of(problem.candidates, request).are_satisfied(find_best_zone(problem)[0].feeders)
    assert binding > 20


@pytest.mark.parametrize("seed", [seed for seed in range(18) if seed % 3])
def test_out_of_time_it_tells_what_it_has_and_how_much_better_there_could_be(seed: int) -> None:
    problem, request = draw(seed)
    value, _ = find(seed)
    with pytest.raises(UnprovedZoneError) as caught:
        find(seed, deadline=time.monotonic() - 1)
    late = caught.value
    assert late.bound >= value
    if late.found is not None:
        inside = np.zeros((1, len(problem.own)), dtype=bool)
        inside[0, list(late.found.feeders)] = True
        assert SideConstraints.of(problem.candidates, request).are_satisfied(late.found.feeders)
        assert evaluate_zones(problem, inside)[0].value == pytest.approx(late.found.value)
        assert late.found.value <= value


@pytest.mark.parametrize("seed", [seed for seed in range(18) if seed % 3])
def test_a_node_that_is_too_wide_leaves_a_bound_on_all_nodes(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    value, _ = find(seed)
    calls = 0

    def counted(*problem: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        return find_best_zone(*problem, **options)

    monkeypatch.setattr(enrolment_limit, "find_best_zone", counted)
    find(seed)
    last, calls = calls, 0

    def too_wide(*problem: Any, **options: Any) -> Any:
        if calls == last - 1:
            raise TooManySetsError(None, -1e9)  # of this node alone
        return counted(*problem, **options)

    monkeypatch.setattr(enrolment_limit, "find_best_zone", too_wide)
    with pytest.raises(UnprovedZoneError) as caught:
        find(seed)
    assert not isinstance(caught.value, TooManySetsError)
    assert caught.value.bound >= value
