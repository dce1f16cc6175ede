"""
Branch and bound for the best Zone of one anchor under side constraints (enrolment, contiguity).

``branch_and_bound`` finds the best Zone without side constraints. Where that Zone breaks one, this search fixes school
after school in or out. The best Zone without side constraints bounds every Zone of a node; the node with the greatest
bound comes first, and a node whose bound is no better than the incumbent is dropped. In most nodes ``enrolment_limit``
finds the best Zone within the enrolment at once.
"""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from clustering.zones.solver.single_zone.branch_and_bound import find_best_zone
from clustering.zones.solver.single_zone.enrolment_limit import (
    EnrolmentLimit,
    find_lagrangian_bound,
    find_within_capacity,
)
from clustering.zones.solver.single_zone.problem import NO_FIXINGS, Fixings, ZoneProblem
from clustering.zones.solver.single_zone.side_constraints import SideConstraints, find_connected
from clustering.zones.solver.single_zone.zone_found import TooManySetsError, UnprovedZoneError, ZoneFound
from clustering.zones.tolerances import ROUNDING_STUDENTS


@dataclass(frozen=True, kw_only=True, eq=False)
class _Fixed:
    """Candidates fixed in and out of the Zone of a node [n]."""

    required: np.ndarray
    forbidden: np.ndarray

    def with_required(self, position: int) -> _Fixed:
        """The same with one more school in."""
        return _Fixed(required=_with(self.required, position), forbidden=self.forbidden)

    def with_forbidden(self, position: int) -> _Fixed:
        """The same with one more school out."""
        return _Fixed(required=self.required, forbidden=_with(self.forbidden, position))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Node:
    """What is fixed, a bound on every Zone that agrees with it, the Zone to branch on, and its rival."""

    fixed: _Fixed
    bound: float
    zone: ZoneFound
    rival: ZoneFound | None  # keeps the enrolment, where ``zone`` does not


def find_constrained_zone(
    problem: ZoneProblem,
    side: SideConstraints,
    *,
    prices: np.ndarray | None = None,
    fixings: Fixings = NO_FIXINGS,
    deadline: float = math.inf,
) -> ZoneFound | None:
    """
    Find the Zone of the greatest value that satisfies the side constraints too.

    Parameters
    ----------
    problem
        The anchor's pricing problem.
    side
        The side constraints.
    prices, fixings
        As for ``branch_and_bound.find_best_zone``.
    deadline
        Of ``time.monotonic``.

    Returns
    -------
    found
        The best; ``None`` if there is none.

    Raises
    ------
    UnprovedZoneError
        The deadline passed, or a node is too wide. If that is the first node, the bound is infinite.
    """
    nobody = problem.nobody
    fixed = _Fixed(
        required=nobody if fixings.required is None else fixings.required,
        forbidden=nobody if fixings.forbidden is None else fixings.forbidden,
    )
    return _Search(problem, side, np.zeros(len(nobody)) if prices is None else prices, deadline).solve(fixed)


