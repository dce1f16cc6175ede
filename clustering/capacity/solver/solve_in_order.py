"""Several aims in order of importance: each is served as well as can be without any loss to those before it."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array, vstack

from clustering.capacity.solver.model import AssignmentModel, AssignmentSolution
from clustering.capacity.solver.solve import solve_assignment

# Of a value that is kept, what rounding may take away: a millionth of its greatest term.
_KEPT_SHARE = 1e-6
_LEAST_TIME_S = 0.1
# HiGHS keeps limits to a millionth.
_ROW_TOLERANCE = 1e-5


def solve_in_order(
    model: AssignmentModel, objectives: np.ndarray, *, time_limit_s: float = 60.0, maximum_gap: float = 0.0
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
        As for :func:`solve_assignment`, of each aim.

    Returns
    -------
    solution
        ``value``, ``bound`` and ``dual_prices`` are those of the first aim. ``status`` is ``optimal`` if every aim is.
    """
    end = time.monotonic() + time_limit_s
    first = solve_assignment(model, time_limit_s=time_limit_s, maximum_gap=maximum_gap)
    if first.status == "infeasible" or not _is_within(model, first.chosen):
        return first
    best, status = first, first.status
    for kept, aim in itertools.pairwise(objectives):
        model = replace(keep_value(model, kept, best.chosen), values=aim)
        left = max(_LEAST_TIME_S, end - time.monotonic())
        found = solve_assignment(model, time_limit_s=left, maximum_gap=maximum_gap, start=best.chosen)
        # The last choice is within the limits: HiGHS can deny that only by rounding.
        best = best if found.status == "infeasible" else found
        status = status if found.status == "optimal" else "time limit"
    value = float(objectives[0][best.chosen].sum())
    return replace(first, chosen=best.chosen, value=value, status=status)


def _is_within(model: AssignmentModel, chosen: np.ndarray) -> bool:
    """Whether a choice was found at all before time ran out."""
    return bool((model.usage @ chosen.astype("float64") >= model.lower - _ROW_TOLERANCE).all())


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
