"""Anchors that have no school in common, solved in other processes, a few tasks for all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

from networkx.utils import UnionFind

from clustering.zones.candidates import Candidates
from clustering.zones.request import ZoneRequest
from clustering.zones.solver.infeasibility.no_zone_reasons import Lack
from clustering.zones.solver.solution import GroupSolution

_TASKS = 48


@dataclass(frozen=True, kw_only=True)
class SolvedPart:
    """
    What another process found for some of the anchors.

    Parameters
    ----------
    candidates
        One per anchor.
    answers
        By group of anchors.
    lacks
        By anchor without a Zone.
    """

    candidates: Sequence[Candidates]
    answers: Mapping[tuple[str, ...], GroupSolution]
    lacks: Mapping[str, Lack]


Work = Callable[[Sequence[Candidates], ZoneRequest, float], SolvedPart]


def solve_elsewhere(
    candidates: Sequence[Candidates], request: ZoneRequest, executor: Executor, work: Work, *, deadline: float
) -> Iterator[SolvedPart]:
    """
    Solve all anchors in an executor's processes; those that want the same schools stay together.

    Parameters
    ----------
    candidates
        One per anchor.
    request
        The limits of the request.
    executor
        Of processes; whatever it does, the answers are the same.
    work
        Solves some of the anchors, given the seconds left: a function that processes can import.
    deadline
        Of ``time.monotonic``.

    Yields
    ------
    part
        The answers of one task, in the order of the tasks.
    """
    # The search needs no names or places, and these are most of what there is to send.
    slim = replace(request, schools=request.schools.iloc[:0], travel_minutes={})
    bins = _deal(_independent(candidates, shared=request.parameters.shared_feeders))
    left_s = deadline - time.monotonic()
    sent = [executor.submit(work, one, slim, left_s) for one in bins]
    for future in sent:
        yield future.result()


def _independent(candidates: Sequence[Candidates], *, shared: bool) -> list[list[Candidates]]:
    """Groups of anchors that have no candidate in common, the largest first."""
    joined, hosts = UnionFind(range(len(candidates))), dict[str, int]()
    for number, each in enumerate(candidates):
        for school in () if shared else each.schools:
            joined.union(number, hosts.setdefault(school, number))
    groups = sorted(map(sorted, joined.to_sets()), key=lambda group: (-len(group), group))
    return [[candidates[number] for number in group] for group in groups]


def _deal(groups: Sequence[Sequence[Candidates]]) -> list[list[Candidates]]:
    """Deal groups to tasks of about equal size: each to the task that has least so far."""
    bins: list[list[Candidates]] = [[] for _ in range(min(_TASKS, len(groups)))]
    for group in groups:
        min(bins, key=len).extend(group)
    return bins
