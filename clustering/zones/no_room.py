"""Why merged anchors leave no room for a feeder: the reason as a value, and the sentence written from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from clustering.zones.candidates import Candidates
from clustering.zones.exclusions import Exclusion, describe_exclusion
from clustering.zones.group_exclusions import exclusions_within_reach
from clustering.zones.request import ZoneRequest, label

_SCHOOLS_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class NoRoom:
    """
    Why merged anchors leave no room for a feeder.

    Parameters
    ----------
    parameter
        ``maximum_schools`` or ``maximum_enrolment_students``; ``None`` if no feeder is within reach.
    limit
        The value of the parameter.
    anchor_count
        Anchors that are merged.
    enrolled_students
        Students enrolled in them.
    excluded
        Name and identifier of schools within reach, with the first rule against each.
    """

    parameter: str | None
    limit: float = 0.0
    anchor_count: int
    enrolled_students: float = 0.0
    excluded: tuple[tuple[str, Exclusion], ...] = ()


def find_no_room(candidates: Candidates, request: ZoneRequest) -> NoRoom | None:
    """
    Find the limit that leaves merged anchors without a feeder.

    Parameters
    ----------
    candidates
        Of the anchors.
    request
        The limits of the request.

    Returns
    -------
    no_room
        ``None`` where a feeder would fit, or where the anchor is not merged.
    """
    parameters, anchors = request.parameters, candidates.anchors
    if not candidates.merged:
        return None
    if len(anchors) >= parameters.maximum_schools:
        return NoRoom(parameter="maximum_schools", limit=parameters.maximum_schools, anchor_count=len(anchors))
    is_feeder = ~np.isin(np.array(candidates.schools, dtype=object), anchors)
    if not is_feeder.any():
        is_large_enough = len(anchors) >= parameters.minimum_schools
        excluded = tuple(_first_exclusions(candidates, request))
        return NoRoom(parameter=None, anchor_count=len(anchors), excluded=excluded) if is_large_enough else None
    most, enrolment = parameters.maximum_enrolment_students, candidates.enrolment
    enrolled = float(candidates.anchor_enrolment + enrolment[~is_feeder].sum())
    if most is None or enrolled + enrolment[is_feeder].min() <= most:
        return None
    return NoRoom(
        parameter="maximum_enrolment_students", limit=most, anchor_count=len(anchors), enrolled_students=enrolled
    )


def _first_exclusions(candidates: Candidates, request: ZoneRequest) -> Iterator[tuple[str, Exclusion]]:
    for school in candidates.excluded[:_SCHOOLS_NAMED]:
        if exclusions := exclusions_within_reach(request, school, candidates):
            yield label(request, school), exclusions[0]


def describe_no_room(no_room: NoRoom) -> str:
    """Say in one or two sentences what leaves no room for a feeder."""
    if no_room.parameter is None:
        left_out = "; ".join(f"{school} {describe_exclusion(exclusion)}" for school, exclusion in no_room.excluded)
        return f"No feeder is within reach of the merged anchors.{f' Left out: {left_out}.' if left_out else ''}"
    if no_room.parameter == "maximum_schools":
        return (
            f"{no_room.anchor_count} merged anchors are to share one Zone, and maximum_schools is {no_room.limit:g}:"
            " there is no room for a feeder. Raise maximum_schools, or merge fewer anchors."
        )
    return (
        f"The {no_room.anchor_count} merged anchors have {no_room.enrolled_students:,.0f} students enrolled, and"
        f" maximum_enrolment_students is {no_room.limit:,.12g}: there is no room for a feeder. Raise it, or merge fewer"
        " anchors."
    )
