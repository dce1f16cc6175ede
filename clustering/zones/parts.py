"""Independent solves, in parts that the processes of an executor work out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, as_completed
from itertools import pairwise
from typing import TypeVar

_Found = TypeVar("_Found")

# More than there are processes, so that none waits long for the last; few, because each sends what all of them need.
MOST_PARTS = 16
# A call of an executor is worth it if its work takes at least this many times as long as the call itself.
_WORTH_CALLS = 4.0


def seconds_worth_a_call(executor: Executor) -> float:
    """
    How long work must take to be worth a call of an executor.

    Parameters
    ----------
    executor
        If its calls are slow, its attribute ``call_costs_s`` says how many seconds one takes.

    Returns
    -------
    seconds
        By the clock; 0 if the calls are quick.
    """
    return _WORTH_CALLS * float(getattr(executor, "call_costs_s", 0.0))


def work_out(
    solve: Callable[..., Iterable[_Found]],
    count: int,
    given: Callable[[range], tuple[object, ...]],
    *,
    executor: Executor | None,
    report: Callable[[float], None] = lambda fraction: None,
) -> list[_Found]:
    """
    Work out variants that do not depend on each other.

    Parameters
    ----------
    solve
        Yields what it finds for some variants, one after another: a function that processes can import.
    count
        How many variants there are; they are numbered from 0.
    given
        The arguments of ``solve`` for the variants with these numbers. Whatever the numbers are, a variant must come
        out the same.
    executor
        Its processes each take some of the variants; without one, all are worked out here. If its calls are slow, the
        first variant is worked out here, to see how many calls are worth it.
    report
        Called with the fraction done, 0 to 1.

    Returns
    -------
    found
        For each variant, in the order of the numbers.
    """
    found: list[_Found] = []

    def work_here(numbers: range) -> list[_Found]:
        """Add what is found for these numbers, and answer with all that was found."""
        for each in solve(*given(numbers)):
            found.append(each)
            report(len(found) / count)
        return found

    if executor is None or count < 2:
        return work_here(range(count))
    parts, worth_s = min(MOST_PARTS, count), seconds_worth_a_call(executor)
    if worth_s:
        start = time.monotonic()
        work_here(range(1))
        parts = min(parts, int((time.monotonic() - start) * (count - 1) / worth_s))
        if parts < 2:
            return work_here(range(1, count))
    first, left = len(found), count - len(found)
    bounds = [first + left * part // parts for part in range(parts + 1)]
    sent = [executor.submit(_list_part, solve, given(range(*pair))) for pair in pairwise(bounds)]
    try:
        for done, _ in enumerate(as_completed(sent), start=1):
            report((first + left * done / parts) / count)
        return [*found, *(each for future in sent for each in future.result())]
    finally:
        for future in sent:
            future.cancel()


def _list_part(solve: Callable[..., Iterable[_Found]], arguments: tuple[object, ...]) -> list[_Found]:
    return list(solve(*arguments))
