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
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle
from clustering.zones.solver.cache import SolutionCache
from clustering.zones.solver.found_zones import FoundZones, Resolved
from clustering.zones.solver.group_prices import SchoolPrices, gap_allowed, net_value_of_zone
from clustering.zones.solver.known_prices import ConcernedGroups, KnownPrices
from clustering.zones.solver.priced_zone import PricedZone, SchoolCondition, find_zone, or_no_zone
from clustering.zones.solver.repricing import PricedAnchors, Repricing
from clustering.zones.solver.single_zone.zone_found import UnprovedZoneError
from clustering.zones.solver.solution import GroupSolution


class KnownBounds:
    """
    The best Zones with one school elsewhere, found from the prices that prove the Zones best.

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
        self._found, self._oracles, self._deadline = found, oracles, deadline
        self._known = KnownPrices(found, oracles, cache, deadline=deadline)

    def leave_out(self, anchor: str, school: str) -> Resolved | None:
        """
        Find the best Zones where one Zone is without one of its feeders.

        Parameters
        ----------
        anchor
            Of the Zone.
        school
            Its feeder.

        Returns
        -------
        resolved
            The groups concerned, with their value [students per year]; ``None`` if they have to be solved again.
        """
        if school not in self._found.feeders_of(anchor):
            return None
        condition = SchoolCondition(anchor=anchor, school=school, is_inside=False)
        return self._resolve(frozenset([self._found.group_of[anchor]]), condition)

    def leave_out_everywhere(self, school: str) -> Resolved | None:
        """
        Find the best Zones where one school is in none.

        Parameters
        ----------
        school
            A feeder of a Zone, and no anchor.

        Returns
        -------
        resolved
            As for :meth:`leave_out`.
        """
        holders = self._found.anchors_holding.get(school, ())
        if school in self._found.group_of or not holders:
            return None  # an anchor loses its own Zone too
        concerned = frozenset(self._found.group_of[holder] for holder in holders)
        return self._resolve(concerned, SchoolCondition(anchor=None, school=school, is_inside=False))

    def take_in(self, anchor: str, school: str | None) -> Resolved | None:
        """
        Find the best Zones where one anchor has a Zone, with one more school in it if one is named.

        Parameters
        ----------
        anchor
            With or without a Zone so far.
        school
            A candidate that is not in its Zone; ``None`` means that the Zone may have any schools.

        Returns
        -------
        resolved
            As for :meth:`leave_out`; the value is minus infinity if there are no such Zones.
        """
        if school in self._found.feeders_of(anchor):
            return None
        condition = SchoolCondition(anchor=anchor, school=school, is_inside=True)
        return self._resolve(self._known.groups_joined(anchor, school), condition)

    def _resolve(self, concerned: ConcernedGroups, condition: SchoolCondition) -> Resolved | None:
        """Find the best Zones under a condition; ``None`` unless the bound proves them best."""
        known = self._known.prices_of(concerned)
        if known is None:
            return None
        prices = condition.prices_of_others(known)
        try:
            new_zones = self._new_zones(concerned, condition, prices)
            if None in new_zones.values():
                nothing = GroupSolution(zones={}, value=-math.inf, bound=-math.inf, is_proved=True)
                return Resolved(value_before=self._value(concerned), solution=nothing)
            replaced = {anchor: zone for anchor, zone in new_zones.items() if zone is not None}
            zones = {anchor: self._known.current_zone(anchor) for group in concerned for anchor in group} | replaced
            repricing = Repricing(self._anchors(concerned, condition, prices), prices, zones)
            is_allocated = self._found.is_shared or repricing.reprice()
        except UnprovedZoneError:
            return None
        if beside := self._groups_beside(repricing.zones, concerned):
            return self._resolve(concerned | beside, condition)
        return self._proved(concerned, repricing) if is_allocated else None

    def _proved(self, concerned: ConcernedGroups, repricing: Repricing) -> Resolved | None:
        """The Zones as a solution of their groups; ``None`` unless they reach the bound."""
        value = math.fsum(self._known.value_of(anchor, zone) for anchor, zone in repricing.zones.items())
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
        new_zones: dict[str, PricedZone | None] = {
            each: self._known.best_without(each)[school or ""] for each in losing
        }
        if anchor is not None and condition.is_inside:
            new_zones[anchor] = (
                find_zone(self._oracles[anchor], prices, condition, deadline=self._deadline())
                if school is None
                else self._known.best_with(anchor, concerned)[school]
            )
        if len(concerned) > 1:
            for each, zone in new_zones.items():
                if zone is None:
                    continue
                oracle = self._oracles[each]
                # Zones that were found at the prices of their own group may have schools that cost more here.
                if zone.net_value > net_value_of_zone(oracle, zone.feeders, prices) + gap_allowed(1):
                    again = find_zone(oracle, prices, condition, deadline=self._deadline())
                    new_zones[each] = again if condition.requires_zone(each) else or_no_zone(again)
        return new_zones

    def _anchors_losing(self, condition: SchoolCondition) -> Collection[str]:
        """Anchors whose Zones have a school and must not."""
        if condition.is_inside:
            return self._known.holders(condition.school)
        return (condition.anchor,) if condition.anchor else self._found.anchors_holding.get(condition.school or "", ())

    def _anchors(self, concerned: ConcernedGroups, condition: SchoolCondition, prices: SchoolPrices) -> PricedAnchors:
        groups = set(concerned)
        if condition.anchor is not None and condition.anchor not in self._found.group_of:
            groups.add((condition.anchor,))  # it has no Zone, and no group

        def bidders(school: str) -> list[str]:
            return [anchor for group in sorted(groups) for anchor in self._known.bidders_of(group).get(school, ())]

        def find_known(anchor: str, school: str, is_inside: bool) -> PricedZone | None:
            """Find the best Zone of an anchor with, or without, a school at the known prices."""
            is_member = school in self._found.feeders_of(anchor)
            if is_member and not is_inside:
                return self._known.best_without(anchor)[school]
            if is_inside and not is_member:
                return self._known.best_with(anchor, concerned)[school]
            zone, price = self._known.current_zone(anchor), prices.get(school, 0.0)
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

    def _value(self, concerned: ConcernedGroups) -> float:
        return math.fsum(self._found.solutions[group].value for group in concerned)
