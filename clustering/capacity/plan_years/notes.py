"""Sentences to be read with a multi-year plan."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from clustering.capacity.matching.first_year import describe_early_start
from clustering.capacity.matching.obstacle_sentences import plural
from clustering.capacity.plan_years.limit_sentences import dollars
from clustering.capacity.plan_years.parameters import PlanYearsParameters
from clustering.capacity.plan_years.request import YearRequest
from clustering.capacity.plan_years.service_sentences import describe_service_by_year
from clustering.model.plain_text import school_year_text


def describe_notes(request: YearRequest, starts: pd.DataFrame, years: pd.DataFrame) -> tuple[str, ...]:
    """
    Describe what a plan rests on.

    Parameters
    ----------
    request
        The request.
    starts, years
        Of the plan.

    Returns
    -------
    notes
        A sentence or two each; a warning comes first.
    """
    return (
        *describe_early_start(request.needs, request.parameters),
        *request.needs.notes,
        f"The first school year of the plan is {school_year_text(int(request.falls[0]))}.",
        *describe_service_by_year(starts, years, request.parameters),
        *_notes(request, starts),
    )


def _notes(request: YearRequest, starts: pd.DataFrame) -> Iterator[str]:
    parameters, free = request.parameters, request.free_schools
    yield "The plan forecasts no results: nobody leaves for lack of them, but for the exits that the request names."
    yield "Need, enrolment and costs stay as they are through all years: no prices rise and no students move away."
    if parameters.planning_is_free:
        yield "The planning year is counted without cost, because no source gives a figure."
    if len(starts):
        yield from _on_contracts(starts, parameters, int(request.falls[-1]))
    is_lead = request.register.partners["kind"].reindex(free.index) != "supporting partner"
    if unknown := sorted(free.index[is_lead & free.isna().all(axis=1)]):
        yield f"Partners whose capacity is unknown, and which the plan leaves out: {', '.join(unknown)}."


def _on_contracts(starts: pd.DataFrame, parameters: PlanYearsParameters, last: int) -> Iterator[str]:
    most = parameters.renewals
    if most:
        times = "once" if most == 1 else f"up to {most} times"
        yield f"A contract may be renewed {times} by the same partner, if the renewal begins within the plan."
    end = "a contract ends" if most else "No contract is renewed: when it ends"
    yield f"{f'When {end} for good' if most else end}, its schools have no partner, and their need counts as unserved."
    end_of_first = (starts["start_fall"] + starts["contract_years"]).clip(upper=starts["exit_fall"])
    if closing := int((end_of_first == starts["start_fall"] + 3).sum()):
        of = "one contract" if closing == 1 else f"{closing:,} contracts"
        yield f"The review at 36 months of {of} falls in the month in which the contract ends: decide before it."
    with_plan = starts.loc[starts["exit_fall"] == last + 1, "school_count"].sum()
    if with_plan:
        yield f"Contracts for {plural(with_plan, 'school')} end with the plan, before fall {last + 1}."
    is_late = starts["exit_fall"] > last + 1
    if late := int(is_late.sum()):
        after = starts["cost_afterwards_dollars"].sum()
        goes, they = ("goes", "it costs") if late == 1 else ("go", "they cost")
        yield f"{plural(late, 'contract')} {goes} on after fall {last}. After the plan {they} {dollars(after)}."
