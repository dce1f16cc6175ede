"""The parts of a multi-year plan, put together from a solution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from clustering.capacity.plan_years.broken_rows import use_of_rows
from clustering.capacity.plan_years.end_reasons import explain_ends
from clustering.capacity.plan_years.model import YearModel
from clustering.capacity.plan_years.never_started import explain_never_started
from clustering.capacity.plan_years.notes import describe_notes
from clustering.capacity.plan_years.request import YearRequest
from clustering.capacity.plan_years.start_reasons import explain_starts
from clustering.capacity.plan_years.tables import costs_of, partners_of, starts_of, timeline_of, years_of
from clustering.capacity.plan_years.tolerances import PROVED_SHARE
from clustering.capacity.plan_years.year_plan import FIRST_YEARS, YearPlan, YearPlanSolution
from clustering.capacity.solver import AssignmentSolution, AssignmentStatus, worst_status
from clustering.model.release import software_release
from clustering.model.rounding import rounded

_ORDER = ["start_fall", "zone_id", "variant_id"]


def assemble_plan(model: YearModel, solution: AssignmentSolution) -> YearPlan:
    """
    Put a plan together.

    Parameters
    ----------
    model, solution
        What was solved, and how.

    Returns
    -------
    plan
        Not yet audited.
    """
    request = model.request
    chosen = model.options.only(solution.chosen)
    row_use = use_of_rows(model, solution.chosen)
    reasons = explain_starts(row_use).assign(end_reason=explain_ends(row_use))
    starts = starts_of(chosen, request).join(reasons).sort_values(_ORDER, ignore_index=True)
    partners = partners_of(chosen, request)
    years = years_of(chosen, request, partners)
    return YearPlan(
        parameters=request.parameters,
        first_fall=int(request.falls[0]),
        last_fall=int(request.falls[-1]),
        solution=solution_of(model, solution),
        starts=starts,
        costs=costs_of(chosen),
        years=years,
        partners=partners,
        never_started=explain_never_started(row_use),
        timeline=timeline_of(starts, request),
        provenance=describe_provenance(request),
        notes=describe_notes(request, starts, years),
    )


def solution_of(model: YearModel, solution: AssignmentSolution) -> YearPlanSolution:
    """
    Say how good a choice is.

    Parameters
    ----------
    model, solution
        What was solved, and how.

    Returns
    -------
    solution
        Its bound is the solver's, or what every variant could bring at best, where that is less.
    """
    need = model.objectives[0, solution.chosen].sum()
    preferences = model.options.table["preference"][solution.chosen].sum()
    best_of_variants = pd.Series(model.objectives[0]).groupby(model.options.table["variant_id"].to_numpy()).max()
    bound = max(float(need), min(solution.bound, float(best_of_variants.sum())))
    is_proved = bound - need <= PROVED_SHARE * max(1.0, abs(bound))
    status: AssignmentStatus = "optimal" if is_proved else solution.status
    bound = float(need) if status == "optimal" else bound
    costs = model.options.calendar.costs[solution.chosen].sum(axis=0)
    return YearPlanSolution(
        status=status,
        ties_status=worst_status(solution.status, solution.later_status),
        need=rounded(need, 3),
        bound=rounded(bound, 3),
        gap=rounded((bound - need) / max(1.0, abs(bound)), 6),
        preferences=round(preferences),
        cost_dollars=rounded(costs.sum(), 0),
        first_three_years_cost_dollars=rounded(costs[:FIRST_YEARS].sum(), 0),
    )


def describe_provenance(request: YearRequest) -> dict[str, Any]:
    """
    Describe where the numbers come from.

    Parameters
    ----------
    request
        The request.

    Returns
    -------
    provenance
        ``software``, ``disclosure``, ``needs`` (their own provenance) and ``register_files`` (names, rows and hashes).
    """
    needs: Mapping[str, Any] = request.needs.provenance
    return {
        "software": software_release(),
        "disclosure": request.needs.disclosure,
        "needs": dict(needs),
        "register_files": [
            {"name": file.name, "rows": file.rows_read, "sha256": file.sha256} for file in request.register.files
        ],
    }
