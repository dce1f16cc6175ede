"""
All memberships of a group of anchors that lose no more than a limit against the best, or the best of them.

At the dual prices of the group, no membership is worth more than the sum of what its Zones are worth (the Lagrangian
bound). So a Zone can be part of such a membership only if it is worth no more than the limit, and the gap of the bound,
less than the best Zone of its anchor. These Zones are listed anchor by anchor, by Lawler's partition (see ``group``),
and put together in every way that keeps the limits.
"""

from __future__ import annotations

import math
from time import monotonic
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from clustering.errors import OutOfTimeError
from clustering.zones.audit import Membership
from clustering.zones.request import ZoneRequest
from clustering.zones.solver.branch_and_price.anchor_group import AnchorGroup, GroupConditions
from clustering.zones.solver.branch_and_price.branch_and_price import solve_group
from clustering.zones.solver.branch_and_price.branching import Node
from clustering.zones.solver.branch_and_price.column_generation import constant_of_bound, generate_columns
from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle
from clustering.zones.solver.single_zone.constrained_search import UnprovedZoneError
from clustering.zones.solver.single_zone.problem import Fixings
from clustering.zones.tolerances import RANKING_BOUND_STUDENTS, TIE_BREAK_STUDENTS

_LATE = "time_limit_s was reached before all memberships near the best were found"
# The limit is approached in steps, each twice the last, so that few more are listed than are asked for.
_STEPS = 8


@dataclass(frozen=True, kw_only=True, eq=False)
class NearBest:
    """
    Memberships of a group that lose little against the best.

    Parameters
    ----------
    area_id
        The first anchor of the group.
    schools
        Anchors and candidates of the group, sorted.
    memberships
        The best first.
    best
        Value of the best [students per year].
    loss
        All memberships that lose no more than this are among them [students per year].
    is_complete
        Whether that is the limit asked for.
    """

    area_id: str
    schools: tuple[str, ...]
    memberships: Sequence[Membership]
    best: float
    loss: float
    is_complete: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class _Option:
    """A Zone of an anchor, or none: its worth at the dual prices, its value without, its schools."""

    worth: float
    value: float = 0.0
    anchor_id: str | None = None
    feeders: tuple[str, ...] = ()
    used: frozenset[str] = frozenset()


