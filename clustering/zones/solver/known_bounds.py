"""
What one school in, or out of, one Zone costs, from the bounds that prove the Zones best: nothing is solved again.

At the dual prices of a group (see ``group_prices``), no Zones are worth more than the sum of the prices and of what the
best Zone of each anchor is worth. A condition on one school changes this bound in few places: what its anchor's best
Zone is worth then, that of the Zone that gives the school up, and the prices of the schools that are then wanted by
none or by several (see ``repricing``). Where the Zones that come of it fit beside the others, and reach the bound, they
are the best there are. Elsewhere the groups have to be solved again.
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
    price_group,
    prices_of_candidates,
    value_of_zone,
)
from clustering.zones.solver.repricing import (
    PricedAnchors,
    PricedZone,
    Repricing,
    SchoolCondition,
    find_zone,
    or_no_zone,
    priced_zone,
)
from clustering.zones.solver.single_zone.branch_and_bound import ZoneFound
from clustering.zones.solver.single_zone.constrained_search import UnprovedZoneError
from clustering.zones.solver.solution import GroupSolution

# Groups that a condition is about.
Touched = frozenset[Group]


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
        self._values: dict[tuple[str, tuple[str, ...]], float] = {}
        self._as_it_is: dict[str, PricedZone] = {}
        self._prices: dict[Group, SchoolPrices | None] = {}
        self._wanting: dict[Group, dict[str, list[str]]] = {}
        self._without: dict[str, dict[str, PricedZone]] = {}
        self._with: dict[tuple[str, Touched], dict[str, PricedZone | None]] = {}

    def leave_out(self, anchor: str, school: str) -> Resolved | None:
        """Find the best Zones where a member of a Zone is not in it; ``None`` if the bounds do not tell."""
        if school not in self._found.feeders_of(anchor):
            return None
        condition = SchoolCondition(anchor=anchor, school=school, is_inside=False)
        return self._resolve(frozenset([self._found.group_of[anchor]]), condition)

    def leave_out_everywhere(self, school: str) -> Resolved | None:
        """Find the best Zones where a feeder of Zones is in none; ``None`` if the bounds do not tell."""
        holders = self._found.anchors_holding.get(school, ())
        if school in self._found.group_of or not holders:
            return None  # an anchor loses its own Zone too
        touched = frozenset(self._found.group_of[holder] for holder in holders)
        return self._resolve(touched, SchoolCondition(anchor=None, school=school, is_inside=False))

    def take_in(self, anchor: str, school: str | None) -> Resolved | None:
        """Find the best Zones where an anchor has one, with a school that is not in it if one is named."""
        if school in self._found.feeders_of(anchor):
            return None
        condition = SchoolCondition(anchor=anchor, school=school, is_inside=True)
        return self._resolve(self._touched_by_joining(anchor, school), condition)

    def _resolve(self, touched: Touched, condition: SchoolCondition) -> Resolved | None:
        """Let the Zones keep a condition; ``None`` unless they fit beside the others and reach the bound."""
        known = self._prices_of(touched)
        if known is None:
            return None
        prices = condition.prices_of_others(known)
        try:
            changes = self._changes(touched, condition, prices)
            if None in changes.values():
                nothing = GroupSolution(zones={}, value=-math.inf, bound=-math.inf, is_proved=True)
                return Resolved(value_before=self._value(touched), solution=nothing)
            changed = {anchor: zone for anchor, zone in changes.items() if zone is not None}
            zones = {anchor: self._zone_as_it_is(anchor) for group in touched for anchor in group} | changed
            repricing = Repricing(self._anchors(touched, condition, prices), prices, zones)
            is_settled = self._found.is_shared or repricing.settle()
        except UnprovedZoneError:
            return None
        if beside := self._groups_beside(repricing.zones, touched):
            return self._resolve(touched | beside, condition)
        return self._proved(touched, repricing) if is_settled else None

    def _proved(self, touched: Touched, repricing: Repricing) -> Resolved | None:
        """The Zones as groups solved again; ``None`` unless they reach the bound."""
        value = math.fsum(self._value_of(anchor, zone) for anchor, zone in repricing.zones.items())
        zones = {anchor: zone.feeders for anchor, zone in repricing.zones.items() if zone.feeders is not None}
        if repricing.bound > value + gap_allowed(len(zones)):
            return None
        solution = GroupSolution(zones=dict(sorted(zones.items())), value=value, bound=value, is_proved=True)
        return Resolved(value_before=self._value(touched), solution=solution)

    def _changes(
        self, touched: Touched, condition: SchoolCondition, prices: SchoolPrices
    ) -> dict[str, PricedZone | None]:
        """The best Zones of the anchors that cannot keep theirs; ``None`` for one that must have a Zone and cannot."""
        anchor, school = condition.anchor, condition.school
        losing = self._anchors_losing(condition)
        changes: dict[str, PricedZone | None] = {each: self._best_without(each)[school or ""] for each in losing}
        if anchor is not None and condition.is_inside:
            changes[anchor] = (
                find_zone(self._oracles[anchor], prices, condition, deadline=self._deadline())
                if school is None
                else self._best_with(anchor, touched)[school]
            )
        if len(touched) > 1:
            for each, zone in changes.items():
                # Zones that were found at the prices of their own group may have schools that cost more here.
                if zone is not None and zone.worth > self._worth_at(each, zone, prices) + gap_allowed(1):
                    again = find_zone(self._oracles[each], prices, condition, deadline=self._deadline())
                    changes[each] = again if condition.requires_zone(each) else or_no_zone(again)
        return changes

    def _worth_at(self, anchor: str, zone: PricedZone, prices: SchoolPrices) -> float:
        """What a Zone of an anchor, or none, is worth at some prices."""
        return self._value_of(anchor, zone) - sum(prices.get(school, 0.0) for school in zone.feeders or ())

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

    def _anchors(self, touched: Touched, condition: SchoolCondition, prices: SchoolPrices) -> PricedAnchors:
        groups = set(touched)
        if condition.anchor is not None and condition.anchor not in self._found.group_of:
            groups.add((condition.anchor,))  # it has no Zone, and no group

        def wanting(school: str) -> list[str]:
            return [anchor for group in sorted(groups) for anchor in self._anchors_wanting(group).get(school, ())]

        def find_known(anchor: str, school: str, is_inside: bool) -> PricedZone | None:
            """What is known at the prices of the groups."""
            is_member = school in self._found.feeders_of(anchor)
            if is_member != is_inside:
                return self._best_without(anchor)[school] if is_member else self._best_with(anchor, touched)[school]
            zone, price = self._zone_as_it_is(anchor), prices.get(school, 0.0)
            return replace(zone, worth=zone.worth + price) if is_inside else zone

        oracles, deadline = self._oracles, self._deadline()
        return PricedAnchors(
            oracles=oracles, wanting=wanting, condition=condition, find_known=find_known, deadline=deadline
        )

    def _groups_beside(self, zones: Mapping[str, PricedZone], touched: Touched) -> Touched:
        """Other groups, in whose Zones some of the schools are."""
        if self._found.is_shared:
            return frozenset()
        feeders = itertools.chain.from_iterable(zone.feeders or () for zone in zones.values())
        return frozenset(self._found.groups_holding(feeders)) - touched

    def _best_without(self, anchor: str) -> dict[str, PricedZone]:
        """The best Zone of an anchor, or none, without each of its members."""
        if anchor not in self._without:
            schools = self._found.feeders_of(anchor)
            prices = self._prices_of(frozenset([self._found.group_of[anchor]]))
            zones = self._price_each(self._oracles[anchor].find_best_without_each, anchor, schools, prices or {})
            self._without[anchor] = {school: or_no_zone(each) for school, each in zones.items()}
        return self._without[anchor]

    def _best_with(self, anchor: str, touched: Touched) -> dict[str, PricedZone | None]:
        """The best Zone of an anchor with each other school held in these groups, which it has for nothing."""
        key = anchor, touched
        if key not in self._with:
            oracle, members = self._oracles[anchor], set(self._found.feeders_of(anchor))
            schools = [
                school
                for school in oracle.schools
                if school not in members and self._touched_by_joining(anchor, school) <= touched
            ]
            prices = self._prices_of(touched) or {}
            zones = self._price_each(oracle.find_best_with_each, anchor, schools, prices)
            self._with[key] = {
                school: None if each is None else replace(each, worth=each.worth + prices.get(school, 0.0))
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

    def _anchors_wanting(self, group: Group) -> Mapping[str, Sequence[str]]:
        """Anchors of a group that have a school within reach, by school."""
        if group not in self._wanting:
            wanting: dict[str, list[str]] = {}
            for anchor in group:
                for school in self._oracles[anchor].schools:
                    wanting.setdefault(school, []).append(anchor)
            self._wanting[group] = wanting
        return self._wanting[group]

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
        return price_group(self._cache.group(oracles, shared=False), solution, deadline=self._deadline())

    def _value(self, touched: Touched) -> float:
        return math.fsum(self._found.solutions[group].value for group in touched)

    def _zone_as_it_is(self, anchor: str) -> PricedZone:
        """The Zone of an anchor at the prices of its group."""
        if anchor not in self._as_it_is:
            feeders = self._found.feeders_of(anchor) if self._found.has_zone(anchor) else None
            zone = PricedZone(feeders=feeders, worth=0.0)
            prices = self._prices[self._found.group_of[anchor]] or {}
            self._as_it_is[anchor] = replace(zone, worth=self._worth_at(anchor, zone, prices))
        return self._as_it_is[anchor]
