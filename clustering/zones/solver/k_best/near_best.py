"""
All memberships of a group of anchors that lose no more than a limit against the best, or the best of them.

At the dual prices of the group, no membership is worth more than the sum of what its Zones are worth (the Lagrangian
bound). So a Zone can be part of such a membership only if it is worth no more than the limit, and the gap of the bound,
less than the best Zone of its anchor. The Zones of every anchor are listed in order of their worth, by Lawler's
partition (see ``group``), and put together, the choices of the greatest worth first, as far as they are needed.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import NamedTuple

import numpy as np

from clustering.errors import OutOfTimeError
from clustering.zones.audit import Membership
from clustering.zones.request import ZoneRequest
from clustering.zones.solver.branch_and_price.anchor_group import AnchorGroup, GroupConditions
from clustering.zones.solver.branch_and_price.branch_and_price import solve_group
from clustering.zones.solver.branch_and_price.branching import Node
from clustering.zones.solver.branch_and_price.column_generation import constant_of_bound, generate_columns
from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle
from clustering.zones.solver.single_zone.problem import Fixings
from clustering.zones.solver.single_zone.zone_found import UnprovedZoneError
from clustering.zones.tolerances import RANKING_BOUND_STUDENTS, TIE_BREAK_STUDENTS

_LATE = "time_limit_s was reached before all memberships near the best were found"


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


class _Choice(NamedTuple):
    """Options of the first anchors, and which option of the next one is tried; the least loss sorts first."""

    loss: float
    number: int
    chosen: tuple[_Option, ...]
    used: frozenset[str]
    rank: int


class _Region(NamedTuple):
    """Zones of an anchor that have some candidates and lack others, and the best of them; that sorts first."""

    negative_worth: float
    number: int
    best: _Option
    required: frozenset[int]
    forbidden: frozenset[int]


class _AnchorOptions:
    """
    The Zones of one anchor, and none, in order of their worth, worked out as far as they are needed.

    Parameters
    ----------
    oracle
        Of the anchor.
    prices, of_zone
        What a Zone pays for each candidate [candidates], and in any case [students per year].
    must_open
        Whether the anchor must have a Zone.
    deadline
        Of ``time.monotonic``.
    """

    def __init__(
        self, oracle: PricingOracle, prices: np.ndarray, of_zone: float, *, must_open: bool, deadline: float
    ) -> None:
        self._oracle, self._prices, self._of_zone, self._deadline = oracle, prices, of_zone, deadline
        self._found: list[_Option] = []
        self._waiting: list[_Region] = []
        self._count = 0
        self._none = None if must_open else _Option(worth=0.0)
        self._push(frozenset(), frozenset())

    def find(self, rank: int) -> _Option | None:
        """The option of a rank, from 0; ``None`` if there are not so many."""
        while len(self._found) <= rank:
            best = self._waiting[0].best.worth if self._waiting else -math.inf
            if self._none is not None and self._none.worth >= best:
                self._found.append(self._none)
                self._none = None
            elif self._waiting:
                region = heapq.heappop(self._waiting)
                self._found.append(region.best)
                self._divide(region)
            else:
                return None
        return self._found[rank]

    def _divide(self, region: _Region) -> None:
        """Part the other Zones of a region by the first candidate in which they differ from the best."""
        required, forbidden = region.required, region.forbidden
        for position, school in enumerate(self._oracle.schools):
            if position in required or position in forbidden:
                continue
            if school in region.best.used:
                self._push(required, forbidden | {position})
                required |= {position}
            else:
                self._push(required | {position}, forbidden)
                forbidden |= {position}

    def _push(self, required: frozenset[int], forbidden: frozenset[int]) -> None:
        """Solve a region and let it wait for its turn; nothing if it has no Zone."""
        if monotonic() > self._deadline:
            raise OutOfTimeError(_LATE)
        masks = np.zeros((2, len(self._oracle.schools)), dtype=bool)
        masks[0, list(required)], masks[1, list(forbidden)] = True, True
        fixings = Fixings(required=masks[0], forbidden=masks[1])
        try:
            found = self._oracle.find_best(prices=self._prices, fixings=fixings, deadline=self._deadline)
        except UnprovedZoneError:
            raise OutOfTimeError(_LATE) from None
        if found is None:
            return
        feeders = self._oracle.feeders(found)
        best = _Option(
            worth=found.value - self._of_zone,
            value=self._oracle.value_of(found.feeders),
            anchor_id=self._oracle.anchor_id,
            feeders=feeders,
            used=frozenset(feeders),
        )
        heapq.heappush(self._waiting, _Region(-best.worth, self._count, best, required, forbidden))
        self._count += 1


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

    Attributes
    ----------
    schools
        Anchors and candidates, sorted.
    best
        Value of the best membership [students per year]; minus infinity if none keeps the locks.

    Raises
    ------
    OutOfTimeError
        The deadline passed; also raised by :meth:`find`.
    """

    def __init__(self, oracles: Sequence[PricingOracle], request: ZoneRequest, *, deadline: float) -> None:
        self._oracles, self._deadline = oracles, deadline
        self.schools = tuple(sorted({school for each in oracles for school in each.possible_members}))
        self._shared, self._maximum_zones = request.parameters.shared_feeders, request.parameters.maximum_zones
        self._group = AnchorGroup(oracles, shared=self._shared)
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
            of_candidates = self._group.candidate_prices(rows, prices)
            self._options = [
                _AnchorOptions(
                    oracle,
                    of_candidates[numbers],
                    prices.zone,
                    must_open=oracle.anchor_id in self._locks,
                    deadline=deadline,
                )
                for oracle, numbers in zip(oracles, self._group.candidates, strict=True)
            ]
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
        if self.best == -math.inf:
            return [], True
        least = self.best - loss - self._tolerance
        first = [options.find(0) for options in self._options]
        bound = self._constant + math.fsum(each.worth for each in first if each is not None) + RANKING_BOUND_STUDENTS
        found: list[tuple[float, Membership]] = []
        highest: list[float] = []  # a heap of the values that would be given, and of one more
        for lost, chosen in self._choices(bound - least):
            # No further choice has a greater value.
            if bound - lost < max(least, highest[0] if len(highest) > most else -math.inf):
                break
            value = math.fsum(each.value for each in chosen)
            zones = {each.anchor_id: each.feeders for each in chosen if each.anchor_id is not None}
            if value >= least and self._keeps(zones):
                found.append((value, dict(sorted(zones.items()))))
                heapq.heappush(highest, value)
                if len(highest) > most + 1:
                    heapq.heappop(highest)
        found.sort(key=lambda each: (-each[0], str(each[1])))
        return found[:most], len(found) <= most

    def _keeps(self, zones: Membership) -> bool:
        """Whether a membership keeps the locks and the number of Zones."""
        held = {school for anchor, feeders in zones.items() for school in (anchor, *feeders)}
        return self._locks <= held and (self._maximum_zones is None or len(zones) <= self._maximum_zones)

    def _choices(self, most_lost: float) -> Iterator[tuple[float, tuple[_Option, ...]]]:
        """
        Every choice of an option per anchor that loses no more worth against the best options, no school twice.

        The least loss comes first: the options are tried anchor by anchor, and what is lost so far bounds the rest.
        """
        numbers = itertools.count()
        waiting = [_Choice(0.0, next(numbers), (), frozenset(), 0)]
        while waiting:
            if monotonic() > self._deadline:
                raise OutOfTimeError(_LATE)
            loss, _, chosen, used, rank = heapq.heappop(waiting)
            options = self._options[len(chosen)]
            option, following = options.find(rank), options.find(rank + 1)
            if option is None:
                continue
            if following is not None:
                further = loss + option.worth - following.worth
                if further <= most_lost:
                    heapq.heappush(waiting, _Choice(further, next(numbers), chosen, used, rank + 1))
            if not self._shared and not used.isdisjoint(option.used):
                continue
            longer = (*chosen, option)
            if len(longer) == len(self._options):
                yield loss, longer
            else:
                heapq.heappush(waiting, _Choice(loss, next(numbers), longer, used | option.used, 0))
