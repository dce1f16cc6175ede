"""
Pairs of schools without students that are added to a table where totals alone would give a small cell away.

If all three students of an origin go to one destination, the total of the row is the cell. So pairs without students
are added, such as those who left, or a school nearby. They may be hidden like other cells, and nobody can distinguish
them from small cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import numpy as np

from clustering.disclosure.complementary_suppression.cell_table import CellTable


@dataclass(frozen=True, kw_only=True)
class Lines:
    """
    What is known of the rows, then the columns, of a table.

    Parameters
    ----------
    group
        Number of the grade of each row or column. Pairs are added only between grades between which somebody moves.
    is_shared
        Whether it holds the students who left, or who came from elsewhere.
    """

    group: np.ndarray
    is_shared: np.ndarray


def further_pairs(table: CellTable, lines: Lines, unresolved: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """
    Choose pairs to add in the rows and columns of the cells that totals give away.

    Parameters
    ----------
    table
        The cells.
    lines
        Of its rows, then its columns; numbered in the order of grades and identifiers.
    unresolved
        Positions of the cells that totals give away.
    most
        Pairs to add to each row, and to each column.

    Returns
    -------
    rows, columns
        Of the pairs. First the one with those who left, or who came from elsewhere; then those with the schools whose
        identifiers are nearest, which are mostly of the same district.
    """
    offset = table.row_count
    listed = {(int(row), int(column) + offset) for row, column in zip(table.rows, table.columns, strict=True)}
    ends = sorted({(int(table.rows[cell]), int(table.columns[cell]) + offset) for cell in _stuck(table, unresolved)})
    shared = _shared_groups(lines, listed)
    chosen: set[tuple[int, int]] = set()
    for row, column in ends:
        for line, other, is_row in ((row, column, True), (column, row, False)):
            found = np.flatnonzero(np.isin(lines.group, [int(lines.group[other]), *shared[int(lines.group[line])]]))
            # Lines of one grade have consecutive numbers.
            near = found[np.lexsort((np.abs(found - other), ~lines.is_shared[found]))].tolist()
            pairs = ((line, each) if is_row else (each, line) for each in near)
            fresh = (pair for pair in pairs if pair not in listed and not lines.is_shared[list(pair)].all())
            chosen.update(islice(fresh, most))
    together = np.array(sorted(chosen), dtype="int64").reshape(-1, 2)
    return together[:, 0], together[:, 1] - offset


def _stuck(table: CellTable, unresolved: np.ndarray) -> np.ndarray:
    """
    The cells that totals give away, and the largest cell of the row and of the column of each.

    If the largest cell of a row is alone in its column, it is known too. Then only the rest of the row can move.
    """
    found = [unresolved]
    order = np.argsort(table.students, kind="stable")
    for lines, count in ((table.rows, table.row_count), (table.columns, table.column_count)):
        largest = np.zeros(count, dtype="int64")
        largest[lines[order]] = order
        found.append(largest[lines[unresolved]])
    return np.unique(np.concatenate(found))


def _shared_groups(lines: Lines, listed: set[tuple[int, int]]) -> dict[int, set[int]]:
    """For each group of rows or columns, the groups of shared lines with which it has cells."""
    shared: dict[int, set[int]] = {int(group): set() for group in lines.group}
    for pair in listed:
        for one, other in (pair, pair[::-1]):
            if lines.is_shared[other]:
                shared[int(lines.group[one])].add(int(lines.group[other]))
    return shared
