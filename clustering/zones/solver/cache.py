"""Solutions found before: an equal problem is solved once, and a similar one is warm-started with the Zones found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clustering.zones.candidates import Candidates
from clustering.zones.parameters import ProposalParameters
from clustering.zones.request import ZoneRequest
from clustering.zones.solver.branch_and_price.anchor_group import AnchorGroup, GroupConditions
from clustering.zones.solver.branch_and_price.branch_and_price import solve_group
from clustering.zones.solver.branch_and_price.lone_anchor import solve_lone_anchor
from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle
from clustering.zones.solver.parallel import SolvedPart
from clustering.zones.solver.solution import GroupSolution

_MOST_WARM_STARTS = 2
_NO_MAXIMUM_SCHOOLS = 1000


@dataclass(frozen=True)
class _OracleKey:
    """What an oracle's Zones depend on: of the greatest size only what the candidates can reach."""

    candidates_digest: bytes
    parameters: ProposalParameters
    most_schools: int


@dataclass(frozen=True)
class _GroupKey:
    """What a group's solution depends on; the oracles by ``id``."""

    oracles: tuple[int, ...]
    conditions: GroupConditions
    shared: bool


class SolutionCache:
    """Zones and solutions of one scenario; they change no other solution, since each is the only best one."""

    def __init__(self) -> None:
        self._oracles: dict[_OracleKey, PricingOracle] = {}
        self._of_anchor: dict[str, list[PricingOracle]] = {}
        self._groups: dict[tuple[int, ...], AnchorGroup] = {}
        self._waiting: list[tuple[SolvedPart, ZoneRequest]] = []
        self._solutions: dict[_GroupKey, GroupSolution] = {}

    def oracles(self, candidates: Sequence[Candidates], request: ZoneRequest) -> list[PricingOracle]:
        """The oracle of every anchor, the same one for equal candidates and limits."""
        while self._waiting:
            self._remember(*self._waiting.pop())
        parameters = request.parameters.with_changes(
            force_in=(), force_out=(), maximum_zones=None, maximum_schools=_NO_MAXIMUM_SCHOOLS
        )
        return [self._oracle(each, request, parameters) for each in candidates]

    def _oracle(self, candidates: Candidates, request: ZoneRequest, parameters: ProposalParameters) -> PricingOracle:
        most = min(request.parameters.maximum_schools, len(candidates.schools) + 1)
        key = _OracleKey(candidates.digest, parameters, most)
        if key not in self._oracles:
            oracle = PricingOracle(candidates, request)
            # Zones found for other flows or locks are good ones to start with.
            for other in self._of_anchor.get(candidates.anchor_id, [])[-_MOST_WARM_STARTS:]:
                oracle.warm_start_from(other)
            self._oracles[key] = oracle
            self._of_anchor.setdefault(candidates.anchor_id, []).append(oracle)
        return self._oracles[key]

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
            if ids not in self._groups:
                self._groups[ids] = AnchorGroup(oracles, shared=shared)
            solution = solve_group(self._groups[ids], conditions, deadline=deadline, tick=tick)
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
