"""Side constraints, which the schools of a Zone satisfy only together: enrolment, and catchments in one piece."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from clustering.zones.candidates import Candidates
from clustering.zones.request import ZoneRequest
from clustering.zones.tolerances import ENROLMENT_STUDENTS


@dataclass(frozen=True, kw_only=True, eq=False)
class SideConstraints:
    """
    The side constraints of one anchor's Zone; ``n`` candidates.

    Parameters
    ----------
    capacity
        Students enrolled at most in all feeders together; infinite without a limit.
    enrolment
        Students enrolled in each candidate [n].
    touching
        Which catchments touch [n + 1, n + 1], the anchor's last; all of them if Zones need not be contiguous.
    """

    capacity: float
    enrolment: np.ndarray
    touching: np.ndarray

    @classmethod
    def of(cls, candidates: Candidates, request: ZoneRequest) -> SideConstraints:
        """Build the side constraints of a request for one anchor."""
        most = request.parameters.maximum_enrolment_students
        return cls(
            capacity=math.inf if most is None else most - candidates.anchor_enrolment,
            enrolment=candidates.enrolment,
            touching=_touching(candidates, request),
        )

    def are_satisfied(self, feeders: tuple[int, ...]) -> bool:
        """Whether a Zone with the feeders at these positions satisfies the constraints."""
        if self.never_bind:
            return True
        positions = list(feeders)
        if float(self.enrolment[positions].sum()) > self.capacity + ENROLMENT_STUDENTS:
            return False
        inside = np.zeros(len(self.enrolment), dtype=bool)
        inside[positions] = True
        return bool((self.connected_to_anchor(inside) == inside).all())

    def connected_to_anchor(self, inside: np.ndarray) -> np.ndarray:
        """Which of some candidates are connected to the anchor through each other's catchments [n]."""
        return inside if self.all_touch else find_connected(self.touching, np.append(inside, True), -1)[:-1]

    @cached_property
    def never_bind(self) -> bool:
        """Whether every Zone satisfies the constraints."""
        return self.all_touch and self.capacity == math.inf

    @cached_property
    def all_touch(self) -> bool:
        """Whether any two catchments touch, or Zones need not be contiguous."""
        return bool(self.touching.all())


def _touching(candidates: Candidates, request: ZoneRequest) -> np.ndarray:
    if not request.parameters.contiguous:
        return np.ones((len(candidates.schools) + 1,) * 2, dtype=bool)
    schools = (*candidates.schools, candidates.anchor_id)
    position = {school: number for number, school in enumerate(schools)}
    touching = np.zeros((len(schools), len(schools)), dtype=bool)
    for school, number in position.items():
        touching[number, [position[other] for other in request.neighbours.get(school, ()) if other in position]] = True
    return touching | touching.T


def find_connected(touching: np.ndarray, allowed: np.ndarray, start: int) -> np.ndarray:
    """
    Find every school that is connected to one of them.

    Parameters
    ----------
    touching
        Which schools touch [k, k].
    allowed
        Schools that a path may lead through [k].
    start
        Position of the school to start from.

    Returns
    -------
    reached
        That school, and all that paths lead to [k].
    """
    reached = np.zeros_like(allowed)
    reached[start] = True
    fresh = reached
    while fresh.any():
        fresh = touching[fresh].any(axis=0) & allowed & ~reached
        reached = reached | fresh
    return reached
