"""
The best Zones of several anchors that want the same schools: whole Zones as columns of a set packing.

A Dantzig-Wolfe decomposition with branching. The master problem chooses among the Zones known so far, one per anchor at
most, no school twice; its linear relaxation puts a price on every school that several anchors want. At those prices the
best Zone of each anchor alone either improves the master or proves that none does: then the relaxation's value bounds
every answer. If the relaxation chooses whole Zones they are optimal. If not, an anchor or a school that it divides is
decided both ways, and both halves are searched, the one with the greater bound first, until no half can hold a better
answer than the best one known.
"""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from clustering.zones.solver.branch_and_price.branching import Branch, divide
from clustering.zones.solver.branch_and_price.master_problem import Column, Master, MasterSolution
from clustering.zones.solver.branch_and_price.pricing import GroupPricing
from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle
from clustering.zones.solver.solution import GroupSolution

# What the search for better Zones neglects, per anchor [students per year]; far below what breaks ties.
_NEGLIGIBLE = 1e-7


@dataclass(frozen=True, kw_only=True)
class _Relaxed:
    """The linear relaxation under a branch: its columns and their weights, and what no answer exceeds."""

    columns: Sequence[Column]
    weights: np.ndarray
    bound: float
    is_feasible: bool  # whether the weights keep the locks
    is_done: bool


class Packing:
    """
    A group of anchors and the Zones found for them so far; solving it again under other locks starts from these.

    Parameters
    ----------
    oracles
        One per anchor.
    shared
        Whether a school may be in several Zones.
    """

    def __init__(self, oracles: Sequence[PricingOracle], *, shared: bool = False) -> None:
        self.oracles, self.shared = oracles, shared
        hosts: dict[str, int] = {}
        for oracle in oracles:
            for school in oracle.schools:
                hosts[school] = hosts.get(school, 0) + 1
        # Every school has a row of its own number; only those that several anchors want, or that are locked, are used.
        self.row = {school: number for number, school in enumerate(sorted(hosts))}
        self._wanted = np.array([hosts[school] > 1 and not shared for school in sorted(hosts)], dtype=bool)
        self.rows = [np.array([self.row[school] for school in each.schools], dtype=np.intp) for each in oracles]
        self._columns: list[Column] = []
        self._taken = [0] * len(oracles)
        self.pricing = GroupPricing(oracles, self.rows)

    def solve(
        self,
        *,
        locks: frozenset[str] = frozenset(),
        branch: Branch | None = None,
        most_zones: int | None = None,
        deadline: float = math.inf,
        tick: Callable[[], None] = lambda: None,
    ) -> GroupSolution:
        """
        Find the best Zones.

        Parameters
        ----------
        locks
            Schools that must be in a Zone; an anchor among them must have one.
        branch
            What else is decided.
        most_zones
            Zones at most.
        deadline
            Of ``time.monotonic``; the best answer so far is given then.
        tick
            Called again and again; what it raises ends the search.

        Returns
        -------
        answer
            Optimal, unless time ran out.
        """
        forced = frozenset(number for number, each in enumerate(self.oracles) if each.anchor_id in locks)
        start = branch or Branch()
        start = replace(start, opened=start.opened | forced)
        locked = frozenset(self.row[school] for school in locks if school in self.row)
        most = len(self.oracles) if most_zones is None else most_zones
        return _Search(self, locked, most, deadline=deadline, tick=tick).solve(start)

    def used_rows(self, locked: frozenset[int]) -> np.ndarray:
        """Numbers of the schools that have a row in the master."""
        is_used = self._wanted.copy()
        is_used[list(locked)] = True
        return np.flatnonzero(is_used)

    def columns(self) -> Sequence[Column]:
        """Zones that were found so far, as columns; new ones come behind those of an earlier call."""
        for anchor, oracle in enumerate(self.oracles):
            for zone in oracle.found[self._taken[anchor] :]:
                schools = tuple(self.rows[anchor][list(zone.feeders)].tolist())
                self._columns.append(Column(anchor=anchor, feeders=zone.feeders, schools=schools, value=zone.value))
            self._taken[anchor] = len(oracle.found)
        return self._columns


