"""The greedy heuristic: assign the school with the greatest gain, one at a time."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from clustering.zones.candidates import Candidates
from clustering.zones.request import ZoneRequest
from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle
from clustering.zones.solver.heuristics.assignment import Assignment


class _Offer(NamedTuple):
    """A school that a Zone could take, by loss (the gain, negated): the least offer is the best."""

    loss: float
    school: str
    anchor: str
    position: int  # among the anchor's candidates


class _GrowingZone:
    """One anchor's Zone while schools are added to it."""

    def __init__(self, candidates: Candidates, request: ZoneRequest) -> None:
        self.candidates = candidates
        self.parameters = request.parameters
        self.anchor = len(candidates.schools)
        merged = [candidates.schools.index(anchor) for anchor in candidates.merged]
        self.members = {self.anchor, *merged}
        self.oracle = PricingOracle(candidates, request)
        self.inside = np.zeros(self.anchor, dtype=bool)
        self.inside[merged] = True
        self.score = self.oracle.weigh_zone(self.inside).score
        self.enrolled = candidates.anchor_enrolment + float(candidates.enrolment[merged].sum())
        self.tied_to: list[list[int]] = [[] for _ in range(self.anchor)]
        tied = candidates.is_tie
        for sender, receiver in zip(candidates.origin[tied], candidates.destination[tied], strict=True):
            self.tied_to[sender].append(int(receiver))

    def offer(self, used: set[str]) -> _Offer | None:
        """
        The free school with the greatest gain that is tied to the Zone; ``None`` if none is worth adding.

        A school that loses score is worth adding only while the Zone is below its least size.
        """
        if len(self.members) >= self.parameters.maximum_schools:
            return None
        offers = [
            _Offer(-self.gain(position), school, self.candidates.anchor_id, position)
            for position, school in enumerate(self.candidates.schools)
            if position not in self.members and school not in used and self._fits(position)
        ]
        best = min(offers, default=None)
        is_short = len(self.members) < self.parameters.minimum_schools
        return best if best is not None and (best.loss < 0 or is_short) else None

    def gain(self, position: int) -> float:
        """What the score gains if a school is added [students per year]."""
        inside = self.inside.copy()
        inside[position] = True
        return self.oracle.weigh_zone(inside).score - self.score

    def add(self, position: int) -> None:
        """Add a school."""
        self.members.add(position)
        self.inside[position] = True
        self.score = self.oracle.weigh_zone(self.inside).score
        self.enrolled += float(self.candidates.enrolment[position])

    def path_to_zone(self, position: int, used: set[str]) -> list[int]:
        """Positions of a school and those that lead from it to a member, by the first free link; empty if none does."""
        path = [position]
        while not self._is_tied(path[-1]):
            free = [each for each in self.tied_to[path[-1]] if self.candidates.schools[each] not in used]
            if not free:
                return []
            path.append(free[0])
        return path

    def _is_tied(self, position: int) -> bool:
        return any(each in self.members for each in self.tied_to[position])

    def _fits(self, position: int) -> bool:
        limit = self.parameters.maximum_enrolment_students
        if limit is not None and self.enrolled + self.candidates.enrolment[position] > limit:
            return False
        return self._is_tied(position)


def assign_greedily(
    candidates: Sequence[Candidates], request: ZoneRequest, progress: Callable[[float], None]
) -> Assignment:
    """
    Grow all Zones side by side, the school with the greatest gain first.

    Parameters
    ----------
    candidates
        One per anchor.
    request
        The limits of the request.
    progress
        Called with the fraction done, 0 to 1.

    Returns
    -------
    assignment
        A Zone below the minimum size takes even schools that lose score. Schools forced in go first, to the first
        anchor that can take them. Ties go to the first school id, then to the first anchor.
    """
    growing = {each.anchor_id: _GrowingZone(each, request) for each in candidates}
    forced = frozenset(request.parameters.force_in)
    shared = request.parameters.shared_feeders
    used: set[str] = set()
    for anchor in sorted(growing):
        _add_forced(growing[anchor], used, forced)
    offers = [offer for zone in growing.values() if (offer := zone.offer(used))]
    heapq.heapify(offers)
    while offers:
        best = heapq.heappop(offers)
        zone = growing[best.anchor]
        if best.school not in used:
            zone.add(best.position)
            if not shared:
                used.add(best.school)
        # An offer in the heap is the best of its Zone until that Zone grows, or its school is used.
        if (following := zone.offer(used)) is not None:
            heapq.heappush(offers, following)
        progress(1 - len(offers) / len(growing))
    return {anchor: frozenset(zone.members - {zone.anchor}) for anchor, zone in growing.items()}


def _add_forced(zone: _GrowingZone, used: set[str], forced: frozenset[str]) -> None:
    """Add the forced schools that the Zone can reach, with the schools that lead from them to the anchor."""
    for position, school in enumerate(zone.candidates.schools):
        if school not in forced or school in used:
            continue
        path = zone.path_to_zone(position, used)
        if path and len(zone.members) + len(path) <= zone.parameters.maximum_schools:
            for step in path:
                zone.add(step)
                used.add(zone.candidates.schools[step])
