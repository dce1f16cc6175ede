"""A match or a year plan in the few columns that its picture needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import pandas as pd

from clustering.capacity.matching.eligibility import eligible_partners
from clustering.capacity.matching.first_year import describe_early_start
from clustering.capacity.matching.free_capacity import free_schools
from clustering.capacity.matching.match import Match
from clustering.capacity.matching.pairs import pair_zones
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.picture.picture import PictureKind
from clustering.capacity.plan_years.service_sentences import describe_service_by_year
from clustering.capacity.plan_years.year_plan import YearPlan
from clustering.capacity.register.register import Register

Answer: TypeAlias = Match | YearPlan

_SERVED = ["zone_id", "variant_id", "variant", "partner_id", "start_fall", "cost_dollars"]
_COUNTED = ["zones", "schools", "zones_leaving", "schools_leaving"]
_AMOUNTS = ["cost_dollars", "cumulative_cost_dollars", "budget_dollars", "schools_free", "schools_eligible"]
_FALLS = ["fall", "zones", "schools", "students", "zones_leaving", "schools_leaving", *_AMOUNTS]
_OF_YEARS = {
    "zones_in_service": "zones",
    "schools_in_service": "schools",
    "students_in_service": "students",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Service:
    """
    Who runs what, from when.

    Parameters
    ----------
    kind
        Of the answer.
    served
        ``zone_id``, ``variant_id``, ``variant``, ``partner_id``, ``start_fall`` (Int64), ``cost_dollars`` (of a year at
        full cost, or within the plan).
    reasons
        Why a Zone is unserved, by ``zone_id``.
    falls
        As ``StatePicture.falls``.
    cost_afterwards_dollars
        Of contracts that go on after a plan; 0 for a match.
    planning_is_free
        Whether years of planning are counted without cost; false for a match, which has none.
    sentences
        A warning of a first year that is over; of a plan, what is served at once and which contracts end.
    provenance, notes
        Of the answer.
    """

    kind: PictureKind
    served: pd.DataFrame
    reasons: pd.Series
    falls: pd.DataFrame
    cost_afterwards_dollars: float
    planning_is_free: bool
    sentences: tuple[str, ...]
    provenance: Mapping[str, Any]
    notes: tuple[str, ...]


def describe_service(answer: Answer, needs: ZoneNeeds, register: Register) -> Service:
    """
    Take a match or a year plan.

    Parameters
    ----------
    answer
        Either.
    needs, register
        That it is of.

    Returns
    -------
    service
        The same in few columns.

    Raises
    ------
    TypeError
        It is neither.
    """
    if isinstance(answer, Match):
        return _of_match(answer, needs, register)
    if isinstance(answer, YearPlan):
        return _of_year_plan(answer, needs)
    raise TypeError(
        f"answer is of type {type(answer).__name__}; give the Match that match_zones answers, or the YearPlan that"
        " plan_years answers."
    )


def _of_match(match: Match, needs: ZoneNeeds, register: Register) -> Service:
    served = match.matches.assign(start_fall=match.fall)
    students = needs.variants["students"].reindex(served["variant_id"])
    free = free_schools(register, match.fall)
    eligible = eligible_partners(pair_zones(needs, register, match.parameters))
    cost = served["cost_dollars"].sum()
    year = {
        "fall": match.fall,
        "zones": served["zone_id"].nunique(),
        "schools": served["school_count"].sum(),
        "students": students.sum(min_count=1) if len(served) else 0.0,
        "zones_leaving": 0,
        "schools_leaving": 0,
        "cost_dollars": cost,
        "cumulative_cost_dollars": cost,
        "budget_dollars": match.parameters.budget_dollars,
        "schools_free": free.sum(),
        "schools_eligible": free[free.index.isin(eligible)].sum(),
    }
    falls = pd.DataFrame([year])[_FALLS]
    types = {"fall": "Int64", **dict.fromkeys(_COUNTED, "int64")}
    return Service(
        kind="match",
        served=served[_SERVED].astype({"start_fall": "Int64"}),
        reasons=pd.Series({each.zone_id: each.reason for each in match.unserved}, dtype="str"),
        falls=falls.astype({**types, **dict.fromkeys(["students", *_AMOUNTS], "float64")}),
        cost_afterwards_dollars=0.0,
        planning_is_free=False,
        sentences=describe_early_start(needs, match.parameters),
        provenance=match.provenance,
        notes=match.notes,
    )


def _of_year_plan(plan: YearPlan, needs: ZoneNeeds) -> Service:
    return Service(
        kind="year plan",
        served=plan.starts[_SERVED].astype({"start_fall": "Int64"}),
        reasons=plan.never_started.set_index("zone_id")["reason"],
        falls=plan.years.rename(columns=_OF_YEARS)[_FALLS].astype({"fall": "Int64"}),
        cost_afterwards_dollars=float(plan.starts["cost_afterwards_dollars"].sum()),
        planning_is_free=plan.parameters.planning_is_free,
        sentences=(
            *describe_early_start(needs, plan.parameters),
            *describe_service_by_year(plan.starts, plan.years, plan.parameters),
        ),
        provenance=plan.provenance,
        notes=plan.notes,
    )
