"""Solutions found before: an equal problem is solved once, and a similar one is warm-started with the Zones found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clustering.zones.candidates import Candidates
from clustering.zones.request import ZoneRequest
from clustering.zones.solver.branch_and_price.anchor_group import AnchorGroup, GroupConditions
from clustering.zones.solver.branch_and_price.branch_and_price import solve_group
from clustering.zones.solver.branch_and_price.lone_anchor import solve_lone_anchor
from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle
from clustering.zones.solver.parallel import SolvedPart
from clustering.zones.solver.solution import GroupSolution

_MOST_WARM_STARTS = 2


@dataclass(frozen=True)
class _GroupKey:
    """What a group's solution depends on; the oracles by ``id``."""

    oracles: tuple[int, ...]
    conditions: GroupConditions
    shared: bool


class SolutionCache:
    """Zones and solutions found for one scenario; they change no later solution, since there is only one best."""

    def __init__(self) -> None:
        # By the limits, then by the digest of the candidates.
        self._oracles: dict[tuple[tuple[object, ...], int], dict[bytes, PricingOracle]] = {}
        self._of_anchor: dict[str, list[PricingOracle]] = {}
        self._groups: dict[tuple[int, ...], AnchorGroup] = {}
        self._waiting: list[tuple[SolvedPart, ZoneRequest]] = []
        self._solutions: dict[_GroupKey, GroupSolution] = {}

    def oracles(self, candidates: Sequence[Candidates], request: ZoneRequest) -> list[PricingOracle]:
        """The oracle of every anchor, the same one for equal candidates and limits."""
        while self._waiting:
            self._remember(*self._waiting.pop())
        most = request.parameters.maximum_schools
        others = request.parameters.values_without("force_in", "force_out", "maximum_zones", "maximum_schools")
        return [self._oracle(each, request, (others, min(most, len(each.schools) + 1))) for each in candidates]

    def _oracle(
        self, candidates: Candidates, request: ZoneRequest, limits: tuple[tuple[object, ...], int]
    ) -> PricingOracle:
        """The oracle of an anchor; of the greatest size its Zones depend only on what the candidates can reach."""
        known = self._oracles.setdefault(limits, {})
        if candidates.digest not in known:
            oracle = known[candidates.digest] = PricingOracle(candidates, request)
            # Zones found for other flows or locks are good ones to start with.
            for other in self._of_anchor.get(candidates.anchor_id, [])[-_MOST_WARM_STARTS:]:
                oracle.warm_start_from(other)
            self._of_anchor.setdefault(candidates.anchor_id, []).append(oracle)
        return known[candidates.digest]

    def group(self, oracles: Sequence[PricingOracle], *, shared: bool) -> AnchorGroup:
        """The group of these oracles, with the Zones found for it so far."""
        ids = tuple(map(id, oracles))
        if ids not in self._groups:
            self._groups[ids] = AnchorGroup(oracles, shared=shared)
        return self._groups[ids]

    def solve_group(
        self,
        oracles: Sequence[PricingOracle],
        conditions: GroupConditions,
        *,
        shared: bool,
        deadline: float,
        tick: Callable[[], None],
    ) -> GroupSolution:
        """Solution of ``branch_and_price.solve_group`` for these oracles, looked up if it was proved before."""
        ids = tuple(map(id, oracles))
        key = _GroupKey(ids, conditions, shared)
        if key in self._solutions:
            return self._solutions[key]
        solution = None if len(oracles) > 1 else solve_lone_anchor(oracles[0], conditions, deadline=deadline)
        if solution is None:
            group = self.group(oracles, shared=shared)
            solution = solve_group(group, conditions, deadline=deadline, tick=tick)
        if solution.is_proved:
            self._solutions[key] = solution
        return solution

    def remember_later(self, part: SolvedPart, request: ZoneRequest) -> None:
        """Remember what another process solved, once the next problem is solved."""
        self._waiting.append((part, request))

    def _remember(self, part: SolvedPart, request: ZoneRequest) -> None:
        oracles = {each.anchor_id: each for each in self.oracles(part.candidates, request)}
        shared = request.parameters.shared_feeders
        for group, solution in part.solutions.items():
            if solution.is_proved:
                ids = tuple(id(oracles[anchor]) for anchor in group)
                self._solutions[_GroupKey(ids, GroupConditions(), shared)] = solution
