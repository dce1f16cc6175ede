"""Independent solves, in parts that the processes of an executor work out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor, as_completed
from typing import TypeVar

_Found = TypeVar("_Found")

# More than there are processes, so that none waits long for the last; few enough that what all need is sent seldom.
_PARTS = 16


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
        Its processes each take some of the variants; ``None`` works them all out here.
    report
        Told the fraction done, 0 to 1.

    Returns
    -------
    found
        For each variant, in the order of the numbers.
    """
    if executor is None or count < 2:
        found = []
        for each in solve(*given(range(count))):
            found.append(each)
            report(len(found) / count)
        return found
    parts = min(_PARTS, count)
    shares = [range(count * part // parts, count * (part + 1) // parts) for part in range(parts)]
    sent = [executor.submit(_list_part, solve, given(share)) for share in shares]
    try:
        for done, _ in enumerate(as_completed(sent), start=1):
            report(done / parts)
        return [each for future in sent for each in future.result()]
    finally:
        for future in sent:
            future.cancel()


def _list_part(solve: Callable[..., Iterable[_Found]], arguments: tuple[object, ...]) -> list[_Found]:
    return list(solve(*arguments))
