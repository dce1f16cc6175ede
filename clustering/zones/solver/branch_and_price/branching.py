"""Decisions that part the answers of a packing in two, and which to take next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from clustering.zones.solver.branch_and_price.master_problem import Column

_WHOLE = 1e-6


@dataclass(frozen=True, kw_only=True)
class Branch:
    """
    What is decided: anchors with and without a Zone, by number, and candidates in or out, by anchor and place.

    Parameters
    ----------
    opened, closed
        Numbers of anchors.
    must, barred
        Pairs of anchor and place.
    """

    opened: frozenset[int] = frozenset()
    closed: frozenset[int] = frozenset()
    must: frozenset[tuple[int, int]] = frozenset()
    barred: frozenset[tuple[int, int]] = frozenset()

    def allows(self, column: Column) -> bool:
        """Whether a Zone agrees with what is decided."""
        if column.anchor in self.closed:
            return False
        if not (self.must or self.barred):
            return True
        must, barred = self.places(column.anchor)
        return must <= column.places and barred.isdisjoint(column.places)

    def places(self, anchor: int) -> tuple[frozenset[int], frozenset[int]]:
        """Places of the candidates that an anchor's Zone must, and must not, have."""
        return self._by_anchor.get(anchor, (frozenset(), frozenset()))

    @cached_property
    def _by_anchor(self) -> dict[int, tuple[frozenset[int], frozenset[int]]]:
        found: dict[int, tuple[set[int], set[int]]] = {}
        for side, pairs in enumerate((self.must, self.barred)):
            for anchor, place in pairs:
                found.setdefault(anchor, (set(), set()))[side].add(place)
        return {anchor: (frozenset(must), frozenset(barred)) for anchor, (must, barred) in found.items()}


def divide(
    branch: Branch, columns: Sequence[Column], weights: np.ndarray, rows: Sequence[np.ndarray], *, shared: bool
) -> tuple[Branch, Branch] | None:
    """
    Part a branch by the decision that its relaxation divides most evenly: an anchor's Zone, or else a school's anchor.

    Parameters
    ----------
    branch
        What is decided so far.
    columns, weights
        The relaxation: Zones, and how much of each is chosen, 0 to 1.
    rows
        Number of each candidate school, by anchor and place.
    shared
        Whether a school may be in several Zones.

    Returns
    -------
    halves
        ``None`` if the relaxation divides nothing.
    """
    open_share: dict[int, float] = {}
    share: dict[tuple[int, int], float] = {}
    for column, weight in zip(columns, weights, strict=True):
        if weight > _WHOLE:
            open_share[column.anchor] = open_share.get(column.anchor, 0.0) + weight
            for place in column.feeders:
                share[column.anchor, place] = share.get((column.anchor, place), 0.0) + weight
    anchor = min(open_share, key=lambda number: (abs(open_share[number] - 0.5), number), default=None)
    if anchor is not None and _WHOLE < open_share[anchor] < 1 - _WHOLE:
        return (
            replace(branch, opened=branch.opened | {anchor}),
            replace(branch, closed=branch.closed | {anchor}),
        )
    pair = min(share, key=lambda each: (abs(share[each] - 0.5), each), default=None)
    if pair is None or not _WHOLE < share[pair] < 1 - _WHOLE:
        return None
    elsewhere = {
        (other, int(place))
        for other, of_other in enumerate(rows)
        if other != pair[0] and not shared
        for place in np.flatnonzero(of_other == rows[pair[0]][pair[1]])
    }
    inside = replace(
        branch, opened=branch.opened | {pair[0]}, must=branch.must | {pair}, barred=branch.barred | elsewhere
    )
    return inside, replace(branch, barred=branch.barred | {pair})
