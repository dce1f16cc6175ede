"""
The optimal Zones, with proof, group of anchors by group.

Answers are compared first by the number of Zones, then by total score. Each anchor alone, without the rule that a
school is in one Zone only, gives an upper bound in this order; so do disjoint groups of anchors, each solved exactly,
since the order is kept by addition. Where no school is claimed by two groups their answers together are therefore
optimal; groups that claim the same school are joined and solved again until none do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from networkx.utils import UnionFind

from clustering.candidates import Candidates
from clustering.constraints import Limits
from clustering.errors import InfeasibleError
from clustering.solve.answer import Answer
from clustering.solve.greedy import solve_greedy
from clustering.solve.milp import MilpAnswer, solve_milp

Group = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _GroupAnswer:
    zones: dict[str, tuple[str, ...]]
    bound: float
    is_proved: bool


def solve_exact(candidates: Sequence[Candidates], limits: Limits, progress: Callable[[float], None]) -> Answer:
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
    without_zone = {anchor: reason for anchor, each in by_anchor.items() if (reason := too_few_schools(each, limits))}
    forced = frozenset(limits.parameters.force_in)
    answers: dict[Group, _GroupAnswer] = {}
    able = [anchor for anchor in sorted(by_anchor) if anchor not in without_zone]
    for number, anchor in enumerate(able):
        alone = _solve_group([by_anchor[anchor]], limits, frozenset(), deadline)
        if alone.zones or not alone.is_proved:
            answers[(anchor,)] = alone
        else:
            without_zone[anchor] = "No set of feeders satisfies all limits of the request."
        progress(0.9 * (number + 1) / len(able))
    refused = sorted(forced & set(without_zone))
    if refused:
        raise InfeasibleError(f"{anchor} is forced in, but: {without_zone[anchor]}" for anchor in refused)
    _join_conflicts(answers, by_anchor, limits, deadline)
    for group, answer in answers.items():
        for anchor in group:
            if anchor not in answer.zones:
                others = ", ".join(sorted(answer.zones)) or "others"
                without_zone[anchor] = (
                    f"Its feeders are shared with {others}: there are not enough schools for a Zone of its own"
                    " beside theirs."
                )
    progress(1.0)
    zones = {anchor: feeders for answer in answers.values() for anchor, feeders in answer.zones.items()}
    return Answer(
        membership=dict(sorted(zones.items())),
        without_zone=dict(sorted(without_zone.items())),
        status="optimal" if all(answer.is_proved for answer in answers.values()) else "time limit",
        bound=sum(answers[group].bound for group in sorted(answers)),
    )


def too_few_schools(candidates: Candidates, limits: Limits) -> str | None:
    """Say why an anchor has fewer schools in reach than the least Zone needs, or ``None`` if it has enough."""
    asked = limits.parameters
    count = len(candidates.schools)
    if count + 1 >= asked.minimum_schools:
        return None
    found = "No feeder is" if count == 0 else f"Only {count} feeder{'s are' if count > 1 else ' is'}"
    struck = "; ".join(f"{school} {reason}" for school, reason in candidates.struck[:5])
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
    claims: dict[str, list[str]] = hosts
    while True:
        joined = UnionFind([anchor for group in answers for anchor in group])
        for anchors in claims.values():
            joined.union(*anchors)
        for group in answers:
            joined.union(*group)
        groups = {tuple(sorted(group)) for group in joined.to_sets()}
        for group in sorted(groups - set(answers)):
            locks = forced.intersection(*[[school for school in hosts if set(hosts[school]) & set(group)]])
            answer = _solve_group([by_anchor[anchor] for anchor in group], limits, locks, deadline)
            for anchor in group:
                answers.pop(next((old for old in answers if anchor in old), ()), None)
            answers[group] = answer
        claims = {}
        for group, answer in answers.items():
            for feeders in answer.zones.values():
                for school in feeders:
                    claims.setdefault(school, []).append(group[0])
        claims = {school: groups for school, groups in claims.items() if len(set(groups)) > 1}
        if not claims:
            return


def _solve_group(
    group: Sequence[Candidates], limits: Limits, locks: frozenset[str], deadline: float
) -> _GroupAnswer:
    """Most Zones first, then the greatest score; the second question is asked alone where all Zones are possible."""

    def run(open_zones: int | str) -> MilpAnswer:
        remaining = deadline - time.monotonic()
        return solve_milp(group, limits, forced=locks, open_zones=open_zones, time_limit_s=remaining)  # type: ignore[arg-type]

    best = run("all")
    if best.outcome == "infeasible" and len(group) > 1:
        most = run("most")
        if most.outcome == "infeasible":
            raise InfeasibleError(f"{school} is forced in, but no Zone can take it." for school in sorted(locks))
        best = run(len(most.zones)) if most.outcome == "optimal" else most
    if best.outcome == "infeasible":
        if locks:
            raise InfeasibleError(f"{school} is forced in, but no Zone can take it." for school in sorted(locks))
        return _GroupAnswer(zones={}, bound=0.0, is_proved=True)
    if best.outcome == "nothing found":
        rough = solve_greedy(group, limits, lambda fraction: None)
        return _GroupAnswer(zones=dict(rough.membership), bound=best.bound, is_proved=False)
    return _GroupAnswer(zones=best.zones, bound=best.bound, is_proved=best.outcome == "optimal")
