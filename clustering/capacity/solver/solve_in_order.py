"""Several aims in order of importance: each is served as well as can be without any loss to those before it."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array, vstack

from clustering.capacity.solver.highs_model import is_within
from clustering.capacity.solver.model import AssignmentModel, AssignmentSolution, AssignmentStatus, worst_status
from clustering.capacity.solver.solve import LARGE_OPTIONS, improve_assignment, solve_assignment

# In a large model a gap is left: to close it takes many times as long. The first aim has most of the time.
LARGE_GAP, _FIRST_SHARE = 1e-3, 0.75
# Of a value that is kept, what rounding may take away: a millionth of its greatest term.
_KEPT_SHARE = 1e-6
_LEAST_TIME_S = 0.1


def solve_in_order(
    model: AssignmentModel, objectives: np.ndarray, *, time_limit_s: float = 60.0, maximum_gap: float | None = None
) -> AssignmentSolution:
    """
    Find the best choice by the first aim, among these the best by the second, and so on.

    Parameters
    ----------
    model
        Options and limits; its values are the first row of the objectives.
    objectives
        ``(n_objectives, n_options)``: what each option adds to each aim, in order of importance.
    time_limit_s
        For all aims together. The best choice so far is returned when it is over.
    maximum_gap
        As for :func:`solve_assignment`, of each aim. By default 0, and 0.1% from 5,000 options on.

    Returns
    -------
    solution
        ``value``, ``bound`` and ``dual_prices`` are those of the first aim, and so is ``status``. ``later_status`` is
        the worst of the other aims. In a large model these are improved by a fixed number of rounds, and they are
        proved only where the linear relaxation shows it.
    """
    is_large = len(model.values) >= LARGE_OPTIONS
    gap = maximum_gap if maximum_gap is not None else LARGE_GAP if is_large else 0.0
    end = time.monotonic() + time_limit_s
    share = _FIRST_SHARE if is_large and len(objectives) > 1 else 1.0
    first = solve_assignment(model, time_limit_s=share * time_limit_s, maximum_gap=gap)
    if first.status == "infeasible" or not is_within(model, first.chosen):
        return first
    chosen = first.chosen
    later: list[AssignmentStatus] = ["optimal"]
    for number, (kept, aim) in enumerate(itertools.pairwise(objectives), start=1):
        model = replace(keep_value(model, kept, chosen), values=aim)
        limit = max(_LEAST_TIME_S, (end - time.monotonic()) / (len(objectives) - number))
        if is_large:
            solution = improve_assignment(model, chosen, time_limit_s=limit, maximum_gap=gap)
        else:
            solution = solve_assignment(model, time_limit_s=limit, maximum_gap=gap, start=chosen)
        chosen = solution.chosen
        later.append(solution.status)
    value = float(objectives[0][chosen].sum())
    return replace(first, chosen=chosen, value=value, later_status=worst_status(*later))


def keep_value(model: AssignmentModel, values: np.ndarray, chosen: np.ndarray) -> AssignmentModel:
    """
    Add the limit that a sum of values may not fall below that of a choice.

    Parameters
    ----------
    model
        Options and limits.
    values
        ``(n_options,)``: what each option adds to the sum.
    chosen
        ``(n_options,)``: the choice.

    Returns
    -------
    model
        With one limit more, the last.
    """
    least = float(values[chosen].sum()) - _KEPT_SHARE * float(np.abs(values).max(initial=0.0))
    return replace(
        model,
        usage=csr_array(vstack([model.usage, csr_array(values[np.newaxis, :])])),
        lower=np.append(model.lower, least),
        upper=np.append(model.upper, np.inf),
    )
