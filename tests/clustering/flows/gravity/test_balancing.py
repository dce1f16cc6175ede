"""Balanced flows against closed forms and a solver that knows nothing of balancing."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.sparse import csr_array

from clustering.flows.gravity.balancing import Balance, balance_flows


def balance(attraction: np.ndarray, leaving: list[float], entering: list[float]) -> Balance:
    return balance_flows(
        csr_array(attraction),
        np.array(leaving, dtype="float64"),
        np.array(entering, dtype="float64"),
        tolerance=1e-11,
        maximum_iterations=100_000,
    )


def test_two_by_two_by_hand() -> None:
    # Equal totals of 100: x / (100 - x) squared is the cross ratio of the attractions, (0.8 * 0.4) / (0.2 * 0.1) = 16.
    answer = balance(np.array([[0.8, 0.2], [0.1, 0.4]]), [100, 100], [100, 100])
    assert answer.students.toarray() == pytest.approx(np.array([[80.0, 20.0], [20.0, 80.0]]))
    assert answer.misplaced_share == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_agrees_with_entropy_maximised_by_a_general_solver(seed: int) -> None:
    random = np.random.default_rng(seed)
    attraction = np.exp(-random.uniform(0, 3, size=(3, 4)))
    leaving = random.integers(20, 200, size=3).astype("float64")
    entering = random.dirichlet(np.full(4, 5.0)) * leaving.sum()
    sums = [
        {"type": "eq", "fun": lambda cells: cells.reshape(3, 4).sum(axis=1) - leaving},
        {"type": "eq", "fun": lambda cells: cells.reshape(3, 4).sum(axis=0)[:3] - entering[:3]},
    ]
    solved = minimize(
        lambda cells: float(np.sum(cells * (np.log(cells / attraction.ravel()) - 1))),
        np.outer(leaving, entering).ravel() / leaving.sum(),
        jac=lambda cells: np.log(cells / attraction.ravel()),
        bounds=[(1e-9, None)] * 12,
        constraints=sums,
        method="SLSQP",
        options={"ftol": 1e-12, "maxiter": 1_000},
    )
    assert solved.success
    answer = balance(attraction, leaving.tolist(), entering.tolist())
    assert answer.students.toarray().ravel() == pytest.approx(solved.x, abs=0.02)


def test_places_are_scaled_to_the_students_of_each_connected_part() -> None:
    attraction = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    answer = balance(attraction, [30, 30, 7], [100, 200, 500])
    assert answer.entering == pytest.approx([20, 40, 7])
    assert answer.students.toarray() == pytest.approx(np.array([[10, 20, 0], [10, 20, 0], [0, 0, 7]], dtype="float64"))


def test_totals_that_cannot_be_met_keep_the_senders_and_tell_the_rest() -> None:
    # The first sender reaches one receiver only; the other receiver can get no more than the second sender's 20 of 50.
    answer = balance(np.array([[1.0, 0.0], [1.0, 1.0]]), [80, 20], [50, 50])
    assert answer.students.toarray() == pytest.approx(np.array([[80.0, 0.0], [0.0, 20.0]]), abs=1e-4)
    assert answer.students.sum(axis=1) == pytest.approx([80, 20], rel=1e-12)
    assert answer.misplaced_share == pytest.approx(0.3, abs=1e-6)


def test_the_cap_on_iterations_is_kept() -> None:
    answer = balance_flows(
        csr_array(np.array([[1.0, 0.0], [1.0, 1.0]])),
        np.array([80.0, 20.0]),
        np.array([50.0, 50.0]),
        tolerance=1e-11,
        maximum_iterations=7,
    )
    assert answer.iterations == 7
    assert answer.students.sum(axis=1) == pytest.approx([80, 20], rel=1e-12)
    assert 0.3 < answer.misplaced_share < 0.5


def test_extreme_attractions_overflow_nowhere() -> None:
    attraction = np.array([[1.0, 1e-300, 1e-200], [1.0, 1e-250, 1e-310]])
    answer = balance(attraction, [50, 50], [10, 10, 80])
    assert np.isfinite(answer.students.data).all()
    assert answer.students.sum(axis=1) == pytest.approx([50, 50])
