"""The audit of a table in which some cells are hidden: the tightest interval that a reader can work out for each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clustering.disclosure.complementary_suppression.blocks import part_of
from clustering.disclosure.complementary_suppression.cell_table import CellTable
from clustering.disclosure.complementary_suppression.protection import Levels, Movement


@dataclass(frozen=True, kw_only=True)
class Intervals:
    """
    Intervals of the hidden cells.

    Parameters
    ----------
    cells
        Positions of the hidden cells.
    lowest, highest
        Fewest and most students that each can have; every whole number between them is possible too.
    """

    cells: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray

    def breaches(self, table: CellTable, levels: Levels) -> np.ndarray:
        """Small cells whose interval is narrower than their protection level; all small cells have to be hidden."""
        position = np.searchsorted(self.cells, levels.cells)
        low, high = self.lowest[position], self.highest[position]
        students = table.students[levels.cells]
        falls_short = (low > students - levels.down) | (high < students + levels.up) | levels.is_unresolved
        cells: np.ndarray = levels.cells[falls_short]
        return cells


def find_intervals(table: CellTable, hidden: np.ndarray) -> Intervals:
    """
    Find the tightest interval of each hidden cell that follows from all totals and all published cells.

    Parameters
    ----------
    table
        The cells.
    hidden
        Whether each is hidden.

    Returns
    -------
    intervals
        Exact for whole students.
    """
    cells = np.flatnonzero(hidden)
    ends = np.zeros((len(cells), 2), dtype="int64")
    if len(cells):
        part = part_of(table, cells).table
        movement, everything = Movement(part), np.ones(len(cells), dtype=bool)
        ends = np.array([movement.interval(everything, number) for number in range(len(cells))], dtype="int64")
    return Intervals(cells=cells, lowest=ends[:, 0], highest=ends[:, 1])
