"""Whether the tables of a picture agree with one another."""

from __future__ import annotations

import math
from collections.abc import Iterator

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
    for name in map(str, totals.columns):
        parts = totals[name].loc[["served", "unserved"]].sum()
        if not _agree(parts, whole := _total(picture, "all", name)):
            yield f"{name}: served and unserved are {parts:g}, and all are {whole:g}."
    for name in ("schools", "students", "students_below"):
        for part, column in (("all", name), ("served", f"{name}_served")):
            by_district = float(districts[column].sum())
            if not _agree(by_district, whole := _total(picture, part, name)):
                yield f"{column}: the districts have {by_district:g}, and the state {whole:g}."
    yield from _wrong_lists(picture)
    if (picture.falls["schools_eligible"] > picture.falls["schools_free"]).any():
        yield "Partners that may run a Zone can take on more schools than all partners can."
    if (picture.partners["share_of_served_schools"] > 1 + _TOLERANCE_STUDENTS).any():
        yield "A partner runs more schools than are served."
    costs, by_fall = float(picture.partners["cost_dollars"].sum()), float(picture.falls["cost_dollars"].sum())
    if not math.isclose(costs, by_fall, rel_tol=1e-9, abs_tol=1.0):
        yield f"The partners cost {costs:,.0f} dollars, and the school years {by_fall:,.0f}."


def _wrong_lists(picture: StatePicture) -> Iterator[str]:
    for part, listed in (("served", picture.started), ("unserved", picture.unserved)):
        if (named := listed["zone_id"].nunique()) != (counted := _total(picture, part, "zones")):
            yield f"{named} Zones are listed as {part}, and {counted:g} counted."


def _total(picture: StatePicture, part: str, name: str) -> float:
    return float(picture.totals[name].to_dict()[part])


def _agree(one: float, other: float) -> bool:
    """Whether two sums are equal; a sum of nothing known is missing, or 0."""
    pair = [0.0 if math.isnan(each) else each for each in (one, other)]
    return math.isclose(*pair, rel_tol=1e-12, abs_tol=_TOLERANCE_STUDENTS)
