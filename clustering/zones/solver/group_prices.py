"""
Dual prices of a solved group, at which its Zones are worth no less than any others.

Where the linear relaxation of a group is as good as its Zones, its dual prices prove them best: every Zone is the best
of its anchor at these prices, and every school that has a price is in a Zone. Prices that do so are seldom the only
ones. A school may cost anything between what the next anchor would pay for it and what its own Zone can bear. Those in
the middle go on proving the other Zones best when one of them changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from clustering.zones.solver.branch_and_price.anchor_group import AnchorGroup, GroupConditions
from clustering.zones.solver.branch_and_price.branching import NOTHING_DECIDED
from clustering.zones.solver.branch_and_price.column_generation import generate_columns
from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle
from clustering.zones.solver.single_zone.branch_and_bound import ZoneFound
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
        ``None`` where there are none, or time ran out.

    Raises
    ------
    UnprovedZoneError
        The deadline passed.
    """
    rows = group.master_rows(GroupConditions())
    relaxation = generate_columns(group, rows, NOTHING_DECIDED, deadline=deadline)
    if not relaxation.is_complete or relaxation.bound > solution.value + gap_allowed(len(group.oracles)):
        return None
    prices = group.school_prices(rows, relaxation.prices)
    return _Centring(group.oracles, solution, deadline).centre(prices)


def gap_allowed(zones: int) -> float:
    """How far the bound of some Zones may exceed their value where that is rounding [students per year]."""
    return OPTIMALITY_STUDENTS * (1 + zones)


@dataclass(frozen=True)
class _Centring:
    """Moves the price of one school after the other to the middle of what it may be."""

    oracles: Sequence[PricingOracle]
    solution: GroupSolution
    deadline: float

    def centre(self, prices: SchoolPrices) -> SchoolPrices:
        """Move each price once; schools in no Zone keep theirs, which is 0."""
        prices = dict(prices)
        wanting: dict[str, list[PricingOracle]] = {}
        for oracle in self.oracles:
            for school in oracle.schools:
                wanting.setdefault(school, []).append(oracle)
        holder = {school: anchor for anchor, feeders in self.solution.zones.items() for school in feeders}
        for school in sorted(holder):
            if len(wanting[school]) > 1:
                most, least = 0.0, 0.0
                for oracle in wanting[school]:
                    if oracle.anchor_id == holder[school]:
                        most = self._most(oracle, school, prices)
                    else:
                        least = max(least, self._bid(oracle, school, prices))
                if least < most:
                    prices[school] = (least + most) / 2
        return prices

    def _most(self, oracle: PricingOracle, school: str, prices: SchoolPrices) -> float:
        """What the Zone that has a school can bear to pay for it."""
        of_candidates = prices_of_candidates(oracle, prices)
        position = [oracle.schools.index(school)]
        (other,) = oracle.find_best_without_each(position, prices=of_candidates, deadline=self.deadline)
        return self._worth(oracle, prices) + prices.get(school, 0.0) - max(_value(other), 0.0)

    def _bid(self, oracle: PricingOracle, school: str, prices: SchoolPrices) -> float:
        """What an anchor would pay for a school that is not in its Zone."""
        of_candidates = prices_of_candidates(oracle, prices)
        position = [oracle.schools.index(school)]
        (other,) = oracle.find_best_with_each(position, prices=of_candidates, deadline=self.deadline)
        return _value(other) + prices.get(school, 0.0) - self._worth(oracle, prices)

    def _worth(self, oracle: PricingOracle, prices: SchoolPrices) -> float:
        return worth_of_zone(oracle, self.solution.zones.get(oracle.anchor_id), prices)


def worth_of_zone(oracle: PricingOracle, feeders: Sequence[str] | None, prices: SchoolPrices) -> float:
    """Value of a Zone less what it pays [students per year]; 0 for none."""
    if feeders is None:
        return 0.0
    return value_of_zone(oracle, feeders) - sum(prices.get(school, 0.0) for school in feeders)


def value_of_zone(oracle: PricingOracle, feeders: Sequence[str]) -> float:
    """Value of a Zone [students per year]."""
    return oracle.value_of(tuple(sorted(oracle.schools.index(school) for school in feeders)))


def _value(found: ZoneFound | None) -> float:
    return -np.inf if found is None else found.value