class _Search:
    """One solution of a packing, branch by branch."""

    def __init__(
        self, packing: Packing, locked: frozenset[int], most_zones: int, *, deadline: float, tick: Callable[[], None]
    ) -> None:
        self.packing, self.locked, self.most = packing, locked, most_zones
        self.deadline, self.tick = deadline, tick
        self.used = packing.used_rows(locked)
        self.best: tuple[float, Sequence[Column]] = (-math.inf, ())

    def solve(self, start: Branch) -> GroupSolution:
        """Search the branches, the one with the greatest bound first."""
        tolerance = _NEGLIGIBLE * (1 + len(self.packing.oracles))
        root = self.relax(start)
        waiting = [(-root.bound, 0, start, root)]
        count, is_done = 0, True
        while waiting and is_done:
            bound, _, branch, relaxed = heapq.heappop(waiting)
            if -bound <= self.best[0] + tolerance:
                waiting = []
                break
            divided = divide(branch, relaxed.columns, relaxed.weights, self.packing.rows, shared=self.packing.shared)
            if divided is None:
                self.take(relaxed.columns, relaxed.weights, is_feasible=relaxed.is_feasible)
                if not relaxed.is_done:  # whole Zones, but better ones may not have been found yet
                    waiting.append((bound, count, branch, relaxed))
                    break
                continue
            if count % 8 == 0:
                self.choose_whole(branch)
            for half in divided:
                child = self.relax(half)
                is_done &= child.is_done
                count += 1
                if child.bound > self.best[0] + tolerance:
                    heapq.heappush(waiting, (-child.bound, count, half, child))
            if not is_done:
                heapq.heappush(waiting, (bound, 0, branch, relaxed))
        left = max([-each[0] for each in waiting], default=-math.inf)
        is_met = -math.inf < self.best[0] and left <= self.best[0] + tolerance
        is_proved = is_met or (is_done and root.is_done)
        return self.answer(self.best[0] if is_proved else max(left, self.best[0]), is_proved=is_proved)

    def take(self, columns: Sequence[Column], weights: np.ndarray, *, is_feasible: bool) -> None:
        """Take an answer of whole Zones if it keeps the locks and is the best so far."""
        chosen = [each for each, weight in zip(columns, weights, strict=True) if weight > 0.5]
        value = sum(each.value for each in chosen)
        if is_feasible and value > self.best[0]:
            self.best = value, chosen

    def choose_whole(self, branch: Branch) -> None:
        """Choose whole Zones among those known."""
        columns = [each for each in self.packing.columns() if branch.allows(each)]
        master = self.master(branch, columns)
        whole = master.solve_integer(self.deadline - time.monotonic())
        self.take(columns, whole.weights, is_feasible=whole.is_feasible)

    def master(self, branch: Branch, columns: Sequence[Column]) -> Master:
        """The master problem of a branch."""
        return Master(
            len(self.packing.oracles),
            self.used,
            columns,
            forced_anchors=branch.opened,
            forced_schools=self.locked,
            most_zones=self.most,
            zones_of_a_school=math.inf if self.packing.shared else 1.0,
        )

    def relax(self, branch: Branch) -> _Relaxed:
        """Solve the linear relaxation over all Zones there are, adding those that improve it."""
        known = self.packing.columns()
        count = len(known)
        columns = [each for each in known if branch.allows(each)]
        master = self.master(branch, columns)
        bound = math.inf
        while True:
            self.tick()
            answer = master.solve_relaxation()
            total, improves, is_exact = self.price(answer, branch)
            bound = min(bound, total)
            known = self.packing.columns()
            fresh = [each for each in known[count:] if branch.allows(each)] if improves else []
            count = len(known)
            late = not is_exact or time.monotonic() > self.deadline
            if not fresh or late:
                if not answer.is_feasible and not fresh and is_exact:
                    bound = -math.inf
                return _Relaxed(
                    columns=columns,
                    weights=answer.weights,
                    bound=bound,
                    is_feasible=answer.is_feasible,
                    is_done=is_exact and not (fresh and late),
                )
            master.add(fresh)
            columns.extend(fresh)

    def price(self, answer: MasterSolution, branch: Branch) -> tuple[float, bool, bool]:
        """Best Zones at the master's prices: their bound, whether one improves it, whether time sufficed for all."""
        packing = self.packing
        price_of = np.zeros(len(packing.row))
        price_of[self.used] = answer.school_prices
        total = float(answer.school_prices.sum()) + answer.zone_price * self.most
        worth = answer.anchor_prices + answer.zone_price + _NEGLIGIBLE
        most, improves, is_exact = packing.pricing.find_best(price_of, branch, worth, self.deadline)
        added = most - answer.zone_price
        opened = list(branch.opened)
        if (added[opened] == -np.inf).any():
            return -math.inf, False, True
        is_chosen = added > 0
        is_chosen[opened] = True
        return total + float(added[is_chosen].sum()), improves, is_exact

    def answer(self, bound: float, *, is_proved: bool) -> GroupSolution:
        """The best Zones known; their value is added up anew, for the last digits depend on how they were found."""
        oracles, chosen = self.packing.oracles, self.best[1]
        value = (
            self.best[0]
            if self.best[0] == -math.inf
            else math.fsum(oracles[each.anchor].value_of(each.feeders) for each in chosen)
        )
        zones = {
            oracles[each.anchor].anchor_id: tuple(oracles[each.anchor].schools[place] for place in each.feeders)
            for each in chosen
        }
        bound = value if is_proved else max(bound, value)
        return GroupSolution(zones=dict(sorted(zones.items())), value=value, bound=bound, is_proved=is_proved)