class NearBestSearch:
    """
    Lists the memberships of a group of anchors that lose little.

    Parameters
    ----------
    oracles
        One per anchor.
    request
        The limits of the request.
    deadline
        Of ``time.monotonic``.

    Raises
    ------
    OutOfTimeError
        The deadline passed; also raised by :meth:`find`.

    Attributes
    ----------
    schools
        Anchors and candidates, sorted.
    best
        Value of the best membership [students per year]; minus infinity if none keeps the locks.
    """

    def __init__(self, oracles: Sequence[PricingOracle], request: ZoneRequest, *, deadline: float) -> None:
        self._oracles, self._deadline = oracles, deadline
        self.schools = tuple(sorted({school for each in oracles for school in each.possible_members}))
        self._shared, self._maximum_zones = request.parameters.shared_feeders, request.parameters.maximum_zones
        self._group = AnchorGroup(oracles, shared=self._shared)
        self._zones: dict[tuple[int, frozenset[int], frozenset[int]], _Option | None] = {}
        self._locks = frozenset(request.parameters.force_in).intersection(self.schools)
        conditions = GroupConditions(locks=self._locks, maximum_zones=self._maximum_zones)
        solution = solve_group(self._group, conditions, deadline=deadline)
        if not solution.is_proved:
            raise OutOfTimeError(_LATE)
        self.best = solution.value
        # What breaks ties must not hide a membership that loses as much as is allowed.
        self._tolerance = 2 * TIE_BREAK_STUDENTS * (1 + sum(len(each.schools) for each in oracles))
        if self.best > -math.inf:
            rows = self._group.master_rows(conditions)
            root = Node(opened=rows.forced_anchors)
            prices = generate_columns(self._group, rows, root, deadline=deadline).prices
            self._prices, self._of_zones = self._group.candidate_prices(rows, prices), prices.zone
            self._constant = constant_of_bound(rows, prices)

    def find(self, *, loss: float, most: int) -> NearBest:
        """
        Find the memberships that lose no more than a limit, or the best of them.

        Parameters
        ----------
        loss
            The limit [students per year].
        most
            How many at most.

        Returns
        -------
        near_best
            Exactly the first in order of value; none if no membership keeps the locks.
        """
        found, is_complete = self._nearest(loss, most)
        return NearBest(
            area_id=min(each.anchor_id for each in self._oracles),
            schools=self.schools,
            memberships=[membership for _, membership in found],
            best=self.best,
            loss=loss if is_complete else max(0.0, self.best - found[-1][0]),
            is_complete=is_complete,
        )

    def _nearest(self, loss: float, most: int) -> tuple[list[tuple[float, Membership]], bool]:
        """The first memberships in order of value, and whether they are all within the limit."""
        found: list[tuple[float, Membership]] = []
        if self.best == -math.inf:
            return found, True
        for step in reversed(range(_STEPS)):
            within = self._list(loss / 2**step + self._tolerance)
            found = sorted(within, key=lambda each: (-each[0], str(each[1])))
            if len(found) > most:
                return found[:most], False
        return found, True

    def _list(self, loss: float) -> Iterator[tuple[float, Membership]]:
        """Every membership that loses no more, with its value."""
        best_options = [self._best_worth(number) for number in range(len(self._oracles))]
        slack = self._constant + math.fsum(best_options) - self.best + loss + RANKING_BOUND_STUDENTS
        options = [
            sorted(self._options(number, best - slack), key=lambda each: -each.worth)
            for number, best in enumerate(best_options)
        ]
        for chosen in self._combine(options, best_options, slack):
            value = math.fsum(each.value for each in chosen)
            zones = {each.anchor_id: each.feeders for each in chosen if each.anchor_id is not None}
            if value >= self.best - loss and self._keeps(zones):
                yield value, dict(sorted(zones.items()))

    def _keeps(self, zones: Membership) -> bool:
        """Whether a membership keeps the locks and the number of Zones."""
        held = {school for anchor, feeders in zones.items() for school in (anchor, *feeders)}
        return self._locks <= held and (self._maximum_zones is None or len(zones) <= self._maximum_zones)

    def _best_worth(self, number: int) -> float:
        """The worth of an anchor's best Zone, or of none."""
        zone = self._find_zone(number, frozenset(), frozenset())
        return max([each.worth for each in (zone, self._none(number)) if each is not None], default=-math.inf)

    def _none(self, number: int) -> _Option | None:
        """No Zone, unless the anchor is forced in."""
        return None if self._oracles[number].anchor_id in self._locks else _Option(worth=0.0)

    def _options(self, number: int, least: float) -> Iterator[_Option]:
        """Every Zone of an anchor that is worth so much, and none."""
        none = self._none(number)
        if none is not None and none.worth >= least:
            yield none
        count = len(self._oracles[number].schools)
        waiting: list[tuple[frozenset[int], frozenset[int]]] = [(frozenset(), frozenset())]
        while waiting:
            required, forbidden = waiting.pop()
            zone = self._find_zone(number, required, forbidden)
            if zone is None or zone.worth < least:
                continue
            yield zone
            for position in range(count):
                if position in required or position in forbidden:
                    continue
                # The Zones that differ from this one in the position first.
                if self._oracles[number].schools[position] in zone.used:
                    waiting.append((required, forbidden | {position}))
                    required |= {position}
                else:
                    waiting.append((required | {position}, forbidden))
                    forbidden |= {position}

    def _find_zone(self, number: int, required: frozenset[int], forbidden: frozenset[int]) -> _Option | None:
        """The best Zone of an anchor at the dual prices with some candidates fixed; every step asks for it again."""
        key = number, required, forbidden
        if key not in self._zones:
            self._zones[key] = self._solve_zone(*key)
        return self._zones[key]

    def _solve_zone(self, number: int, required: frozenset[int], forbidden: frozenset[int]) -> _Option | None:
        if monotonic() > self._deadline:
            raise OutOfTimeError(_LATE)
        oracle = self._oracles[number]
        masks = np.zeros((2, len(oracle.schools)), dtype=bool)
        masks[0, list(required)], masks[1, list(forbidden)] = True, True
        try:
            found = oracle.find_best(
                prices=self._prices[self._group.candidates[number]],
                fixings=Fixings(required=masks[0], forbidden=masks[1]),
                deadline=self._deadline,
            )
        except UnprovedZoneError:
            raise OutOfTimeError(_LATE) from None
        if found is None:
            return None
        feeders = oracle.feeders(found)
        return _Option(
            worth=found.value - self._of_zones,
            value=oracle.value_of(found.feeders),
            anchor_id=oracle.anchor_id,
            feeders=feeders,
            used=frozenset(feeders),
        )

    def _combine(
        self, options: Sequence[Sequence[_Option]], best_options: Sequence[float], slack: float
    ) -> Iterator[tuple[_Option, ...]]:
        """Every choice of an option per anchor that loses no more than the slack, without a school twice."""
        waiting: list[tuple[tuple[_Option, ...], frozenset[str], float]] = [((), frozenset(), slack)]
        while waiting:
            chosen, used, left = waiting.pop()
            if len(chosen) == len(options):
                yield chosen
                continue
            if monotonic() > self._deadline:
                raise OutOfTimeError(_LATE)
            for option in options[len(chosen)]:
                remaining = left - (best_options[len(chosen)] - option.worth)
                if remaining < 0:
                    break
                if self._shared or used.isdisjoint(option.used):
                    waiting.append(((*chosen, option), used | option.used, remaining))
