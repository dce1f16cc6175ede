"""Where a school is with respect to one anchor's Zone, and what decided it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from clustering.model.columns import SHARE_DIGITS, STUDENT_DIGITS
from clustering.model.rounding import rounded
from clustering.zones.candidates import Candidates
from clustering.zones.geometry import zone_id_of
from clustering.zones.solver import ExactSearch
from clustering.zones.solver.branch_and_price.pricing_oracle import ZoneWeight
from clustering.zones.tolerances import ARRIVAL_SHARE


@dataclass(frozen=True, kw_only=True)
class SchoolDecision:
    """
    Where one school is with respect to one anchor's Zone.

    Parameters
    ----------
    anchor_id, school_id, name, level
        The anchor; the school.
    decision
        ``in`` the anchor's Zone, in ``another Zone``, or ``out``.
    zone_id
        The Zone that the school is in; ``None`` if in none; several, if feeders are shared, separated by ``"; "``.
    students_to_zone
        Students it promotes into the anchor's Zone per year (into the anchor, where that has no Zone).
    promoted_students
        Students it promotes per year.
    kept_share
        The first over the second [0 to 1]; ``None`` if none are promoted.
    arrival_share
        Share of the promoted students who reach the anchor inside the Zone, if the school is in it or joins it
        [0 to 1]; ``None`` if none are promoted. Of a school that ``minimum_arrival_share`` excludes: with every school
        within reach in the Zone. ``None`` for one that another limit or lock excludes.
    marginal_students
        How much more the anchor's Zone, as it is, scores with the school than without it [students per year]; ``None``
        for schools that a limit or lock excludes.
    loss_students
        How much lower the total score is if the school is forced the other way and everything is solved again; ``None``
        also for schools that a limit or lock excludes, if no Zones are possible then, or if time ran out: the reason
        says which.
    bound_by
        What decided: ``score``, ``leakage``, ``another Zone``, ``no link``, ``no Zone``, or the name of a parameter
        (``time_limit_s`` where time ran out before the best Zones were proved).
    """

    anchor_id: str
    school_id: str
    name: str
    level: str
    decision: str
    zone_id: str | None
    students_to_zone: float | None = None
    promoted_students: float | None = None
    kept_share: float | None = None
    arrival_share: float | None = None
    marginal_students: float | None = None
    loss_students: float | None = None
    bound_by: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Reached:
    """
    One candidate of one anchor, and the Zones that were found.

    Parameters
    ----------
    candidates
        Of the anchor.
    position
        Of the school among the candidates.
    members
        Which candidates are in the anchor's Zone.
    weight
        Of the anchor's Zone as it is.
    zones_holding
        Anchors whose Zones have the school.
    search
        Solved.
    """

    candidates: Candidates
    position: int
    members: np.ndarray
    weight: ZoneWeight
    zones_holding: Sequence[str]
    search: ExactSearch

    @property
    def school_id(self) -> str:
        """The school."""
        return self.candidates.schools[self.position]

    @property
    def is_member(self) -> bool:
        """Whether the school is in the anchor's Zone."""
        return bool(self.members[self.position])

    @cached_property
    def students_to_zone(self) -> float:
        """Students that the school promotes into the Zone per year."""
        inside = np.append(self.members, True)[self.candidates.destination]
        return float(self.candidates.students[(self.candidates.origin == self.position) & inside].sum())

    @cached_property
    def weights(self) -> tuple[ZoneWeight, ZoneWeight]:
        """The Zone as it is, with the school and without it."""
        oracle, other = self.search.oracles[self.candidates.anchor_id], self.members.copy()
        other[self.position] = not self.is_member
        as_it_is, otherwise = self.weight, oracle.weigh_zone(other)
        return (as_it_is, otherwise) if self.is_member else (otherwise, as_it_is)

    @property
    def marginal_students(self) -> float:
        """How much more the Zone, as it is, scores with the school than without it [students per year]."""
        inside, outside = self.weights
        return inside.score - outside.score

    @property
    def arrival_share(self) -> float:
        """Share of its promoted students who arrive, if it is in the Zone [0 to 1]."""
        return float(self.weights[0].arrival_shares[self.position])


