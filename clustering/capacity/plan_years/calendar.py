"""What happens in which fall if a partner starts a Zone: planning, service, reviews, growth, exit and costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.capacity.plan_years.parameters import PlanYearsParameters

# What a school year is for a Zone; the code of each is its position.
PHASES = ("none", "planning", "intensive", "later")
NO_PHASE, PLANNING, INTENSIVE, LATER = range(4)

REVIEW_MONTHS = (18, 36)

# A partner may run more schools once it has run a Zone for two years: then the review at 18 months is behind it.
YEARS_BEFORE_GROWTH = 2


@dataclass(frozen=True, kw_only=True, eq=False)
class OptionCalendar:
    """
    The school years of options.

    Parameters
    ----------
    falls
        ``(n_falls,)``: the school years looked at, one after another.
    phase
        ``(n_options, n_falls)``: code of :data:`PHASES`.
    has_grown
        ``(n_options, n_falls)``: whether the partner has run the Zone for two years by then, and still runs it.
    costs
        ``(n_options, n_falls)`` [dollars].
    cost_afterwards
        ``(n_options,)``: what the contract costs after the last of these falls [dollars].
    """

    falls: np.ndarray
    phase: np.ndarray
    has_grown: np.ndarray
    costs: np.ndarray
    cost_afterwards: np.ndarray

    @property
    def in_service(self) -> np.ndarray:
        """``(n_options, n_falls)``: whether the partner runs the Zone."""
        return self.phase >= INTENSIVE

    def with_options(self, kept: np.ndarray) -> OptionCalendar:
        """Keep some options, by position or by truth value."""
        return OptionCalendar(
            falls=self.falls,
            phase=self.phase[kept],
            has_grown=self.has_grown[kept],
            costs=self.costs[kept],
            cost_afterwards=self.cost_afterwards[kept],
        )


def calendar_of_options(options: pd.DataFrame, falls: np.ndarray, parameters: PlanYearsParameters) -> OptionCalendar:
    """
    Lay options out over the falls.

    Parameters
    ----------
    options
        ``start_fall``, ``exit_fall`` (the first fall in which the Zone is no longer run), ``school_count``,
        ``students`` (missing allowed) and ``cost_dollars`` (a year at full cost).
    falls
        The school years, one after another.
    parameters
        The request.

    Returns
    -------
    calendar
        In the order of the options.
    """
    start = options["start_fall"].to_numpy("int64")[:, None]
    stop = options["exit_fall"].to_numpy("int64")[:, None]
    phase = _phases(start, stop, falls[None, :], parameters)
    by_phase = np.column_stack([np.zeros(len(options)), *_costs_by_phase(options, parameters)])
    run = stop[:, 0] - start[:, 0]
    intensive = np.minimum(run, parameters.intensive_years)
    whole = by_phase[:, INTENSIVE] * intensive + by_phase[:, LATER] * (run - intensive)
    costs = np.take_along_axis(by_phase, phase.astype("int64"), axis=1)
    within = np.where(phase >= INTENSIVE, costs, 0.0).sum(axis=1)
    return OptionCalendar(
        falls=falls,
        phase=phase,
        has_grown=(phase >= INTENSIVE) & (falls[None, :] - start >= YEARS_BEFORE_GROWTH),
        costs=costs,
        cost_afterwards=np.maximum(0.0, whole - within),
    )


def contract_falls(start_fall: int, exit_fall: int, contract_years: int) -> list[tuple[int, int]]:
    """
    Part the service of a Zone into its contracts: the first one and its renewals.

    Parameters
    ----------
    start_fall, exit_fall
        First fall in which it is run, and the first in which it is no longer.
    contract_years
        Length of each contract; the last one may end earlier.

    Returns
    -------
    contracts
        First fall of each, and the first fall after it.
    """
    begins = range(start_fall, exit_fall, contract_years)
    return [(begin, min(begin + contract_years, exit_fall)) for begin in begins]


def review_dates(first_fall: int, end_fall: int, parameters: PlanYearsParameters) -> list[tuple[int, str]]:
    """
    Date the reviews of a contract.

    Parameters
    ----------
    first_fall, end_fall
        First fall of the contract, and the first after it.
    parameters
        The request; ``first_month`` is when a school year begins.

    Returns
    -------
    reviews
        Months after the first, and year and month (``2029-02``), for each review that the contract reaches.
    """
    month = parameters.first_month - 1
    return [
        (months, f"{first_fall + (month + months) // 12}-{(month + months) % 12 + 1:02d}")
        for months in REVIEW_MONTHS
        if months <= 12 * (end_fall - first_fall)
    ]


def _phases(start: np.ndarray, stop: np.ndarray, falls: np.ndarray, parameters: PlanYearsParameters) -> np.ndarray:
    is_planned = (falls >= start - parameters.planning_years) & (falls < start)
    is_run = (falls >= start) & (falls < stop)
    is_intensive = falls < start + parameters.intensive_years
    return np.select([is_planned, is_run & is_intensive, is_run], [PLANNING, INTENSIVE, LATER], NO_PHASE).astype("int8")


def _costs_by_phase(options: pd.DataFrame, parameters: PlanYearsParameters) -> list[np.ndarray]:
    """Dollars of a year of planning, at full cost, and afterwards."""
    full = options["cost_dollars"].to_numpy("float64")
    planning = _by_size(
        options,
        parameters,
        by_school=parameters.planning_cost_per_school_dollars,
        by_student=parameters.planning_cost_per_student_dollars,
    )
    later = _by_size(
        options,
        parameters,
        by_school=parameters.later_cost_per_school_dollars,
        by_student=parameters.later_cost_per_student_dollars,
    )
    return [np.nan_to_num(planning).round(), full, np.fmin(later.round(), full)]


def _by_size(
    options: pd.DataFrame, parameters: PlanYearsParameters, *, by_school: float | None, by_student: float | None
) -> np.ndarray:
    """Dollars by student where the request counts so and the students are known, else by school; NaN: no figure."""
    schools = options["school_count"].to_numpy("float64") * (np.nan if by_school is None else by_school)
    if parameters.cost_by == "school":
        return schools
    students = pd.to_numeric(options["students"]).to_numpy("float64", na_value=np.nan)
    if by_student is None:
        return np.full(len(options), np.nan)
    return np.where(np.isnan(students), schools, students * by_student)
