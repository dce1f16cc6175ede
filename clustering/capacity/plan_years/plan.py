"""The multi-year plan: from needs, register and request to an audited plan with its reasons."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.plan_years.assembly import assemble_plan
from clustering.capacity.plan_years.audit import audit_year_plan
from clustering.capacity.plan_years.conflicts import refuse_locks_that_contradict, refuse_locks_without_options
from clustering.capacity.plan_years.model import YearModel, build_year_model
from clustering.capacity.plan_years.parameters import PlanYearsParameters
from clustering.capacity.plan_years.request import build_year_request
from clustering.capacity.plan_years.year_plan import YearPlan
from clustering.capacity.register.register import Register
from clustering.capacity.solver import AssignmentSolution, solve_in_order
from clustering.errors import OutOfTimeError, SolverError
from clustering.zones.progress import Progress, ignore_progress


def plan_years(
    needs: ZoneNeeds,
    register: Register,
    parameters: PlanYearsParameters | Mapping[str, object] | None = None,
    *,
    progress: Progress | None = None,
) -> YearPlan:
    """
    Plan which Zones start when, with which partner, so that as much need as can be is served within the plan.

    Every Zone starts at most once, and its contract may be renewed. In each school year no partner runs more schools
    than it can, growth included, and the plan costs no more than its budget. Of all plans that do so, the one is taken
    that serves most need; of those, the one with the earliest starts, greater needs first; of those, where need counts
    once, the one that serves longest; of those, the one that meets most preferences; of those, the one whose contracts
    cost least in all, years after the plan included; and of those, one by a fixed order of ids.

    Parameters
    ----------
    needs
        The Zones and the variants in which each may be served.
    register
        The partners.
    parameters
        What is asked, or names and values; ``None`` means the defaults.
    progress
        Told the stage and the fraction done, 0 to 1.

    Returns
    -------
    plan
        Audited. The same whatever the order of rows, unless time ran out.

    Raises
    ------
    InputError
        Parameters, locks or exits cannot be used: all problems at once.
    InfeasibleError
        Locks cannot be kept together with the limits; it says which.
    SolverError
        The solver failed, or the plan did not pass the audit.
    """
    report = progress or ignore_progress
    report("Listing the options", 0.0)
    request = build_year_request(needs, register, parameters)
    model = build_year_model(request)
    report("Solving", 0.1)
    solution = solve_year_model(model)
    report("Working out the reasons", 0.8)
    plan = audited_plan(model, solution)
    report("Done", 1.0)
    return plan


def solve_year_model(model: YearModel, *, time_limit_s: float | None = None) -> AssignmentSolution:
    """
    Choose the best options of a model.

    Parameters
    ----------
    model
        The model.
    time_limit_s
        ``None``: that of the request.

    Returns
    -------
    solution
        By all aims in their order; never ``infeasible``.

    Raises
    ------
    InfeasibleError
        Locks cannot be kept; it says which.
    OutOfTimeError
        Time ran out before there was a plan that keeps all locks.
    """
    refuse_locks_without_options(model)
    if not len(model.options.table):
        return _nothing(model)
    limit = model.request.parameters.time_limit_s if time_limit_s is None else time_limit_s
    solution = solve_in_order(model.assignment, model.objectives, time_limit_s=limit)
    if solution.status == "infeasible":
        refuse_locks_that_contradict(model)
    if not (model.rows.usage @ solution.chosen.astype("float64") >= model.rows.lower).all():
        raise OutOfTimeError("time_limit_s was reached before there was a plan that keeps all locks")
    return solution


def audited_plan(model: YearModel, solution: AssignmentSolution) -> YearPlan:
    """
    Write a solution as a plan.

    Parameters
    ----------
    model, solution
        What was solved, and how.

    Returns
    -------
    plan
        With its reasons.

    Raises
    ------
    SolverError
        It did not pass the audit.
    """
    plan = assemble_plan(model, solution)
    request = model.request
    if violations := audit_year_plan(plan, request.needs, request.register):
        raise SolverError("the plan did not pass the audit: " + " ".join(violations))
    return plan


def _nothing(model: YearModel) -> AssignmentSolution:
    """No option is the only choice among none."""
    return AssignmentSolution(
        chosen=np.zeros(0, dtype=bool),
        value=0.0,
        bound=0.0,
        status="optimal",
        dual_prices=np.zeros(len(model.rows.upper)),
    )
