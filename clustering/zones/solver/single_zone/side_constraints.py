"""Limits that tie all schools of a Zone to each other: its students enrolled, and its catchments in one piece."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from clustering.zones.candidates import Candidates
from clustering.zones.request import ZoneRequest

ROUNDING_STUDENTS = 1e-6


@dataclass(frozen=True, kw_only=True, eq=False)
class SideLimits:
    """
    The limits of one anchor's Zone that its schools keep only together; ``n`` candidates.

    Parameters
    ----------
    room
        Students enrolled at most in all feeders together; infinite if that is no matter.
    enrolment
        Students enrolled in each candidate [n].
    touching
        Which catchments touch [n + 1, n + 1], the anchor's last; all of them if that is no matter.
    """

    room: float
    enrolment: np.ndarray
    touching: np.ndarray

    @classmethod
    def of(cls, candidates: Candidates, request: ZoneRequest) -> SideLimits:
        """Write down the limits of the request for one anchor."""
        most = request.parameters.maximum_enrolment_students
        return cls(
            room=math.inf if most is None else most - candidates.anchor_enrolment,
            enrolment=candidates.enrolment,
            touching=_touching(candidates, request),
        )

    def are_kept(self, feeders: tuple[int, ...]) -> bool:
        """Whether a Zone with these feeders, by place, keeps the limits."""
        if self.is_idle:
            return True
        places = list(feeders)
        if float(self.enrolment[places].sum()) > self.room + ROUNDING_STUDENTS:
            return False
        inside = np.zeros(len(self.enrolment), dtype=bool)
        inside[places] = True
        return bool((self.joined(inside) == inside).all())

    def joined(self, inside: np.ndarray) -> np.ndarray:
        """Which of some candidates hang together with the anchor through them [n]."""
        return inside if self.is_free else spread(self.touching, np.append(inside, True), -1)[:-1]

    @cached_property
    def is_idle(self) -> bool:
        """Whether every Zone keeps the limits."""
        return self.is_free and self.room == math.inf

    @cached_property
    def is_free(self) -> bool:
        """Whether any two catchments touch, or catchments are no matter."""
        return bool(self.touching.all())


def _touching(candidates: Candidates, request: ZoneRequest) -> np.ndarray:
    if not request.parameters.contiguous:
        return np.ones((len(candidates.schools) + 1,) * 2, dtype=bool)
    schools = (*candidates.schools, candidates.anchor_id)
    place = {school: number for number, school in enumerate(schools)}
    touching = np.zeros((len(schools), len(schools)), dtype=bool)
    for school, number in place.items():
        touching[number, [place[other] for other in request.neighbours.get(school, ()) if other in place]] = True
    return touching | touching.T


def spread(touching: np.ndarray, allowed: np.ndarray, start: int) -> np.ndarray:
    """
    Find everything that hangs together with a place.

    Parameters
    ----------
    touching
        Which places touch [k, k].
    allowed
        Places that the way may lead through [k].
    start
        A place.

    Returns
    -------
    reached
        The place, and all that the ways lead to [k].
    """
    reached = np.zeros_like(allowed)
    reached[start] = True
    fresh = reached
    while fresh.any():
        fresh = touching[fresh].any(axis=0) & allowed & ~reached
        reached = reached | fresh
    return reached
