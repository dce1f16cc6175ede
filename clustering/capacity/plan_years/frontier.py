"""What more money would serve: the plan solved at one budget after another."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from clustering.analysis.arguments import listed, number_problems, refuse
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.plan_years.assembly import solution_of
from clustering.capacity.plan_years.model import YearModel, build_year_model
from clustering.capacity.plan_years.parameters import PlanYearsParameters
from clustering.capacity.plan_years.plan import solve_year_model
from clustering.capacity.plan_years.request import YearRequest, build_year_request
from clustering.capacity.register.register import Register
from clustering.capacity.solver import AssignmentSolution
from clustering.errors import InfeasibleError
from clustering.zones.parameters import parameter_problem
from clustering.zones.progress import Progress, ignore_progress

MAXIMUM_POINTS = 101
_LEAST_TIME_S = 0.1
_NUMBERS = (
    "need_served",
    "zones_started",
    "schools_started",
    "students_started",
    "cost_dollars",
    "greatest_year_cost_dollars",
    "bound",
    "gap",
)


def trace_frontier(
    needs: ZoneNeeds,
    register: Register,
    parameters: PlanYearsParameters | Mapping[str, object] | None = None,
    *,
    budgets: Sequence[float] | None = None,
    points: int = 11,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """
    Trace the need served against money: the frontier on which no plan serves more for the same budget.

    Parameters
    ----------
    needs, register, parameters
        As of :func:`~clustering.capacity.plan_years.plan.plan_years`; the budgets of the request are left aside. The
        time limit holds for all points together.
    budgets
        Dollars of each school year, each value once; ``None``: even steps from 0 to the least with which as much need
        is served as without a limit, year by year.
    points
        How many steps there are, 2 to 101, where ``budgets`` is not given.
    progress
        Told the stage and the fraction done, 0 to 1.

    Returns
    -------
    frontier
        A row per budget, in rising order: ``budget_dollars`` (of each school year), ``need_served`` (as
        ``count_by`` counts it), ``zones_started``, ``schools_started``, ``students_started`` (those known;
        missing where none are), ``cost_dollars`` (of all years of the plan), ``greatest_year_cost_dollars``,
        ``status`` (``optimal``, ``time limit``, or ``infeasible``: the locks cost more; then the numbers are
        missing), ``bound`` (no plan serves more need) and ``gap``.

    Raises
    ------
    InputError
        Parameters or budgets cannot be used.
    InfeasibleError
        Locks cannot be kept, whatever the budget.
    SolverError
        The solver failed.
    """
    report = progress or ignore_progress
    given = None if budgets is None else listed("budgets", budgets, "a list of amounts, such as [5e6, 1e7]")
    _refuse(given, points)
    request = build_year_request(needs, register, parameters)
    deadline = time.monotonic() + request.parameters.time_limit_s
    if given is None:
        report("Solving without a budget", 0.0)
        given = _even_budgets(request, points, deadline)
    rows = []
    for number, budget in enumerate(sorted(given)):
        report("Solving the budgets", (number + 1) / (len(given) + 1))
        share = (deadline - time.monotonic()) / (len(given) - number)
        rows.append({"budget_dollars": float(budget), **_figures(_with_budget(request, budget), share)})
    report("Done", 1.0)
    table = pd.DataFrame(rows, columns=["budget_dollars", *_NUMBERS[:6], "status", *_NUMBERS[6:]])
    types = {**dict.fromkeys(_NUMBERS, "float64"), "zones_started": "Int64", "schools_started": "Int64"}
    return table.astype({**types, "status": "str"})


def _refuse(budgets: Sequence[float] | None, points: int) -> None:
    problems = number_problems("points", points, 2, MAXIMUM_POINTS)
    for budget in budgets or ():
        problems += number_problems("budgets", budget, 0, 1e12, is_whole=False)
    if budgets is not None and not 1 <= len(budgets) <= MAXIMUM_POINTS:
        remedy = f"Give 1 to {MAXIMUM_POINTS} budgets."
        problems.append(parameter_problem("budgets", len(budgets), "The number is out of range.", remedy))
    refuse(problems)
    if len(set(budgets or ())) < len(budgets or ()):
        problems = [parameter_problem("budgets", None, "A budget is named twice.", "Name each budget once.")]
    refuse(problems)


def _with_budget(request: YearRequest, budget: float) -> YearRequest:
    """The same request with the same budget in each year; infinite: no limit."""
    limit = budget if np.isfinite(budget) else None
    parameters = request.parameters.with_changes(budget_dollars=limit, budgets_dollars=())
    return replace(request, parameters=parameters, budgets=np.full(len(request.falls), budget, dtype="float64"))


def _even_budgets(request: YearRequest, points: int, deadline: float) -> list[float]:
    model = build_year_model(_with_budget(request, np.inf))
    share = (deadline - time.monotonic()) / (points + 1)
    solution = solve_year_model(model, time_limit_s=max(_LEAST_TIME_S, share))
    costs = _costs(model, solution)
    if request.parameters.carry_over:
        costs = costs.cumsum() / np.arange(1, len(costs) + 1)
    steps = np.ceil(np.linspace(0.0, float(costs.max(initial=0.0)), points))
    return [float(each) for each in np.unique(steps)]


def _figures(request: YearRequest, time_limit_s: float) -> dict[str, Any]:
    model = build_year_model(request)
    try:
        solution = solve_year_model(model, time_limit_s=max(_LEAST_TIME_S, time_limit_s))
    except InfeasibleError:
        return {"status": "infeasible"}
    table, costs = model.options.table[solution.chosen], _costs(model, solution)
    found = solution_of(model, solution)
    return {
        "need_served": found.need,
        "zones_started": table["zone_id"].nunique(),
        "schools_started": int(table["school_count"].sum()),
        "students_started": float(table["students"].sum(min_count=1)) if len(table) else 0.0,
        "cost_dollars": found.cost_dollars,
        "greatest_year_cost_dollars": float(costs.max(initial=0.0)),
        "status": found.status,
        "bound": found.bound,
        "gap": found.gap,
    }


def _costs(model: YearModel, solution: AssignmentSolution) -> np.ndarray:
    """Dollars of each fall."""
    costs: np.ndarray = model.options.calendar.costs[solution.chosen].sum(axis=0)
    return costs
