"""In how many years every Zone that can be served at all has started."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, hstack, vstack

from clustering.analysis.arguments import number_problems, refuse
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.plan_years.assembly import describe_provenance
from clustering.capacity.plan_years.model import YearModel, build_year_model
from clustering.capacity.plan_years.never_started import (
    NeverReason,
    explain_no_option,
    explain_too_large,
    possible_options,
)
from clustering.capacity.plan_years.options import uses_capacity
from clustering.capacity.plan_years.parameters import PlanYearsParameters
from clustering.capacity.plan_years.request import YearRequest, build_year_request, parameters_of
from clustering.capacity.plan_years.rows import LOCK
from clustering.capacity.plan_years.tolerances import SCHOOLS
from clustering.capacity.register.register import Register
from clustering.capacity.solver import AssignmentModel, solve_assignment
from clustering.zones.progress import Progress, ignore_progress

LONGEST_YEARS = 50
_LEAST_TIME_S = 0.1
# Most states reach all within these, and a model of more years is built only if they do not.
_NEAR_YEARS = 10
_ONE_HALF = 0.5
_ROUNDING = 1e-6


@dataclass(frozen=True, kw_only=True, eq=False)
class YearsToReachAll:
    """
    How long it takes until every Zone that can be served at all has started.

    Parameters
    ----------
    parameters
        The request.
    status
        ``optimal``: the number of years is proved; ``not reached``: it is proved that the longest time does not do;
        ``time limit``: neither is known.
    years
        School years from the first of the plan to the one in which the last Zone starts, both included; 0 if no Zone
        can ever start, and ``None`` unless ``status`` is ``optimal``.
    fall
        In which the last Zone starts; ``None`` if none does, or if that is unknown.
    zones_in_all, zones_reachable
        All Zones, and those that can start within the longest time.
    by_year
        A row for each number of years tried: ``years``, ``fall`` (the last in which a Zone may start),
        ``zones_started`` (the greatest number of Zones that can have started by then), ``bound`` and ``status``.
    never
        Zones that can never start, by id: ``zone_id``, ``zone_name``, ``kind`` and ``reason``, as in
        ``YearPlan.never_started``.
    longest
        Years tried at most.
    provenance
        As of a plan.
    """

    parameters: PlanYearsParameters
    status: Literal["optimal", "not reached", "time limit"]
    years: int | None
    fall: int | None
    zones_in_all: int
    zones_reachable: int
    by_year: pd.DataFrame
    never: pd.DataFrame
    longest: int
    provenance: Mapping[str, Any]


def years_to_reach_all(
    needs: ZoneNeeds,
    register: Register,
    parameters: PlanYearsParameters | Mapping[str, object] | None = None,
    *,
    longest: int = 30,
    progress: Progress | None = None,
) -> YearsToReachAll:
    """
    Find the fewest years in which every Zone that can be served at all has started.

    For one number of years after another, the greatest number of Zones that can have started by then is found, with
    proof. All limits hold until the last contract ends, so that a plan of fewer years is one of more years too, and the
    first number of years that reaches all is the fewest.

    Parameters
    ----------
    needs, register, parameters
        As of :func:`~clustering.capacity.plan_years.plan.plan_years`; ``years`` is left aside, and the last of
        ``budgets_dollars`` holds for every later year. Locks that ask for a Zone are left aside, for all are to start;
        a Zone with a forced match has no other partner. The time limit holds for all together.
    longest
        Years at most, 2 to 50.
    progress
        Told the stage and the fraction done, 0 to 1.

    Returns
    -------
    years_to_reach_all
        With the Zones that can never start, and why.

    Raises
    ------
    InputError
        Parameters, locks or exits cannot be used.
    SolverError
        The solver failed.
    """
    refuse(number_problems("longest", longest, 2, LONGEST_YEARS))
    parameters, report = parameters_of(parameters), progress or ignore_progress
    deadline = time.monotonic() + parameters.time_limit_s
    report("Finding the Zones that can start at all", 0.0)
    request = build_year_request(needs, register, parameters, start_years=longest)
    near = _free_model(build_year_request(needs, register, parameters, start_years=min(_NEAR_YEARS, longest)))
    never = _never(request, near, deadline)
    reachable = len(needs.zones) - len(never)
    rows: list[_Tried] = []
    for years in range(1, longest + 1) if reachable else ():
        report("Trying one year more", years / (longest + 1))
        if years == _NEAR_YEARS + 1:
            near = _free_model(request)
        rows.append(_greatest_number(near, years, deadline))
        if rows[-1].zones_started >= reachable or rows[-1].status == "time limit":
            break
    report("Done", 1.0)
    last = rows[-1] if rows else _Tried(years=0, fall=None, zones_started=0, bound=0, status="optimal")
    is_reached = last.zones_started >= reachable
    return YearsToReachAll(
        parameters=parameters,
        status="optimal" if is_reached else "time limit" if last.status == "time limit" else "not reached",
        years=last.years if is_reached else None,
        fall=last.fall if is_reached else None,
        zones_in_all=len(needs.zones),
        zones_reachable=reachable,
        by_year=pd.DataFrame(rows, columns=_Tried._fields).astype({"status": "str"}),
        never=never,
        longest=longest,
        provenance=describe_provenance(request),
    )


class _Tried(NamedTuple):
    """A row of ``YearsToReachAll.by_year``."""

    years: int
    fall: int | None
    zones_started: int
    bound: int
    status: str


def _free_model(request: YearRequest) -> YearModel:
    """
    The model without locks that ask for something; a Zone with a forced match has no other partner.

    Renewals stay only where they make a partner grow: otherwise they use what others need, and start nothing.
    """
    partners_of = {zone: {p for z, p in request.locks.matched if z == zone} for zone, _ in request.locks.matched}
    grows = request.pairs["partner_id"].map(request.growth_shares > 0)
    pairs = request.pairs.assign(most_renewals=request.pairs["most_renewals"].where(grows, 0))
    is_open = [
        zone not in partners_of or partner in partners_of[zone]
        for zone, partner in zip(pairs["zone_id"], pairs["partner_id"], strict=True)
    ]
    model = build_year_model(replace(request, pairs=pairs[np.array(is_open, dtype=bool)]))
    return replace(model, rows=model.rows.only((model.rows.labels["kind"] != LOCK).to_numpy()))


def _never(request: YearRequest, near: YearModel, deadline: float) -> pd.DataFrame:
    """Zones that can never start, and why; most can within the first years, as they are and without growth."""
    unsure = set(request.needs.zones.index) - _sure_zones(near)
    narrowed = replace(request, pairs=request.pairs[request.pairs["zone_id"].isin(unsure)])
    alone = _free_model(narrowed)
    left = unsure - _sure_zones(alone)
    with_options = left & set(alone.options.table["zone_id"])
    reasons = {zone: explain_no_option(alone, zone) for zone in left - with_options}
    if with_options:
        whole = _free_model(request)
        sentence = "No plan gives a partner that may run it the room, however much it grows, or the money."
        for zone in sorted(with_options):
            if not len(possible_options(whole, zone)):
                reasons[zone] = explain_too_large(whole.request, zone)
            elif not _can_start(whole, zone, deadline):
                reasons[zone] = NeverReason("size", sentence)
    names = request.needs.zones["name"]
    rows = [(zone, names[zone], *reasons[zone]) for zone in sorted(reasons)]
    return pd.DataFrame(rows, columns=["zone_id", "zone_name", "kind", "reason"]).astype("str")


def _sure_zones(model: YearModel) -> set[str]:
    """Zones with an option that keeps every limit alone, without growth."""
    request, table = model.request, model.options.table
    row = request.free_schools.index.get_indexer(pd.Index(table["partner_id"]))
    schools = table["school_count"].to_numpy("float64")[:, None]
    has_room = schools <= request.free_schools.to_numpy()[row] + SCHOOLS
    is_sure = np.asarray((~uses_capacity(model.options, request) | has_room).all(axis=1))
    return set(table["zone_id"][is_sure])


def _can_start(model: YearModel, zone: str, deadline: float) -> bool:
    """Whether any plan starts a Zone; a plan that time did not suffice to find counts as possible."""
    is_of_zone = (model.options.table["zone_id"] == zone).to_numpy("float64")
    assignment = replace(model.assignment, values=is_of_zone)
    return solve_assignment(assignment, time_limit_s=_left(deadline)).bound > _ONE_HALF


def _greatest_number(model: YearModel, years: int, deadline: float) -> _Tried:
    """The most Zones that can have started within some years."""
    last = int(model.request.falls[0]) + years - 1
    kept = (model.options.table["start_fall"] <= last).to_numpy()
    if not kept.any():
        return _Tried(years=years, fall=last, zones_started=0, bound=0, status="optimal")
    solution = solve_assignment(_counting_zones(model, kept), time_limit_s=_left(deadline))
    bound = math.floor(solution.bound + _ROUNDING)
    return _Tried(years=years, fall=last, zones_started=round(solution.value), bound=bound, status=solution.status)


def _counting_zones(model: YearModel, kept: np.ndarray) -> AssignmentModel:
    """
    Count Zones: each option counts as one, but for Zones that may be split.

    For these there is a further column that counts as one, and that can be chosen only with an option of the Zone.
    """
    table, whole = model.options.table[kept], model.assignment
    split = sorted(set(table.loc[table["is_part"], "zone_id"]))
    row = pd.Index(split, dtype="object").get_indexer(pd.Index(table["zone_id"], dtype="object"))
    option = np.flatnonzero(row >= 0)
    needs_one = csr_array((np.full(len(option), -1.0), (row[option], option)), shape=(len(split), len(table)))
    usage = hstack([vstack([whole.usage[:, np.flatnonzero(kept)], needs_one]), _counters(len(whole.upper), len(split))])
    return AssignmentModel(
        values=np.append((row < 0).astype("float64"), np.ones(len(split))),
        usage=csr_array(usage),
        lower=np.append(whole.lower, np.full(len(split), -np.inf)),
        upper=np.append(whole.upper, np.zeros(len(split))),
    )


def _counters(row_count: int, count: int) -> csr_array:
    """Columns of the further rows alone."""
    return csr_array(
        (np.ones(count), (row_count + np.arange(count), np.arange(count))), shape=(row_count + count, count)
    )


def _left(deadline: float) -> float:
    return max(_LEAST_TIME_S, deadline - time.monotonic())
