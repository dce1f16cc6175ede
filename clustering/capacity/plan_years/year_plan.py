"""The parts of a multi-year plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from clustering.capacity.plan_years.parameters import PlanYearsParameters
from clustering.capacity.solver import AssignmentStatus

# What a request for money has to say first. No plan has fewer years.
FIRST_YEARS = 3


@dataclass(frozen=True, kw_only=True)
class YearPlanSolution:
    """
    How good a plan is, and what proves it.

    Parameters
    ----------
    status
        ``optimal``: no plan serves more need; ``within gap``: of a large request, no plan serves 0.1% more; ``time
        limit``: the best found.
    ties_status
        The same of the later aims: ``optimal``: among these plans, starts, preferences, cost and order are proved to be
        the best; ``time limit``: the best found, not proved.
    need
        Need served, counted as ``count_by`` asks: students, students below the mark, or points; times years or once.
    bound
        No plan serves more.
    gap
        ``(bound - need) / max(1, abs(bound))``.
    preferences
        Preferences met.
    cost_dollars
        Cost within the plan.
    first_three_years_cost_dollars
        Cost of its first three school years; ``YearPlan.years`` has the cost up to each.
    """

    status: AssignmentStatus
    ties_status: AssignmentStatus
    need: float
    bound: float
    gap: float
    preferences: int
    cost_dollars: float
    first_three_years_cost_dollars: float


@dataclass(frozen=True, kw_only=True, eq=False)
class YearPlan:
    """
    Which Zones start when, with which partner, and what that takes in each school year.

    Parameters
    ----------
    parameters
        The request.
    first_fall, last_fall
        First and last school year of the plan.
    solution
        Status, need served and gap.
    starts
        A row per Zone (or smaller variant, or part) that starts, by ``start_fall`` and ids: ``zone_id``, ``zone_name``,
        ``variant_id``, ``variant``, ``partner_id``, ``partner_name``, ``planning_fall`` (Int64, missing without a
        planning year), ``start_fall``, ``contract_years`` (of each contract), ``renewals`` (how often the contract is
        renewed), ``renewal_falls`` (first fall of each renewal, separated by ``"; "``; missing without any),
        ``last_service_fall`` and ``exit_fall`` (last fall in which the partner runs it, and the first in which it no
        longer does), ``review_18_months`` and ``review_36_months`` (of the first contract: year and month; missing
        where the contract ends before), ``school_count``, ``students`` (missing where unknown), ``need`` (missing where
        unknown), ``years_served`` (school years of the plan in which it is run), ``need_years`` (their product),
        ``preferences``, ``cost_dollars`` (within the plan), ``cost_afterwards_dollars`` (of contracts after the plan),
        ``reason_kind`` and ``reason`` (why not a year earlier; a sentence), and ``end_reason`` (why it is not renewed;
        missing where service lasts through the plan).
    costs
        A row per start and school year in which it costs something or could: ``variant_id``, ``zone_id``,
        ``partner_id``, ``fall``, ``phase`` (``planning``, ``intensive``, ``later``), ``cost_dollars``.
    years
        A row per school year: ``fall``, ``zones_planned``, ``zones_starting``, ``cohort`` (the ids of the variants that
        start, separated by ``"; "``), ``zones_in_service``, ``zones_renewed`` (whose contract is renewed then),
        ``zones_leaving`` (whose first fall without the partner it is) and ``schools_leaving`` (theirs),
        ``schools_in_service``, ``students_in_service`` (those known; missing where none are), ``need_served``,
        ``planning_cost_dollars``, ``intensive_cost_dollars``, ``later_cost_dollars``, ``cost_dollars``,
        ``cumulative_cost_dollars`` (from the first fall of the plan to this one), ``budget_dollars`` (missing without a
        limit), ``available_dollars`` (with what is carried over), ``left_dollars``, ``schools_used`` and
        ``schools_free`` (that all partners can take on, as far as known), and ``schools_eligible`` (of that, what
        partners can take on that may run a Zone here).
    partners
        A row per partner and school year: ``partner_id``, ``partner_name``, ``fall``, ``schools_before_growth`` (that
        it can take on without growth; missing where unknown), ``schools_grown`` (that growth adds, as a number of whole
        schools), ``schools_free`` (that it can take on: both), ``schools_used``, ``schools_left``,
        ``zones_in_service``, ``is_eligible`` (whether approval, duties, reach, levels, exclusions and locks let it run
        a Zone).
    never_started
        A row per Zone that does not start, by id: ``zone_id``, ``zone_name``, ``school_count``, ``students``, ``need``,
        ``kind`` (see ``never_started.KINDS``), ``first_fall`` and ``last_fall`` (of the plan), ``reason`` (a sentence).
    timeline
        A row per event, by date: ``date`` (year and month), ``fall`` (of the school year in which it lies), ``event``
        (``planning``, ``start``, ``review at 18 months`` and ``review at 36 months`` of each contract, ``renewal``,
        ``exit``), ``zone_id``,
        ``variant_id``, ``partner_id``, ``is_within_plan``.
    provenance
        Of the needs; files of the register with their hashes; software; disclosure.
    notes
        Sentences to be read with the numbers.
    """

    parameters: PlanYearsParameters
    first_fall: int
    last_fall: int
    solution: YearPlanSolution
    starts: pd.DataFrame
    costs: pd.DataFrame
    years: pd.DataFrame
    partners: pd.DataFrame
    never_started: pd.DataFrame
    timeline: pd.DataFrame
    provenance: Mapping[str, Any]
    notes: tuple[str, ...]
