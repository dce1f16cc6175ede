"""The linear relaxation: a bound without a search."""

from __future__ import annotations

import highspy

from clustering.capacity.solver.highs_model import run_highs
from clustering.capacity.solver.model import AssignmentModel


def bound_assignment(model: AssignmentModel) -> float:
    """
    Bound the best choice by the linear relaxation.

    Parameters
    ----------
    model
        Options and limits.

    Returns
    -------
    bound
        No choice has a greater value; ``-inf`` if not even the relaxation keeps the limits.
    """
    if not len(model.values):
        return 0.0
    relaxed = run_highs(model, is_whole=False, presolve="on")
    return relaxed.value if relaxed.status == highspy.HighsModelStatus.kOptimal else float("-inf")
