"""The parts of a multi-year plan, put together from a solution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from clustering.capacity.plan_years.broken_rows import use_of_rows
from clustering.capacity.plan_years.model import YearModel
from clustering.capacity.plan_years.never_started import explain_never_started
from clustering.capacity.plan_years.request import YearRequest
from clustering.capacity.plan_years.start_reasons import explain_starts
from clustering.capacity.plan_years.tables import costs_of, partners_of, starts_of, timeline_of, years_of
from clustering.capacity.plan_years.tolerances import PROVED_SHARE
from clustering.capacity.plan_years.year_plan import YearPlan, YearPlanSolution
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
    starts = starts_of(chosen, request).join(explain_starts(row_use)).sort_values(_ORDER, ignore_index=True)
    partners = partners_of(chosen, request)
    return YearPlan(
        parameters=request.parameters,
        first_fall=int(request.falls[0]),
        last_fall=int(request.falls[-1]),
        solution=solution_of(model, solution),
        starts=starts,
        costs=costs_of(chosen),
        years=years_of(chosen, request, partners),
        partners=partners,
        never_started=explain_never_started(row_use),
        timeline=timeline_of(starts, request),
        provenance=describe_provenance(request),
        notes=tuple(_notes(request, starts)),
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
    need, preferences = model.objectives[:2, solution.chosen].sum(axis=1)
    best_of_variants = pd.Series(model.objectives[0]).groupby(model.options.table["variant_id"].to_numpy()).max()
    bound = max(float(need), min(solution.bound, float(best_of_variants.sum())))
    is_proved = bound - need <= PROVED_SHARE * max(1.0, abs(bound))
    status: AssignmentStatus = "optimal" if is_proved else solution.status
    bound = float(need) if status == "optimal" else bound
    return YearPlanSolution(
        status=status,
        ties_status=worst_status(solution.status, solution.later_status),
        need=rounded(need, 3),
        bound=rounded(bound, 3),
        gap=rounded((bound - need) / max(1.0, abs(bound)), 6),
        preferences=round(preferences),
        cost_dollars=rounded(model.options.calendar.costs[solution.chosen].sum(), 0),
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


def _notes(request: YearRequest, starts: pd.DataFrame) -> list[str]:
    parameters, last = request.parameters, int(request.falls[-1])
    partners, is_unknown = request.register.partners, request.free_schools.isna().all(axis=1)
    unknown = sorted(partners.index[(partners["kind"] != "supporting partner") & is_unknown.reindex(partners.index)])
    late = int((starts["exit_fall"] > last + 1).sum())
    notes = [
        *request.needs.notes,
        "The plan forecasts no results: nobody leaves for lack of them, but for the exits that the request names.",
        "Need, enrolment and costs stay as they are through all years: no prices rise and no students move away.",
    ]
    if parameters.planning_years and not parameters.planning_cost_per_school_dollars:
        notes.append("The planning year is counted without cost, because no source gives a figure.")
    if late:
        after = starts["cost_afterwards_dollars"].sum()
        notes.append(f"{late:,} contracts go on after fall {last}. After the plan they cost {after:,.0f} dollars.")
    if unknown:
        notes.append(f"Partners whose capacity is unknown, and which the plan leaves out: {', '.join(unknown)}.")
    return notes
