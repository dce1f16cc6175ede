"""Solve an assignment: small ones by HiGHS alone, large ones by a bound from whole choices of each partner."""

from __future__ import annotations

import time
from typing import cast

import highspy
import numpy as np

from clustering.capacity.solver.blocks import Blocks, find_blocks
from clustering.capacity.solver.columns import ColumnBound, bound_by_columns
from clustering.capacity.solver.highs_model import INFEASIBLE, HighsAnswer, is_within, run_highs
from clustering.capacity.solver.improve import choose_among, improve_choice
from clustering.capacity.solver.model import AssignmentModel, AssignmentSolution, AssignmentStatus
from clustering.errors import SolverError

# HiGHS alone is quicker below.
LARGE_OPTIONS = 5_000
# From here on HiGHS closes no gap that is left in minutes, so that rounds end the search and not the clock.
_HOPELESS_OPTIONS = 20_000
_NEAR_OPTIONS, _FIRST_GAP = 3_000, 5e-3
# Of the gap asked for, what the bound by columns may leave.
_BOUND_SHARE = 0.1
# How often partners choose again for the first aim and, where most is settled, for a later one.
_ROUNDS, _LATER_ROUNDS = 40, 6
_ROUNDING_SHARE = 1e-9
_LEAST_TIME_S = 0.1
# Rounding can leave HiGHS without an answer that keeps the limits. Then it tries again, more exactly.
_ATTEMPTS: tuple[dict[str, bool | float | str], ...] = (
    {"presolve": "on"},
    {"presolve": "off", "mip_feasibility_tolerance": 1e-9},
    {"presolve": "on", "mip_feasibility_tolerance": 1e-10, "random_seed": 1},
)


def solve_assignment(
    model: AssignmentModel,
    *,
    time_limit_s: float = 60.0,
    maximum_gap: float = 0.0,
    start: np.ndarray | None = None,
) -> AssignmentSolution:
    """
    Find the best choice of options, with proof.

    Parameters
    ----------
    model
        Options and limits.
    time_limit_s
        The best choice so far is returned when it is over.
    maximum_gap
        Stop when the bound is no further from the value, as a share of the bound; 0 asks for the optimum.
    start
        ``(n_options,)``: a choice within the limits, to begin with; the answer is never worse.

    Returns
    -------
    solution
        The same for the same model, unless time runs out. Nothing is chosen if that is before any choice is found.

    Raises
    ------
    SolverError
        HiGHS ends without a solution or a proof that there is none.
    """
    deadline = time.monotonic() + time_limit_s
    relaxed = run_highs(model, is_whole=False, presolve="on", time_limit=time_limit_s)
    if start is None and relaxed.status in INFEASIBLE:
        return _infeasible(model)
    prices, bound = relaxed.prices, _bound_of(relaxed)
    blocks = find_blocks(model) if len(model.values) >= LARGE_OPTIONS else None
    if blocks is not None:
        start, lower = _solve_large(model, blocks, prices, start=start, gap=maximum_gap, deadline=deadline)
        bound = min(bound, lower, float(np.maximum(model.values, 0.0).sum()))
        is_hopeless = maximum_gap > 0 and len(model.values) >= _HOPELESS_OPTIONS
        if start is not None and (is_hopeless or _is_close(model, start, bound, maximum_gap)):
            return _solution(model, start, bound, prices, gap=maximum_gap)
    return _solve_plain(model, prices, start=start, bound=bound, gap=maximum_gap, deadline=deadline)


def improve_assignment(
    model: AssignmentModel, start: np.ndarray, *, time_limit_s: float, maximum_gap: float
) -> AssignmentSolution:
    """
    Improve a choice of a large model by a fixed number of rounds, and bound the best by the linear relaxation.

    That does not prove as much as :func:`solve_assignment` does, but takes far less time.

    Parameters
    ----------
    model
        Options and limits.
    start
        ``(n_options,)``: a choice within the limits.
    time_limit_s, maximum_gap
        As for :func:`solve_assignment`.

    Returns
    -------
    solution
        Not worse than the start; the same for the same model, unless time runs out.
    """
    deadline = time.monotonic() + time_limit_s
    relaxed = run_highs(model, is_whole=False, presolve="on", time_limit=time_limit_s)
    bound, blocks = _bound_of(relaxed), find_blocks(model)
    if blocks is not None and not _is_close(model, start, bound, maximum_gap):
        promising = _near(model, relaxed.prices) | start
        goal = bound - maximum_gap * max(1.0, abs(bound))
        bounded = ColumnBound(bound=bound, promising=promising, settled=start, rounded=start)
        start = improve_choice(model, blocks, bounded, start=start, goal=goal, rounds=_LATER_ROUNDS, deadline=deadline)
    return _solution(model, start, bound, relaxed.prices, gap=maximum_gap)


