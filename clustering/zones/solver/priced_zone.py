"""The best Zone of one anchor at some prices, under a condition on one school."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle
from clustering.zones.solver.group_prices import SchoolPrices, prices_of_candidates
from clustering.zones.solver.single_zone.problem import Fixings
from clustering.zones.solver.single_zone.zone_found import ZoneFound


@dataclass(frozen=True, kw_only=True)
class PricedZone:
    """
    The best Zone of an anchor at some prices.

    Parameters
    ----------
    feeders
        Sorted; ``None`` if the anchor has no Zone.
    net_value
        Of the Zone, less the prices of its feeders [students per year].
    """

    feeders: tuple[str, ...] | None
    net_value: float


_NO_ZONE = PricedZone(feeders=None, net_value=0.0)


@dataclass(frozen=True, kw_only=True)
class SchoolCondition:
    """
    Where one school has to be.

    Parameters
    ----------
    anchor
        The condition is about its Zone; ``None`` means all Zones.
    school
        A candidate; ``None`` means that the anchor must have a Zone, with any schools.
    is_inside
        Whether the Zone of the anchor must have the school, so that no other can, or must not have it.
    """

    anchor: str | None
    school: str | None
    is_inside: bool

    def requires_zone(self, anchor: str) -> bool:
        """Whether an anchor must have a Zone."""
        return self.is_inside and anchor == self.anchor

    def requires(self, anchor: str) -> bool:
        """Whether the Zone of an anchor must have the school."""
        return self.school is not None and self.requires_zone(anchor)

    def forbids(self, anchor: str) -> bool:
        """Whether the Zone of an anchor must not have the school."""
        return self.school is not None and self.is_inside != (self.anchor in (anchor, None))

    def prices_of_others(self, prices: SchoolPrices) -> SchoolPrices:
        """The prices, less that of the school if the condition decides for every anchor whether to have it."""
        if self.is_inside or self.anchor is None:
            return {school: price for school, price in prices.items() if school != self.school}
        return prices


def find_zone(
    oracle: PricingOracle,
    prices: SchoolPrices,
    condition: SchoolCondition,
    *,
    required: Collection[str] = (),
    forbidden: Collection[str] = (),
    deadline: float,
) -> PricedZone | None:
    """
    Find the best Zone of an anchor at some prices.

    Parameters
    ----------
    oracle
        Of the anchor.
    prices
        Of schools.
    condition
        That the Zone keeps to.
    required, forbidden
        More candidates that it must have, or must not have.
    deadline
        Of ``time.monotonic``.

    Returns
    -------
    zone
        ``None`` if there is none; its net value may be below 0.

    Raises
    ------
    UnprovedZoneError
        The deadline passed.
    """
    if condition.school is not None:
        required = [*required, condition.school] if condition.requires(oracle.anchor_id) else required
        forbidden = [*forbidden, condition.school] if condition.forbids(oracle.anchor_id) else forbidden
    fixings = Fixings(required=_mask(oracle, required), forbidden=_mask(oracle, forbidden))
    of_candidates = prices_of_candidates(oracle, prices)
    found = oracle.find_best(prices=of_candidates, fixings=fixings, most_kept=1, deadline=deadline)
    return priced_zone(oracle, found)


def or_no_zone(zone: PricedZone | None) -> PricedZone:
    """A Zone of positive net value, or else no Zone."""
    return _NO_ZONE if zone is None or zone.net_value <= 0 else zone


def priced_zone(oracle: PricingOracle, found: ZoneFound | None) -> PricedZone | None:
    """A Zone that was found at some prices."""
    return None if found is None else PricedZone(feeders=oracle.feeders(found), net_value=found.value)


def _mask(oracle: PricingOracle, schools: Collection[str]) -> np.ndarray | None:
    if not schools:
        return None
    mask = np.zeros(len(oracle.schools), dtype=bool)
    mask[[oracle.schools.index(school) for school in schools if school in oracle.schools]] = True
    return mask
