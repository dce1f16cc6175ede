"""
The k best memberships of one group of anchors, by Lawler's partition.

All memberships but the best are parted by the first decision in which they differ from it (Lawler, A procedure for
computing the K best solutions to discrete optimization problems, Management Science 18(7), 1972). A decision is whether
an anchor has a Zone, or whether a candidate is in it. The best of every part is found by branch and price; the best of
these is the next membership, and its part is parted in the same way. A part is solved only when its Lagrangian bound,
at the dual prices of the first solution, exceeds every membership known: most parts never are.
"""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from clustering.errors import OutOfTimeError
from clustering.zones.request import ZoneRequest
from clustering.zones.solver.branch_and_price.anchor_group import AnchorGroup, GroupConditions
from clustering.zones.solver.branch_and_price.branch_and_price import solve_group
from clustering.zones.solver.branch_and_price.branching import Node
from clustering.zones.solver.branch_and_price.column_generation import constant_of_bound, generate_columns
from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle
from clustering.zones.solver.single_zone.branch_and_bound import find_best_zone
from clustering.zones.solver.single_zone.problem import Fixings
from clustering.zones.solver.single_zone.zone_found import UnprovedZoneError
from clustering.zones.tolerances import RANKING_BOUND_STUDENTS

_LATE = "time_limit_s was reached before the next membership was proved"


class _Decision(NamedTuple):
    """Whether an anchor has a Zone, by its number, or whether the candidate at a position is in it."""

    anchor: int
    position: int | None


