"""Why an anchor has no Zone: as a value, and as sentences written from it."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from clustering.zones.candidates import Candidates
from clustering.zones.request import ZoneRequest, label
from clustering.zones.solver.infeasibility.forced_schools import explain_exclusion
from clustering.zones.solver.solution import GroupSolution

_MOST_NAMED = 5
_OUT_OF_TIME = (
    "Time ran out before it was settled whether a Zone of its own would raise the total score: allow more with"
    " time_limit_s."
)


@dataclass(frozen=True, kw_only=True)
class NoZoneReason:
    """
    Why an anchor has no Zone.

    Parameters
    ----------
    kind
        ``impossible_group``: it must keep together with a school that cannot be in its Zone; ``too_few_schools``:
        within reach; ``infeasible``: no set of feeders keeps the limits; ``negative_score``: its best Zone would lose
        score; ``lower_total``: its feeders add more to the total in other Zones; ``time_limit``: time ran out.
    score
        Of its best Zone, for ``negative_score`` [students per year].
    sharing
        Anchors whose Zones have feeders within its reach, for ``lower_total``.
    value
        Of its group without its Zone, for ``lower_total`` [students per year].
    with_zone
        The best solution of its group with its Zone, for ``lower_total``; ``None`` if it was not looked for.
    """

    kind: Literal["impossible_group", "too_few_schools", "infeasible", "negative_score", "lower_total", "time_limit"]
    score: float = 0.0
    sharing: tuple[str, ...] = ()
    value: float = 0.0
    with_zone: GroupSolution | None = None

    @property
    def loss(self) -> float | None:
        """What a Zone would cost the total; infinite if none is possible, ``None`` if that is not known."""
        if self.with_zone is None or not self.with_zone.is_proved:
            return None
        return self.value - self.with_zone.value


def explain_no_zone(
    reason: NoZoneReason, candidates: Candidates, anchors: Collection[str], request: ZoneRequest
) -> str:
    """
    Say why an anchor has no Zone.

    Parameters
    ----------
    reason
        Of the anchor.
    candidates
        Of the anchor.
    anchors
        All anchors of the request.
    request
        The limits of the request.

    Returns
    -------
    text
        One to four sentences.
    """
    match reason.kind:
        case "impossible_group":
            return _explain_impossible_group(candidates, anchors, request)
        case "too_few_schools":
            return _explain_too_few_schools(candidates, request) + _explain_excluded(candidates, anchors, request)
        case "infeasible":
            return _explain_infeasible(candidates, request) + _explain_excluded(candidates, anchors, request)
        case "negative_score":
            return _explain_negative_score(candidates.anchor_id, reason.score, request)
        case "lower_total":
            return _explain_lower_total(candidates.anchor_id, reason, request)
        case "time_limit":
            return _OUT_OF_TIME


def _explain_too_few_schools(candidates: Candidates, request: ZoneRequest) -> str:
    parameters, count = request.parameters, len(candidates.schools)
    found = "No feeder is" if count == 0 else f"Only {count} feeder{'s are' if count > 1 else ' is'}"
    return (
        f"{found} within reach (at least {parameters.minimum_link_share:.0%} of the sender's promoted or of the"
        f" receiver's entering students); a Zone needs {parameters.minimum_schools} schools with its anchor."
    )


def _explain_infeasible(candidates: Candidates, request: ZoneRequest) -> str:
    parameters = request.parameters
    limits = [f"{parameters.minimum_schools} to {parameters.maximum_schools} schools"]
    if parameters.maximum_enrolment_students is not None:
        limits.append(f"at most {parameters.maximum_enrolment_students:g} students enrolled")
    if parameters.contiguous:
        limits.append("catchments in one piece")
    if parameters.keep_together:
        limits.append("schools kept together")
    if candidates.merged:
        limits.append("merged anchors in one Zone")
    return (
        f"No set of feeders satisfies all limits of the request: {', '.join(limits)}, each school tied to the Zone by"
        " its promotions."
    )


def _explain_impossible_group(candidates: Candidates, anchors: Collection[str], request: ZoneRequest) -> str:
    return " ".join(
        f"{label(request, anchor)} {reason}."
        for anchor in candidates.anchors
        for reason in explain_exclusion(request, anchor, candidates, anchors)
    )


def _explain_negative_score(anchor: str, score: float, request: ZoneRequest) -> str:
    parameters = request.parameters
    why = "too many of its feeders' promoted students go elsewhere"
    if parameters.distance_weight or parameters.travel_weight:
        why = "what its feeders lose by leakage, distance and travel time outweighs the students they keep"
    return (
        f"Its best Zone would score {score:z.1f}: {why}. Name {anchor} in force_in to propose that Zone all the same."
    )


def _explain_lower_total(anchor: str, reason: NoZoneReason, request: ZoneRequest) -> str:
    """Say what a Zone for this anchor would cost the others."""
    if request.parameters.maximum_zones is not None:
        most = request.parameters.maximum_zones
        zones = "one Zone is" if most == 1 else f"{most} Zones are"
        cause = f"Only {zones} asked for, and others add more to the score"
    else:
        others = " and ".join(label(request, other) for other in reason.sharing[:_MOST_NAMED]) or "other anchors"
        cause = f"Its feeders serve the total better in the Zone of {others}"
    if reason.loss is None:
        return f"{cause}."
    if reason.loss == math.inf:
        return f"{cause}; not enough schools are left for a Zone of its own."
    return (
        f"{cause}: with a Zone of its own the total score would be {reason.loss:z.1f} lower."
        f" Name {anchor} in force_in to propose it all the same."
    )


def _explain_excluded(candidates: Candidates, anchors: Collection[str], request: ZoneRequest) -> str:
    excluded = [
        f"{label(request, school)} {explain_exclusion(request, school, candidates, anchors)[0]}"
        for school in candidates.excluded[:_MOST_NAMED]
    ]
    return f" Left out: {'; '.join(excluded)}." if excluded else ""
