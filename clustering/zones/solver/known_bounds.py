"""
What it costs that one school is in, or out of, one Zone: found from the bounds that prove the Zones best.

The net value of a Zone is its value less the prices of its schools. At the dual prices of a group (see
``group_prices``), the sum of all prices, and of the best net value of each anchor, is a bound: no Zones of the group
have a greater value. A condition on one school changes this bound in few places: the best net value of its anchor, that
of the anchor whose Zone loses the school, and the prices of the schools that are then in no Zone or in several (see
``repricing``). If the new Zones share no school with the Zones of other groups, and reach the bound, they are the best.
Otherwise the groups have to be solved again.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle
from clustering.zones.solver.cache import SolutionCache
from clustering.zones.solver.found_zones import FoundZones, Group, Resolved
from clustering.zones.solver.group_prices import (
    SchoolPrices,
    gap_allowed,
    net_value_of_zone,
    price_group,
    prices_of_candidates,
    value_of_zone,
)
from clustering.zones.solver.priced_zone import PricedZone, SchoolCondition, find_zone, or_no_zone, priced_zone
from clustering.zones.solver.repricing import PricedAnchors, Repricing
from clustering.zones.solver.single_zone.branch_and_bound import ZoneFound
from clustering.zones.solver.single_zone.constrained_search import UnprovedZoneError
from clustering.zones.solver.solution import GroupSolution

# Groups whose Zones a condition can change.
ConcernedGroups = frozenset[Group]


class _FindEach(Protocol):
    """How ``PricingOracle`` finds the best Zones with, or without, each of some candidates."""

    def __call__(self, positions: Sequence[int], *, prices: np.ndarray, deadline: float) -> list[ZoneFound | None]: ...


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
        self._as_it_is: dict[str, PricedZone] = {}
        self._prices: dict[Group, SchoolPrices | None] = {}
        self._bidders: dict[Group, dict[str, list[str]]] = {}
        self._without: dict[str, dict[str, PricedZone]] = {}
        self._with: dict[tuple[str, ConcernedGroups], dict[str, PricedZone | None]] = {}

    def leave_out(self, anchor: str, school: str) -> Resolved | None:
        """Find the best Zones where one Zone is without one of its feeders."""
        if school not in self._found.feeders_of(anchor):
            return None
        condition = SchoolCondition(anchor=anchor, school=school, is_inside=False)
        return self._resolve(frozenset([self._found.group_of[anchor]]), condition)

    def leave_out_everywhere(self, school: str) -> Resolved | None:
        """Find the best Zones where one school is in none."""
        holders = self._found.anchors_holding.get(school, ())
        if school in self._found.group_of or not holders:
            return None  # an anchor loses its own Zone too
        concerned = frozenset(self._found.group_of[holder] for holder in holders)
        return self._resolve(concerned, SchoolCondition(anchor=None, school=school, is_inside=False))

    def take_in(self, anchor: str, school: str | None) -> Resolved | None:
        """Find the best Zones where one anchor has a Zone, with one more school in it if one is named."""
        if school in self._found.feeders_of(anchor):
            return None
        condition = SchoolCondition(anchor=anchor, school=school, is_inside=True)
        return self._resolve(self._groups_joined(anchor, school), condition)

    def _resolve(self, concerned: ConcernedGroups, condition: SchoolCondition) -> Resolved | None:
        """Find the best Zones under a condition; ``None`` unless the bound proves them best."""
        known = self._prices_of(concerned)
        if known is None:
            return None
        prices = condition.prices_of_others(known)
        try:
            new_zones = self._new_zones(concerned, condition, prices)
            if None in new_zones.values():
                nothing = GroupSolution(zones={}, value=-math.inf, bound=-math.inf, is_proved=True)
                return Resolved(value_before=self._value(concerned), solution=nothing)
            replaced = {anchor: zone for anchor, zone in new_zones.items() if zone is not None}
            zones = {anchor: self._zone_as_it_is(anchor) for group in concerned for anchor in group} | replaced
            repricing = Repricing(self._anchors(concerned, condition, prices), prices, zones)
            is_allocated = self._found.is_shared or repricing.reprice()
        except UnprovedZoneError:
            return None
        if beside := self._groups_beside(repricing.zones, concerned):
            return self._resolve(concerned | beside, condition)
        return self._proved(concerned, repricing) if is_allocated else None

    def _proved(self, concerned: ConcernedGroups, repricing: Repricing) -> Resolved | None:
        """The Zones as a solution of their groups; ``None`` unless they reach the bound."""
        value = math.fsum(self._value_of(anchor, zone) for anchor, zone in repricing.zones.items())
        zones = {anchor: zone.feeders for anchor, zone in repricing.zones.items() if zone.feeders is not None}
        if repricing.bound > value + gap_allowed(len(zones)):
            return None
        solution = GroupSolution(zones=dict(sorted(zones.items())), value=value, bound=value, is_proved=True)
        return Resolved(value_before=self._value(concerned), solution=solution)

    def _new_zones(
        self, concerned: ConcernedGroups, condition: SchoolCondition, prices: SchoolPrices
    ) -> dict[str, PricedZone | None]:
        """The best Zones of the anchors that cannot keep theirs; ``None`` for one that must have a Zone and cannot."""
        anchor, school = condition.anchor, condition.school
        losing = self._anchors_losing(condition)
        new_zones: dict[str, PricedZone | None] = {each: self._best_without(each)[school or ""] for each in losing}
        if anchor is not None and condition.is_inside:
            new_zones[anchor] = (
                find_zone(self._oracles[anchor], prices, condition, deadline=self._deadline())
                if school is None
                else self._best_with(anchor, concerned)[school]
            )
        if len(concerned) > 1:
            for each, zone in new_zones.items():
                # Zones that were found at the prices of their own group may have schools that cost more here.
                if zone is not None and zone.net_value > self._net_value(each, zone, prices) + gap_allowed(1):
                    again = find_zone(self._oracles[each], prices, condition, deadline=self._deadline())
                    new_zones[each] = again if condition.requires_zone(each) else or_no_zone(again)
        return new_zones

    def _net_value(self, anchor: str, zone: PricedZone, prices: SchoolPrices) -> float:
        return net_value_of_zone(self._oracles[anchor], zone.feeders, prices)

    def _value_of(self, anchor: str, zone: PricedZone) -> float:
        """Value of a Zone of an anchor, or of none."""
        if zone.feeders is None:
            return 0.0
        key = anchor, zone.feeders
        if key not in self._values:
            self._values[key] = value_of_zone(self._oracles[anchor], zone.feeders)
        return self._values[key]

    def _anchors_losing(self, condition: SchoolCondition) -> Collection[str]:
        """Anchors whose Zones have a school and must not."""
        if condition.is_inside:
            return self._holders(condition.school)
        return (condition.anchor,) if condition.anchor else self._found.anchors_holding.get(condition.school or "", ())

    def _anchors(self, concerned: ConcernedGroups, condition: SchoolCondition, prices: SchoolPrices) -> PricedAnchors:
        groups = set(concerned)
        if condition.anchor is not None and condition.anchor not in self._found.group_of:
            groups.add((condition.anchor,))  # it has no Zone, and no group

        def bidders(school: str) -> list[str]:
            return [anchor for group in sorted(groups) for anchor in self._bidders_of(group).get(school, ())]

        def find_known(anchor: str, school: str, is_inside: bool) -> PricedZone | None:
            """Find the best Zone of an anchor with, or without, a school at the known prices."""
            is_member = school in self._found.feeders_of(anchor)
            if is_member != is_inside:
                return self._best_without(anchor)[school] if is_member else self._best_with(anchor, concerned)[school]
            zone, price = self._zone_as_it_is(anchor), prices.get(school, 0.0)
            return replace(zone, net_value=zone.net_value + price) if is_inside else zone

        oracles, deadline = self._oracles, self._deadline()
        return PricedAnchors(
            oracles=oracles, bidders=bidders, condition=condition, find_known=find_known, deadline=deadline
        )

    def _groups_beside(self, zones: Mapping[str, PricedZone], concerned: ConcernedGroups) -> ConcernedGroups:
        """Other groups whose Zones have some of the same schools."""
        if self._found.is_shared:
            return frozenset()
        feeders = itertools.chain.from_iterable(zone.feeders or () for zone in zones.values())
        return frozenset(self._found.groups_holding(feeders)) - concerned

    def _best_without(self, anchor: str) -> dict[str, PricedZone]:
        """The best Zone of an anchor, or none, without each of its members."""
        if anchor not in self._without:
            schools = self._found.feeders_of(anchor)
            prices = self._prices_of(frozenset([self._found.group_of[anchor]]))
            zones = self._price_each(self._oracles[anchor].find_best_without_each, anchor, schools, prices or {})
            self._without[anchor] = {school: or_no_zone(each) for school, each in zones.items()}
        return self._without[anchor]

    def _best_with(self, anchor: str, concerned: ConcernedGroups) -> dict[str, PricedZone | None]:
        """The best Zone of an anchor with each other school of these groups, before that school is paid for."""
        key = anchor, concerned
        if key not in self._with:
            oracle, members = self._oracles[anchor], set(self._found.feeders_of(anchor))
            schools = [
                school
                for school in oracle.schools
                if school not in members and self._groups_joined(anchor, school) <= concerned
            ]
            prices = self._prices_of(concerned) or {}
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

    def _bidders_of(self, group: Group) -> Mapping[str, Sequence[str]]:
        """Anchors of a group that have a school within reach, by school."""
        if group not in self._bidders:
            bidders: dict[str, list[str]] = {}
            for anchor in group:
                for school in self._oracles[anchor].schools:
                    bidders.setdefault(school, []).append(anchor)
            self._bidders[group] = bidders
        return self._bidders[group]

    def _groups_joined(self, anchor: str, school: str | None) -> ConcernedGroups:
        """The group of an anchor, and those whose Zones lose a school to it."""
        group = self._found.group_of.get(anchor)
        holding = {self._found.group_of[holder] for holder in self._holders(school)}
        return frozenset(holding if group is None else {group, *holding})

    def _holders(self, school: str | None) -> Collection[str]:
        """Anchors whose Zones lose a school if it joins another."""
        return () if school is None or self._found.is_shared else self._found.anchors_holding.get(school, ())

    def _prices_of(self, concerned: ConcernedGroups) -> SchoolPrices | None:
        """The prices of some groups; ``None`` if any of them has none that prove its Zones best."""
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

    def _value(self, concerned: ConcernedGroups) -> float:
        return math.fsum(self._found.solutions[group].value for group in concerned)

    def _zone_as_it_is(self, anchor: str) -> PricedZone:
        """The Zone of an anchor at the prices of its group."""
        if anchor not in self._as_it_is:
            feeders = self._found.feeders_of(anchor) if self._found.has_zone(anchor) else None
            zone = PricedZone(feeders=feeders, net_value=0.0)
            prices = self._prices[self._found.group_of[anchor]] or {}
            self._as_it_is[anchor] = replace(zone, net_value=self._net_value(anchor, zone, prices))
        return self._as_it_is[anchor]
