"""A match or a year plan in the few columns that its picture needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from clustering.capacity.picture.picture import PictureKind

_SERVED = ["zone_id", "variant_id", "partner_id", "start_fall", "cost_dollars"]
_FALLS = ["fall", "zones", "schools", "students", "cost_dollars", "budget_dollars", "schools_free"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Service:
    """
    Who runs what, from when.

    Parameters
    ----------
    kind
        Of the answer.
    served
        ``zone_id``, ``variant_id``, ``partner_id``, ``start_fall`` (Int64), ``cost_dollars`` (of the first year, or
        within the plan).
    reasons
        Why a Zone is unserved, by ``zone_id``.
    falls
        As ``StatePicture.falls``.
    """

    kind: PictureKind
    served: pd.DataFrame
    reasons: pd.Series
    falls: pd.DataFrame


def describe_service(answer: Any) -> Service:
    """
    Take a match or a year plan.

    Parameters
    ----------
    answer
        A ``Match`` or a ``YearPlan``.

    Returns
    -------
    service
        The same in few columns.
    """
    return _of_year_plan(answer) if hasattr(answer, "starts") else _of_match(answer)


def _of_year_plan(plan: Any) -> Service:
    names = {
        "zones_in_service": "zones",
        "schools_in_service": "schools",
        "students_in_service": "students",
        "schools_there": "schools_free",
    }
    return Service(
        kind="year plan",
        served=plan.starts[_SERVED].astype({"start_fall": "Int64"}),
        reasons=plan.never_started.set_index("zone_id")["reason"],
        falls=plan.years.rename(columns=names)[_FALLS].astype({"fall": "Int64"}),
    )


def _of_match(match: Any) -> Service:
    pass
