"""
The optimal Zones, with proof, group of anchors by group.

An anchor has a Zone where that raises the total score; without one it counts 0. Each anchor solved alone, without the
rule that a school is in one Zone only, bounds what it can add; so do disjoint groups of anchors, each solved exactly.
Where no school is claimed by two groups their answers together reach the sum of the bounds and are optimal; groups
that claim the same school are joined and solved again until none do.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from functools import cached_property, partial

from networkx.utils import UnionFind

from clustering.errors import InfeasibleError, OutOfTimeError
from clustering.zones.candidates import Candidates
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.request import ZoneRequest, label
from clustering.zones.solver.branch_and_price.branching import Branch
from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle
from clustering.zones.solver.cache import SolutionCache
from clustering.zones.solver.infeasibility.conflicts import explain_conflict
from clustering.zones.solver.infeasibility.forced_schools import refuse_hopeless_locks
from clustering.zones.solver.infeasibility.no_zone_reasons import Lack, tell_lack
from clustering.zones.solver.parallel import SolvedPart, solve_elsewhere
from clustering.zones.solver.resources import Resources
from clustering.zones.solver.single_zone.constrained_search import UnprovedZoneError
from clustering.zones.solver.solution import GroupSolution

Group = tuple[str, ...]

# Below this a score counts as nothing gained [students per year].
SCORE_TOLERANCE = 1e-6
_LEAST_SPREAD = 100  # anchors; for fewer the sending takes longer


class ExactSearch:
    """
    Groups of anchors and their answers while they are joined, and what they would be if one school were elsewhere.

    Parameters
    ----------
    candidates
        One per anchor.
    request
        The limits of the request.
    resources
        What was solved before, other processes, and until when.
    """

    def __init__(self, candidates: Sequence[Candidates], request: ZoneRequest, resources: Resources) -> None:
        self.candidates, self.request = candidates, request
        self.cache, self.executor = resources.cache or SolutionCache(), resources.executor
        left_s = request.parameters.time_limit_s
        self.deadline = time.monotonic() + left_s if resources.deadline is None else resources.deadline
        self.anchors = frozenset(head for each in candidates for head in each.anchors)
        self._tell: Callable[[float], None] = lambda fraction: None
        self._done = 0.0
        self.forced = frozenset(request.parameters.force_in)
        self.answers: dict[Group, GroupSolution] = {}
        self.lacks: dict[str, Lack] = {}

    @cached_property
    def oracles(self) -> dict[str, PricingOracle]:
        """What answers for each anchor, sorted; not made before it is asked for."""
        ordered = sorted(self.candidates, key=lambda each: each.anchor_id)
        return {each.anchor_id: each for each in self.cache.oracles(ordered, self.request)}

    def solve(self, progress: Callable[[float], None], *, tables: FeederTables | None = None, with_costs: bool) -> None:
        """Find the best Zones; errors are those of ``facade.solve``."""
        refuse_hopeless_locks(self.candidates, self.request, tables)

        is_apart = not self.forced and self.request.parameters.maximum_zones is None
        if self.executor is not None and is_apart and len(self.candidates) >= _LEAST_SPREAD:
            self._solve_elsewhere(self.executor, progress, with_costs=with_costs)
        else:
            self._solve_here(progress, with_costs=with_costs)
        progress(1.0)

    def _solve_here(self, progress: Callable[[float], None], *, with_costs: bool) -> None:
        def tell(fraction: float) -> None:
            """Remember how far the search is: the fraction is told again while a group is solved."""
            self._done = fraction
            progress(fraction)

        self._tell = progress
        self._solve_alone(lambda fraction: tell(0.5 * fraction))
        self._join_conflicts(lambda fraction: tell(0.5 + 0.4 * fraction))
        self._keep_to_the_number_of_zones()
        self._find_lacks(with_costs=with_costs)

    def _solve_elsewhere(self, executor: Executor, progress: Callable[[float], None], *, with_costs: bool) -> None:
        """Solve the anchors in other processes: nothing ties those of one to those of another."""
        work = partial(_solve_part, with_costs=with_costs)
        for part in solve_elsewhere(self.candidates, self.request, executor, work, deadline=self.deadline):
            self.answers.update(part.answers)
            self.lacks.update(part.lacks)
            self.cache.take_later(part, self.request)
            progress((len(self.answers) + len(self.lacks)) / (2 * len(self.candidates)))

    def tell_lack(self, anchor: str) -> str:
        """Say why an anchor has no Zone."""
        return tell_lack(self.lacks[anchor], self._candidates_of[anchor], self.anchors, self.request)

    @cached_property
    def _candidates_of(self) -> dict[str, Candidates]:
        return {each.anchor_id: each for each in self.candidates}

    @property
    def value(self) -> float:
        """Of all Zones together [students per year], less what breaks ties."""
        return math.fsum(answer.value for answer in self.answers.values())

    @property
    def is_shared(self) -> bool:
        """Whether a feeder may be in several Zones."""
        return self.request.parameters.shared_feeders

    def _solve_alone(self, progress: Callable[[float], None]) -> None:
        """Solve every anchor as if it had all schools to itself; refuse locks that no Zone can hold."""
        for number, (anchor, oracle) in enumerate(self.oracles.items()):
            if oracle.candidates.has_impossible_group:
                self.lacks[anchor] = Lack(kind="torn")
            elif len(oracle.schools) + 1 < self.request.parameters.minimum_schools:
                self.lacks[anchor] = Lack(kind="few")
            else:
                self._solve_one(anchor, oracle)
            progress((number + 1) / len(self.oracles))
        self._refuse_stranded_locks()

    def _solve_one(self, anchor: str, oracle: PricingOracle) -> None:
        """Solve an anchor that has enough schools within reach."""
        try:
            best = oracle.find_best(deadline=self.deadline)
        except UnprovedZoneError as late:
            value = 0.0 if late.found is None else max(late.found.value, 0.0)
            zones = {anchor: oracle.feeders(late.found)} if late.found is not None and value > SCORE_TOLERANCE else {}
            bound = max(late.bound, value)
            self.answers[anchor,] = GroupSolution(zones=zones, value=value, bound=bound, is_proved=False)
            return
        if best is None:
            self.lacks[anchor] = Lack(kind="none")
        elif best.value > SCORE_TOLERANCE:
            zones = {anchor: oracle.feeders(best)}
            self.answers[anchor,] = GroupSolution(zones=zones, value=best.value, bound=best.value, is_proved=True)
        elif not self.forced.isdisjoint((*oracle.candidates.anchors, *oracle.schools)):
            self.answers[anchor,] = GroupSolution(zones={}, value=0.0, bound=0.0, is_proved=True)
        else:
            self.lacks[anchor] = Lack(kind="loss", score=best.value)

    def _refuse_stranded_locks(self) -> None:
        """Refuse schools forced in that only anchors without a Zone could take."""
        violations: list[str] = []
        for school in sorted(self.forced):
            hosts = [
                anchor for anchor, each in self.oracles.items() if school in (*each.candidates.anchors, *each.schools)
            ]
            if all(anchor in self.lacks for anchor in hosts):
                violations.extend(
                    f"{label(self.request, school)} is forced in, but for {label(self.request, anchor)}:"
                    f" {self.tell_lack(anchor)}"
                    for anchor in hosts
                )
        if violations:
            raise InfeasibleError(violations)

    def _join_conflicts(self, progress: Callable[[float], None]) -> None:
        """Join groups that claim the same school, or could hold the same forced school, until none do."""
        hosts: dict[str, list[str]] = {}
        for (anchor,) in self.answers:
            of_zone = (*self.oracles[anchor].candidates.anchors, *self.oracles[anchor].schools)
            for school in self.forced.intersection(of_zone):
                hosts.setdefault(school, []).append(anchor)
        # The answers so far know no locks: the groups that must hold a forced school are all solved again.
        claims = {**self._claimed_twice(), **hosts}
        unlocked = {group for group in self.answers if any(set(group) & set(anchors) for anchors in hosts.values())}
        while claims:
            joined = UnionFind([anchor for group in self.answers for anchor in group])
            for tied in [*claims.values(), *self.answers]:
                joined.union(*tied)
            groups = {tuple(sorted(group)) for group in joined.to_sets()}
            group_of = {anchor: group for group in self.answers for anchor in group}
            fresh: list[Group] = sorted((groups - set(self.answers)) | (groups & unlocked))
            for number, group in enumerate(fresh):
                for old in {group_of[anchor] for anchor in group}:
                    del self.answers[old]
                self.answers[group] = self._solve_group(group)
                progress((number + 1) / len(fresh))
            unlocked = set()
            claims = self._claimed_twice()

    def _locks_within(self, group: Group, also: Sequence[str] = ()) -> frozenset[str]:
        """Schools forced in, and others, that anchors of a group could hold."""
        oracles = [self.oracles[anchor] for anchor in group]
        within = {school for each in oracles for school in (*each.candidates.anchors, *each.schools)}
        return frozenset(within.intersection((*self.forced, *also)))

    def _claimed_twice(self) -> dict[str, list[str]]:
        """Schools that the answers of several groups claim, with one anchor of each such group."""
        if self.is_shared:
            return {}
        first: dict[str, str] = {}
        claims: dict[str, list[str]] = {}
        for group, answer in self.answers.items():
            for school in itertools.chain(*answer.zones.values()):
                if (other := first.setdefault(school, group[0])) != group[0]:
                    claims.setdefault(school, [other]).append(group[0])
        return claims

    def _solve_group(self, group: Group, *, also: Sequence[str] = (), most_zones: int | None = None) -> GroupSolution:
        """Best Zones of some anchors together, with the locks that fall on them."""
        answer = self.solve_packing(group, also=also, most_zones=most_zones)
        if answer.value == -math.inf and answer.is_proved and not also:
            oracles = [self.oracles[anchor] for anchor in group]
            raise InfeasibleError(
                explain_conflict(oracles, self.request, most_zones=most_zones, deadline=self.deadline)
            )
        if answer.value == -math.inf and not answer.is_proved and not also:
            raise OutOfTimeError("no Zones that keep all locks were found within time_limit_s")
        return answer

    def solve_packing(
        self, group: Group, *, branch: Branch | None = None, also: Sequence[str] = (), most_zones: int | None = None
    ) -> GroupSolution:
        """Best Zones of some anchors, with the locks that fall on them, under a branch."""
        return self.cache.solve_packing(
            [self.oracles[anchor] for anchor in group],
            locks=self._locks_within(group, also),
            branch=branch or Branch(),
            most_zones=most_zones,
            shared=self.is_shared,
            deadline=self.deadline,
            tick=lambda: self._tell(self._done),
        )

    def _keep_to_the_number_of_zones(self) -> None:
        """Where more Zones would be opened than asked for, choose among all of them together."""
        most = self.request.parameters.maximum_zones
        if most is None or sum(len(answer.zones) for answer in self.answers.values()) <= most:
            return
        everyone = tuple(sorted(anchor for group in self.answers for anchor in group))
        self.answers = {everyone: self._solve_group(everyone, most_zones=most)}

    def _find_lacks(self, *, with_costs: bool) -> None:
        """Find out of every anchor without a Zone that could have had one what a Zone would cost."""
        most = self.request.parameters.maximum_zones if len(self.answers) == 1 else None
        for group, answer in self.answers.items():
            for anchor in sorted(set(group) - set(answer.zones)):
                if not answer.is_proved:
                    self.lacks[anchor] = Lack(kind="late")
                    continue
                forced = self._solve_group(group, also=[anchor], most_zones=most) if with_costs else None
                sharing = tuple(self._sharing(anchor, answer.zones))
                self.lacks[anchor] = Lack(kind="others", sharing=sharing, value=answer.value, forced=forced)

    def _sharing(self, anchor: str, zones: Mapping[str, tuple[str, ...]]) -> list[str]:
        own = set(self.oracles[anchor].schools)
        return sorted(other for other, feeders in zones.items() if own.intersection(feeders))


def _solve_part(
    candidates: Sequence[Candidates], request: ZoneRequest, left_s: float, *, with_costs: bool
) -> SolvedPart:
    """Solve some anchors in a process of their own."""
    search = ExactSearch(candidates, request, Resources(deadline=time.monotonic() + left_s))
    search.solve(lambda fraction: None, with_costs=with_costs)
    return SolvedPart(candidates=candidates, answers=search.answers, lacks=search.lacks)
