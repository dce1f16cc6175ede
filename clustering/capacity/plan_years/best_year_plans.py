"""The best multi-year plans of a request, each proved: the best that differs enough from those before it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace

from clustering.analysis.arguments import number_problems, refuse
from clustering.capacity.matching.best_matches import MAXIMUM_DIFFERENCE, MAXIMUM_MATCHES, differing_model
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.plan_years.model import YearModel, build_year_model
from clustering.capacity.plan_years.parameters import PlanYearsParameters
from clustering.capacity.plan_years.plan import audited_plan, solve_year_model
from clustering.capacity.plan_years.request import build_year_request
from clustering.capacity.plan_years.year_plan import YearPlan
from clustering.capacity.register.register import Register
from clustering.capacity.solver import AssignmentSolution, solve_in_order
from clustering.errors import InputError
from clustering.zones.parameters import parameter_problem

_LEAST_TIME_S = 0.1


def find_best_year_plans(
    needs: ZoneNeeds,
    register: Register,
    parameters: PlanYearsParameters | Mapping[str, object] | None = None,
    *,
    count: int = 5,
    minimum_difference: int = 1,
) -> tuple[YearPlan, ...]:
    """
    Find the best plans of a request that differ from each other, each proved.

    Parameters
    ----------
    needs, register, parameters
        As of :func:`~clustering.capacity.plan_years.plan.plan_years`. The time limit holds for all plans together.
    count
        How many, 1 to 100.
    minimum_difference
        In how many choices, 1 to 1,000, every plan differs at least from each before it. What counts as one: a Zone or
        part with another partner, variant, start or number of renewals than before, or with none any more, and one that
        starts and did not.

    Returns
    -------
    plans
        The best first, each audited; ``solution.bound`` is that of all plans that differ enough from those before.
        Fewer than ``count`` only if there are no more.

    Raises
    ------
    InputError
        As :func:`~clustering.capacity.plan_years.plan.plan_years`; or time ran out before all plans were proved.
    InfeasibleError
        Locks cannot be kept together.
    SolverError
        The solver failed, or a plan did not pass the audit.
    """
    refuse(
        [
            *number_problems("count", count, 1, MAXIMUM_MATCHES),
            *number_problems("minimum_difference", minimum_difference, 1, MAXIMUM_DIFFERENCE),
        ]
    )
    model = build_year_model(build_year_request(needs, register, parameters))
    limit = model.request.parameters.time_limit_s
    plans: list[YearPlan] = []
    for solution in _solutions(model, count, minimum_difference, deadline=time.monotonic() + limit):
        if not solution.is_proved:
            message = f"Time ran out when {len(plans)} of {count} plans were proved."
            remedy = "Ask for fewer plans or a lesser minimum_difference, or allow more time."
            raise InputError([parameter_problem("time_limit_s", limit, message, remedy)])
        plans.append(audited_plan(model, solution))
    return tuple(plans)


def _solutions(
    model: YearModel, count: int, minimum_difference: int, *, deadline: float
) -> Iterator[AssignmentSolution]:
    """The best choice, then again and again the best that differs enough from all before; ends when there is none."""
    solution, assignment = solve_year_model(model), model.assignment
    yield solution
    for _ in range(count - 1):
        if model.options.table.empty or not solution.is_proved:
            return
        assignment = differing_model(assignment, model.options.table, solution.chosen, minimum_difference)
        left = max(_LEAST_TIME_S, deadline - time.monotonic())
        solution = solve_in_order(assignment, model.objectives, time_limit_s=left)
        if solution.status == "infeasible":
            return
        yield replace(solution, dual_prices=solution.dual_prices[: len(model.rows.upper)])
