"""The named alternative: add the school with the greatest gain, one at a time."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence

from clustering.zones.candidates import Candidates
from clustering.zones.request import ZoneRequest

# Loss (the gain, negated), school, anchor, position among the anchor's candidates: the least is the best.
Offer = tuple[float, str, str, int]


class _GrowingZone:
    """One anchor's Zone while schools are added to it."""

    def __init__(self, candidates: Candidates, request: ZoneRequest) -> None:
        self.candidates = candidates
        self.parameters = request.parameters
        self.anchor = len(candidates.schools)
        merged = [candidates.schools.index(anchor) for anchor in candidates.merged]
        self.members = {self.anchor, *merged}
        self.enrolled = candidates.anchor_enrolment + float(candidates.enrolment[merged].sum())
        self.senders: list[list[tuple[int, float, bool]]] = [[] for _ in range(self.anchor + 1)]
        self.receivers: list[list[tuple[int, float, bool]]] = [[] for _ in range(self.anchor + 1)]
        ends = candidates.origin.tolist(), candidates.destination.tolist()
        for sender, receiver, students, is_tie in zip(
            *ends, candidates.students.tolist(), candidates.is_tie.tolist(), strict=True
        ):
            self.senders[receiver].append((sender, students, is_tie))
            self.receivers[sender].append((receiver, students, is_tie))

    def offer(self, taken: set[str]) -> Offer | None:
        """
        The free school with the greatest gain that is tied to the Zone; ``None`` if there is none worth taking.

        A school that loses score is worth taking only while the Zone is below its least size.
        """
        if len(self.members) >= self.parameters.maximum_schools:
            return None
        options = [
            (-self.gain(place), school, self.candidates.anchor_id, place)
            for place, school in enumerate(self.candidates.schools)
            if place not in self.members and school not in taken and self._fits(place)
        ]
        best = min(options, default=None)
        is_short = len(self.members) < self.parameters.minimum_schools
        return best if best is not None and (best[0] < 0 or is_short) else None

    def gain(self, place: int) -> float:
        """What the score gains if the school is added [students per year]."""
        weight = self.parameters.leakage_weight
        kept = sum(students for other, students, _ in self.receivers[place] if other in self.members)
        kept += sum(students for other, students, _ in self.senders[place] if other in self.members)
        own = self.candidates.bonus[place] - weight * self.candidates.promoted[place]
        return float((1 + weight) * kept + own)

    def add(self, place: int) -> None:
        """Take the school in."""
        self.members.add(place)
        self.enrolled += float(self.candidates.enrolment[place])

    def _fits(self, place: int) -> bool:
        limit = self.parameters.maximum_enrolment_students
        if limit is not None and self.enrolled + self.candidates.enrolment[place] > limit:
            return False
        return any(is_tie and other in self.members for other, _, is_tie in self.receivers[place])


def grow_zones(
    candidates: Sequence[Candidates], request: ZoneRequest, progress: Callable[[float], None]
) -> dict[str, frozenset[int]]:
    """
    Grow all Zones side by side, the school with the greatest gain first.

    Parameters
    ----------
    candidates
        One per anchor.
    request
        The limits of the request.
    progress
        Told the fraction done, 0 to 1.

    Returns
    -------
    grown
        Places of the feeders by anchor. A Zone below the minimum size takes even schools that lose score. Schools
        forced in go first, to the first anchor that can take them. Ties go to the first school id, then to the first
        anchor.
    """
    growing = {each.anchor_id: _GrowingZone(each, request) for each in candidates}
    forced = frozenset(request.parameters.force_in)
    shared = request.parameters.shared_feeders
    taken: set[str] = set()
    for anchor in sorted(growing):
        _add_forced(growing[anchor], taken, forced)
    offers = [offer for zone in growing.values() if (offer := zone.offer(taken))]
    heapq.heapify(offers)
    while offers:
        _, school, anchor, place = heapq.heappop(offers)
        if school not in taken:
            growing[anchor].add(place)
            if not shared:
                taken.add(school)
        # What stands in the heap is the best of its Zone until that Zone, or the school, is taken.
        if (following := growing[anchor].offer(taken)) is not None:
            heapq.heappush(offers, following)
        progress(1 - len(offers) / len(growing))
    return {anchor: frozenset(zone.members - {zone.anchor}) for anchor, zone in growing.items()}


def _add_forced(zone: _GrowingZone, taken: set[str], forced: frozenset[str]) -> None:
    """Take in the forced schools that the Zone can reach, with the schools that lead from them to the anchor."""
    for place, school in enumerate(zone.candidates.schools):
        if school not in forced or school in taken:
            continue
        path = [place]
        while not any(is_tie and other in zone.members for other, _, is_tie in zone.receivers[path[-1]]):
            ties = [other for other, _, is_tie in zone.receivers[path[-1]] if is_tie]
            free = [other for other in ties if zone.candidates.schools[other] not in taken]
            if not free:
                path = []
                break
            path.append(free[0])
        if path and len(zone.members) + len(path) <= zone.parameters.maximum_schools:
            for step in path:
                zone.add(step)
                taken.add(zone.candidates.schools[step])
