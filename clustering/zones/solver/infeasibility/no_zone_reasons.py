"""Why an anchor has no Zone, as sentences."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from clustering.zones.candidates import Candidates
from clustering.zones.request import ZoneRequest, label
from clustering.zones.solver.infeasibility.forced_schools import whats_against
from clustering.zones.solver.solution import GroupSolution

_OUT_OF_TIME = (
    "Time ran out before it was settled whether a Zone of its own would raise the total score: allow more with"
    " time_limit_s."
)


@dataclass(frozen=True, kw_only=True)
class Lack:
    """
    Why an anchor has no Zone.

    Parameters
    ----------
    kind
        ``torn``: it must keep together with a school that cannot be in its Zone; ``few``: too few schools within reach;
        ``none``: no set of feeders keeps the limits; ``loss``: its best Zone would lose score; ``others``: its feeders
        serve the total better elsewhere; ``late``: time ran out.
    score
        Of its best Zone, for ``loss`` [students per year].
    sharing
        Anchors whose Zones have feeders within its reach, for ``others``.
    value
        Of its group without its Zone, for ``others`` [students per year].
    forced
        The best answer of its group with its Zone, for ``others``; ``None`` if it was not looked for.
    """

    kind: Literal["torn", "few", "none", "loss", "others", "late"]
    score: float = 0.0
    sharing: tuple[str, ...] = ()
    value: float = 0.0
    forced: GroupSolution | None = None


def tell_lack(lack: Lack, candidates: Candidates, anchors: Collection[str], request: ZoneRequest) -> str:
    """
    Say why an anchor has no Zone.

    Parameters
    ----------
    lack
        Of the anchor.
    candidates
        Of the anchor.
    anchors
        All anchors of the request.
    request
        The limits of the request.

    Returns
    -------
    reason
        One to four sentences.
    """
    match lack.kind:
        case "torn":
            return _torn(candidates, anchors, request)
        case "few":
            return _too_few_schools(candidates, anchors, request)
        case "none":
            return _no_feasible_zone(candidates, anchors, request)
        case "loss":
            return _no_gain(candidates, lack.score, request)
        case "others":
            return _why_not_beside(candidates.anchor_id, lack, request)
        case "late":
            return _OUT_OF_TIME


def _too_few_schools(candidates: Candidates, anchors: Collection[str], request: ZoneRequest) -> str:
    parameters = request.parameters
    count = len(candidates.schools)
    found = "No feeder is" if count == 0 else f"Only {count} feeder{'s are' if count > 1 else ' is'}"
    return (
        f"{found} within reach (at least {parameters.minimum_link_share:.0%} of the sender's promoted or of the"
        " receiver's"
        f" entering students); a Zone needs {parameters.minimum_schools} schools with its anchor."
        f"{_left_out(candidates, anchors, request)}"
    )


def _no_feasible_zone(candidates: Candidates, anchors: Collection[str], request: ZoneRequest) -> str:
    parameters = request.parameters
    rules = [f"{parameters.minimum_schools} to {parameters.maximum_schools} schools"]
    if parameters.maximum_enrolment_students is not None:
        rules.append(f"at most {parameters.maximum_enrolment_students:g} students enrolled")
    if parameters.contiguous:
        rules.append("catchments in one piece")
    if parameters.keep_together:
        rules.append("schools kept together")
    if candidates.merged:
        rules.append("merged anchors in one Zone")
    return (
        "No set of feeders satisfies all limits of the request: "
        + ", ".join(rules)
        + f", each school tied to the Zone by"
        f" its promotions.{_left_out(candidates, anchors, request)}"
    )


def _torn(candidates: Candidates, anchors: Collection[str], request: ZoneRequest) -> str:
    return " ".join(
        f"{label(request, head)} {reason}."
        for head in candidates.anchors
        for reason in whats_against(request, head, candidates, anchors)
    )


def _no_gain(candidates: Candidates, score: float, request: ZoneRequest) -> str:
    parameters = request.parameters
    why = "too many of its feeders' promoted students go elsewhere"
    if parameters.distance_weight or parameters.travel_weight:
        why = "what its feeders lose by leakage, distance and travel time outweighs the students they keep"
    return (
        f"Its best Zone would score {score:z.1f}: {why}."
        f" Name {candidates.anchor_id} in force_in to propose that Zone all the same."
    )


def _why_not_beside(anchor: str, lack: Lack, request: ZoneRequest) -> str:
    """Say what a Zone for this anchor would cost the others."""
    forced = lack.forced
    others = " and ".join(label(request, other) for other in lack.sharing[:5]) or "other anchors"
    if request.parameters.maximum_zones is not None:
        most = request.parameters.maximum_zones
        parameters = "one Zone is" if most == 1 else f"{most} Zones are"
        shared = f"Only {parameters} asked for, and others add more to the score"
    else:
        shared = f"Its feeders serve the total better in the Zone of {others}"
    if forced is None or not forced.is_proved:
        return f"{shared}."
    if forced.value == -math.inf:
        return f"{shared}; not enough schools are left for a Zone of its own."
    return (
        f"{shared}: with a Zone of its own the total score would be {lack.value - forced.value:z.1f} lower."
        f" Name {anchor} in force_in to propose it all the same."
    )


def _left_out(candidates: Candidates, anchors: Collection[str], request: ZoneRequest) -> str:
    excluded = [
        f"{label(request, school)} {whats_against(request, school, candidates, anchors)[0]}"
        for school in candidates.excluded[:5]
    ]
    return f" Left out: {'; '.join(excluded)}." if excluded else ""