def _bound_of(relaxed: HighsAnswer) -> float:
    return relaxed.value if relaxed.status == highspy.HighsModelStatus.kOptimal else float("inf")


def _near(model: AssignmentModel, prices: np.ndarray) -> np.ndarray:
    """Options near the linear relaxation."""
    reduced, is_near = model.values - model.usage.T @ prices, np.zeros(len(model.values), dtype=bool)
    is_near[np.argsort(-reduced, kind="stable")[:_NEAR_OPTIONS]] = True
    return is_near


def _solve_plain(
    model: AssignmentModel,
    prices: np.ndarray,
    *,
    start: np.ndarray | None,
    bound: float,
    gap: float,
    deadline: float,
) -> AssignmentSolution:
    """Solve by HiGHS alone. It is not told the start: HiGHS 1.16 can take one for the optimum."""
    answer = _search(model, start=start, gap=gap, deadline=deadline)
    if answer is None and start is not None:
        return _solution(model, start, bound, prices, gap=gap)
    if answer is None:
        raise SolverError("no attempt kept the limits")
    if answer.status in INFEASIBLE:
        return _infeasible(model)
    chosen = answer.chosen
    if chosen is None or (start is not None and model.values @ start > model.values @ chosen):
        chosen = start
    if chosen is None:
        chosen = np.zeros(len(model.values), dtype=bool)
    # Before HiGHS knows a bound, everything of worth is one.
    bound = min(bound, answer.bound, float(np.maximum(model.values, 0.0).sum()))
    if answer.status == highspy.HighsModelStatus.kOptimal and not gap:
        bound = float(model.values[chosen].sum())
    return _solution(model, chosen, bound, prices, gap=gap)


def _search(model: AssignmentModel, *, start: np.ndarray | None, gap: float, deadline: float) -> HighsAnswer | None:
    """The first answer of HiGHS that rounding has not spoilt."""
    for settings in _ATTEMPTS:
        left = max(_LEAST_TIME_S, deadline - time.monotonic())
        answer = run_highs(model, is_whole=True, time_limit=left, mip_rel_gap=gap, **settings)
        # What is within the limits shows that there is something.
        if answer.is_usable and (start is None or answer.status not in INFEASIBLE):
            return answer
    return None


def _solve_large(
    model: AssignmentModel,
    blocks: Blocks,
    prices: np.ndarray,
    *,
    start: np.ndarray | None,
    gap: float,
    deadline: float,
) -> tuple[np.ndarray | None, float]:
    """A good choice, if one is found, and a bound: first among options near the linear relaxation."""
    if start is None:
        none = np.zeros(len(model.values), dtype=bool)
        start = (
            none
            if is_within(model, none)
            else choose_among(model, _near(model, prices), kept=none, gap=_FIRST_GAP, deadline=deadline)
        )
    if start is None:
        return None, float("inf")
    bounded = bound_by_columns(model, blocks, start=start, prices=prices, gap=_BOUND_SHARE * gap, deadline=deadline)
    goal = bounded.bound - gap * max(1.0, abs(bounded.bound))
    if model.values @ bounded.rounded > model.values @ start and is_within(model, bounded.rounded):
        start = bounded.rounded
    return improve_choice(
        model, blocks, bounded, start=start, goal=goal, rounds=_ROUNDS, deadline=deadline
    ), bounded.bound


def _is_close(model: AssignmentModel, chosen: np.ndarray, bound: float, gap: float) -> bool:
    value = float(model.values[chosen].sum())
    return np.isfinite(bound) and bound - value <= max(gap, _ROUNDING_SHARE) * max(1.0, abs(bound))


def _solution(
    model: AssignmentModel, chosen: np.ndarray, bound: float, prices: np.ndarray, *, gap: float
) -> AssignmentSolution:
    value, status = float(model.values[chosen].sum()), "time limit"
    if _is_close(model, chosen, bound, gap):
        status = "optimal" if _is_close(model, chosen, bound, 0.0) else "within gap"
    return AssignmentSolution(
        chosen=chosen, value=value, bound=max(value, bound), status=cast(AssignmentStatus, status), dual_prices=prices
    )


def _infeasible(model: AssignmentModel) -> AssignmentSolution:
    none = np.zeros(len(model.values), dtype=bool)
    return AssignmentSolution(
        chosen=none, value=0.0, bound=0.0, status="infeasible", dual_prices=np.zeros(len(model.upper))
    )
