"""The solver finds the best choice: by hand, by trying everything, and by CP-SAT."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from clustering.capacity.solver import AssignmentModel, solve_assignment, solve_in_order
from clustering.capacity.solver import solve as solve_module
from tests.oracles.assignment import best_by_cp_sat, best_by_trying, mixed_model, random_model, random_plan


def within(model: AssignmentModel, chosen: np.ndarray) -> bool:
    used = model.usage @ chosen.astype(float)
    return bool(((used <= model.upper + 1e-6) & (used >= model.lower - 1e-6)).all())


def model_of(values: list[float], usage: list[list[float]], upper: list[float]) -> AssignmentModel:
    return AssignmentModel(
        values=np.array(values), usage=csr_array(usage), lower=np.full(len(upper), -np.inf), upper=np.array(upper)
    )


def test_two_zones_rather_than_the_largest() -> None:
    # One partner with six schools: 700 students in five schools, or 400 and 390 in three each.
    solution = solve_assignment(model_of([700, 400, 390], [[5, 3, 3]], [6]))
    assert solution.chosen.tolist() == [False, True, True]
    assert (solution.value, solution.bound, solution.status) == (790, 790, "optimal")


def test_dual_price_of_what_binds() -> None:
    solution = solve_assignment(model_of([6, 4], [[2, 2], [1, 1]], [3, 9]))
    assert solution.dual_prices.tolist() == [2, 0]  # half of the second option more; the second limit has room


def test_an_option_that_adds_to_a_limit_is_worth_a_loss() -> None:
    # The first option loses 1 and gives the room that the second needs.
    solution = solve_assignment(model_of([-1, 9], [[-2, 3]], [1]))
    assert (solution.chosen.tolist(), solution.value) == ([True, True], 8)


def test_what_cannot_be() -> None:
    model = replace(model_of([1, 1], [[1, 1]], [1]), lower=np.array([2.0]), upper=np.array([5.0]))
    assert solve_assignment(model).status == "optimal"
    assert solve_assignment(replace(model, lower=np.array([3.0]))).status == "infeasible"


@pytest.mark.parametrize("first", range(0, 500, 50))
def test_small_models_equal_trying_everything(first: int) -> None:
    found = [False, False]
    for seed in range(first, first + 50):
        model = random_model(seed, options=4 + seed % 7, limits=1 + seed % 4)
        best, solution = best_by_trying(model), solve_assignment(model)
        found[best is None] = True
        if best is None:
            assert solution.status == "infeasible", seed
        else:
            assert within(model, solution.chosen), seed
            assert (solution.value, solution.status) == (best, "optimal"), seed
            assert solution.bound == pytest.approx(best, abs=1e-4), seed
    assert found == [True, True]  # feasible and infeasible ones


def test_dollars_beside_schools_and_a_kept_need() -> None:
    # In dollars, HiGHS calls its answer a solve error: it misses the budget by the rounding of nearly whole options.
    zones = [[1, 1, 1, 1, *[0] * 7], [*[0] * 4, 1, 1, *[0] * 5], [*[0] * 6, 1, 1, 1, 0, 0], [*[0] * 9, 1, 1]]
    schools = [[3, 0, 2, 0, 2, 1, 0, 3, 0, 3, 0], [0, 3, 0, 2, 0, 0, 4, 0, 3, 0, 3]]
    dollars = np.array([1500, 1729, 1000, 1729, 1000, 500, 2527, 1500, 2128, 1500, 1596]) * 1_000.0
    need = [1300, 1300, 1300, 1300, 700, 300, 1900, 1600, 1600, 1200, 1200]
    model = AssignmentModel(
        values=np.array([*[1.0] * 7, *[0.0] * 4]),
        usage=csr_array(np.array([*zones, *schools, dollars, need], dtype=float)),
        lower=np.array([*[-np.inf] * 7, 5099.9981]),
        upper=np.array([1, 1, 1, 1, 3, 9, 8e6, np.inf]),
    )
    start = np.isin(np.arange(11), [3, 4, 6, 10])
    solution = solve_assignment(model, start=start)
    assert (solution.value, solution.bound, solution.status) == (3, 3, "optimal")
    assert within(model, solution.chosen)


def test_rows_of_very_different_sizes_equal_trying_everything() -> None:
    for seed in range(250):
        model = mixed_model(seed, options=6 + seed % 7)
        best, solution = best_by_trying(model), solve_assignment(model)
        assert best is not None  # the start of the kept values is within all limits
        assert within(model, solution.chosen), seed
        assert solution.value == pytest.approx(best, rel=1e-12), seed
        assert solution.status == "optimal", seed
        assert solution.bound >= best - 1e-9 * abs(best), seed


@pytest.mark.parametrize("first", range(0, 20, 10))
def test_plans_equal_cp_sat_by_columns_and_by_highs_alone(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(first, first + 10):
        model = random_plan(seed, zones=9, partners=4, years=3)
        best = best_by_cp_sat(model)
        for large in (1, 10**9):
            monkeypatch.setattr(solve_module, "LARGE_OPTIONS", large)
            solution = solve_assignment(model)
            if best is None:
                assert solution.status == "infeasible", seed
            else:
                assert within(model, solution.chosen), (seed, large)
                assert solution.value == best, (seed, large)
                assert solution.bound >= best - 1e-6, (seed, large)


def test_a_gap_holds_and_the_answer_repeats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solve_module, "LARGE_OPTIONS", 1)
    for seed in range(100, 102):
        model = random_plan(seed, zones=14, partners=6, years=4)
        exact, close, again = (solve_assignment(model, maximum_gap=gap) for gap in (0.0, 0.05, 0.05))
        assert exact.value * 0.95 <= close.value <= exact.value <= close.bound * (1 + 1e-9)
        assert close.chosen.tolist() == again.chosen.tolist()


def test_later_aims_never_cost_earlier_ones() -> None:
    for seed in range(40):
        model = random_model(seed, options=8, limits=2)
        random = np.random.default_rng(seed)
        model = replace(model, values=random.integers(0, 3, 8).astype(float))
        objectives = np.vstack([model.values, random.integers(0, 3, 8), -random.integers(1, 9, 8)]).astype(float)
        solution = solve_in_order(model, objectives)
        choices = (np.arange(256)[:, None] >> np.arange(8)) & 1
        used = choices @ model.usage.toarray().T
        allowed = choices[((used <= model.upper) & (used >= model.lower)).all(axis=1)]
        if len(allowed):
            best = max(tuple(row) for row in (allowed @ objectives.T).tolist())
            assert tuple(objectives @ solution.chosen) == best, seed
        else:
            assert solution.status == "infeasible"
