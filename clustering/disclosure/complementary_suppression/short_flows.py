"""
A flow between two lines of a table by shortest ways, one after another: quick where few students have to move.

Whether ten students can move is mostly settled by a few cells around. SciPy's maximum flow goes through the whole table
each time, so it is asked only where many steps were in vain.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

MOST_STEPS = 4_000


def flow_by_shortest_ways(
    cells_at: Sequence[Sequence[tuple[int, int]]],
    widths: tuple[Sequence[int], Sequence[int]],
    ends: tuple[int, int],
    row_count: int,
    cell: int,
    most: int,
) -> tuple[int, dict[int, int]] | None:
    """
    Find a flow of so many students, or the greatest (Edmonds and Karp 1972).

    Parameters
    ----------
    cells_at
        Of each row, then each column, its cells and the line at the other end of each.
    widths
        How many students each cell can give, and take.
    ends
        From which line to which.
    row_count
        Lines before this number are rows.
    cell
        The cell that is passed by.
    most
        More than so many students are not asked for.

    Returns
    -------
    flow
        How many move, and what each cell on their ways gives (negative: takes). ``None`` if the search takes long.
    """
    give, take = widths
    net: dict[int, int] = {cell: 0}
    done, steps = 0, 0

    def left(each: int, line: int) -> int:
        """How many more students can move away from a line over one of its cells."""
        return give[each] - net.get(each, 0) if line < row_count else take[each] + net.get(each, 0)

    while done < most:
        before: dict[int, tuple[int, int]] = {ends[0]: (-1, -1)}
        waiting = deque(ends[:1])
        while waiting and ends[1] not in before:
            line = waiting.popleft()
            steps += len(cells_at[line])
            for each, other in cells_at[line]:
                if other not in before and each != cell and left(each, line) > 0:
                    before[other] = (line, each)
                    waiting.append(other)
        if steps > MOST_STEPS:
            return None
        if ends[1] not in before:
            break
        way = _way_back(before, ends[1])
        width = min(most - done, *(left(each, line) for line, each in way))
        for line, each in way:
            net[each] = net.get(each, 0) + (width if line < row_count else -width)
        done += width
    return done, net


def _way_back(before: dict[int, tuple[int, int]], end: int) -> list[tuple[int, int]]:
    """The steps of a way, each with the line that it leaves and its cell; the last one first."""
    way: list[tuple[int, int]] = []
    line, cell = before[end]
    while line >= 0:
        way.append((line, cell))
        line, cell = before[line]
    return way
