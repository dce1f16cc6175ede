"""
What one school in, or out of, one Zone costs, from the bounds that prove the Zones best: nothing is solved again.

At the dual prices of a group (see ``group_prices``), no Zones are worth more than the sum of the prices and of what the
best Zone of each anchor is worth. A condition on one school changes this bound in few places: what its anchor's best
Zone is worth then, that of the Zone that gives the school up, or what the next anchor would pay for it. Where the Zones
that come of it fit beside the others, and reach the bound, they are the best there are. Elsewhere the groups have to be
solved again.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle
from clustering.zones.solver.cache import SolutionCache
from clustering.zones.solver.found_zones import FoundZones, Group, Resolved
from clustering.zones.solver.group_prices import (
    SchoolPrices,
    gap_allowed,
    price_group,
    prices_of_candidates,
    value_of_zone,
)
from clustering.zones.solver.single_zone.branch_and_bound import ZoneFound
from clustering.zones.solver.single_zone.constrained_search import UnprovedZoneError
from clustering.zones.solver.solution import GroupSolution

# Groups that a condition is about.
Touched = frozenset[Group]


class _FindEach(Protocol):
    """How ``PricingOracle`` finds the best Zones with, or without, each of some candidates."""

    def __call__(self, positions: Sequence[int], *, prices: np.ndarray, deadline: float) -> list[ZoneFound | None]: ...


@dataclass(frozen=True, kw_only=True)
class _Change:
    """The Zone that an anchor has then, ``None`` for none, its value and what it is worth [students per year]."""

    feeders: tuple[str, ...] | None
    value: float
    worth: float


_NO_ZONE = _Change(feeders=None, value=0.0, worth=0.0)


class KnownBounds:
    """
    The Zones found, and the prices that prove them best.

    Parameters
    ----------
    found
        The Zones.
    oracles
        By anchor.
    cache
        Of the groups.
    deadline
        Tells that of ``time.monotonic``.
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
        self._values: dict[str, float] = {}
        self._prices: dict[Group, SchoolPrices | None] = {}
        self._without: dict[str, dict[str, _Change]] = {}
        self._with: dict[tuple[str, Touched], dict[str, _Change | None]] = {}

    def leave_out(self, anchor: str, school: str) -> Resolved | None:
        """Find the best Zones where a member of a Zone is not in it; ``None`` if the bounds do not tell."""
        touched: Touched = frozenset([self._found.group_of[anchor]])
        prices = self._prices_of(touched)
        if prices is None or school not in self._found.feeders_of(anchor):
            return None
        try:
            changes = {anchor: self._best_without(anchor)[school], **self._next_bidder(anchor, school, prices)}
        except UnprovedZoneError:
            return None
        return self._resolve(touched, changes, prices, freed=school)

    def take_in(self, anchor: str, school: str | None) -> Resolved | None:
        """Find the best Zones where an anchor has one, with a school that is not in it if one is named."""
        touched = self._touched_by_joining(anchor, school)
        prices = self._prices_of(touched)
        if prices is None or school in self._found.feeders_of(anchor):
            return None
        try:
            joining = self._best(anchor, prices) if school is None else self._best_with(anchor, touched)[school]
            changes = {} if school is None else self._without_holders(school)
        except UnprovedZoneError:
            return None
        if joining is None:
            nothing = GroupSolution(zones={}, value=-math.inf, bound=-math.inf, is_proved=True)
            return Resolved(value_before=self._value(touched), solution=nothing)
        return self._resolve(touched, {anchor: joining, **changes}, prices, freed=school)

    def _without_holders(self, school: str) -> dict[str, _Change]:
        """The best Zones of the anchors that lose a school to another."""
        return {holder: self._best_without(holder)[school] for holder in self._holders(school)}

    def _next_bidder(self, anchor: str, school: str, prices: SchoolPrices) -> dict[str, _Change]:
        """The anchor that would pay most for a school that has a price, if any would."""
        if school not in prices:
            return {}
        group, most, bidder = self._found.group_of[anchor], 0.0, {}
        for other in group:
            if other != anchor and school in self._oracles[other].schools:
                joining = self._best_with(other, frozenset([group]))[school]
                if joining is not None and (bid := joining.worth - self._worth(other, prices)) > most:
                    most, bidder = bid, {other: joining}
        return bidder

    def _resolve(
        self, touched: Touched, changes: Mapping[str, _Change], prices: SchoolPrices, *, freed: str | None
    ) -> Resolved | None:
        """Let some anchors have other Zones; ``None`` unless these fit beside the others and reach the bound."""
        if not self._fit(changes):
            return None
        zones = {anchor: feeders for group in touched for anchor, feeders in self._found.solutions[group].zones.items()}
        values = {anchor: self._value_of_zone(anchor) for anchor in zones}
        before = self._value(touched)
        bound = before - (0.0 if freed is None else prices.get(freed, 0.0))
        for anchor, change in changes.items():
            bound += change.worth - self._worth(anchor, prices)
            values[anchor] = change.value
            zones.pop(anchor, None)
            if change.feeders is not None:
                zones[anchor] = change.feeders
        value = math.fsum(values.values())
        if bound > value + gap_allowed(len(zones)):
            return None
        solution = GroupSolution(zones=dict(sorted(zones.items())), value=value, bound=value, is_proved=True)
        return Resolved(value_before=before, solution=solution)

    def _fit(self, changes: Mapping[str, _Change]) -> bool:
        """Whether no school would be in two Zones."""
        if self._found.is_shared:
            return True
        taken: set[str] = set()
        for change in changes.values():
            for school in change.feeders or ():
                if school in taken or not changes.keys() >= set(self._holders(school)):
                    return False
                taken.add(school)
        return True

    def _best(self, anchor: str, prices: SchoolPrices) -> _Change | None:
        """The best Zone of an anchor."""
        oracle = self._oracles[anchor]
        zone = oracle.find_best(prices=prices_of_candidates(oracle, prices), deadline=self._deadline())
        return None if zone is None else _change(oracle, zone)

    def _best_without(self, anchor: str) -> dict[str, _Change]:
        """The best Zone of an anchor, or none, without each of its members."""
        if anchor not in self._without:
            schools = self._found.feeders_of(anchor)
            prices = self._prices_of(frozenset([self._found.group_of[anchor]]))
            changes = self._price_each(self._oracles[anchor].find_best_without_each, anchor, schools, prices or {})
            self._without[anchor] = {
                school: _NO_ZONE if each is None or each.worth <= 0 else each for school, each in changes.items()
            }
        return self._without[anchor]

    def _best_with(self, anchor: str, touched: Touched) -> dict[str, _Change | None]:
        """The best Zone of an anchor with each other school that touches these groups, which it has for nothing."""
        key = anchor, touched
        if key not in self._with:
            oracle, members = self._oracles[anchor], set(self._found.feeders_of(anchor))
            schools = [
                school
                for school in oracle.schools
                if school not in members and self._touched_by_joining(anchor, school) == touched
            ]
            prices = self._prices_of(touched) or {}
            changes = self._price_each(oracle.find_best_with_each, anchor, schools, prices)
            self._with[key] = {
                school: None if each is None else replace(each, worth=each.worth + prices.get(school, 0.0))
                for school, each in changes.items()
            }
        return self._with[key]

    def _price_each(
        self, find: _FindEach, anchor: str, schools: Sequence[str], prices: SchoolPrices
    ) -> dict[str, _Change | None]:
        """Find the best Zone of an anchor with, or without, each of some schools."""
        oracle = self._oracles[anchor]
        position = {school: number for number, school in enumerate(oracle.schools)}
        positions = [position[school] for school in schools]
        zones = find(positions, prices=prices_of_candidates(oracle, prices), deadline=self._deadline())
        return {
            school: None if zone is None else _change(oracle, zone) for school, zone in zip(schools, zones, strict=True)
        }

    def _touched_by_joining(self, anchor: str, school: str | None) -> Touched:
        """The group of an anchor, and those that have a school which joins its Zone."""
        group = self._found.group_of.get(anchor)
        holding = {self._found.group_of[holder] for holder in self._holders(school)}
        return frozenset(holding if group is None else {group, *holding})

    def _holders(self, school: str | None) -> Collection[str]:
        """Anchors whose Zones lose a school that joins another."""
        return () if school is None or self._found.is_shared else self._found.anchors_holding.get(school, ())

    def _prices_of(self, touched: Touched) -> SchoolPrices | None:
        """The prices of some groups; ``None`` if any of them has none that prove its Zones best."""
        if time.monotonic() > self._deadline():
            return None
        prices: dict[str, float] = {}
        for group in touched:
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
        try:
            return price_group(self._cache.group(oracles, shared=False), solution, deadline=self._deadline())
        except UnprovedZoneError:
            return None

    def _value(self, touched: Touched) -> float:
        return math.fsum(self._found.solutions[group].value for group in touched)

    def _value_of_zone(self, anchor: str) -> float:
        """Value of the Zone of an anchor as it is; 0 for none."""
        if anchor not in self._values:
            has_zone = self._found.has_zone(anchor)
            feeders = self._found.feeders_of(anchor)
            self._values[anchor] = value_of_zone(self._oracles[anchor], feeders) if has_zone else 0.0
        return self._values[anchor]

    def _worth(self, anchor: str, prices: SchoolPrices) -> float:
        """What the Zone of an anchor, or none, is worth as it is."""
        return self._value_of_zone(anchor) - sum(prices.get(school, 0.0) for school in self._found.feeders_of(anchor))


def _change(oracle: PricingOracle, zone: ZoneFound) -> _Change:
    return _Change(feeders=oracle.feeders(zone), value=oracle.value_of(zone.feeders), worth=zone.value)
