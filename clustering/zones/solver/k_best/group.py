"""
The memberships of one group of anchors, best first.

Lawler's partition (A procedure for computing the K best solutions to discrete optimization problems, Management Science
18(7), 1972): all memberships but the best are parted by the first decision in which they differ from it. A decision is
whether an anchor has a Zone, or whether a candidate is in it. The best of every part is a further packing; the best of
these is the next membership, and its part is parted in the same way. A part is solved only when its bound, at the
prices of the first answer, exceeds every membership known: most parts never are.
"""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from clustering.errors import OutOfTimeError
from clustering.zones.request import ZoneRequest
from clustering.zones.solver.branch_and_price.branch_and_price import Packing
from clustering.zones.solver.branch_and_price.branching import Branch
from clustering.zones.solver.branch_and_price.master_problem import Master
from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle
from clustering.zones.solver.single_zone.branch_and_bound import find_best_zone

# A bound is added up in another order than the value it bounds [students per year].
_ROUNDING_STUDENTS = 1e-5
_LATE = "time_limit_s was reached before the next membership was proved"

# An anchor without a place: whether it has a Zone. With a place: whether that candidate is in it.
_Decision = tuple[int, int | None]


@dataclass(frozen=True, kw_only=True, eq=False)
class RankedMembership:
    """
    A membership of a group.

    Parameters
    ----------
    value
        Its score less what breaks ties [students per year].
    zones
        Anchor to the feeders of its Zone.
    """

    value: float
    zones: dict[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Part:
    """
    The memberships that agree with a branch, and the best of them.

    ``decisions`` are those that the branch leaves open, in the order in which the part is parted further.
    """

    branch: Branch
    best: RankedMembership
    decisions: tuple[_Decision, ...]
    places: tuple[frozenset[int] | None, ...]  # of the best, per anchor; None without a Zone


@dataclass(frozen=True, kw_only=True, eq=False)
class _State:
    """What is decided of one anchor: whether it has a Zone (``None``: open), and which candidates are in or out."""

    is_open: bool | None
    must: np.ndarray
    barred: np.ndarray

    @classmethod
    def of(cls, anchor: int, size: int, branch: Branch) -> _State:
        """Take what a branch says of an anchor."""
        must, barred = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
        must[[place for number, place in branch.must if number == anchor]] = True
        barred[[place for number, place in branch.barred if number == anchor]] = True
        is_open = True if anchor in branch.opened else False if anchor in branch.closed else None
        return cls(is_open=is_open, must=must, barred=barred)

    def decided(self, decision: _Decision, *, is_in: bool) -> _State:
        """The same with one decision more."""
        place = decision[1]
        if place is None:
            return replace(self, is_open=is_in)
        name = "must" if is_in else "barred"
        mask = getattr(self, name).copy()
        mask[place] = True
        return replace(self, **{name: mask})


class GroupRanking:
    """
    Memberships of a group of anchors, worked out as far as asked for.

    Parameters
    ----------
    oracles
        One per anchor.
    request
        The limits of the request.
    most_zones
        Zones at most; ``None`` is no limit.
    deadline
        Of ``time.monotonic``.

    Attributes
    ----------
    found
        The memberships proved so far, the best first.
    """

    def __init__(
        self, oracles: Sequence[PricingOracle], request: ZoneRequest, *, most_zones: int | None, deadline: float
    ) -> None:
        self._oracles, self._deadline = oracles, deadline
        self._most = len(oracles) if most_zones is None else most_zones
        self._packing = Packing(oracles, shared=request.parameters.shared_feeders)
        forced = frozenset(request.parameters.force_in)
        self._locks = forced.intersection(_schools_of(oracles))
        self.found: list[RankedMembership] = []
        # Minus the bound, a number, and what is bounded: a part, or the place of a decision that parts one.
        self._waiting: list[tuple[float, int, _Part, int | None]] = []
        self._count = 0
        opened = frozenset(number for number, each in enumerate(oracles) if each.anchor_id in forced)
        self._push_part(Branch(opened=opened))
        self._prices, self._zone_price, self._paid = self._price()

    def find(self, rank: int) -> RankedMembership | None:
        """The membership of a rank, from 0; ``None`` if there are not so many."""
        while len(self.found) <= rank and self._waiting:
            _, _, part, decided = heapq.heappop(self._waiting)
            if decided is None:
                self.found.append(part.best)
                self._divide(part)
            else:
                self._push_part(_differing(part, decided))
        return self.found[rank] if len(self.found) > rank else None

    def _push_part(self, branch: Branch) -> None:
        """Solve a part and let it wait for its turn; nothing if it is empty."""
        answer = self._packing.solve(locks=self._locks, branch=branch, most_zones=self._most, deadline=self._deadline)
        if not answer.is_proved:
            raise OutOfTimeError(_LATE)
        if answer.value == -math.inf:
            return
        places = tuple(
            frozenset(oracle.schools.index(school) for school in answer.zones[oracle.anchor_id])
            if oracle.anchor_id in answer.zones
            else None
            for oracle in self._oracles
        )
        part = _Part(
            branch=branch,
            best=RankedMembership(value=answer.value, zones=dict(answer.zones)),
            decisions=tuple(self._open_decisions(branch, places)),
            places=places,
        )
        self._push(answer.value, part, None)

    def _push(self, bound: float, part: _Part, decided: int | None) -> None:
        heapq.heappush(self._waiting, (-bound, self._count, part, decided))
        self._count += 1

    def _open_decisions(self, branch: Branch, places: Sequence[frozenset[int] | None]) -> Iterator[_Decision]:
        decided = branch.must | branch.barred
        for number, oracle in enumerate(self._oracles):
            if number not in branch.opened | branch.closed:
                yield number, None
            if places[number] is not None:
                yield from ((number, place) for place in range(len(oracle.schools)) if (number, place) not in decided)

    def _divide(self, part: _Part) -> None:
        """Bound every part of the memberships but the best of a part, and let it wait for its turn."""
        states = [_State.of(number, len(each.schools), part.branch) for number, each in enumerate(self._oracles)]
        shares = [self._most_added(number, state) for number, state in enumerate(states)]
        for number, decision in enumerate(part.decisions):
            if time.monotonic() > self._deadline:
                raise OutOfTimeError(_LATE)
            anchor, is_in = decision[0], _is_in(part, decision)
            flipped = self._most_added(anchor, states[anchor].decided(decision, is_in=not is_in))
            bound = self._paid + math.fsum((*shares[:anchor], flipped, *shares[anchor + 1 :]))
            if bound > -math.inf:
                self._push(bound + _ROUNDING_STUDENTS, part, number)
            states[anchor] = states[anchor].decided(decision, is_in=is_in)
            if number + 1 == len(part.decisions) or part.decisions[number + 1][0] != anchor:
                shares[anchor] = self._most_added(anchor, states[anchor])

    def _most_added(self, anchor: int, state: _State) -> float:
        """What an anchor can add to the bound at the prices of the first answer."""
        if state.is_open is False:
            return 0.0
        prices = self._prices[self._packing.rows[anchor]]
        found = find_best_zone(self._oracles[anchor].problem, prices=prices, must=state.must, barred=state.barred)
        worth = found[0].value - self._zone_price if found else -math.inf
        return worth if state.is_open else max(worth, 0.0)

    def _price(self) -> tuple[np.ndarray, float, float]:
        """Price of every school and of a Zone in the relaxation over the Zones known, and what all of them pay."""
        packing = self._packing
        locked = frozenset(packing.row[school] for school in self._locks if school in packing.row)
        used = packing.used_rows(locked)
        master = Master(
            len(self._oracles),
            used,
            list(packing.columns()),
            forced_anchors=[number for number, each in enumerate(self._oracles) if each.anchor_id in self._locks],
            forced_schools=locked,
            most_zones=self._most,
            zones_of_a_school=math.inf if packing.shared else 1.0,
        )
        answer = master.solve_relaxation()
        prices = np.zeros(len(packing.row))
        prices[used] = answer.school_prices
        return prices, answer.zone_price, float(answer.school_prices.sum()) + answer.zone_price * self._most


def _schools_of(oracles: Sequence[PricingOracle]) -> set[str]:
    return {school for each in oracles for school in (*each.candidates.anchors, *each.schools)}


def _is_in(part: _Part, decision: _Decision) -> bool:
    """How the best membership of a part decides."""
    places = part.places[decision[0]]
    return places is not None and (decision[1] is None or decision[1] in places)


def _differing(part: _Part, decided: int) -> Branch:
    """The branch that agrees with the best of a part up to a decision, and differs in it."""
    opened, closed = set(part.branch.opened), set(part.branch.closed)
    must, barred = set(part.branch.must), set(part.branch.barred)
    for number, (anchor, place) in enumerate(part.decisions[: decided + 1]):
        is_in = _is_in(part, (anchor, place)) != (number == decided)
        if place is None:
            (opened if is_in else closed).add(anchor)
        else:
            (must if is_in else barred).add((anchor, place))
    return Branch(opened=frozenset(opened), closed=frozenset(closed), must=frozenset(must), barred=frozenset(barred))
