"""
The Zones found, the prices that prove them best, and the best Zones at these prices with one school more or less.

Each is worked out when it is first needed, and kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle
from clustering.zones.solver.cache import SolutionCache
from clustering.zones.solver.found_zones import FoundZones, Group
from clustering.zones.solver.group_prices import (
    SchoolPrices,
    net_value_of_zone,
    price_group,
    prices_of_candidates,
    value_of_zone,
)
from clustering.zones.solver.priced_zone import PricedZone, or_no_zone, priced_zone
from clustering.zones.solver.single_zone.zone_found import ZoneFound

# Groups whose Zones a condition can change.
ConcernedGroups = frozenset[Group]


class _FindEach(Protocol):
    """How ``PricingOracle`` finds the best Zones with, or without, each of some candidates."""

    def __call__(self, positions: Sequence[int], *, prices: np.ndarray, deadline: float) -> list[ZoneFound | None]: ...


class KnownPrices:
    """
    The prices that prove the Zones of groups best, and the best Zones at these prices.

    Parameters
    ----------
    found
        The Zones.
    oracles
        By anchor.
    cache
        Of the groups.
    deadline
        Returns the time of ``time.monotonic`` at which to stop.
    """

    def __init__(
        self,
        found: FoundZones,
        oracles: Mapping[str, PricingOracle],
        cache: SolutionCache,
        *,
        deadline: Callable[[], float],
    ) -> None:
        self._found, self._oracles, self._cache, self._deadline = found, oracles, cache, deadline
        self._values: dict[tuple[str, tuple[str, ...]], float] = {}
        self._current: dict[str, PricedZone] = {}
        self._prices: dict[Group, SchoolPrices | None] = {}
        self._bidders: dict[Group, dict[str, list[str]]] = {}
        self._without: dict[str, dict[str, PricedZone]] = {}
        self._with: dict[tuple[str, ConcernedGroups], dict[str, PricedZone | None]] = {}

    def value_of(self, anchor: str, zone: PricedZone) -> float:
        """Value of a Zone of an anchor [students per year]; 0 if it is no Zone."""
        if zone.feeders is None:
            return 0.0
        key = anchor, zone.feeders
        if key not in self._values:
            self._values[key] = value_of_zone(self._oracles[anchor], zone.feeders)
        return self._values[key]

    def best_without(self, anchor: str) -> dict[str, PricedZone]:
        """The best Zone of an anchor, or no Zone, without each feeder that it has now; by that feeder."""
        if anchor not in self._without:
            schools = self._found.feeders_of(anchor)
            prices = self.prices_of(frozenset([self._found.group_of[anchor]]))
            zones = self._price_each(self._oracles[anchor].find_best_without_each, anchor, schools, prices or {})
            self._without[anchor] = {school: or_no_zone(each) for school, each in zones.items()}
        return self._without[anchor]

    def best_with(self, anchor: str, concerned: ConcernedGroups) -> dict[str, PricedZone | None]:
        """The best Zone of an anchor with each other school of these groups, before that is paid for; by school."""
        key = anchor, concerned
        if key not in self._with:
            oracle, members = self._oracles[anchor], set(self._found.feeders_of(anchor))
            schools = [
                school
                for school in oracle.schools
                if school not in members and self.groups_joined(anchor, school) <= concerned
            ]
            prices = self.prices_of(concerned) or {}
            zones = self._price_each(oracle.find_best_with_each, anchor, schools, prices)
            self._with[key] = {
                school: None if each is None else replace(each, net_value=each.net_value + prices.get(school, 0.0))
                for school, each in zones.items()
            }
        return self._with[key]

    def _price_each(
        self, find: _FindEach, anchor: str, schools: Sequence[str], prices: SchoolPrices
    ) -> dict[str, PricedZone | None]:
        """Find the best Zone of an anchor with, or without, each of some schools."""
        oracle = self._oracles[anchor]
        position = {school: number for number, school in enumerate(oracle.schools)}
        positions = [position[school] for school in schools]
        zones = find(positions, prices=prices_of_candidates(oracle, prices), deadline=self._deadline())
        return {school: priced_zone(oracle, zone) for school, zone in zip(schools, zones, strict=True)}

    def bidders_of(self, group: Group) -> Mapping[str, Sequence[str]]:
        """Anchors of a group that have a school within reach, by school."""
        if group not in self._bidders:
            bidders: dict[str, list[str]] = {}
            for anchor in group:
                for school in self._oracles[anchor].schools:
                    bidders.setdefault(school, []).append(anchor)
            self._bidders[group] = bidders
        return self._bidders[group]

    def groups_joined(self, anchor: str, school: str | None) -> ConcernedGroups:
        """The group of an anchor, and those whose Zones lose a school to it."""
        group = self._found.group_of.get(anchor)
        holding = {self._found.group_of[holder] for holder in self.holders(school)}
        return frozenset(holding if group is None else {group, *holding})

    def holders(self, school: str | None) -> Collection[str]:
        """Anchors whose Zones lose a school if it joins another."""
        return () if school is None or self._found.is_shared else self._found.anchors_holding.get(school, ())

    def prices_of(self, concerned: ConcernedGroups) -> SchoolPrices | None:
        """The prices of some groups; ``None`` if one of them has none that prove its Zones best, or time ran out."""
        if time.monotonic() > self._deadline():
            return None
        prices: dict[str, float] = {}
        for group in concerned:
            if group not in self._prices:
                self._prices[group] = self._price(group)
            of_group = self._prices[group]
            if of_group is None:
                return None
            prices.update(of_group)
        return prices

    def _price(self, group: Group) -> SchoolPrices | None:
        solution, oracles = self._found.solutions[group], [self._oracles[anchor] for anchor in group]
        if not solution.is_proved:
            return None
        if len(group) == 1:
            return {}
        return price_group(self._cache.group(oracles, shared=False), solution, deadline=self._deadline())

    def current_zone(self, anchor: str) -> PricedZone:
        """The Zone that an anchor has now, at the prices of its group, which :meth:`prices_of` has found."""
        if anchor not in self._current:
            feeders = self._found.feeders_of(anchor) if self._found.has_zone(anchor) else None
            prices = self._prices[self._found.group_of[anchor]] or {}
            net_value = net_value_of_zone(self._oracles[anchor], feeders, prices)
            self._current[anchor] = PricedZone(feeders=feeders, net_value=net_value)
        return self._current[anchor]
