"""A group of anchors that compete for feeders: the numbers of its schools, and its columns so far."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from clustering.zones.solver.branch_and_price.branching import NOTHING_DECIDED, Node
from clustering.zones.solver.branch_and_price.differences import Placement, difference_row
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
    differ_from, minimum_difference
        Plans, and in how many schools at least the Zones must differ from each; only where no school is shared.
    """

    locks: frozenset[str] = frozenset()
    root: Node = NOTHING_DECIDED
    maximum_zones: int | None = None
    differ_from: tuple[frozenset[Placement], ...] = ()
    minimum_difference: int = 0


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
    candidates
        Number of each candidate, by anchor and position: the same school has one for each anchor that wants it.
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
        self._row_of_candidate = np.concatenate([np.zeros(0, dtype=np.intp), *self.rows])
        ends = np.cumsum([len(each) for each in self.rows])
        self.candidates = [np.arange(end - len(each), end) for each, end in zip(self.rows, ends, strict=True)]
        self._columns: list[Column] = []
        self._column_counts = [0] * len(oracles)
        self.pricing = GroupPricing(oracles, self.candidates)

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
            differences=[
                difference_row(self.oracles, plan, minimum_difference=conditions.minimum_difference)
                for plan in conditions.differ_from
            ],
        )

    def candidate_prices(self, rows: MasterRows, prices: DualPrices) -> np.ndarray:
        """What a Zone pays for each candidate at the dual prices, by number; 0 without a row."""
        price_of = np.zeros(len(self._number))
        price_of[rows.schools] = prices.schools
        paid: np.ndarray = price_of[self._row_of_candidate]
        for price, difference in zip(prices.differences, rows.differences, strict=True):
            paid += price * difference.of_candidates
        return paid

    def school_prices(self, rows: MasterRows, prices: DualPrices) -> dict[str, float]:
        """The dual price of every school that has one [students per year]."""
        priced = {int(number): float(prices.schools[row]) for row, number in enumerate(rows.schools)}
        return {school: price for school, number in self._number.items() if (price := priced.get(number, 0.0)) > 0}

    def zone_prices(self, rows: MasterRows, prices: DualPrices) -> np.ndarray:
        """What a Zone of each anchor pays at the dual prices, whatever its feeders [anchors]."""
        paid = np.full(len(self.oracles), prices.zone)
        for price, difference in zip(prices.differences, rows.differences, strict=True):
            paid += price * difference.opening
        return paid

    def columns(self) -> Sequence[Column]:
        """Zones that were found so far, as columns; new ones come behind those of an earlier call."""
        for anchor, oracle in enumerate(self.oracles):
            for zone in oracle.found[self._column_counts[anchor] :]:
                schools = tuple(self.rows[anchor][list(zone.feeders)].tolist())
                self._columns.append(Column(anchor=anchor, feeders=zone.feeders, schools=schools, value=zone.value))
            self._column_counts[anchor] = len(oracle.found)
        return self._columns
