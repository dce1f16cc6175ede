"""Limits that keep schools out of Zones which would take them: what each of them costs."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from clustering.zones.candidates import Candidates
from clustering.zones.request import ZoneRequest
from clustering.zones.solver import ZoneSolution
from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle
from clustering.zones.solver.single_zone.constrained_search import UnprovedZoneError
from clustering.zones.solver.single_zone.problem import Fixings
from clustering.zones.tolerances import SCORE_STUDENTS

# Limits on a whole Zone, with what lifts each.
_LIFTED: Mapping[str, object] = {"maximum_schools": 1000, "maximum_enrolment_students": None}


@dataclass(frozen=True, kw_only=True)
class BindingLimit:
    """
    A limit that keeps schools out of Zones.

    Parameters
    ----------
    parameter, limit
        Its name and value.
    zone_count
        Zones that would take more schools without it.
    school_count
        Schools that would join them, if every other Zone stayed as it is.
    students
        How much more these Zones would score [students per year].
    """

    parameter: str
    limit: float
    zone_count: int
    school_count: int
    students: float


def find_binding_limits(
    candidates: Sequence[Candidates], solution: ZoneSolution, request: ZoneRequest, *, deadline: float = math.inf
) -> tuple[BindingLimit, ...]:
    """
    Find the limits that keep schools out of Zones.

    Parameters
    ----------
    candidates
        One per anchor.
    solution
        The Zones.
    request
        The limits of the request.
    deadline
        Of ``time.monotonic``.

    Returns
    -------
    limits
        Those on the size and on the enrolment of a Zone, where they bind. Each Zone is chosen again without the limit
        from its own schools and from those in no Zone. Nothing is said of a limit if time runs out.
    """
    of_anchor = {each.anchor_id: each for each in candidates}
    in_zones = frozenset(school for feeders in solution.membership.values() for school in feeders)
    taken = frozenset[str]() if request.parameters.shared_feeders else in_zones
    found = []
    for parameter, lifted in _LIFTED.items():
        limit = getattr(request.parameters, parameter)
        if limit is None:
            continue
        looser = replace(request, parameters=request.parameters.with_changes(**{parameter: lifted}))
        try:
            gains = [
                gain
                for anchor, feeders in solution.membership.items()
                if parameter != "maximum_schools" or len(feeders) + 1 >= limit
                for gain in [_gain(of_anchor[anchor], feeders, taken, looser, deadline)]
                if gain.schools
            ]
        except UnprovedZoneError:
            continue
        if gains:
            found.append(
                BindingLimit(
                    parameter=parameter,
                    limit=float(limit),
                    zone_count=len(gains),
                    school_count=sum(gain.schools for gain in gains),
                    students=math.fsum(gain.students for gain in gains),
                )
            )
    return tuple(found)


def describe_binding_limit(limit: BindingLimit) -> str:
    """Say what a limit costs, in one sentence."""
    zones = "One Zone is" if limit.zone_count == 1 else f"{limit.zone_count} Zones are"
    schools = "school would" if limit.school_count == 1 else "schools would"
    them = "it" if limit.zone_count == 1 else "them"
    return (
        f"{zones} full: {limit.school_count} more {schools} join {them} without {limit.parameter}={limit.limit:.12g},"
        f" and the score would be {limit.students:z.1f} higher."
    )


@dataclass(frozen=True, kw_only=True)
class _Gain:
    """Schools that would join a Zone, and how much more it would score."""

    schools: int
    students: float


def _gain(
    candidates: Candidates, feeders: Collection[str], taken: Collection[str], looser: ZoneRequest, deadline: float
) -> _Gain:
    """What a Zone gains without a limit, if it may take none of the schools of other Zones."""
    oracle = PricingOracle(candidates, looser)
    now = frozenset(feeders)
    inside, outside, forced = (
        np.fromiter((school in group for school in candidates.schools), bool, len(candidates.schools))
        for group in (now, frozenset(taken) - now, frozenset(looser.parameters.force_in))
    )
    best = oracle.find_best(fixings=Fixings(required=inside & forced, forbidden=outside), deadline=deadline)
    positions = tuple(np.flatnonzero(inside).tolist())
    more = 0.0 if best is None else best.value - oracle.value_of(positions)
    if best is None or more <= SCORE_STUDENTS:
        return _Gain(schools=0, students=0.0)
    return _Gain(schools=len(set(best.feeders) - set(positions)), students=more)
