"""A group of anchors that compete for feeders: the numbers of its schools, and its columns so far."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from clustering.zones.solver.branch_and_price.branching import NOTHING_DECIDED, Node
from clustering.zones.solver.branch_and_price.master_problem import Column, DualPrices, MasterRows
from clustering.zones.solver.branch_and_price.pricing import GroupPricing
from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle


@dataclass(frozen=True, kw_only=True)
class GroupConditions:
    """
    What the Zones of a group must keep to, beyond the limits of each Zone.

    Parameters
    ----------
    locks
        Schools that must be in a Zone; an anchor among them must have one.
    root
        Decisions at the root of the branching tree.
    maximum_zones
        Zones at most; ``None`` means no limit.
    """

    locks: frozenset[str] = frozenset()
    root: Node = NOTHING_DECIDED
    maximum_zones: int | None = None


class AnchorGroup:
    """
    Anchors that are solved together, and the Zones found for them so far: every solution starts from these.

    Parameters
    ----------
    oracles
        One per anchor.
    shared
        Whether a school may be in several Zones.

    Attributes
    ----------
    rows
        Number of each candidate school, by anchor and position.
    """

    def __init__(self, oracles: Sequence[PricingOracle], *, shared: bool = False) -> None:
        self.oracles, self.shared = oracles, shared
        zones_wanting: dict[str, int] = {}
        for oracle in oracles:
            for school in oracle.schools:
                zones_wanting[school] = zones_wanting.get(school, 0) + 1
        schools = sorted(zones_wanting)
        # Every school has a number; only those that several anchors want, or that are locked, have a row.
        self._number = {school: number for number, school in enumerate(schools)}
        self._is_contended = np.array([zones_wanting[school] > 1 and not shared for school in schools], dtype=bool)
        self.rows = [np.array([self._number[school] for school in each.schools], dtype=np.intp) for each in oracles]
        self._columns: list[Column] = []
        self._column_counts = [0] * len(oracles)
        self.pricing = GroupPricing(oracles, self.rows)

    def forced_anchors(self, locks: Collection[str]) -> frozenset[int]:
        """Numbers of the anchors that locks force to have a Zone."""
        return frozenset(number for number, each in enumerate(self.oracles) if each.anchor_id in locks)

    def master_rows(self, conditions: GroupConditions) -> MasterRows:
        """Rows of the master problem under some conditions."""
        forced = frozenset(self._number[school] for school in conditions.locks if school in self._number)
        has_row = self._is_contended.copy()
        has_row[list(forced)] = True
        most = conditions.maximum_zones
        return MasterRows(
            anchor_count=len(self.oracles),
            schools=np.flatnonzero(has_row),
            forced_anchors=self.forced_anchors(conditions.locks),
            forced_schools=forced,
            maximum_zones=len(self.oracles) if most is None else most,
            zones_per_school=math.inf if self.shared else 1.0,
        )

    def school_prices(self, rows: MasterRows, prices: DualPrices) -> np.ndarray:
        """Dual price of every school, by number; 0 without a row."""
        price_of = np.zeros(len(self._number))
        price_of[rows.schools] = prices.schools
        return price_of

    def columns(self) -> Sequence[Column]:
        """Zones that were found so far, as columns; new ones come behind those of an earlier call."""
        for anchor, oracle in enumerate(self.oracles):
            for zone in oracle.found[self._column_counts[anchor] :]:
                schools = tuple(self.rows[anchor][list(zone.feeders)].tolist())
                self._columns.append(Column(anchor=anchor, feeders=zone.feeders, schools=schools, value=zone.value))
            self._column_counts[anchor] = len(oracle.found)
        return self._columns
