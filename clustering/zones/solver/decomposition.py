"""
Exact search by decomposition: the optimal Zones, with proof, group of anchors by group.

An anchor has a Zone where that raises the total score; without one it counts 0. Each anchor solved alone, as if every
school could be in several Zones, bounds what it can add; so do disjoint groups of anchors, each solved exactly by
branch and price. Where no school is in the Zones of two groups, their solutions together reach the sum of the bounds
and are optimal. Groups whose Zones want the same school are joined and solved again until none do.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

from networkx.utils import UnionFind

from clustering.errors import InfeasibleError, OutOfTimeError
from clustering.zones.audit import Membership
from clustering.zones.candidates import Candidates
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.request import ZoneRequest
from clustering.zones.solver.branch_and_price.anchor_group import GroupConditions
from clustering.zones.solver.branch_and_price.branching import NOTHING_DECIDED, Node
from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle
from clustering.zones.solver.cache import SolutionCache
from clustering.zones.solver.found_zones import FoundZones, Group, Resolved, find_contended_schools
from clustering.zones.solver.infeasibility.conflicts import explain_conflict, find_conflict
from clustering.zones.solver.infeasibility.forced_schools import refuse_unreachable_locks
from clustering.zones.solver.infeasibility.no_zone_reasons import explain_locks_without_zone
from clustering.zones.solver.known_bounds import KnownBounds
from clustering.zones.solver.parallel import SolvedPart, solve_in_processes
from clustering.zones.solver.resources import Resources
from clustering.zones.solver.single_zone.zone_found import UnprovedZoneError
from clustering.zones.solver.solution import GroupSolution, NoZoneReason
from clustering.zones.tolerances import SCORE_STUDENTS

_LEAST_PARALLEL = 100  # anchors; for fewer, sending them to other processes takes longer than it saves


class ExactSearch:
    """
    Groups of anchors and their solutions while they are joined.

    Parameters
    ----------
    candidates
        One per anchor.
    request
        The limits of the request.
    resources
        Solutions found before, other processes, and until when.

    Attributes
    ----------
    solutions
        By group of anchors.
    no_zone_reasons
        By anchor without a Zone.
    """

    def __init__(self, candidates: Sequence[Candidates], request: ZoneRequest, resources: Resources) -> None:
        self.candidates, self.request = candidates, request
        self.cache, self.executor = resources.cache or SolutionCache(), resources.executor
        left_s = request.parameters.time_limit_s
        self.deadline = time.monotonic() + left_s if resources.deadline is None else resources.deadline
        self.anchors = frozenset(anchor for each in candidates for anchor in each.anchors)
        self._progress: Callable[[float], None] = lambda fraction: None
        self._fraction = 0.0
        self.forced = frozenset(request.parameters.force_in)
        self.solutions: dict[Group, GroupSolution] = {}
        self.no_zone_reasons: dict[str, NoZoneReason] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        """Sent to another process, it goes on there from the Zones found, with the time that is left."""
        found = SolvedPart(candidates=self.candidates, solutions=self.solutions, no_zone_reasons=self.no_zone_reasons)
        return _go_on, (found, self.request, self.deadline - time.monotonic())

    @cached_property
    def oracles(self) -> dict[str, PricingOracle]:
        """The pricing oracle of each anchor, sorted; built when it is first needed."""
        ordered = sorted(self.candidates, key=lambda each: each.anchor_id)
        return {each.anchor_id: each for each in self.cache.oracles(ordered, self.request)}

    @property
    def membership(self) -> Membership:
        """Anchor to the feeders of its Zone, both sorted."""
        zones = {anchor: feeders for each in self.solutions.values() for anchor, feeders in each.zones.items()}
        return dict(sorted(zones.items()))

    @cached_property
    def found(self) -> FoundZones:
        """The Zones of the groups, which are joined no more."""
        most = self.request.parameters.maximum_zones
        return FoundZones(solutions=self.solutions, is_shared=self.is_shared, maximum_zones=most)

    @cached_property
    def known_bounds(self) -> KnownBounds | None:
        """Finds the best Zones with one school elsewhere; ``None`` where limits tie the groups together."""
        if self.forced or self.request.parameters.maximum_zones is not None:
            return None
        return KnownBounds(self.found, self.oracles, self.cache, deadline=lambda: self.deadline)

    @property
    def is_shared(self) -> bool:
        """Whether a feeder may be in several Zones."""
        return self.request.parameters.shared_feeders

    def solve(self, progress: Callable[[float], None], *, tables: FeederTables | None = None, with_costs: bool) -> None:
        """Find the best Zones; errors are those of ``solve.solve``."""
        refuse_unreachable_locks(self.candidates, self.request, tables)
        is_decomposable = not self.forced and self.request.parameters.maximum_zones is None
        if self.executor is not None and is_decomposable and len(self.candidates) >= _LEAST_PARALLEL:
            self._solve_in_parallel(self.executor, progress, with_costs=with_costs)
        else:
            self._solve_here(progress, with_costs=with_costs)
        progress(1.0)

    def solve_group(
        self,
        group: Group,
        *,
        root: Node = NOTHING_DECIDED,
        maximum_zones: int | None = None,
    ) -> GroupSolution:
        """Find the best Zones of some anchors, with the locks that fall on them, under a node."""
        return self.cache.solve_group(
            [self.oracles[anchor] for anchor in group],
            GroupConditions(locks=self._locks_within(group), root=root, maximum_zones=maximum_zones),
            shared=self.is_shared,
            deadline=self.deadline,
            tick=lambda: self._progress(self._fraction),
        )

    def _solve_here(self, progress: Callable[[float], None], *, with_costs: bool) -> None:
        def report(fraction: float) -> None:
            """Keep how far the search is: the fraction is reported again while a group is solved."""
            self._fraction = fraction
            progress(fraction)

        self._progress = progress
        self._solve_alone(lambda fraction: report(0.5 * fraction))
        self._join_conflicts(lambda fraction: report(0.5 + 0.4 * fraction))
        self._limit_number_of_zones()
        self._find_costs_of_missing_zones(with_costs=with_costs)

    def _solve_in_parallel(self, executor: Executor, progress: Callable[[float], None], *, with_costs: bool) -> None:
        """Solve independent anchors in other processes."""
        solve_part = partial(_solve_part, with_costs=with_costs)
        for part in solve_in_processes(self.candidates, self.request, executor, solve_part, deadline=self.deadline):
            self.solutions.update(part.solutions)
            self.no_zone_reasons.update(part.no_zone_reasons)
            self.cache.remember_later(part, self.request)
            progress((len(self.solutions) + len(self.no_zone_reasons)) / (2 * len(self.candidates)))

    def _solve_alone(self, progress: Callable[[float], None]) -> None:
        """Solve every anchor as if it had all schools to itself; refuse locks that no Zone can keep."""
        for number, (anchor, oracle) in enumerate(self.oracles.items()):
            if oracle.candidates.has_impossible_group:
                self.no_zone_reasons[anchor] = NoZoneReason(kind="impossible_group")
            elif len(oracle.schools) + 1 < self.request.parameters.minimum_schools:
                self.no_zone_reasons[anchor] = NoZoneReason(kind="too_few_schools")
            else:
                self._solve_anchor(anchor, oracle)
            progress((number + 1) / len(self.oracles))
        self._refuse_locks_without_zone()

    def _solve_anchor(self, anchor: str, oracle: PricingOracle) -> None:
        """Solve an anchor that has enough schools within reach."""
        try:
            best = oracle.find_best(deadline=self.deadline)
        except UnprovedZoneError as late:
            value = 0.0 if late.found is None else max(late.found.value, 0.0)
            is_worth_it = late.found is not None and value > SCORE_STUDENTS
            zones = {anchor: oracle.feeders(late.found)} if late.found is not None and is_worth_it else {}
            bound = max(late.bound, value)
            self.solutions[anchor,] = GroupSolution(zones=zones, value=value, bound=bound, is_proved=False)
            return
        if best is None:
            self.no_zone_reasons[anchor] = NoZoneReason(kind="infeasible")
        elif best.value > SCORE_STUDENTS:
            zones = {anchor: oracle.feeders(best)}
            self.solutions[anchor,] = GroupSolution(zones=zones, value=best.value, bound=best.value, is_proved=True)
        elif not self.forced.isdisjoint(oracle.possible_members):
            self.solutions[anchor,] = GroupSolution(zones={}, value=0.0, bound=0.0, is_proved=True)
        else:
            self.no_zone_reasons[anchor] = NoZoneReason(kind="negative_score", score=best.value)

    def _refuse_locks_without_zone(self) -> None:
        """Refuse schools forced in that are within reach only of anchors without a Zone."""
        locks: list[tuple[str, str]] = []
        for school in sorted(self.forced):
            anchors = [anchor for anchor, each in self.oracles.items() if school in each.possible_members]
            if all(anchor in self.no_zone_reasons for anchor in anchors):
                locks.extend((school, anchor) for anchor in anchors)
        if locks:
            candidates = {each.anchor_id: each for each in self.candidates}
            raise InfeasibleError(explain_locks_without_zone(locks, self.no_zone_reasons, candidates, self.request))

    def _join_conflicts(self, progress: Callable[[float], None]) -> None:
        """Join groups whose Zones want the same school, or could hold the same forced school, until none do."""
        anchors_reaching = self._anchors_reaching_locks()
        # The solutions so far know no locks: the groups that must hold a forced school are all solved again.
        ties = {**find_contended_schools(self.solutions, is_shared=self.is_shared), **anchors_reaching}
        unlocked = {
            group for group in self.solutions if any(set(group) & set(each) for each in anchors_reaching.values())
        }
        while ties:
            joined = UnionFind([anchor for group in self.solutions for anchor in group])
            for tied in [*ties.values(), *self.solutions]:
                joined.union(*tied)
            groups = {tuple(sorted(group)) for group in joined.to_sets()}
            group_of = {anchor: group for group in self.solutions for anchor in group}
            fresh: list[Group] = sorted((groups - set(self.solutions)) | (groups & unlocked))
            for number, group in enumerate(fresh):
                for old in {group_of[anchor] for anchor in group}:
                    del self.solutions[old]
                self.solutions[group] = self._solve_group_or_refuse(group)
                progress((number + 1) / len(fresh))
            unlocked = set()
            ties = find_contended_schools(self.solutions, is_shared=self.is_shared)

    def _anchors_reaching_locks(self) -> dict[str, list[str]]:
        """Schools forced in, each with the anchors that have it within reach."""
        found: dict[str, list[str]] = {}
        for (anchor,) in self.solutions:
            for school in self.forced.intersection(self.oracles[anchor].possible_members):
                found.setdefault(school, []).append(anchor)
        return found

    def _locks_within(self, group: Group) -> frozenset[str]:
        """Schools forced in that are within reach of a group."""
        if not self.forced:
            return self.forced
        within = {school for anchor in group for school in self.oracles[anchor].possible_members}
        return self.forced & within

    def _solve_group_or_refuse(self, group: Group, *, maximum_zones: int | None = None) -> GroupSolution:
        """Find the best Zones of some anchors; refuse locks that they cannot keep."""
        solution = self.solve_group(group, maximum_zones=maximum_zones)
        if solution.value > -math.inf:
            return solution
        if not solution.is_proved:
            raise OutOfTimeError("no Zones that keep all locks were found within time_limit_s")
        oracles = [self.oracles[anchor] for anchor in group]
        conflict = find_conflict(oracles, self.request, maximum_zones=maximum_zones, deadline=self.deadline)
        raise InfeasibleError(explain_conflict(conflict, self.request))

    def _limit_number_of_zones(self) -> None:
        """Where there are more Zones than ``maximum_zones``, choose among those of all anchors together."""
        most = self.request.parameters.maximum_zones
        if most is None or sum(len(solution.zones) for solution in self.solutions.values()) <= most:
            return
        everyone = tuple(sorted(anchor for group in self.solutions for anchor in group))
        self.solutions = {everyone: self._solve_group_or_refuse(everyone, maximum_zones=most)}

    def _find_costs_of_missing_zones(self, *, with_costs: bool) -> None:
        """Find what a Zone would cost the total, for every anchor that has none and could have one."""
        for group, solution in self.solutions.items():
            for anchor in sorted(set(group) - set(solution.zones)):
                if not solution.is_proved:
                    self.no_zone_reasons[anchor] = NoZoneReason(kind="time_limit")
                    continue
                others = solution.anchors_holding(self.oracles[anchor].schools)
                reason = NoZoneReason(kind="lower_total", others=others, value=solution.value)
                # Each takes its time even after the deadline, and there may be hundreds.
                if with_costs and time.monotonic() <= self.deadline:
                    opened = self.open_zone(anchor)
                    reason = replace(reason, value=opened.value_before, with_zone=opened.solution)
                self.no_zone_reasons[anchor] = reason

    def open_zone(self, anchor: str, school: str | None = None) -> Resolved:
        """Find the best Zones where an anchor has one, with one of its candidates in it if one is named."""
        if self.known_bounds is not None and (resolved := self.known_bounds.take_in(anchor, school)) is not None:
            return resolved

        def solve(group: Group) -> GroupSolution:
            """Solve a group with the Zone decided at the root of its branching tree."""
            number = group.index(anchor)
            required = [] if school is None else [(number, self.oracles[anchor].schools.index(school))]
            root = Node(opened=frozenset({number}), required=frozenset(required))
            return self.solve_group(group, root=root, maximum_zones=self.request.parameters.maximum_zones)

        return self.found.solve_again({anchor}, solve, taken=None if self.is_shared else school)


def _go_on(found: SolvedPart, request: ZoneRequest, left_s: float) -> ExactSearch:
    search = ExactSearch(found.candidates, request, Resources(deadline=time.monotonic() + left_s))
    search.solutions.update(found.solutions)
    search.no_zone_reasons.update(found.no_zone_reasons)
    return search


def _solve_part(
    candidates: Sequence[Candidates], request: ZoneRequest, left_s: float, *, with_costs: bool
) -> SolvedPart:
    """Solve some anchors in a process of their own."""
    search = ExactSearch(candidates, request, Resources(deadline=time.monotonic() + left_s))
    search.solve(lambda fraction: None, with_costs=with_costs)
    return SolvedPart(candidates=candidates, solutions=search.solutions, no_zone_reasons=search.no_zone_reasons)
