"""Where a school stands with an anchor, what decided it, and the sentence that says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clustering.zones.candidates import Candidates
from clustering.zones.parameters import ProposalParameters
from clustering.zones.request import ZoneRequest, label
from clustering.zones.solver import ExactSearch
from clustering.zones.solver.single_zone.side_constraints import SideLimits


@dataclass(frozen=True, kw_only=True)
class Standing:
    """
    Where one school stands with one anchor.

    Parameters
    ----------
    anchor_id, school_id, name, level
        The anchor; the school.
    decision
        ``in`` the anchor's Zone, in ``another Zone``, or ``out``.
    zone_id
        The Zone that the school is in; ``None`` if in none; several, if feeders are shared, parted by ``"; "``.
    students_to_zone
        Students it promotes into the anchor's Zone per year (into the anchor, where that has no Zone).
    promoted_students
        Students it promotes per year.
    kept_share
        The first over the second [0 to 1]; ``None`` if none are promoted.
    marginal_students
        What the anchor's Zone, as it is, scores more with the school than without [students per year]; ``None`` for
        schools that a limit or lock excludes.
    loss_students
        What the total score loses if the school is forced the other way and all is solved again; ``None`` if no Zones
        are possible then, if a limit or lock excludes the school, or if time ran out: ``reason`` says which.
    bound_by
        What decided: ``score``, ``leakage``, ``another Zone``, ``no link``, ``no Zone``, or the name of a parameter
        (``time_limit_s`` where time ran out before the best Zones were proved).
    reason
        One or two sentences.
    """

    anchor_id: str
    school_id: str
    name: str
    level: str
    decision: str
    zone_id: str | None
    students_to_zone: float
    promoted_students: float
    kept_share: float | None
    marginal_students: float | None
    loss_students: float | None
    bound_by: str
    reason: str


def limit_behind(reason: str, parameters: ProposalParameters) -> str:
    """Name of the parameter that stands behind a reason of ``request.reason_against``."""
    by_distance = "distance_weight" if parameters.maximum_distance_km is None else "maximum_distance_km"
    by_time = "travel_weight" if parameters.maximum_travel_minutes is None else "maximum_travel_minutes"
    words = {
        "forced out": "force_out",
        "closed": "closed",
        "level": "levels",
        "district": "same_district",
        "km away": "maximum_distance_km",
        "distance": by_distance,
        "minutes": "maximum_travel_minutes",
        "travel time": by_time,
        "enrolment": "maximum_enrolment_students",
        "catchment": "contiguous",
        "must keep": "keep_together",
    }
    return next((name for word, name in words.items() if word in reason), "limit")


def tell_what_decides(
    candidates: Candidates,
    place: int,
    *,
    members: np.ndarray,
    marginal: float,
    hosts: Sequence[str],
    search: ExactSearch,
) -> str:
    """
    Tell what keeps a candidate in, or out of, its anchor's Zone.

    Parameters
    ----------
    candidates
        Of the anchor.
    place
        Of the candidate.
    members
        Which candidates are in the Zone.
    marginal
        What the Zone scores more with the candidate [students per year].
    hosts
        Anchors whose Zones have the school.
    search
        The answer.

    Returns
    -------
    bound_by
        As in :class:`Standing`.
    """
    parameters, school = search.request.parameters, candidates.schools[place]
    ties = candidates.is_tie & (candidates.origin == place)
    enrolled = candidates.anchor_enrolment + candidates.enrolment[members].sum() + candidates.enrolment[place]
    most = parameters.maximum_enrolment_students
    has_zone = any(candidates.anchor_id in answer.zones for answer in search.answers.values())
    is_tied = np.append(members, True)[candidates.destination[ties]].any()
    with_it = members.copy()
    with_it[place] = True
    hangs = SideLimits.of(candidates, search.request).joined(with_it)[place]
    is_proved = all(answer.is_proved for group, answer in search.answers.items() if candidates.anchor_id in group)
    if members[place]:
        tests = {
            "force_in": school in parameters.force_in,
            "keep_together": any(school in group for group in parameters.together()),
            "score": marginal > 0,
            "minimum_schools": True,
        }
    else:
        tests = {
            "another Zone": bool(hosts) and not parameters.shared_feeders,
            "no Zone": not has_zone,
            "no link": not is_tied,
            "leakage": marginal <= 0,
            "contiguous": not hangs,
            "maximum_enrolment_students": most is not None and enrolled > most,
            "maximum_schools": members.sum() + 1 >= parameters.maximum_schools,
            "time_limit_s": not is_proved,
            "keep_together": True,
        }
    return next(name for name, holds in tests.items() if holds)


def say_why(
    standing: Standing, anchors: Sequence[str], hosts: Sequence[str], request: ZoneRequest, *, forced: float | None
) -> str:
    """
    Say in one or two sentences why a school is in or out.

    Parameters
    ----------
    standing
        All but the sentence.
    anchors
        Of the Zone.
    hosts
        Anchors whose Zones have the school.
    request
        The limits of the request.
    forced
        As ``value_if`` answers.

    Returns
    -------
    reason
        For people.
    """
    anchor = " and ".join(label(request, each) for each in anchors)
    share = standing.kept_share
    kept = "none of its students" if share is None else f"{share:.0%} of its promoted students"
    return f"{_because(standing, anchor, kept, hosts, request)} {_otherwise(standing, forced)}"


def _because(standing: Standing, anchor: str, kept: str, hosts: Sequence[str], request: ZoneRequest) -> str:
    parameters, marginal = request.parameters, standing.marginal_students or 0.0
    needed = parameters.leakage_weight / (1 + parameters.leakage_weight)
    others = " and ".join(label(request, each) for each in hosts)
    sentences = {
        "score": f"In: {kept} stay in the Zone, which scores {marginal:z.1f} more with it.",
        "force_in": f"In, for it is forced in: {kept} stay in the Zone, which scores {marginal:+z.1f} with it.",
        "minimum_schools": (
            f"In, though the Zone scores {-marginal:z.1f} less with it: others reach the anchor through it, or the"
            f" Zone needs {parameters.minimum_schools} schools."
        ),
        "another Zone": (
            f"In the Zone of {others}: there it serves the total better. Here it would add {marginal:z.1f}."
        ),
        "no Zone": f"Out: there is no Zone for {anchor}.",
        "no link": (
            f"Out: none of its flows into the Zone is at least {parameters.minimum_link_share:.0%} of its promoted"
            " or of the receiver's entering students."
        ),
        "leakage": (
            f"Out: {kept} would stay in the Zone (directly before the anchor {needed:.0%} are needed), which would"
            f" score {-marginal:z.1f} less with it."
        ),
        "maximum_schools": (
            f"Out: it would add {marginal:z.1f}, but the Zone has its {parameters.maximum_schools} schools, and with it"
            " in the place of others the score would be no greater."
        ),
        "maximum_enrolment_students": (
            f"Out: it would add {marginal:z.1f}, but the Zone would have more students than the limit."
        ),
        "time_limit_s": f"Out: it would add {marginal:z.1f}, but time ran out before the best Zones were found.",
        "contiguous": f"Out: it would add {marginal:z.1f}, but its catchment does not hang together with the Zone's.",
    }
    kept_together = f"{'In' if standing.decision == 'in' else 'Out'} with the schools that it is to keep together with."
    return sentences.get(standing.bound_by, kept_together)


def _otherwise(standing: Standing, forced: float | None) -> str:
    way = "left out of this Zone" if standing.decision == "in" else "forced into this Zone"
    if forced is None:
        return f"Time ran out before it was known what the total score would be with it {way} (see time_limit_s)."
    if standing.loss_students is None:
        return f"No Zones that keep all limits and locks are possible with it {way}."
    return f"With it {way} and all else chosen anew, the total score would be {standing.loss_students:z.1f} lower."
