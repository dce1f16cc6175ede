"""A match or a year plan in the few columns that its picture needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import pandas as pd

from clustering.capacity.matching.free_capacity import free_schools
from clustering.capacity.matching.match import Match
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.picture.picture import PictureKind
from clustering.capacity.plan_years.year_plan import YearPlan
from clustering.capacity.register.register import Register

Answer: TypeAlias = Match | YearPlan

_SERVED = ["zone_id", "variant_id", "variant", "partner_id", "start_fall", "cost_dollars"]
_FALLS = ["fall", "zones", "schools", "students", "cost_dollars", "budget_dollars", "schools_free"]
_OF_YEARS = {
    "zones_in_service": "zones",
    "schools_in_service": "schools",
    "students_in_service": "students",
    "schools_there": "schools_free",
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
    provenance, notes
        Of the answer.
    """

    kind: PictureKind
    served: pd.DataFrame
    reasons: pd.Series
    falls: pd.DataFrame
    cost_afterwards_dollars: float
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
        return _of_year_plan(answer)
    raise TypeError(
        f"answer is of type {type(answer).__name__}; give the Match that match_zones answers, or the YearPlan that"
        " plan_years answers."
    )


def _of_match(match: Match, needs: ZoneNeeds, register: Register) -> Service:
    served = match.matches.assign(start_fall=match.fall)
    students = needs.variants["students"].reindex(served["variant_id"])
    year = {
        "fall": match.fall,
        "zones": served["zone_id"].nunique(),
        "schools": served["school_count"].sum(),
        "students": students.sum(min_count=1) if len(served) else 0.0,
        "cost_dollars": served["cost_dollars"].sum(),
        "budget_dollars": match.parameters.budget_dollars,
        "schools_free": free_schools(register, match.fall).sum(),
    }
    falls = pd.DataFrame([year])[_FALLS]
    types = {"fall": "Int64", "zones": "int64", "schools": "int64"}
    return Service(
        kind="match",
        served=served[_SERVED].astype({"start_fall": "Int64"}),
        reasons=pd.Series({each.zone_id: each.reason for each in match.unserved}, dtype="str"),
        falls=falls.astype({**types, **dict.fromkeys(_FALLS[3:], "float64")}),
        cost_afterwards_dollars=0.0,
        provenance=match.provenance,
        notes=match.notes,
    )


def _of_year_plan(plan: YearPlan) -> Service:
    return Service(
        kind="year plan",
        served=plan.starts[_SERVED].astype({"start_fall": "Int64"}),
        reasons=plan.never_started.set_index("zone_id")["reason"],
        falls=plan.years.rename(columns=_OF_YEARS)[_FALLS].astype({"fall": "Int64"}),
        cost_afterwards_dollars=float(plan.starts["cost_afterwards_dollars"].sum()),
        provenance=plan.provenance,
        notes=plan.notes,
    )
