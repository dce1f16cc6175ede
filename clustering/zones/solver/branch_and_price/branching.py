"""Nodes of the branching tree, and which decision to branch on next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from clustering.zones.solver.branch_and_price.master_problem import Column
from clustering.zones.solver.single_zone.problem import Fixings
from clustering.zones.tolerances import INTEGRALITY

# Number of an anchor, and position of a school among that anchor's candidates.
Candidate = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class FixedCandidates:
    """
    Candidates of one anchor that are fixed, by position.

    Parameters
    ----------
    required
        The anchor's Zone must have them.
    forbidden
        It must not have them.
    """

    required: frozenset[int] = frozenset()
    forbidden: frozenset[int] = frozenset()

    def masks(self, size: int) -> Fixings:
        """The same as truth values per candidate."""
        return Fixings(required=_mask(self.required, size), forbidden=_mask(self.forbidden, size))


NOTHING_FIXED = FixedCandidates()


def _mask(positions: frozenset[int], size: int) -> np.ndarray | None:
    if not positions:
        return None
    mask = np.zeros(size, dtype=bool)
    mask[list(positions)] = True
    return mask


@dataclass(frozen=True, kw_only=True)
class Node:
    """
    A node of the branching tree: the decisions that lead to it.

    Parameters
    ----------
    opened, closed
        Numbers of the anchors that must have a Zone, and must not have one.
    required
        Candidates that their anchor's Zone must have.
    forbidden
        Candidates that it must not have.
    """

    opened: frozenset[int] = frozenset()
    closed: frozenset[int] = frozenset()
    required: frozenset[Candidate] = frozenset()
    forbidden: frozenset[Candidate] = frozenset()

    def allows(self, column: Column) -> bool:
        """Whether a column agrees with the decisions."""
        if column.anchor in self.closed:
            return False
        if not (self.required or self.forbidden):
            return True
        fixed = self.fixed(column.anchor)
        return fixed.required <= column.positions and fixed.forbidden.isdisjoint(column.positions)

    def fixed(self, anchor: int) -> FixedCandidates:
        """Candidates of an anchor that are fixed; ``NOTHING_FIXED`` itself if none is."""
        return self._by_anchor.get(anchor, NOTHING_FIXED)

    @cached_property
    def _by_anchor(self) -> dict[int, FixedCandidates]:
        required, forbidden = _group_by_anchor(self.required), _group_by_anchor(self.forbidden)
        nothing = frozenset[int]()
        return {
            anchor: FixedCandidates(
                required=frozenset(required.get(anchor, nothing)), forbidden=frozenset(forbidden.get(anchor, nothing))
            )
            for anchor in {*required, *forbidden}
        }


# The root of a branching tree where nothing is decided before.
NOTHING_DECIDED = Node()


def _group_by_anchor(candidates: frozenset[Candidate]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for anchor, position in candidates:
        found.setdefault(anchor, set()).add(position)
    return found


def branch_on_fraction(
    node: Node, columns: Sequence[Column], weights: np.ndarray, rows: Sequence[np.ndarray], *, shared: bool
) -> tuple[Node, Node] | None:
    """
    Branch on the most fractional decision of a node's relaxation: an anchor's Zone, or else a school's anchor.

    Parameters
    ----------
    node
        The node.
    columns, weights
        The relaxation: Zones, and how much of each is chosen [0 to 1].
    rows
        Number of each candidate school, by anchor and position.
    shared
        Whether a school may be in several Zones.

    Returns
    -------
    children
        ``None`` if the relaxation is integral.
    """
    open_share: dict[int, float] = {}
    share: dict[Candidate, float] = {}
    for column, weight in zip(columns, weights, strict=True):
        if weight > INTEGRALITY:
            open_share[column.anchor] = open_share.get(column.anchor, 0.0) + weight
            for position in column.feeders:
                share[column.anchor, position] = share.get((column.anchor, position), 0.0) + weight
    anchor = min(open_share, key=lambda number: (abs(open_share[number] - 0.5), number), default=None)
    if anchor is not None and INTEGRALITY < open_share[anchor] < 1 - INTEGRALITY:
        return replace(node, opened=node.opened | {anchor}), replace(node, closed=node.closed | {anchor})
    candidate = min(share, key=lambda each: (abs(share[each] - 0.5), each), default=None)
    if candidate is None or not INTEGRALITY < share[candidate] < 1 - INTEGRALITY:
        return None
    elsewhere = frozenset() if shared else _same_school_elsewhere(candidate, rows)
    inside = replace(
        node,
        opened=node.opened | {candidate[0]},
        required=node.required | {candidate},
        forbidden=node.forbidden | elsewhere,
    )
    return inside, replace(node, forbidden=node.forbidden | {candidate})


def _same_school_elsewhere(candidate: Candidate, rows: Sequence[np.ndarray]) -> frozenset[Candidate]:
    """The school of a candidate as a candidate of other anchors."""
    anchor, position = candidate
    return frozenset(
        (other, int(found))
        for other, of_other in enumerate(rows)
        if other != anchor
        for found in np.flatnonzero(of_other == rows[anchor][position])
    )
