"""
Dual prices of a solved group, which prove its Zones best.

Where the linear relaxation of a group is as good as its Zones, its dual prices prove them best: every Zone is the best
of its anchor at these prices, and every school that has a price is in a Zone. Prices that do so are seldom the only
ones: if the others stay, the price of a school may be anything between the highest bid of another anchor and the
highest price that its own Zone bears. A price in the middle leaves room on both sides, so that the prices can still
prove the other Zones best when a condition changes one of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from clustering.zones.solver.branch_and_price.anchor_group import AnchorGroup, GroupConditions
from clustering.zones.solver.branch_and_price.branching import NOTHING_DECIDED
from clustering.zones.solver.branch_and_price.column_generation import generate_columns
from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle
from clustering.zones.solver.single_zone.zone_found import UnprovedZoneError, ZoneFound
from clustering.zones.solver.solution import GroupSolution
from clustering.zones.tolerances import OPTIMALITY_STUDENTS

# Price of each school that has one [students per year].
SchoolPrices = Mapping[str, float]


def prices_of_candidates(oracle: PricingOracle, prices: SchoolPrices) -> np.ndarray:
    """Price of each candidate of an anchor [n; students per year]."""
    return np.array([prices.get(school, 0.0) for school in oracle.schools], dtype=np.float64)


def price_group(group: AnchorGroup, solution: GroupSolution, *, deadline: float) -> SchoolPrices | None:
    """
    Find prices that prove the Zones of a group best.

    Parameters
    ----------
    group
        Of several anchors, none of them locked, with any number of Zones.
    solution
        Its best Zones.
    deadline
        Of ``time.monotonic``.

    Returns
    -------
    prices
        Of each school that has one [students per year]; ``None`` if there are no such prices, or time ran out.

    References
    ----------
    .. [1] Shapley, L. S., Shubik, M. (1971). The assignment game I: the core. International Journal of Game Theory 1,
       111-130. doi:10.1007/BF01753437. An analogy: there, a buyer wants one object, and the prices that balance supply
       and demand are the solutions of the dual, of which there are many. Here, an anchor wants several schools, and
       such prices exist only where the relaxation is as good as the Zones.
    """
    rows = group.master_rows(GroupConditions())
    relaxation = generate_columns(group, rows, NOTHING_DECIDED, deadline=deadline)
    if not relaxation.is_complete or relaxation.bound > solution.value + gap_allowed(len(group.oracles)):
        return None
    prices = group.school_prices(rows, relaxation.prices)
    try:
        return _PriceRanges(group.oracles, solution, deadline).move_to_middle(prices)
    except UnprovedZoneError:
        return None


def gap_allowed(zones: int) -> float:
    """How far the bound of some Zones may exceed their value where that is rounding [students per year]."""
    return OPTIMALITY_STUDENTS * (1 + zones)


@dataclass(frozen=True)
class _PriceRanges:
    """The range in which the price of a school still proves the Zones of a group best, if the other prices stay."""

    oracles: Sequence[PricingOracle]
    solution: GroupSolution
    deadline: float

    def move_to_middle(self, prices: SchoolPrices) -> SchoolPrices:
        """Move one price after the other to the middle of its range; schools in no Zone keep theirs, which is 0."""
        prices = dict(prices)
        bidders: dict[str, list[PricingOracle]] = {}
        for oracle in self.oracles:
            for school in oracle.schools:
                bidders.setdefault(school, []).append(oracle)
        winner_of = {school: anchor for anchor, feeders in self.solution.zones.items() for school in feeders}
        for school in sorted(winner_of):
            if len(bidders[school]) > 1:
                highest_price, highest_rival_bid = 0.0, 0.0
                for oracle in bidders[school]:
                    if oracle.anchor_id == winner_of[school]:
                        highest_price = self._highest_price(oracle, school, prices)
                    else:
                        highest_rival_bid = max(highest_rival_bid, self._rival_bid(oracle, school, prices))
                if highest_rival_bid < highest_price:
                    prices[school] = (highest_rival_bid + highest_price) / 2
        return prices

    def _highest_price(self, oracle: PricingOracle, school: str, prices: SchoolPrices) -> float:
        """Find the highest price of a school at which its Zone is still the best of its anchor [students per year]."""
        of_candidates = prices_of_candidates(oracle, prices)
        position = [oracle.schools.index(school)]
        (without,) = oracle.find_best_without_each(position, prices=of_candidates, deadline=self.deadline)
        return self._net_value(oracle, prices) + prices.get(school, 0.0) - max(_value(without), 0.0)

    def _rival_bid(self, oracle: PricingOracle, school: str, prices: SchoolPrices) -> float:
        """Find the most that an anchor would pay for a school that is not in its Zone [students per year]."""
        of_candidates = prices_of_candidates(oracle, prices)
        position = [oracle.schools.index(school)]
        (with_school,) = oracle.find_best_with_each(position, prices=of_candidates, deadline=self.deadline)
        return _value(with_school) + prices.get(school, 0.0) - self._net_value(oracle, prices)

    def _net_value(self, oracle: PricingOracle, prices: SchoolPrices) -> float:
        return net_value_of_zone(oracle, self.solution.zones.get(oracle.anchor_id), prices)


def net_value_of_zone(oracle: PricingOracle, feeders: Sequence[str] | None, prices: SchoolPrices) -> float:
    """Value of a Zone less the prices of its schools [students per year]; 0 if there is no Zone."""
    if feeders is None:
        return 0.0
    return value_of_zone(oracle, feeders) - sum(prices.get(school, 0.0) for school in feeders)


def value_of_zone(oracle: PricingOracle, feeders: Sequence[str]) -> float:
    """Value of a Zone [students per year]."""
    return oracle.value_of(tuple(sorted(oracle.schools.index(school) for school in feeders)))


def _value(found: ZoneFound | None) -> float:
    return -np.inf if found is None else found.value
