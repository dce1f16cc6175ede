"""
The single grades and years that the counts of a table are made of, and what their sizes leave over.

Where years or grades are added up, public sizes still limit the students of each grade in each year. A table of least
counts that fits the sums of these sizes may fit no single year: of a grade that was there in one year only, all
students are of that year. So each student of a least count is put into one part: a grade in a year. And each cell has
one part in which enough is always left over, so that its count can rise there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Rises = list[tuple[int, float]]
"""Parts, and the students of each."""


@dataclass(frozen=True, kw_only=True, eq=False)
class CellParts:
    """
    Parts of cells: a grade and year from which, and one into which, some of the students of a cell may have gone.

    Parameters
    ----------
    cell
        Number of the cell of each part.
    row, column
        Number of the grade and year on either side; -1 for none, which limits nothing.
    year
        Of each part; any numbers that tell years apart.
    row_size, column_size
        Public sizes of these grades in these years [students].
    """

    cell: np.ndarray
    year: np.ndarray
    row: np.ndarray
    column: np.ndarray
    row_size: np.ndarray
    column_size: np.ndarray


class Slack:
    """
    What the sizes of single grades and years leave over; every rise of a least count takes some of it.

    Parameters
    ----------
    parts
        The parts of all cells.
    cells
        How many cells there are.
    needed
        Students that are never taken in the part that is reserved for a cell.
    """

    def __init__(self, parts: CellParts, cells: int, needed: float) -> None:
        self._needed = needed
        self._order = np.argsort(parts.cell, kind="stable")
        self._row, self._column = parts.row[self._order], parts.column[self._order]
        self._starts = np.searchsorted(parts.cell[self._order], np.arange(cells + 1))
        # The last entry is for parts without row or column, and is never used up.
        self._rows, self._columns = (np.append(each, np.inf) for each in (parts.row_size, parts.column_size))
        self._taken = np.zeros(len(self._row))
        self._reserved = self._reserve(parts.year[self._order])
        kept = self._reserved[self._reserved >= 0]
        self._rows[np.unique(self._row[kept])] -= needed
        self._columns[np.unique(self._column[kept])] -= needed

    def _reserve(self, year: np.ndarray) -> np.ndarray:
        """
        Reserve a part for each cell; -1 for a cell without parts.

        Of the parts that are at least half as large as the largest of the cell, that of the year with most students in
        the table: the more cells are reserved in one year, the more can be taken in the others.
        """
        size = np.minimum(self._rows[self._row], self._columns[self._column])
        of_year = np.unique(year, return_inverse=True)[1]
        weight = np.bincount(of_year, weights=np.where(np.isfinite(size), size, 0.0))[of_year]
        owner = np.repeat(np.arange(len(self._starts) - 1), np.diff(self._starts))
        largest = np.zeros(len(self._starts) - 1)
        np.maximum.at(largest, owner, size)
        order = np.lexsort((-size, -weight, size < largest[owner] / 2, owner))
        found = np.full(len(largest), -1)
        has_part = self._starts[1:] > self._starts[:-1]
        found[has_part] = order[self._starts[:-1][has_part]]
        return found

    def is_reserved(self) -> np.ndarray:
        """Whether each cell has a part in which enough is left over."""
        return (self._reserved >= 0) & (self._left(self._reserved) >= 0)

    def _left(self, parts: np.ndarray) -> np.ndarray:
        """What may be taken in some parts."""
        if not len(self._row):
            return np.zeros(len(parts))
        left: np.ndarray = np.minimum(self._rows[self._row[parts]], self._columns[self._column[parts]])
        return left

    def raise_together(self, cells: np.ndarray, by: np.ndarray, is_raised: np.ndarray) -> np.ndarray:
        """
        Raise those cells for which there is enough even if all cells are raised, each in its emptiest part.

        Parameters
        ----------
        cells
            Numbers of the cells.
        by
            Students of each.
        is_raised
            Which of them are raised, if there is enough.

        Returns
        -------
        is_enough
            One per cell. Of the others nothing is said.
        """
        part = self._emptiest(cells)
        has_part = part >= 0
        row, column = (np.where(has_part, lines[part], -1) for lines in (self._row, self._column))
        of_row, of_column = (
            np.bincount(line + 1, weights=by, minlength=len(slack) + 1)[line + 1]
            for line, slack in ((row, self._rows), (column, self._columns))
        )
        left = np.minimum(self._rows[row] - of_row, self._columns[column] - of_column)
        is_enough: np.ndarray = has_part & (left >= 0)
        taken = is_enough & is_raised
        self._take(part[taken], by[taken])
        return is_enough

    def spare(self, cells: np.ndarray) -> np.ndarray:
        """Return what may be taken in the emptiest part of each cell."""
        part = self._emptiest(cells)
        return np.where(part >= 0, self._left(part), 0.0)

    def can_rise(self, cell: int, by: float) -> bool:
        """Whether there is enough for a cell to rise by some students."""
        return self._find(cell, by) is not None

    def rise(self, cell: int, by: float) -> Rises | None:
        """Raise a cell, in its emptiest part or else in several; ``None``, and no change, if too little is left."""
        rises = self._find(cell, by)
        if rises is not None:
            self._take(*map(np.array, zip(*rises, strict=True)))
        return rises

    def give_up(self, cell: int, by: float) -> None:
        """Leave students for a cell that is not shown in its emptiest row, and in its emptiest column, if there are."""
        parts = np.arange(self._starts[cell], self._starts[cell + 1])
        for lines, slack in ((self._row[parts], self._rows), (self._column[parts], self._columns)):
            if len(lines) and slack[line := lines[slack[lines].argmax()]] >= by:
                slack[line] -= by

    def undo(self, rises: Rises) -> None:
        """Undo what :meth:`rise` did."""
        parts, amounts = map(np.array, zip(*rises, strict=True))
        self._take(parts, -amounts)

    def _find(self, cell: int, by: float) -> Rises | None:
        start, end = self._starts[cell], self._starts[cell + 1]
        if start == end:
            return None
        rows, columns = self._row[start:end], self._column[start:end]
        slack = np.minimum(self._rows[rows], self._columns[columns])
        best = int(slack.argmax())
        if slack[best] >= by:
            return [(start + best, by)]
        return self._split(start, rows, columns, slack, by)

    def _split(self, start: int, rows: np.ndarray, columns: np.ndarray, slack: np.ndarray, by: float) -> Rises | None:
        """Divide a rise among several parts; parts may share a row or a column."""
        if np.maximum(slack, 0.0).sum() < by:
            return None
        taken_of_rows: dict[int, float] = {}
        taken_of_columns: dict[int, float] = {}
        rises = []
        for position in np.argsort(-slack, kind="stable").tolist():
            row, column = int(rows[position]), int(columns[position])
            left = min(
                self._rows[row] - taken_of_rows.get(row, 0.0), self._columns[column] - taken_of_columns.get(column, 0.0)
            )
            amount = min(by, np.floor(left))
            if amount > 0:
                taken_of_rows[row] = taken_of_rows.get(row, 0.0) + amount
                taken_of_columns[column] = taken_of_columns.get(column, 0.0) + amount
                rises.append((start + position, amount))
                by -= amount
            if by <= 0:
                return rises
        return None

    def can_shift(self, cell: int) -> bool:
        """
        Whether the students of a cell may be in one year as well as in another, or can be in one only.

        Of a sum that is shown exactly, the other years tell how many there were in one.
        """
        start, end = self._starts[cell], self._starts[cell + 1]
        left = np.sort(self._left(np.arange(start, end)) + self._taken[start:end])
        return len(left) == 1 or bool(left[:-1].clip(min=0.0).sum() >= self._needed)

    def most_rise(self) -> np.ndarray:
        """Return how far each cell can rise in its reserved part if no other does."""
        return np.where(self._reserved >= 0, self._left(self._reserved) + self._needed, 0.0)

    def taken(self) -> np.ndarray:
        """Return the students put into each part, in the order of the parts given."""
        found = np.zeros(len(self._taken))
        found[self._order] = self._taken
        return found

    def _emptiest(self, cells: np.ndarray) -> np.ndarray:
        """Part of each cell that has the most left over; -1 for a cell without parts."""
        starts, ends = self._starts[cells], self._starts[cells + 1]
        counts = ends - starts
        first = np.cumsum(counts) - counts
        part = np.arange(counts.sum()) - np.repeat(first, counts) + np.repeat(starts, counts)
        owner = np.repeat(np.arange(len(cells)), counts)
        order = np.lexsort((part, -self._left(part), owner))
        found = np.full(len(cells), -1)
        has_part = counts > 0
        found[has_part] = part[order[first[has_part]]]
        return found

    def _take(self, parts: np.ndarray, amounts: np.ndarray) -> None:
        np.add.at(self._taken, parts, amounts)
        np.subtract.at(self._rows, self._row[parts], amounts)
        np.subtract.at(self._columns, self._column[parts], amounts)
