"""
An assignment model handed to HiGHS.

Rows mix schools, dollars and points. HiGHS keeps each row to a millionth of a unit, and takes an option for whole if it
is so to a millionth: of a row in dollars that is several dollars off, and HiGHS then calls its own answer a "solve
error". So each row is divided by a power of two that leaves its greatest coefficient between 1 and 2. Such a division
rounds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import csr_array

from clustering.capacity.solver.model import AssignmentModel
from clustering.zones.solver.branch_and_price.highs import QuietHighs

_WHOLE = 0.5
# A choice is within a limit if it misses it by no more than this share of the greatest use.
_ROW_SHARE = 1e-9
# What finds choices in large parts. QuietHighs leaves it out: models of Zones are nearly whole without.
HEURISTICS: dict[str, bool | float | str] = {
    "presolve": "on",
    "mip_heuristic_run_rens": True,
    "mip_heuristic_run_rins": True,
    "mip_heuristic_run_root_reduced_cost": True,
}
INFEASIBLE = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)
_STOPPED = (highspy.HighsModelStatus.kTimeLimit, highspy.HighsModelStatus.kSolutionLimit)


@dataclass(frozen=True, kw_only=True, eq=False)
class HighsAnswer:
    """
    What HiGHS answers.

    Parameters
    ----------
    status
        How it ended.
    chosen
        ``(n_options,)`` of a search for whole options; ``None`` if it found none within the limits.
    shares
        ``(n_options,)``: how much of each option is chosen; empty if nothing was found.
    value
        Of the linear relaxation, or of the whole options found.
    bound
        No whole choice has a greater value.
    prices
        ``(n_limits,)``: dual prices of the linear relaxation.
    """

    status: highspy.HighsModelStatus
    chosen: np.ndarray | None
    shares: np.ndarray
    value: float
    bound: float
    prices: np.ndarray

    @property
    def is_usable(self) -> bool:
        """Whether it ended in one of the ways that mean what they say."""
        is_proved = self.status == highspy.HighsModelStatus.kOptimal and self.chosen is not None
        return is_proved or self.status in (*INFEASIBLE, *_STOPPED)


def run_highs(model: AssignmentModel, *, is_whole: bool, **settings: bool | float | str) -> HighsAnswer:
    """
    Solve a model.

    Parameters
    ----------
    model
        Options and limits.
    is_whole
        Whether options are whole; otherwise each may be chosen in part (the linear relaxation).
    **settings
        Options of HiGHS.

    Returns
    -------
    answer
        In the units of the model.
    """
    scales, solver = _row_scales(model), QuietHighs(**settings)
    solver.passModel(_problem(model, scales, is_whole=is_whole))
    solver.run()
    info, solution, status = solver.getInfo(), solver.getSolution(), solver.getModelStatus()
    return HighsAnswer(
        status=status,
        chosen=_chosen_by(solver, model) if is_whole else None,
        shares=np.asarray(solution.col_value) if solution.value_valid else np.zeros(0),
        value=float(info.objective_function_value),
        bound=float(info.mip_dual_bound),
        prices=np.asarray(solution.row_dual) * scales if solution.dual_valid else np.zeros(len(model.upper)),
    )


def is_within(model: AssignmentModel, chosen: np.ndarray) -> bool:
    """
    Check a choice against the limits.

    Parameters
    ----------
    model
        Options and limits.
    chosen
        ``(n_options,)``: whether each option is chosen.

    Returns
    -------
    is_within
        Whether each limit is kept, but for the rounding of sums.
    """
    used, tolerance = model.usage @ chosen.astype("float64"), _ROW_SHARE / _row_scales(model)
    return bool(((used <= model.upper + tolerance) & (used >= model.lower - tolerance)).all())


def _chosen_by(solver: QuietHighs, model: AssignmentModel) -> np.ndarray | None:
    if not solver.getSolution().value_valid:
        return None
    chosen = np.asarray(solver.getSolution().col_value) > _WHOLE
    return chosen if len(chosen) == len(model.values) and is_within(model, chosen) else None


def _row_scales(model: AssignmentModel) -> np.ndarray:
    """The power of two by which the greatest coefficient of each row is multiplied to be between 1 and 2."""
    usage, greatest = csr_array(model.usage), np.zeros(len(model.upper))
    np.maximum.at(greatest, np.repeat(np.arange(len(greatest)), np.diff(usage.indptr)), np.abs(usage.data))
    scales: np.ndarray = np.exp2(1.0 - np.frexp(np.where(greatest > 0, greatest, 1.0))[1])
    return scales


def _problem(model: AssignmentModel, scales: np.ndarray, *, is_whole: bool) -> highspy.HighsLp:
    count, usage = len(model.values), csr_array(model.usage)
    problem = highspy.HighsLp()
    problem.num_col_, problem.num_row_ = count, len(model.upper)
    problem.sense_ = highspy.ObjSense.kMaximize
    problem.col_cost_ = model.values
    problem.col_lower_, problem.col_upper_ = np.zeros(count), np.ones(count)
    problem.row_lower_, problem.row_upper_ = model.lower * scales, model.upper * scales
    problem.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    problem.a_matrix_.start_ = usage.indptr
    problem.a_matrix_.index_ = usage.indices
    problem.a_matrix_.value_ = usage.data * np.repeat(scales, np.diff(usage.indptr))
    if is_whole:
        problem.integrality_ = [highspy.HighsVarType.kInteger] * count
    return problem
