"""What a Zone more would cost, against brute force with that anchor forced to have one."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from clustering.errors import InfeasibleError, OutOfTimeError
from clustering.zones.solver import Resources, solve
from clustering.zones.solver.solution import NoZoneReason
from tests.oracles.brute_force import best_by_brute_force, random_instance


def reasons_of_missing_zones(seed: int, deadline: float | None = None) -> Iterator[tuple[str, NoZoneReason]]:
    _, candidates, request = random_instance(seed)
    try:
        answer = solve(candidates, request, resources=Resources(deadline=deadline))
    except (InfeasibleError, OutOfTimeError):
        return
    yield from ((anchor, each) for anchor, each in answer.without_zone.items() if each.kind == "lower_total")


@pytest.mark.parametrize("block", range(2))
def test_the_cost_is_what_brute_force_loses_with_the_anchor_forced_in(block: int) -> None:
    seen = 0
    for seed in range(block * 100, block * 100 + 100):
        for anchor, reason in reasons_of_missing_zones(seed):
            graph, candidates, request = random_instance(seed)
            locks = (*request.parameters.force_in, anchor)
            forced = replace(request, parameters=request.parameters.with_changes(force_in=locks))
            best = best_by_brute_force(graph, candidates, request)
            best_with_zone = best_by_brute_force(graph, candidates, forced)
            assert best is not None, seed
            loss = math.inf if best_with_zone is None else best - best_with_zone
            # Less than what breaks ties: a student in a thousand.
            assert reason.loss == pytest.approx(loss, abs=1e-3), (seed, anchor)
            seen += 1
    assert seen > 0


def test_no_cost_is_looked_for_when_time_is_over() -> None:
    late = [reason for seed in range(100) for _, reason in reasons_of_missing_zones(seed, time.monotonic() - 1)]
    assert late
    assert {reason.with_zone for reason in late} == {None}
