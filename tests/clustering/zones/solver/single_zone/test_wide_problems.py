"""Problems with more sets of inner schools than fit: looked at in blocks, and given up with a true bound."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from clustering.zones.solver.single_zone import branch_and_bound
from clustering.zones.solver.single_zone import problem as problem_module
from clustering.zones.solver.single_zone.branch_and_bound import evaluate_zones, find_best_zone
from clustering.zones.solver.single_zone.problem import ZoneProblem
from clustering.zones.solver.single_zone.zone_found import TooManySetsError
from tests.clustering.zones.solver.single_zone.test_side_constraints import draw

SEEDS = range(6)


@pytest.fixture(autouse=True)
def _searched(monkeypatch: pytest.MonkeyPatch) -> None:
    """No table of all sets, and bounds from a few sets on."""
    monkeypatch.setattr(problem_module, "_MOST_UNITS_TABULATED", 0)
    monkeypatch.setattr(branch_and_bound, "_MOST_SETS_UNBOUNDED", 3)


def drawn(seed: int) -> ZoneProblem:
    problem, _ = draw(seed)
    return replace(problem)  # without its table, if another test has made that


def best_of(problem: ZoneProblem) -> tuple[float, tuple[int, ...]]:
    best = find_best_zone(problem)[0]
    return best.value, best.feeders


@pytest.mark.parametrize("seed", SEEDS)
def test_blocks_change_no_answer(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = drawn(seed)
    whole = best_of(problem)
    monkeypatch.setattr(branch_and_bound, "_MOST_NUMBERS_AT_ONCE", 1)
    value, feeders = best_of(problem)
    assert (value, feeders) == (pytest.approx(whole[0]), whole[1])


@pytest.mark.parametrize("is_late", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_too_many_sets_give_the_best_so_far_and_a_true_bound(
    seed: int, is_late: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = drawn(seed)
    value, _ = best_of(problem)
    name = "_MOST_SETS_AFTER_DEADLINE" if is_late else "_MOST_NUMBERS"
    monkeypatch.setattr(branch_and_bound, name, 0)
    with pytest.raises(TooManySetsError) as caught:
        find_best_zone(problem, deadline=time.monotonic() - 1)
    given = caught.value
    assert (given.found, given.bound >= value) == (None, True)
    assert given.best is not None
    assert given.best.value <= value
    inside = np.zeros((1, len(problem.own)), dtype=bool)
    inside[0, list(given.best.feeders)] = True
    assert evaluate_zones(problem, inside)[0].value == pytest.approx(given.best.value)
