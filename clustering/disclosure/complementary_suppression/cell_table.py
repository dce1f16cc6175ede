"""A table of exact counts as arrays: the row, the column and the students of each cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class CellTable:
    """
    Cells of a two-way table whose totals of rows and columns are public.

    A pair of row and column that is not a cell is known to have no students. A cell that is listed with none may be
    hidden like any other. So where no such cell is listed, everybody knows that a hidden cell has at least one student.

    Parameters
    ----------
    rows, columns
        Number of the row and of the column of each cell, from 0; each pair once.
    students
        int64, 0 or more.
    least
        The fewest students that each can have if it is hidden, 0 or 1.
    row_count, column_count
        Rows and columns, those without cells included.
    """

    rows: np.ndarray
    columns: np.ndarray
    students: np.ndarray
    least: np.ndarray
    row_count: int
    column_count: int

    @classmethod
    def of(cls, rows: np.ndarray, columns: np.ndarray, students: np.ndarray) -> CellTable:
        """
        Make a table, and work out ``least``.

        Parameters
        ----------
        rows, columns, students
            Of each cell, as in the table.

        Returns
        -------
        table
            ``least`` is 0 in rows and columns in which a cell without students is listed, else 1. A reader who does not
            know where such cells are listed knows less.
        """
        is_zero, counts = students == 0, (int(rows.max(initial=-1)) + 1, int(columns.max(initial=-1)) + 1)
        in_row = np.bincount(rows, weights=is_zero, minlength=counts[0]) > 0
        in_column = np.bincount(columns, weights=is_zero, minlength=counts[1]) > 0
        return cls(
            rows=rows,
            columns=columns,
            students=students,
            least=np.where(in_row[rows] | in_column[columns], 0, 1),
            row_count=counts[0],
            column_count=counts[1],
        )

    @property
    def row_totals(self) -> np.ndarray:
        """Students of each row."""
        return np.bincount(self.rows, weights=self.students, minlength=self.row_count).astype("int64")

    @property
    def column_totals(self) -> np.ndarray:
        """Students of each column."""
        return np.bincount(self.columns, weights=self.students, minlength=self.column_count).astype("int64")

    def smaller_totals(self) -> np.ndarray:
        """The total of each cell's row or column, whichever is smaller: no cell can have more students."""
        smaller: np.ndarray = np.minimum(self.row_totals[self.rows], self.column_totals[self.columns])
        return smaller

    def with_listed(self, rows: np.ndarray, columns: np.ndarray) -> CellTable:
        """The same table with further cells, which have no students; they come last."""
        zeros = np.zeros(len(rows), dtype="int64")
        joined = (np.concatenate(pair) for pair in ((self.rows, rows), (self.columns, columns), (self.students, zeros)))
        return CellTable.of(*joined)