class _Search:
    """Open nodes in the order of their bounds, and the incumbent."""

    def __init__(self, problem: ZoneProblem, side: SideConstraints, prices: np.ndarray, deadline: float) -> None:
        self.problem, self.side, self.prices, self.deadline = problem, side, prices, deadline
        self.incumbent: ZoneFound | None = None
        self.open_nodes: list[tuple[float, int, _Node]] = []
        self.count = 0

    @property
    def value(self) -> float:
        """Of the incumbent."""
        return -math.inf if self.incumbent is None else self.incumbent.value

    def solve(self, fixed: _Fixed) -> ZoneFound | None:
        """Search all nodes below the root."""
        bound = math.inf
        try:
            self.open(_Fixed(required=fixed.required | self.problem.mandatory, forbidden=fixed.forbidden))
            while self.open_nodes and (bound := -self.open_nodes[0][0]) > self.value + ROUNDING_STUDENTS:
                if time.monotonic() > self.deadline:
                    raise UnprovedZoneError(self.incumbent, bound)
                node = heapq.heappop(self.open_nodes)[2]
                for child in self.branch(node):
                    self.open(child)
        except TooManySetsError:
            # Its own bound is that of one node; another node may have a better Zone.
            raise UnprovedZoneError(self.incumbent, bound) from None
        return self.incumbent

    def open(self, fixed: _Fixed) -> None:
        """Bound a node; keep it if it may hold a better Zone than the incumbent."""
        reachable = self.side.connected_to_anchor(~fixed.forbidden)
        fixed = _Fixed(required=fixed.required, forbidden=fixed.forbidden | ~reachable)
        if (fixed.required & fixed.forbidden).any() or (node := self.bound(fixed)) is None:
            return
        self.improve_incumbent(node.zone)
        if node.rival is not None:
            self.improve_incumbent(node.rival)
        if node.bound > self.value + ROUNDING_STUDENTS:
            heapq.heappush(self.open_nodes, (-node.bound, self.count, node))
            self.count += 1

    def improve_incumbent(self, zone: ZoneFound) -> None:
        """Keep a better Zone as the incumbent; of one in pieces, the best of its schools connected to the anchor."""
        if not self.side.are_satisfied(zone.feeders):
            inside = np.zeros(len(self.prices), dtype=bool)
            inside[list(zone.feeders)] = True
            connected = self.side.connected_to_anchor(inside)
            if (connected == inside).all():
                return
            found = find_best_zone(self.problem, prices=self.prices, fixings=Fixings(forbidden=~connected))
            if not found or not self.side.are_satisfied(found[0].feeders):
                return
            zone = found[0]
        if zone.value > self.value:
            self.incumbent = zone

    def bound(self, fixed: _Fixed) -> _Node | None:
        """The best Zone within the enrolment; where that is too much to try, the Lagrangian bound."""
        limit = EnrolmentLimit(
            problem=self.problem,
            capacity=self.side.capacity,
            enrolment=self.side.enrolment,
            prices=self.prices,
            fixings=Fixings(required=fixed.required, forbidden=fixed.forbidden),
        )
        if (known := find_lagrangian_bound(limit)) is None:
            return None
        if (best := find_within_capacity(limit, known)) is not None or known.over is None:
            best = best or known.under
            return _Node(fixed=fixed, bound=best.value, zone=best, rival=None)
        return _Node(fixed=fixed, bound=known.bound, zone=known.over, rival=known.under)

    def branch(self, node: _Node) -> Iterator[_Fixed]:
        """Branch on a school that the Zone should not have, or on one that would connect what lies apart."""
        inside = np.zeros(len(self.prices), dtype=bool)
        inside[list(node.zone.feeders)] = True
        if node.rival is not None:
            only = inside.copy()
            only[list(node.rival.feeders)] = False
            yield from _in_and_out(node.fixed, int(np.argmax(np.where(only, self.side.enrolment, -1.0))))
            return
        routes = self.problem.routes.open(inside[None, self.problem.inner].astype(np.float64))[0]
        worth = self.problem.own - self.prices + self.problem.gain @ routes
        apart = inside & ~self.side.connected_to_anchor(inside)
        if (apart & node.fixed.required).any():
            yield from self.connect(node.fixed, worth)
        else:
            yield from _in_and_out(node.fixed, int(np.argmax(np.where(apart, worth, -math.inf))))

    def connect(self, fixed: _Fixed, worth: np.ndarray) -> Iterator[_Fixed]:
        """
        Branch on the school that connects one of the required pieces with the others.

        Some neighbour of the piece is in: the first, or the second without the first, and so on. The piece with the
        fewest neighbours leaves the fewest children, and the neighbour worth most comes first.
        """
        decided, borders = np.append(fixed.required, True), []
        left = decided.copy()
        while left.any():
            piece = find_connected(self.side.touching, decided, int(np.argmax(left)))
            left &= ~piece
            around = self.side.touching[piece].any(axis=0) & ~piece
            borders.append(np.flatnonzero(around[:-1] & ~fixed.forbidden))
        border = min(borders, key=len)
        for position in border[np.argsort(-worth[border], kind="stable")]:
            yield fixed.with_required(position)
            fixed = fixed.with_forbidden(position)


def _in_and_out(fixed: _Fixed, position: int) -> Iterator[_Fixed]:
    yield fixed.with_required(position)
    yield fixed.with_forbidden(position)


def _with(mask: np.ndarray, position: int) -> np.ndarray:
    more = mask.copy()
    more[position] = True
    return more
