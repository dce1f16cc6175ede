"""Why an anchor has no Zone: the sentences, written from the reasons that the methods give as values."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from clustering.model.columns import STUDENT_DIGITS
from clustering.zones.candidates import Candidates
from clustering.zones.no_room import describe_no_room
from clustering.zones.request import ZoneRequest, label
from clustering.zones.solver.infeasibility.forced_schools import explain_exclusion
from clustering.zones.solver.solution import NoZoneReason
from clustering.zones.tolerances import SHOWN_STUDENTS

_MOST_NAMED = 5
_FIXED_TEXTS = {
    "time_limit": "Time ran out before the solver knew whether a Zone of its own would raise the total score: allow"
    " more with time_limit_s.",
    "heuristic_infeasible": "No Zone within the limits can be made of the schools that the method assigns to it.",
    "not_in_plan": "The plan has no Zone around it.",
}


def explain_no_zones(
    reasons: Mapping[str, NoZoneReason], candidates: Mapping[str, Candidates], request: ZoneRequest
) -> dict[str, str]:
    """
    Say why anchors have no Zone.

    Parameters
    ----------
    reasons
        By anchor.
    candidates
        By anchor, of all anchors of the request; none for a plan.
    request
        The limits of the request.

    Returns
    -------
    texts
        One to four sentences by anchor.
    """
    anchors = frozenset(anchor for each in candidates.values() for anchor in each.anchors)
    return {
        anchor: _explain_of_method(anchor, reason, request)
        or _explain_within_reach(reason, candidates[anchor], anchors, request)
        for anchor, reason in reasons.items()
    }


def explain_locks_without_zone(
    locks: Collection[tuple[str, str]],
    reasons: Mapping[str, NoZoneReason],
    candidates: Mapping[str, Candidates],
    request: ZoneRequest,
) -> list[str]:
    """
    Say why no Zone can hold schools that are forced in.

    Parameters
    ----------
    locks
        A school that is forced in, and an anchor without a Zone that has it within reach.
    reasons, candidates, request
        As for :func:`explain_no_zones`.

    Returns
    -------
    texts
        One to four sentences for each lock.
    """
    texts = explain_no_zones(reasons, candidates, request)
    return [
        f"{label(request, school)} is forced in, but for {label(request, anchor)}: {texts[anchor]}"
        for school, anchor in locks
    ]


def _explain_within_reach(
    reason: NoZoneReason, candidates: Candidates, anchors: Collection[str], request: ZoneRequest
) -> str:
    """Say what an anchor lacks, with the schools within its reach that are left out."""
    if reason.kind == "impossible_group":
        return _explain_impossible_group(candidates, anchors, request)
    explain = _explain_too_few_schools if reason.kind == "too_few_schools" else _explain_infeasible
    return explain(candidates, request) + _explain_excluded(candidates, anchors, request)


def _explain_of_method(anchor: str, reason: NoZoneReason, request: ZoneRequest) -> str | None:
    """Say what the method or the plan decided; ``None`` where it is what the anchor lacks."""
    text = _FIXED_TEXTS.get(reason.kind)
    match reason.kind:
        case "negative_score":
            text = _explain_negative_score(anchor, reason.score, request)
        case "lower_total":
            text = _explain_lower_total(anchor, reason, request)
        case "heuristic_negative_score":
            text = f"The Zone that the method finds would score {reason.score:z.1f}."
        case "heuristic_lower_total":
            text = f"The request allows only {_zones_allowed(request)}, and others score more."
        case "feeder_of_plan":
            names = " and ".join(request.cell(each, "name") for each in reason.others)
            text = f"In the plan it is a feeder of {names}."
    return text if reason.no_room is None else describe_no_room(reason.no_room)


def _zones_allowed(request: ZoneRequest) -> str:
    most = request.parameters.maximum_zones
    return "one Zone" if most == 1 else f"{most} Zones"


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
    if parameters.minimum_arrival_share > 0:
        limits.append(f"at least {parameters.minimum_arrival_share:.0%} of each feeder's students arriving")
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
    why = "too many of its feeders' promoted students do not reach it inside the Zone"
    if parameters.score_by == "moves":
        why = "too many of its feeders' promoted students go elsewhere"
    if parameters.distance_weight or parameters.travel_weight:
        why = "what its feeders lose by leakage, distance and travel time outweighs the students they keep"
    return (
        f"Its best Zone would score {score:z.1f} students a year: {why}. Name {anchor} in force_in to propose that Zone"
        " all the same."
    )


def _explain_lower_total(anchor: str, reason: NoZoneReason, request: ZoneRequest) -> str:
    """Say what a Zone for this anchor would cost the others."""
    if request.parameters.maximum_zones is not None:
        cause = f"The request allows only {_zones_allowed(request)}, and others add more to the score"
    else:
        others = " and ".join(label(request, other) for other in reason.others[:_MOST_NAMED]) or "other anchors"
        how = "as well" if _is_tie(reason.loss) else "better"
        cause = f"Its feeders serve the total {how} in the Zone of {others}"
    if reason.loss is None:
        return f"{cause}."
    if reason.loss == math.inf:
        return f"{cause}; not enough schools are left for a Zone of its own."
    return (
        f"{cause}: with a Zone of its own the total score would be {describe_loss(reason.loss)}."
        f" Name {anchor} in force_in to propose it all the same."
    )


def _is_tie(loss: float | None) -> bool:
    return loss is not None and round(loss, STUDENT_DIGITS) <= 0


def describe_loss(loss: float) -> str:
    """Say how much lower a total score would be; where it would be the same, which answer counts."""
    if _is_tie(loss):
        return (
            "the same. Of equal answers the one with fewer schools counts, then the one whose schools have the smaller"
            " tie numbers"
        )
    return f"{loss:.1f} students a year lower" if loss >= SHOWN_STUDENTS else "less than 0.1 students a year lower"


def _explain_excluded(candidates: Candidates, anchors: Collection[str], request: ZoneRequest) -> str:
    """Name the first schools that are left out; what too few students of several can do is said once."""
    named = candidates.excluded[:_MOST_NAMED]
    low = [school for school in named if school in candidates.low_arrival]
    if len(low) == 1:
        low = []
    excluded = [
        f"{label(request, school)} {explain_exclusion(request, school, candidates, anchors)[0]}"
        for school in named
        if school not in low
    ]
    if low:
        shares = ", ".join(f"{label(request, school)} at most {candidates.low_arrival[school]:.0%}" for school in low)
        least = f"minimum_arrival_share is {request.parameters.minimum_arrival_share:.12g}"
        excluded.append(f"too few of the students promoted by these could reach it inside the Zone ({least}): {shares}")
    return f" Left out: {'; '.join(excluded)}." if excluded else ""
