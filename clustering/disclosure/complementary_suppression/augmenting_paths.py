"""
A flow between two lines of a table by shortest augmenting paths, which is quick where few students have to move.

Whether ten students can move mostly depends on a few cells nearby. SciPy's maximum flow goes through the whole table
each time, so it is used only where this search takes many steps.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

MOST_STEPS = 4_000


def flow_by_augmenting_paths(
    cells_at: Sequence[Sequence[tuple[int, int]]],
    widths: tuple[Sequence[int], Sequence[int]],
    ends: tuple[int, int],
    row_count: int,
    cell: int,
    most: int,
) -> tuple[int, dict[int, int]] | None:
    """
    Find a flow of ``most`` students, or the maximum flow if that is less (Edmonds and Karp 1972).

    Parameters
    ----------
    cells_at
        Of each row, then each column, its cells and the line at the other end of each.
    widths
        How many students each cell can give, and take.
    ends
        The lines at which the flow begins and ends.
    row_count
        Lines before this number are rows.
    cell
        The cell that the flow does not use.
    most
        The search stops at so many students.

    Returns
    -------
    flow
        How many students move, and what each cell on their paths gives (negative: takes). ``None`` if the search takes
        more than ``MOST_STEPS`` steps.
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
        path = _steps_back(before, ends[1])
        width = min(most - done, *(left(each, line) for line, each in path))
        for line, each in path:
            net[each] = net.get(each, 0) + (width if line < row_count else -width)
        done += width
    return done, net


def _steps_back(before: dict[int, tuple[int, int]], end: int) -> list[tuple[int, int]]:
    """The steps of a path, each with the line that it leaves and its cell; the last one first."""
    path: list[tuple[int, int]] = []
    line, cell = before[end]
    while line >= 0:
        path.append((line, cell))
        line, cell = before[line]
    return path
