"""Anchors that have no candidate in common, solved in parallel by other processes, in a few tasks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

from networkx.utils import UnionFind

from clustering.zones.candidates import Candidates
from clustering.zones.parts import MOST_PARTS, seconds_worth_a_call
from clustering.zones.request import ZoneRequest
from clustering.zones.solver.solution import GroupSolution, NoZoneReason

_TASKS = 48


@dataclass(frozen=True, kw_only=True)
class SolvedPart:
    """
    What another process found for some of the anchors.

    Parameters
    ----------
    candidates
        One per anchor.
    solutions
        By group of anchors.
    no_zone_reasons
        By anchor without a Zone.
    """

    candidates: Sequence[Candidates]
    solutions: Mapping[tuple[str, ...], GroupSolution]
    no_zone_reasons: Mapping[str, NoZoneReason]


# Solves some anchors within some seconds.
SolvePart = Callable[[Sequence[Candidates], ZoneRequest, float], SolvedPart]


def solve_in_processes(
    candidates: Sequence[Candidates],
    request: ZoneRequest,
    executor: Executor,
    solve_part: SolvePart,
    *,
    deadline: float,
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
        Of processes; whatever it does, the solutions are the same.
    solve_part
        Solves some of the anchors in the seconds left: a function that processes can import.
    deadline
        Of ``time.monotonic``.

    Yields
    ------
    part
        What one task found, in the order of the tasks.
    """
    # The search needs no names or coordinates, and these are most of what there is to send.
    slim = replace(request, schools=request.schools.iloc[:0], travel_minutes={})
    groups = _independent(candidates, shared=request.parameters.shared_feeders)
    worth_s, start = seconds_worth_a_call(executor), time.monotonic()
    # Where calls are slow, the smallest groups are solved here first: often nearly all are done before a call pays.
    for task in reversed(_share_out(groups, _TASKS)) if worth_s else ():
        if time.monotonic() - start > worth_s:
            break
        yield solve_part(task, slim, deadline - time.monotonic())
        solved = {each.anchor_id for each in task}
        groups = [group for group in groups if group[0].anchor_id not in solved]
    tasks = _share_out(groups, MOST_PARTS if worth_s else _TASKS)
    left_s = deadline - time.monotonic()
    sent = [executor.submit(solve_part, task, slim, left_s) for task in tasks]
    for future in sent:
        yield future.result()


def _independent(candidates: Sequence[Candidates], *, shared: bool) -> list[list[Candidates]]:
    """Groups of anchors that have no candidate in common, the largest first."""
    joined, first_with = UnionFind(range(len(candidates))), dict[str, int]()
    for number, each in enumerate(candidates):
        for school in () if shared else each.schools:
            joined.union(number, first_with.setdefault(school, number))
    groups = sorted(map(sorted, joined.to_sets()), key=lambda group: (-len(group), group))
    return [[candidates[number] for number in group] for group in groups]


def _share_out(groups: Sequence[Sequence[Candidates]], most: int) -> list[list[Candidates]]:
    """Share out groups among tasks of about equal size: each to the task that has least so far."""
    tasks: list[list[Candidates]] = [[] for _ in range(min(most, len(groups)))]
    for group in groups:
        min(tasks, key=len).extend(group)
    return tasks
