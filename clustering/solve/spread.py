"""Groups of anchors solved in other processes, a few tasks for all of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

from clustering.candidates import Candidates
from clustering.limits import Limits
from clustering.solve.answer import PackingAnswer
from clustering.solve.one_zone import ZoneFound
from clustering.solve.oracle import ZoneOracle
from clustering.solve.packing import Packing

_TASKS = 16


@dataclass(frozen=True, kw_only=True)
class SpreadGroup:
    """
    What another process needs to solve one group of anchors.

    Parameters
    ----------
    candidates
        One per anchor.
    locks
        Schools that must be in a Zone of the group.
    """

    candidates: tuple[Candidates, ...]
    locks: frozenset[str]


Solved = tuple[PackingAnswer, list[list[ZoneFound]]]


def solve_elsewhere(
    groups: Sequence[SpreadGroup], limits: Limits, executor: Executor, *, deadline: float
) -> list[Solved]:
    """
    Solve groups of anchors in an executor's processes.

    Parameters
    ----------
    groups
        The groups.
    limits
        The limits of the request.
    executor
        Of processes; whatever it does, the answers are the same.
    deadline
        Of ``time.monotonic``.

    Returns
    -------
    solved
        For each group its answer, and the Zones found for each of its anchors, in the order given.
    """
    # The search needs no names or places, and these are most of what there is to send.
    slim = replace(limits, schools=limits.schools.iloc[:0], travel_minutes={})
    order = sorted(range(len(groups)), key=lambda number: -len(groups[number].candidates))
    tasks = [order[start::_TASKS] for start in range(min(_TASKS, len(order)))]
    left_s = deadline - time.monotonic()
    sent = [executor.submit(_solve_task, [groups[number] for number in task], slim, left_s) for task in tasks]
    solved: dict[int, Solved] = {}
    for task, future in zip(tasks, sent, strict=True):
        solved.update(zip(task, future.result(), strict=True))
    return [solved[number] for number in range(len(groups))]


def _solve_task(groups: Sequence[SpreadGroup], limits: Limits, left_s: float) -> list[Solved]:
    deadline = time.monotonic() + left_s
    return [_solve_group(group, limits, deadline) for group in groups]


def _solve_group(group: SpreadGroup, limits: Limits, deadline: float) -> Solved:
    oracles = [ZoneOracle(each, limits) for each in group.candidates]
    packing = Packing(oracles, shared=limits.parameters.shared_feeders)
    return packing.solve(locks=group.locks, deadline=deadline), [each.found for each in oracles]
