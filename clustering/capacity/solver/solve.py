"""Solve an assignment by HiGHS."""

from __future__ import annotations

import highspy
import numpy as np

from clustering.capacity.solver.model import AssignmentModel, AssignmentSolution
from clustering.errors import SolverError
from clustering.zones.solver.branch_and_price.highs import QuietHighs

_WHOLE = 0.5


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
        Stop when the bound is no further from the value, as a share of the value; 0 asks for the optimum.
    start
        ``(n_options,)``: a choice within the limits, to begin with; the answer is never worse.

    Returns
    -------
    solution
        The same for the same model.

    Raises
    ------
    SolverError
        HiGHS ends without a solution or a proof that there is none.
    """
    relaxed = _highs(model, is_whole=False, time_limit_s=time_limit_s, maximum_gap=0.0)
    whole = _highs(model, is_whole=True, time_limit_s=time_limit_s, maximum_gap=maximum_gap, start=start)
    status = whole.getModelStatus()
    none = np.zeros(len(model.values), dtype=bool)
    if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        return AssignmentSolution(
            chosen=none, value=0.0, bound=0.0, status="infeasible", dual_prices=np.zeros(len(model.upper))
        )
    if status not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kTimeLimit):
        raise SolverError("HiGHS ended without a solution.", status=whole.modelStatusToString(status))
    chosen = np.asarray(whole.getSolution().col_value) > _WHOLE
    return AssignmentSolution(
        chosen=chosen,
        value=float(model.values[chosen].sum()),
        bound=float(whole.getInfo().mip_dual_bound),
        status="optimal" if status == highspy.HighsModelStatus.kOptimal else "time limit",
        dual_prices=np.asarray(relaxed.getSolution().row_dual),
    )


def _highs(
    model: AssignmentModel,
    *,
    is_whole: bool,
    time_limit_s: float,
    maximum_gap: float,
    start: np.ndarray | None = None,
) -> QuietHighs:
    count = len(model.values)
    problem = highspy.HighsLp()
    problem.num_col_, problem.num_row_ = count, len(model.upper)
    problem.sense_ = highspy.ObjSense.kMaximize
    problem.col_cost_ = model.values
    problem.col_lower_, problem.col_upper_ = np.zeros(count), np.ones(count)
    problem.row_lower_, problem.row_upper_ = model.lower, model.upper
    problem.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    problem.a_matrix_.start_ = model.usage.indptr
    problem.a_matrix_.index_ = model.usage.indices
    problem.a_matrix_.value_ = model.usage.data
    if is_whole:
        problem.integrality_ = [highspy.HighsVarType.kInteger] * count
    solver = QuietHighs(presolve="on", time_limit=time_limit_s, mip_rel_gap=maximum_gap)
    solver.passModel(problem)
    if start is not None:
        known = highspy.HighsSolution()
        known.col_value = start.astype(float)
        solver.setSolution(known)
    solver.run()
    return solver
