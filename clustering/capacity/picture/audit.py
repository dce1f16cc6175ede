"""Whether the tables of a picture agree with one another."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from clustering.capacity.picture.picture import StatePicture

_TOLERANCE_STUDENTS = 1e-6


def audit_picture(picture: StatePicture) -> tuple[str, ...]:
    """
    Check the sums of a picture.

    Parameters
    ----------
    picture
        Its tables.

    Returns
    -------
    violations
        A sentence for each sum that does not agree; none for a sound picture.
    """
    return tuple(_violations(picture))


def _violations(picture: StatePicture) -> Iterator[str]:
    totals, districts = picture.totals, picture.districts
    for name in totals.columns:
        parts = totals.loc[["served", "unserved"], name].sum()
        if not _agree(parts, totals.loc["all", name]):
            yield f"{name}: served and unserved are {parts:g}, and all are {totals.loc['all', name]:g}."
    for name in ("schools", "students", "students_below"):
        for part, column in (("all", name), ("served", f"{name}_served")):
            by_district = districts[column].sum() if len(districts) else 0
            if not _agree(by_district, totals.loc[part, name]):
                yield f"{column}: the districts have {by_district:g}, and the state {totals.loc[part, name]:g}."
    if len(picture.unserved) != totals.loc["unserved", "zones"]:
        yield f"{len(picture.unserved)} Zones are listed as unserved, and {totals.loc['unserved', 'zones']} counted."
    shares = picture.partners["share_of_served_schools"]
    if (shares > 1 + _TOLERANCE_STUDENTS).any():
        yield "A partner runs more schools than are served."
    costs, by_fall = picture.partners["cost_dollars"].sum(), picture.falls["cost_dollars"].sum()
    if not math.isclose(costs, by_fall, rel_tol=1e-9, abs_tol=1.0):
        yield f"The partners cost {costs:,.0f} dollars, and the school years {by_fall:,.0f}."


def _agree(one: float, other: float) -> bool:
    """Whether two sums are equal; a sum of nothing known is missing, or 0."""
    pair = [0.0 if pd.isna(each) else float(each) for each in (one, other)]
    return math.isclose(*pair, rel_tol=1e-12, abs_tol=_TOLERANCE_STUDENTS)
