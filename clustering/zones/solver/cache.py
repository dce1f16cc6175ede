"""What was solved before: equal questions are not asked twice, and similar ones start from the Zones already found."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence

from clustering.zones.candidates import Candidates
from clustering.zones.parameters import ProposalParameters
from clustering.zones.request import ZoneRequest
from clustering.zones.solver.branch_and_price.branch_and_price import Packing
from clustering.zones.solver.branch_and_price.branching import Branch
from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle
from clustering.zones.solver.parallel import SolvedPart
from clustering.zones.solver.solution import GroupSolution

_MOST_REMEMBERED = 2
_Question = tuple[bytes, ProposalParameters]


class SolutionCache:
    """Zones and answers of one scenario; they never change another answer, since each is the only best one."""

    def __init__(self) -> None:
        self._oracles: dict[_Question, PricingOracle] = {}
        self._of_anchor: dict[str, list[PricingOracle]] = {}
        self._packings: dict[tuple[int, ...], Packing] = {}
        self._waiting: list[tuple[SolvedPart, ZoneRequest]] = []
        self._answers: dict[tuple[tuple[int, ...], frozenset[str], Branch, int | None, bool], GroupSolution] = {}

    def oracles(self, candidates: Sequence[Candidates], request: ZoneRequest) -> list[PricingOracle]:
        """The oracle of every anchor, the same one for equal candidates and limits."""
        while self._waiting:
            self._remember(*self._waiting.pop())
        parameters = request.parameters.with_changes(force_in=(), force_out=(), maximum_zones=None)
        return [self._oracle(each, request, parameters) for each in candidates]

    def _oracle(self, candidates: Candidates, request: ZoneRequest, parameters: ProposalParameters) -> PricingOracle:
        question = _digest(candidates), parameters
        if question not in self._oracles:
            oracle = PricingOracle(candidates, request)
            # Zones found for other flows or locks are good ones to begin with.
            for other in self._of_anchor.get(candidates.anchor_id, [])[-_MOST_REMEMBERED:]:
                oracle.learn_from(other)
            self._oracles[question] = oracle
            self._of_anchor.setdefault(candidates.anchor_id, []).append(oracle)
        return self._oracles[question]

    def solve_packing(
        self,
        oracles: Sequence[PricingOracle],
        *,
        locks: Collection[str],
        branch: Branch,
        most_zones: int | None,
        shared: bool,
        deadline: float,
        tick: Callable[[], None],
    ) -> GroupSolution:
        """Answer of ``packing.Packing.solve`` for these oracles, looked up if it was proved before."""
        group = tuple(map(id, oracles))
        question = group, frozenset(locks), branch, most_zones, shared
        if question in self._answers:
            return self._answers[question]
        if group not in self._packings:
            self._packings[group] = Packing(oracles, shared=shared)
        answer = self._packings[group].solve(
            locks=frozenset(locks), branch=branch, most_zones=most_zones, deadline=deadline, tick=tick
        )
        if answer.is_proved:
            self._answers[question] = answer
        return answer

    def take_later(self, part: SolvedPart, request: ZoneRequest) -> None:
        """Take in what was solved elsewhere, as soon as something else is asked."""
        self._waiting.append((part, request))

    def _remember(self, part: SolvedPart, request: ZoneRequest) -> None:
        oracles = {each.anchor_id: each for each in self.oracles(part.candidates, request)}
        shared = request.parameters.shared_feeders
        for group, answer in part.answers.items():
            if answer.is_proved:
                ids = tuple(id(oracles[anchor]) for anchor in group)
                self._answers[ids, frozenset(), Branch(), None, shared] = answer


def _digest(candidates: Candidates) -> bytes:
    text = "\n".join([*candidates.anchors, "", *candidates.schools, "", *candidates.excluded])
    digest = hashlib.blake2b(text.encode(), digest_size=16)
    for part in (
        candidates.promoted,
        candidates.bonus,
        candidates.enrolment,
        candidates.origin,
        candidates.destination,
        candidates.students,
        candidates.is_tie,
    ):
        digest.update(part.tobytes())
    digest.update(repr((candidates.anchor_enrolment, candidates.has_impossible_group)).encode())
    return digest.digest()