def decide(reached: Reached, value_otherwise: float | None) -> SchoolDecision:
    """
    Say where a candidate is, with the numbers behind it.

    Parameters
    ----------
    reached
        The candidate.
    value_otherwise
        Total score with the school forced the other way, as ``value_if`` answers.

    Returns
    -------
    decision
        Rounded.
    """
    candidates, search, school = reached.candidates, reached.search, reached.school_id
    promoted = float(candidates.promoted[reached.position])
    return SchoolDecision(
        anchor_id=candidates.anchor_id,
        school_id=school,
        name=search.request.cell(school, "name"),
        level=search.request.cell(school, "level"),
        decision="in" if reached.is_member else "another Zone" if reached.zones_holding else "out",
        zone_id="; ".join(map(zone_id_of, reached.zones_holding)) or None,
        students_to_zone=rounded(reached.students_to_zone, STUDENT_DIGITS),
        promoted_students=round(promoted, STUDENT_DIGITS),
        kept_share=rounded(reached.students_to_zone / promoted, SHARE_DIGITS) if promoted > 0 else None,
        arrival_share=rounded(reached.arrival_share, SHARE_DIGITS) if promoted > 0 else None,
        marginal_students=rounded(reached.marginal_students, STUDENT_DIGITS),
        loss_students=lost_students(search.found.value, value_otherwise),
        bound_by=find_what_decides(reached),
    )


def lost_students(value: float, value_otherwise: float | None) -> float | None:
    """What the total score loses, rounded; ``None`` if there are no Zones otherwise, or if time ran out."""
    if value_otherwise is None or value_otherwise == -math.inf:
        return None
    return round(max(0.0, value - value_otherwise), STUDENT_DIGITS)


def find_what_decides(reached: Reached) -> str:
    """
    Find what keeps a candidate in, or out of, its anchor's Zone.

    Parameters
    ----------
    reached
        The candidate.

    Returns
    -------
    bound_by
        As in :class:`SchoolDecision`: the first test that holds.
    """
    tests = _tests_inside(reached) if reached.is_member else _tests_outside(reached)
    return next(name for name, holds in tests.items() if holds)


def _tests_inside(reached: Reached) -> dict[str, bool]:
    parameters, school = reached.search.request.parameters, reached.school_id
    return {
        "force_in": school in parameters.force_in,
        "keep_together": any(school in group for group in parameters.together()),
        "score": rounded(reached.marginal_students, STUDENT_DIGITS) > 0,
        "minimum_schools": True,
    }


def _tests_outside(reached: Reached) -> dict[str, bool]:
    candidates, members, position, search = reached.candidates, reached.members, reached.position, reached.search
    parameters, most = search.request.parameters, search.request.parameters.maximum_enrolment_students
    ties = candidates.is_tie & (candidates.origin == position)
    enrolled = candidates.anchor_enrolment + candidates.enrolment[members].sum() + candidates.enrolment[position]
    with_school = members.copy()
    with_school[position] = True
    found = search.found
    group = found.group_of.get(candidates.anchor_id)
    return {
        "another Zone": bool(reached.zones_holding) and not parameters.shared_feeders,
        "no Zone": not found.has_zone(candidates.anchor_id),
        "no link": not np.append(members, True)[candidates.destination[ties]].any(),
        "minimum_arrival_share": _arrives_too_little(reached),
        "leakage": rounded(reached.marginal_students, STUDENT_DIGITS) <= 0,
        "contiguous": not search.oracles[candidates.anchor_id].side.connected_to_anchor(with_school)[position],
        "maximum_enrolment_students": most is not None and enrolled > most,
        "maximum_schools": members.sum() + 1 >= parameters.maximum_schools,
        "time_limit_s": group is not None and not found.solutions[group].is_proved,
        "keep_together": True,
    }


def _arrives_too_little(reached: Reached) -> bool:
    """Whether ``minimum_arrival_share`` keeps a candidate out of the Zone as it is."""
    least = reached.search.request.parameters.minimum_arrival_share
    return not reached.candidates.is_exempt[reached.position] and reached.arrival_share < least - ARRIVAL_SHARE