@dataclass(frozen=True, kw_only=True, eq=False)
class RankedMembership:
    """
    A membership of a group.

    Parameters
    ----------
    value
        Its score less what breaks ties [students per year].
    zones
        Anchor to the feeders of its Zone.
    """

    value: float
    zones: dict[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Part:
    """
    The memberships that agree with a node, and the best of them.

    ``decisions`` are those that the node leaves open, in the order in which the part is parted further.
    """

    node: Node
    best: RankedMembership
    decisions: tuple[_Decision, ...]
    positions: tuple[frozenset[int] | None, ...]  # of the best, per anchor; None without a Zone

    def is_in(self, decision: _Decision) -> bool:
        """How the best membership decides."""
        positions = self.positions[decision.anchor]
        return positions is not None and (decision.position is None or decision.position in positions)


class _WaitingPart(NamedTuple):
    """A part, or what differs from its best in a decision first; the greatest bound sorts first, then the oldest."""

    negative_bound: float
    number: int
    part: _Part
    differs_in: int | None  # number of the decision


@dataclass(frozen=True, kw_only=True, eq=False)
class _AnchorState:
    """What is decided about one anchor: whether it has a Zone (``None``: open), and which candidates are in or out."""

    is_open: bool | None
    required: np.ndarray
    forbidden: np.ndarray

    @classmethod
    def of(cls, anchor: int, size: int, node: Node) -> _AnchorState:
        """Read what a node decides about an anchor."""
        fixed = node.fixed(anchor)
        required, forbidden = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
        required[list(fixed.required)] = True
        forbidden[list(fixed.forbidden)] = True
        is_open = True if anchor in node.opened else False if anchor in node.closed else None
        return cls(is_open=is_open, required=required, forbidden=forbidden)

    def decided(self, decision: _Decision, *, is_in: bool) -> _AnchorState:
        """The same with one decision more."""
        if decision.position is None:
            return replace(self, is_open=is_in)
        mask = (self.required if is_in else self.forbidden).copy()
        mask[decision.position] = True
        return replace(self, required=mask) if is_in else replace(self, forbidden=mask)


@dataclass(frozen=True, kw_only=True, eq=False)
class _BoundPrices:
    """Dual prices of every candidate and of a Zone, and the part of the Lagrangian bound that is the same for all."""

    candidates: np.ndarray
    zone: float
    constant: float


class GroupRanking:
    """
    Memberships of a group of anchors, worked out as far as they are needed.

    Parameters
    ----------
    oracles
        One per anchor.
    request
        The limits of the request.
    maximum_zones
        Zones at most; ``None`` means no limit.
    deadline
        Of ``time.monotonic``.

    Attributes
    ----------
    found
        The memberships proved so far, the best first.
    """

    def __init__(
        self, oracles: Sequence[PricingOracle], request: ZoneRequest, *, maximum_zones: int | None, deadline: float
    ) -> None:
        self._oracles, self._deadline = oracles, deadline
        self._group = AnchorGroup(oracles, shared=request.parameters.shared_feeders)
        within = {school for each in oracles for school in each.possible_members}
        self._conditions = GroupConditions(
            locks=frozenset(within.intersection(request.parameters.force_in)), maximum_zones=maximum_zones
        )
        self.found: list[RankedMembership] = []
        self._waiting: list[_WaitingPart] = []
        self._count = 0
        self._push_part(Node(opened=self._group.forced_anchors(self._conditions.locks)))
        self._prices = self._find_prices()

    def find(self, rank: int) -> RankedMembership | None:
        """The membership of a rank, from 0; ``None`` if there are not so many."""
        while len(self.found) <= rank and self._waiting:
            waiting = heapq.heappop(self._waiting)
            if waiting.differs_in is None:
                self.found.append(waiting.part.best)
                self._divide(waiting.part)
            else:
                self._push_part(_differing(waiting.part, waiting.differs_in))
        return self.found[rank] if len(self.found) > rank else None

    def _push_part(self, node: Node) -> None:
        """Solve a part and let it wait for its turn; nothing if it is empty."""
        solution = solve_group(self._group, replace(self._conditions, root=node), deadline=self._deadline)
        if not solution.is_proved:
            raise OutOfTimeError(_LATE)
        if solution.value == -math.inf:
            return
        positions = tuple(
            frozenset(oracle.schools.index(school) for school in solution.zones[oracle.anchor_id])
            if oracle.anchor_id in solution.zones
            else None
            for oracle in self._oracles
        )
        part = _Part(
            node=node,
            best=RankedMembership(value=solution.value, zones=dict(solution.zones)),
            decisions=tuple(self._open_decisions(node, positions)),
            positions=positions,
        )
        self._push(solution.value, part, None)

    def _push(self, bound: float, part: _Part, differs_in: int | None) -> None:
        heapq.heappush(self._waiting, _WaitingPart(-bound, self._count, part, differs_in))
        self._count += 1

    def _open_decisions(self, node: Node, positions: Sequence[frozenset[int] | None]) -> Iterator[_Decision]:
        decided = node.required | node.forbidden
        for number, oracle in enumerate(self._oracles):
            if number not in node.opened | node.closed:
                yield _Decision(number, None)
            if positions[number] is not None:
                for position in range(len(oracle.schools)):
                    if (number, position) not in decided:
                        yield _Decision(number, position)

    def _divide(self, part: _Part) -> None:
        """Bound every part of the memberships but the best of a part, and let it wait for its turn."""
        states = [_AnchorState.of(number, len(each.schools), part.node) for number, each in enumerate(self._oracles)]
        added = [self._most_added(number, state) for number, state in enumerate(states)]
        for number, decision in enumerate(part.decisions):
            if time.monotonic() > self._deadline:
                raise OutOfTimeError(_LATE)
            anchor, is_in = decision.anchor, part.is_in(decision)
            flipped = self._most_added(anchor, states[anchor].decided(decision, is_in=not is_in))
            bound = self._prices.constant + math.fsum((*added[:anchor], flipped, *added[anchor + 1 :]))
            if bound > -math.inf:
                self._push(bound + RANKING_BOUND_STUDENTS, part, number)
            states[anchor] = states[anchor].decided(decision, is_in=is_in)
            if number + 1 == len(part.decisions) or part.decisions[number + 1].anchor != anchor:
                added[anchor] = self._most_added(anchor, states[anchor])

    def _most_added(self, anchor: int, state: _AnchorState) -> float:
        """What an anchor can add to the Lagrangian bound at the dual prices of the first solution."""
        if state.is_open is False:
            return 0.0
        try:
            found = find_best_zone(
                self._oracles[anchor].problem,
                prices=self._prices.candidates[self._group.candidates[anchor]],
                fixings=Fixings(required=state.required, forbidden=state.forbidden),
            )
            most = found[0].value if found else -math.inf
        except UnprovedZoneError as wide:
            most = wide.bound
        worth = most - self._prices.zone
        return worth if state.is_open else max(worth, 0.0)

    def _find_prices(self) -> _BoundPrices:
        """Dual prices of the linear relaxation over all Zones: others give bounds that are far above it."""
        rows = self._group.master_rows(self._conditions)
        root = Node(opened=rows.forced_anchors)
        prices = generate_columns(self._group, rows, root, deadline=self._deadline).prices
        return _BoundPrices(
            candidates=self._group.candidate_prices(rows, prices),
            zone=prices.zone,
            constant=constant_of_bound(rows, prices),
        )


def _differing(part: _Part, differs_in: int) -> Node:
    """The node that agrees with the best of a part up to a decision, and differs in it."""
    opened, closed = set(part.node.opened), set(part.node.closed)
    required, forbidden = set(part.node.required), set(part.node.forbidden)
    for number, decision in enumerate(part.decisions[: differs_in + 1]):
        is_in = part.is_in(decision) != (number == differs_in)
        if decision.position is None:
            (opened if is_in else closed).add(decision.anchor)
        else:
            (required if is_in else forbidden).add((decision.anchor, decision.position))
    return Node(
        opened=frozenset(opened),
        closed=frozenset(closed),
        required=frozenset(required),
        forbidden=frozenset(forbidden),
    )
