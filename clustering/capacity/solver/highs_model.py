"""An assignment model handed to HiGHS."""

from __future__ import annotations

import highspy
import numpy as np
from scipy.sparse import csr_array

from clustering.capacity.solver.model import AssignmentModel
from clustering.zones.solver.branch_and_price.highs import QuietHighs

_WHOLE = 0.5
# What finds choices in large parts. QuietHighs leaves it out: models of Zones are nearly whole without.
HEURISTICS: dict[str, bool | float | str] = {
    "presolve": "on",
    "mip_heuristic_run_rens": True,
    "mip_heuristic_run_rins": True,
    "mip_heuristic_run_root_reduced_cost": True,
}


def run_highs(model: AssignmentModel, *, is_whole: bool, **settings: bool | float | str) -> QuietHighs:
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
    solver
        After its run.
    """
    solver = QuietHighs(**settings)
    solver.passModel(_problem(model, is_whole=is_whole))
    solver.run()
    return solver


def chosen_by(solver: QuietHighs) -> np.ndarray | None:
    """
    Read the choice that a solver has found.

    Parameters
    ----------
    solver
        After its run on whole options.

    Returns
    -------
    chosen
        ``(n_options,)``, or ``None`` if it has found none.
    """
    if solver.getInfo().primal_solution_status != int(highspy.SolutionStatus.kSolutionStatusFeasible):
        return None
    return np.asarray(solver.getSolution().col_value) > _WHOLE


def _problem(model: AssignmentModel, *, is_whole: bool) -> highspy.HighsLp:
    count, usage = len(model.values), csr_array(model.usage)
    problem = highspy.HighsLp()
    problem.num_col_, problem.num_row_ = count, len(model.upper)
    problem.sense_ = highspy.ObjSense.kMaximize
    problem.col_cost_ = model.values
    problem.col_lower_, problem.col_upper_ = np.zeros(count), np.ones(count)
    problem.row_lower_, problem.row_upper_ = model.lower, model.upper
    problem.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    problem.a_matrix_.start_ = usage.indptr
    problem.a_matrix_.index_ = usage.indices
    problem.a_matrix_.value_ = usage.data
    if is_whole:
        problem.integrality_ = [highspy.HighsVarType.kInteger] * count
    return problem
