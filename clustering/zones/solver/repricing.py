"""
Prices that prove Zones best under a condition, found from the known prices by moving one at a time.

At the known prices, a condition on one school leaves most anchors with the Zones they have. A school that has a price
may then be in no Zone, though, or two Zones may have the same school. Its price is moved to where only one anchor wants
it: between the highest bid for it and the second highest. This is coordinate descent on the Lagrangian bound, which
holds at any prices: the sum of all prices, and of the best net value of each anchor (the value of its Zone less the
prices of the schools in it). If every school that has a price is in exactly one Zone, the Zones reach the bound.
Coordinate descent may stop before that: then nothing is proved.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle
from clustering.zones.solver.group_prices import SchoolPrices
from clustering.zones.solver.priced_zone import PricedZone, SchoolCondition, find_zone, or_no_zone
from clustering.zones.tolerances import OPTIMALITY_STUDENTS

_MOST_MOVES = 6  # of prices; more of them seldom prove anything, and take longer than solving again


@dataclass(frozen=True, kw_only=True)
class PricedAnchors:
    """
    Anchors whose prices may move.

    Parameters
    ----------
    oracles
        By anchor.
    bidders
        Returns the anchors among them that have a school within reach.
    condition
        That their Zones keep to.
    find_known
        Finds the best Zone of an anchor with, or without, a school at the known prices; ``None`` if there is none. If
        it is with the school, the net value is before the school is paid for.
    deadline
        Of ``time.monotonic``.
    """

    oracles: Mapping[str, PricingOracle]
    bidders: Callable[[str], Sequence[str]]
    condition: SchoolCondition
    find_known: Callable[[str, str, bool], PricedZone | None]
    deadline: float


class Repricing:
    """
    Moves prices until every school that has one is in one Zone.

    Parameters
    ----------
    anchors
        Whose prices may move.
    prices
        Known ones.
    zones
        Best Zone of each anchor at these prices, under the condition.

    Attributes
    ----------
    prices, zones
        As they are after the moves.
    """

    def __init__(self, anchors: PricedAnchors, prices: SchoolPrices, zones: Mapping[str, PricedZone]) -> None:
        self._anchors, self.prices, self.zones = anchors, dict(prices), dict(zones)
        self._moved: set[str] = set()

    @property
    def bound(self) -> float:
        """No Zones that keep the condition have a greater value together [students per year]."""
        return math.fsum(self.prices.values()) + math.fsum(zone.net_value for zone in self.zones.values())

    def reprice(self) -> bool:
        """
        Move prices.

        Returns
        -------
        is_allocated
            Whether every school that has a price is then in exactly one Zone, and no other school in several.

        Raises
        ------
        UnprovedZoneError
            The deadline passed.
        """
        for _ in range(_MOST_MOVES):
            misallocated = self._misallocated()
            if not misallocated:
                return True
            unmoved, bound = [school for school in misallocated if school not in self._moved], self.bound
            if not self._move((unmoved or misallocated)[0]):
                return False
            if not unmoved and self.bound > bound - OPTIMALITY_STUDENTS:
                return False  # to move a price again gained nothing: the same ones would move for ever
        return not self._misallocated()

    def _misallocated(self) -> list[str]:
        """Schools that are in several Zones, and those that have a price and are in none."""
        held: set[str] = set()
        contended: set[str] = set()
        for zone in self.zones.values():
            for school in zone.feeders or ():
                (contended if school in held else held).add(school)
        unsold = (school for school, price in self.prices.items() if price > OPTIMALITY_STUDENTS and school not in held)
        return sorted(contended.union(unsold))

    def _move(self, school: str) -> bool:
        """Let the anchor with the highest bid for a school have it; ``False`` if two must have it at any price."""
        bidders = self._anchors.bidders(school)
        holding = [anchor for anchor in bidders if school in (self.zones[anchor].feeders or ())]
        # The others bid no more than the price, which rises where two Zones have the school.
        bids = {anchor: self._bid(anchor, school) for anchor in (holding if len(holding) > 1 else bidders)}
        highest, second, winner = 0.0, 0.0, None
        for anchor, bid in bids.items():
            if bid.amount > highest:
                highest, second, winner = bid.amount, highest, anchor
            else:
                second = max(second, bid.amount)
        if second == math.inf:
            return False
        price = (highest + second) / 2 if highest < math.inf else max(second, self.prices.get(school, 0.0))
        for anchor, bid in bids.items():
            if anchor == winner and bid.inside is not None:
                self.zones[anchor] = replace(bid.inside, net_value=bid.inside.net_value - price)
            elif bid.outside is not None:
                self.zones[anchor] = bid.outside
        self.prices[school] = price
        self._moved.add(school)
        return True

    def _bid(self, anchor: str, school: str) -> _Bid:
        """What an anchor would pay for a school at the prices of the others."""
        current, price = self.zones[anchor], self.prices.get(school, 0.0)
        if school in (current.feeders or ()):
            inside = replace(current, net_value=current.net_value + price)
            outside = self._find(anchor, school, is_inside=False)
            if not self._anchors.condition.requires_zone(anchor):
                outside = or_no_zone(outside)
            return _Bid(inside=inside, outside=outside)
        return _Bid(inside=self._find(anchor, school, is_inside=True), outside=current)

    def _find(self, anchor: str, school: str, *, is_inside: bool) -> PricedZone | None:
        """Find the best Zone of an anchor with, or without, a school; with it, the school itself is not paid for."""
        condition, oracle = self._anchors.condition, self._anchors.oracles[anchor]
        if is_inside and school == condition.school and condition.forbids(anchor):
            return None
        if not condition.requires_zone(anchor) and self._moved.isdisjoint(oracle.schools):
            known = self._anchors.find_known(anchor, school, is_inside)
            # The best of all Zones is also the best of those without a school, if it is without the school.
            if known is None or not condition.forbids(anchor) or condition.school not in (known.feeders or ()):
                return known
        zone = find_zone(
            oracle,
            self.prices,
            condition,
            required=[school] if is_inside else [],
            forbidden=[] if is_inside else [school],
            deadline=self._anchors.deadline,
        )
        price = self.prices.get(school, 0.0) if is_inside else 0.0
        return None if zone is None else replace(zone, net_value=zone.net_value + price)


@dataclass(frozen=True, kw_only=True)
class _Bid:
    """The best Zones of an anchor with a school, before the school is paid for, and without; ``None`` if impossible."""

    inside: PricedZone | None
    outside: PricedZone | None

    @property
    def amount(self) -> float:
        """What the anchor would pay for the school [students per year]."""
        if self.inside is None:
            return -math.inf
        return math.inf if self.outside is None else self.inside.net_value - self.outside.net_value
