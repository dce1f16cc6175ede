"""
The optimal Zones, with proof, group of anchors by group.

An anchor has a Zone where that raises the total score; without one it counts 0. Each anchor solved alone, without the
rule that a school is in one Zone only, bounds what it can add; so do disjoint groups of anchors, each solved exactly.
Where no school is claimed by two groups their answers together reach the sum of the bounds and are optimal; groups
that claim the same school are joined and solved again until none do.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from networkx.utils import UnionFind

from clustering.candidates import Candidates
from clustering.constraints import Limits, told
from clustering.errors import InfeasibleError
from clustering.solve.answer import Answer
from clustering.solve.greedy import solve_greedy
from clustering.solve.milp import MilpAnswer, solve_milp

Group = tuple[str, ...]


# Below this a score counts as nothing gained [students per year].
SCORE_TOLERANCE = 1e-6


@dataclass(frozen=True, kw_only=True)
class _NoZone:
    reason: str
    is_final: bool  # even a lock cannot open a Zone


@dataclass(frozen=True, kw_only=True)
class _GroupAnswer:
    zones: dict[str, tuple[str, ...]]
    bound: float
    is_proved: bool


def solve_exact(
    candidates: Sequence[Candidates],
    limits: Limits,
    progress: Callable[[float], None],
    *,
    with_costs: bool = True,
) -> Answer:
    """
    Solve to proven optimality, or as far as the time limit allows.

    Parameters
    ----------
    candidates
        One per anchor.
    limits
        The limits of the request.
    progress
        Told the fraction of the anchors solved, 0 to 1.
    with_costs
        See ``solve``.

    Returns
    -------
    answer
        Status ``optimal``, or ``time limit`` with the bound that was reached.

    Raises
    ------
    InfeasibleError
        The schools forced in cannot all be in Zones.
    SolverError
        The solver failed.
    """
    deadline = time.monotonic() + limits.parameters.time_limit_s
    by_anchor = {each.anchor_id: each for each in candidates}
    forced = frozenset(limits.parameters.force_in)
    answers: dict[Group, _GroupAnswer] = {}
    without_zone: dict[str, str] = {}
    for number, anchor in enumerate(sorted(by_anchor)):
        alone = _solve_alone(by_anchor[anchor], limits, deadline)
        if isinstance(alone, _GroupAnswer):
            answers[(anchor,)] = alone
        elif alone.is_final or not forced.intersection((anchor, *by_anchor[anchor].schools)):
            without_zone[anchor] = alone.reason
        else:
            answers[(anchor,)] = _GroupAnswer(zones={}, bound=0.0, is_proved=True)
        progress(0.9 * (number + 1) / len(by_anchor))
    _refuse_stranded_locks(limits, by_anchor, without_zone)
    _join_conflicts(answers, by_anchor, limits, deadline)
    for group, answer in answers.items():
        for anchor in sorted(set(group) - set(answer.zones)):
            within = [by_anchor[each] for each in group]
            cost_deadline = deadline if with_costs else None
            without_zone[anchor] = _why_not_beside(within, anchor, answer, limits, cost_deadline)
    progress(1.0)
    zones = {anchor: feeders for answer in answers.values() for anchor, feeders in answer.zones.items()}
    bound = sum(answers[group].bound for group in sorted(answers))
    return Answer(
        membership=dict(sorted(zones.items())),
        without_zone=dict(sorted(without_zone.items())),
        status="optimal" if all(answer.is_proved for answer in answers.values()) else "time limit",
        bound=bound if math.isfinite(bound) else None,
    )


def _refuse_stranded_locks(limits: Limits, by_anchor: dict[str, Candidates], without_zone: dict[str, str]) -> None:
    """Refuse schools forced in that only anchors without a Zone could take."""
    violations: list[str] = []
    for school in sorted(limits.parameters.force_in):
        hosts = [each.anchor_id for each in by_anchor.values() if school in (each.anchor_id, *each.schools)]
        if all(anchor in without_zone for anchor in hosts):
            violations.extend(
                f"{told(limits, school)} is forced in, but for {told(limits, anchor)}: {without_zone[anchor]}"
                for anchor in hosts
            )
    if violations:
        raise InfeasibleError(violations)


def too_few_schools(candidates: Candidates, limits: Limits) -> str | None:
    """Say why an anchor has fewer schools in reach than the least Zone needs, or ``None`` if it has enough."""
    asked = limits.parameters
    count = len(candidates.schools)
    if count + 1 >= asked.minimum_schools:
        return None
    found = "No feeder is" if count == 0 else f"Only {count} feeder{'s are' if count > 1 else ' is'}"
    struck = "; ".join(f"{told(limits, school)} {reason}" for school, reason in candidates.struck[:5])
    left_out = f" Left out: {struck}." if struck else ""
    return (
        f"{found} within reach (at least {asked.minimum_link_share:.0%} of the sender's promoted or of the receiver's"
        f" entering students); a Zone needs {asked.minimum_schools} schools with its anchor.{left_out}"
    )


def _join_conflicts(
    answers: dict[Group, _GroupAnswer], by_anchor: dict[str, Candidates], limits: Limits, deadline: float
) -> None:
    """Join groups that claim the same school, or could hold the same forced school, until none do."""
    forced = frozenset(limits.parameters.force_in)
    hosts: dict[str, list[str]] = {}
    for group in answers:
        for anchor in group:
            for school in forced.intersection((anchor, *by_anchor[anchor].schools)):
                hosts.setdefault(school, []).append(anchor)
    # The answers so far know no locks: the groups that must hold a forced school are all solved again.
    claims = {**_claimed_twice(answers), **hosts}
    unlocked = {group for group in answers if any(set(group) & set(anchors) for anchors in hosts.values())}
    while claims:
        joined = UnionFind([anchor for group in answers for anchor in group])
        for tied in [*claims.values(), *answers]:
            joined.union(*tied)
        groups = {tuple(sorted(group)) for group in joined.to_sets()}
        for group in sorted((groups - set(answers)) | (groups & unlocked)):
            locks = frozenset(school for school, anchors in hosts.items() if set(anchors) & set(group))
            for old in [old for old in answers if set(old) & set(group)]:
                del answers[old]
            answers[group] = _solve_group([by_anchor[anchor] for anchor in group], limits, locks, deadline)
        unlocked = set()
        claims = _claimed_twice(answers)


def _claimed_twice(answers: dict[Group, _GroupAnswer]) -> dict[str, list[str]]:
    """Schools that the answers of several groups claim, with one anchor of each such group."""
    claims: dict[str, list[str]] = {}
    for group, answer in answers.items():
        for feeders in answer.zones.values():
            for school in feeders:
                claims.setdefault(school, []).append(group[0])
    return {school: anchors for school, anchors in claims.items() if len(anchors) > 1}


def _solve_alone(candidates: Candidates, limits: Limits, deadline: float) -> _GroupAnswer | _NoZone:
    """Best Zone of one anchor if it had all schools to itself, or why it has none."""
    anchor = candidates.anchor_id
    if (reason := too_few_schools(candidates, limits)) is not None:
        return _NoZone(reason=reason, is_final=True)
    best = solve_milp([candidates], limits, forced=frozenset({anchor}), time_limit_s=deadline - time.monotonic())
    if best.outcome == "infeasible":
        return _NoZone(reason="No set of feeders satisfies all limits of the request.", is_final=True)
    if best.outcome == "optimal" and best.objective <= SCORE_TOLERANCE:
        reason = (
            f"Its best Zone would score {best.objective:.1f}: too many of its feeders' promoted students go elsewhere."
            f" Name {anchor} in force_in to propose that Zone all the same."
        )
        return _NoZone(reason=reason, is_final=False)
    return _group_answer([candidates], limits, best)


def _solve_group(group: Sequence[Candidates], limits: Limits, locks: frozenset[str], deadline: float) -> _GroupAnswer:
    """Best Zones of some anchors together."""
    best = solve_milp(group, limits, forced=locks, time_limit_s=deadline - time.monotonic())
    if best.outcome == "infeasible":
        raise InfeasibleError(
            f"{told(limits, school)} is forced in, but no set of Zones can hold all that is forced in."
            for school in sorted(locks)
        )
    return _group_answer(group, limits, best)


def _group_answer(group: Sequence[Candidates], limits: Limits, best: MilpAnswer) -> _GroupAnswer:
    """What HiGHS found, or the greedy answer where its time ran out before it found any."""
    if best.outcome == "nothing found":
        zones = dict(solve_greedy(group, limits, lambda fraction: None).membership)
        return _GroupAnswer(zones=zones, bound=best.bound, is_proved=False)
    return _GroupAnswer(zones=best.zones, bound=best.bound, is_proved=best.outcome == "optimal")


def _why_not_beside(
    group: Sequence[Candidates], anchor: str, answer: _GroupAnswer, limits: Limits, deadline: float | None
) -> str:
    """Say what a Zone for this anchor would cost the Zones that share its feeders; no cost without a deadline."""
    own = next(each for each in group if each.anchor_id == anchor)
    sharing = sorted(other for other, feeders in answer.zones.items() if set(feeders) & set(own.schools))
    others = " and ".join(told(limits, other) for other in sharing) or "another anchor"
    shared = f"Its feeders serve the total better in the Zone of {others}"
    if deadline is None:
        return f"{shared}."
    within = {school for each in group for school in (each.anchor_id, *each.schools)}
    locks = within.intersection(limits.parameters.force_in)
    other = solve_milp(group, limits, forced=frozenset({*locks, anchor}), time_limit_s=deadline - time.monotonic())
    if other.outcome == "infeasible":
        return f"{shared}; not enough schools are left for a Zone of its own."
    if other.outcome != "optimal" or not answer.is_proved:
        return f"{shared}."
    return (
        f"{shared}: with a Zone of its own the total score would be {answer.bound - other.objective:.1f} lower."
        f" Name {anchor} in force_in to propose it all the same."
    )
