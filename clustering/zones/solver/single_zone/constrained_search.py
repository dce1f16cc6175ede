"""
The best Zone of one anchor where its schools must keep enrolment or contiguity together.

``one_zone`` finds the best Zone without these limits. Where that breaks one of them, this search decides school after
school, in or out, until what is left is kept: the best Zone without the limits bounds every Zone that agrees with what
is decided, the branch of the greatest bound is looked at first, and one whose bound is no better than a Zone already
found is dropped. ``enrolment`` finds the best Zone within the enrolment of most branches.
"""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from clustering.zones.solver.single_zone.branch_and_bound import ZoneFound, find_best_zone
from clustering.zones.solver.single_zone.enrolment_limit import Room, bound_by_price, find_within_room
from clustering.zones.solver.single_zone.problem import ZoneProblem
from clustering.zones.solver.single_zone.side_constraints import SideLimits, spread

_NEGLIGIBLE = 1e-9


class UnprovedZoneError(Exception):
    """
    The deadline passed before the best Zone of an anchor was proved.

    Parameters
    ----------
    found
        The best Zone so far that keeps all limits; ``None`` if none was found.
    bound
        No Zone of the anchor has a greater value.
    """

    def __init__(self, found: ZoneFound | None, bound: float) -> None:
        super().__init__(found, bound)
        self.found, self.bound = found, bound


@dataclass(frozen=True, kw_only=True, eq=False)
class _Branch:
    """Candidates decided in and out; a bound on every Zone that agrees; the Zone to part it by, and its rival."""

    must: np.ndarray
    barred: np.ndarray
    bound: float
    zone: ZoneFound
    rival: ZoneFound | None  # keeps the enrolment, where ``zone`` does not


def find_within_limits(
    problem: ZoneProblem,
    side: SideLimits,
    *,
    prices: np.ndarray,
    must: np.ndarray,
    barred: np.ndarray,
    deadline: float = math.inf,
) -> ZoneFound | None:
    """
    Find the Zone of the greatest value that keeps the side limits too.

    Parameters
    ----------
    problem
        The anchor's Zone.
    side
        The limits.
    prices
        What each candidate costs [n; students per year].
    must, barred
        Candidates that the Zone must have, must not have [n].
    deadline
        Of ``time.monotonic``.

    Returns
    -------
    found
        The best; ``None`` if there is none.

    Raises
    ------
    UnprovedZoneError
        The deadline passed.
    """
    return _Search(problem, side, prices, deadline).solve(must, barred)


class _Search:
    """Branches in the order of their bounds, and the best Zone so far."""

    def __init__(self, problem: ZoneProblem, side: SideLimits, prices: np.ndarray, deadline: float) -> None:
        self.problem, self.side, self.prices, self.deadline = problem, side, prices, deadline
        self.best: ZoneFound | None = None
        self.waiting: list[tuple[float, int, _Branch]] = []
        self.count = 0

    @property
    def value(self) -> float:
        """Of the best Zone so far."""
        return -math.inf if self.best is None else self.best.value

    def solve(self, must: np.ndarray, barred: np.ndarray) -> ZoneFound | None:
        """Search all branches."""
        self.open(must | self.problem.mandatory, barred)
        while self.waiting and -self.waiting[0][0] > self.value + _NEGLIGIBLE:
            if time.monotonic() > self.deadline:
                raise UnprovedZoneError(self.best, -self.waiting[0][0])
            branch = heapq.heappop(self.waiting)[2]
            for more_must, more_barred in self.part(branch):
                self.open(more_must, more_barred)
        return self.best

    def open(self, must: np.ndarray, barred: np.ndarray) -> None:
        """Bound a branch; keep it if it may hold a better Zone than the best so far."""
        barred = barred | ~self.side.joined(~barred)
        if (must & barred).any() or (branch := self.bound(must, barred)) is None:
            return
        self.take(branch.zone)
        if branch.rival is not None:
            self.take(branch.rival)
        if branch.bound > self.value + _NEGLIGIBLE:
            heapq.heappush(self.waiting, (-branch.bound, self.count, branch))
            self.count += 1

    def take(self, zone: ZoneFound) -> None:
        """Take a Zone that keeps the limits, or the best among its schools that hang together, if it is better."""
        if not self.side.are_kept(zone.feeders):
            inside = np.zeros(len(self.prices), dtype=bool)
            inside[list(zone.feeders)] = True
            joined = self.side.joined(inside)
            if (joined == inside).all():
                return
            found = find_best_zone(self.problem, prices=self.prices, barred=~joined)
            if not found or not self.side.are_kept(found[0].feeders):
                return
            zone = found[0]
        if zone.value > self.value:
            self.best = zone

    def bound(self, must: np.ndarray, barred: np.ndarray) -> _Branch | None:
        """The best Zone within the enrolment, or where that is too much to try, the bound of the best price."""
        room = Room(
            problem=self.problem,
            most=self.side.room,
            enrolment=self.side.enrolment,
            prices=self.prices,
            must=must,
            barred=barred,
        )
        if (known := bound_by_price(room)) is None:
            return None
        if (best := find_within_room(room, known)) is not None or known.over is None:
            best = best or known.under
            return _Branch(must=must, barred=barred, bound=best.value, zone=best, rival=None)
        return _Branch(must=must, barred=barred, bound=known.bound, zone=known.over, rival=known.under)

    def part(self, branch: _Branch) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Part a branch by a school that its Zone should not have, or by one that would join what lies apart."""
        inside = np.zeros(len(self.prices), dtype=bool)
        inside[list(branch.zone.feeders)] = True
        if branch.rival is not None:
            only = inside.copy()
            only[list(branch.rival.feeders)] = False
            yield from _both_ways(branch, int(np.argmax(np.where(only, self.side.enrolment, -1.0))))
            return
        worth = self.problem.own - self.prices + self.problem.gain @ inside[self.problem.inner]
        apart = inside & ~self.side.joined(inside)
        if (apart & branch.must).any():
            yield from self.join(branch, worth)
        else:
            yield from _both_ways(branch, int(np.argmax(np.where(apart, worth, -math.inf))))

    def join(self, branch: _Branch, worth: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """
        Part a branch by the school through which one of the pieces decided in hangs together with the others.

        Some neighbour of the piece is in: the first, or the second without the first, and so on. The piece with the
        fewest neighbours leaves the fewest branches, and what is worth most comes first.
        """
        decided, borders = np.append(branch.must, True), []
        left = decided.copy()
        while left.any():
            piece = spread(self.side.touching, decided, int(np.argmax(left)))
            left &= ~piece
            around = self.side.touching[piece].any(axis=0) & ~piece
            borders.append(np.flatnonzero(around[:-1] & ~branch.barred))
        border = min(borders, key=len)
        barred = branch.barred
        for place in border[np.argsort(-worth[border], kind="stable")]:
            yield _with(branch.must, place), barred
            barred = _with(barred, place)


def _both_ways(branch: _Branch, place: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    yield _with(branch.must, place), branch.barred
    yield branch.must, _with(branch.barred, place)


def _with(places: np.ndarray, place: int) -> np.ndarray:
    more = places.copy()
    more[place] = True
    return more
