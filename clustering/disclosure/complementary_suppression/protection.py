"""Protection levels: how far the interval of each small cell must reach, and whether it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from clustering.disclosure.complementary_suppression.cell_table import CellTable
from clustering.disclosure.complementary_suppression.flow_network import UNLIMITED, FlowNetwork, Moved


class Question(NamedTuple):
    """Whether a small cell can have ``wanted`` students more (``upward``), or fewer."""

    cell: int
    upward: bool
    wanted: int


@dataclass(frozen=True, kw_only=True)
class Levels:
    """
    Protection level of each small cell: the bounds that its interval must reach.

    Parameters
    ----------
    cells
        The small cells: their positions in the table.
    up, down
        How many more students each must be able to have, and how many fewer.
    is_unresolved
        Whether the cell keeps too few values even if every cell of the table is hidden.
    is_narrow
        Whether public totals alone keep its interval from reaching 1 or the minimum cell size.
    """

    cells: np.ndarray
    up: np.ndarray
    down: np.ndarray
    is_unresolved: np.ndarray
    is_narrow: np.ndarray

    def of(self, chosen: np.ndarray) -> Levels:
        """The levels of some cells; ``chosen`` is boolean, one entry per small cell."""
        return Levels(**{name: values[chosen] for name, values in vars(self).items()})

    def questions(self) -> list[Question]:
        """Every move that has to be possible, the largest first."""
        both = [
            Question(int(cell), upward, int(wanted))
            for levels, upward in ((self.up, True), (self.down, False))
            for cell, wanted in zip(self.cells, levels, strict=True)
        ]
        return sorted((each for each in both if each.wanted > 0), key=lambda each: -each.wanted)


class Movement:
    """
    How many students can move between the hidden cells of a table.

    Parameters
    ----------
    table
        The cells.
    """

    def __init__(self, table: CellTable) -> None:
        self.network = FlowNetwork(table)
        self.students = table.students
        self.spare = table.students - table.least

    def move(self, hidden: np.ndarray, cell: int, *, upward: bool, most: int = UNLIMITED) -> Moved:
        """Move as many students as possible, up to ``most``, to a hidden cell (``upward``) or away from it."""
        give, take = np.where(hidden, np.minimum(self.spare, UNLIMITED), 0), np.where(hidden, UNLIMITED, 0)
        return self.network.move(give, take, cell, upward=upward, most=most)

    def interval(self, hidden: np.ndarray, cell: int) -> tuple[int, int]:
        """Fewest and most students that a hidden cell can have."""
        students = int(self.students[cell])
        down = self.move(hidden, cell, upward=False, most=int(self.spare[cell])).students
        return students - down, students + self.move(hidden, cell, upward=True).students


def protection_levels(
    table: CellTable, minimum_students: int, least_possible_values: int, before: Levels | None = None
) -> Levels:
    """
    Work out the protection level of each small cell.

    Its interval must hold 1 and the minimum, so that nobody can tell that the cell is small, and it must have the least
    number of possible values. Where public totals rule such an interval out even if all cells are hidden, it must reach
    all that they allow. A cell in a row of 3 students can only have 0 to 3: then it must keep these four values.

    Parameters
    ----------
    table
        The cells.
    minimum_students
        Cells with fewer students, but at least one, are small.
    least_possible_values
        How many values each small cell must keep possible.
    before
        The levels of the same table before pairs were added. Intervals that were wide enough then are so now.

    Returns
    -------
    levels
        One for each small cell.
    """
    cells = np.flatnonzero((table.students > 0) & (table.students < minimum_students))
    # The full levels, which hold for most cells.
    students = table.students[cells]
    low, high = np.ones(len(cells), dtype="int64"), np.full(len(cells), minimum_students)
    lowest, highest = low.copy(), high.copy()
    needed = np.minimum(least_possible_values, table.smaller_totals()[cells] + 1)
    movement, everything = Movement(table), np.ones(len(table.rows), dtype=bool)
    far, spare = minimum_students + least_possible_values, table.students - table.least
    again = range(len(cells)) if before is None else np.flatnonzero(before.is_narrow | before.is_unresolved).tolist()
    for number in again:
        cell = int(cells[number])
        up = movement.move(everything, cell, upward=True, most=far)
        down = movement.move(everything, cell, upward=False, most=int(spare[cell]))
        lowest[number], highest[number] = students[number] - down.students, students[number] + up.students
    low, high = np.maximum(lowest, 1), np.minimum(highest, minimum_students)
    low = np.where(high - low + 1 < needed, lowest, low)
    high = np.where(high - low + 1 < needed, np.minimum(highest, low + needed - 1), high)
    return Levels(
        cells=cells,
        up=high - students,
        down=students - low,
        is_unresolved=high - low + 1 < needed,
        is_narrow=(low > 1) | (high < minimum_students),
    )
