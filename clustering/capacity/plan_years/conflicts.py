"""Locks that no plan can keep: which of them, and why."""

from __future__ import annotations

import numpy as np

from clustering.capacity.plan_years.lock_needs import describe_lock_needs, zone_of_lock
from clustering.capacity.plan_years.model import YearModel
from clustering.capacity.plan_years.never_started import explain_no_option
from clustering.capacity.plan_years.rows import LOCK
from clustering.capacity.solver import AssignmentModel, solve_assignment
from clustering.errors import InfeasibleError


def refuse_locks_without_options(model: YearModel) -> None:
    """
    Refuse locks of which no option is left.

    Parameters
    ----------
    model
        The model.

    Raises
    ------
    InfeasibleError
        A sentence for each.
    """
    rows = model.rows
    is_lock = (rows.labels["kind"] == LOCK).to_numpy()
    has_none = np.diff(rows.usage.indptr) == 0
    locks = rows.labels["lock"][is_lock & has_none]
    if len(locks):
        raise InfeasibleError(_explain_without_option(model, lock) for lock in locks)


def refuse_locks_that_contradict(model: YearModel) -> None:
    """
    Name a least set of locks that cannot be kept together.

    Parameters
    ----------
    model
        One that has no feasible choice.

    Raises
    ------
    InfeasibleError
        Always. Without any of the locks named, the others of them can be kept.
    """
    is_lock = (model.rows.labels["kind"] == LOCK).to_numpy()
    needed = np.flatnonzero(is_lock)
    for row in np.flatnonzero(is_lock):
        without = needed[needed != row]
        if not _can_keep(model, without, is_lock):
            needed = without
    locks = model.rows.labels["lock"].iloc[needed]
    needs = [describe_lock_needs(model, lock) for lock in locks]
    if len(locks) == 1:
        raise InfeasibleError([f"{locks.iloc[0]} cannot be kept. {needs[0]}"])
    together = f"{', '.join(locks)} cannot be kept together under the capacities and budgets of the request."
    raise InfeasibleError([together, *needs, "Without any one of them, the others can be kept."])


def _can_keep(model: YearModel, locks: np.ndarray, is_lock: np.ndarray) -> bool:
    kept = ~is_lock
    kept[locks] = True
    rows = model.rows.only(kept)
    nothing = np.zeros(len(model.options.table))
    trial = AssignmentModel(values=nothing, usage=rows.usage, lower=rows.lower, upper=rows.upper)
    return solve_assignment(trial, time_limit_s=model.request.parameters.time_limit_s).status != "infeasible"


def _explain_without_option(model: YearModel, lock: str) -> str:
    zone = zone_of_lock(model.request, lock)
    options = model.options.table
    if (options["zone_id"] == zone).any():
        return f"{lock} cannot be kept: nothing that this partner could do for the Zone fits into the plan."
    return f"{lock} cannot be kept. {explain_no_option(model, [zone])[zone].sentence}"
