"""A large table divided into blocks that are small enough to solve, so that most students move within a block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clustering.disclosure.complementary_suppression.cell_table import CellTable

MOST_LINES = 40


@dataclass(frozen=True, kw_only=True)
class Block:
    """
    A part of a table.

    Parameters
    ----------
    cells
        Positions of its cells in the whole table.
    table
        The same cells as a table of their own.
    """

    cells: np.ndarray
    table: CellTable


def part_of(table: CellTable, cells: np.ndarray) -> Block:
    """Take some cells of a table. Students that can move within this part can move in the whole table."""
    rows, row_numbers = np.unique(table.rows[cells], return_inverse=True)
    columns, column_numbers = np.unique(table.columns[cells], return_inverse=True)
    return Block(
        cells=cells,
        table=CellTable(
            rows=row_numbers,
            columns=column_numbers,
            students=table.students[cells],
            least=table.least[cells],
            row_count=len(rows),
            column_count=len(columns),
        ),
    )


def divide(table: CellTable, is_shared: np.ndarray, first: np.ndarray) -> list[Block]:
    """
    Divide a table into blocks.

    Parameters
    ----------
    table
        The whole.
    is_shared
        Whether each row, then each column, runs through all blocks: those of students who left or came from elsewhere.
    first
        Whether the row and the column of each cell are joined before those of other cells.

    Returns
    -------
    blocks
        Each with at most ``MOST_LINES`` rows and columns of its own, and with its cells in the shared ones. Rows and
        columns are joined along the cells with most students. Cells between two blocks are in none.
    """
    ends = np.column_stack([table.rows, table.columns + table.row_count])
    parents, sizes = list(range(len(is_shared))), [1] * len(is_shared)

    def root(line: int) -> int:
        """The line that stands for the block of a line."""
        while parents[line] != line:
            parents[line] = line = parents[parents[line]]
        return line

    order = np.lexsort((-table.students, ~first))
    order = order[~is_shared[ends[order]].any(axis=1)]
    for one, other in ends[order].tolist():
        one, other = root(one), root(other)  # noqa: PLW2901 (the groups, not the lines)
        if one != other and sizes[one] + sizes[other] <= MOST_LINES:
            parents[other] = one
            sizes[one] += sizes[other]
    roots = np.array([root(line) for line in range(len(parents))])
    labels = np.where(is_shared[ends], -1, roots[ends])
    is_inside = (labels[:, 0] == labels[:, 1]) | (is_shared[ends].sum(axis=1) == 1)
    inside = np.flatnonzero(is_inside)
    label = labels.max(axis=1)[inside]
    by_label = np.argsort(label, kind="stable")
    starts = np.flatnonzero(np.diff(label[by_label])) + 1
    return [part_of(table, np.sort(inside[cells])) for cells in np.split(by_label, starts) if len(cells) > 1]
