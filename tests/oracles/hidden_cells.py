"""What hidden cells of a table can be, found without flows: by linear programmes, or by listing all tables."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack

TOLERANCE = 1e-6


def intervals_by_programmes(
    rows: np.ndarray,
    columns: np.ndarray,
    students: np.ndarray,
    hidden: np.ndarray,
    least: np.ndarray,
    part: np.ndarray | None = None,
) -> np.ndarray:
    """
    Fewest and most students of each hidden cell, by two linear programmes each; a row per hidden cell.

    ``part`` says which cells belong together: one programme serves a cell of each part, as no total joins them.
    """
    cells = np.flatnonzero(hidden)
    part = np.zeros(len(rows), dtype="int64") if part is None else part
    number = pd.Series(part[cells]).groupby(part[cells]).cumcount().to_numpy()
    sums = vstack([csr_array(np.equal.outer(np.unique(lines[cells]), lines[cells])) for lines in (rows, columns)])
    sums, found = sums.astype("float64"), np.zeros((len(cells), 2))
    totals, bounds = sums @ students[cells], [(low, None) for low in least[cells]]
    for turn in range(number.max(initial=-1) + 1):
        aim = (number == turn).astype("float64")
        for end, sign in enumerate((1, -1)):
            solved = linprog(sign * aim, A_eq=sums, b_eq=totals, bounds=bounds)
            assert solved.status == 0, solved.message
            found[number == turn, end] = solved.x[number == turn]
    return np.column_stack([np.ceil(found[:, 0] - TOLERANCE), np.floor(found[:, 1] + TOLERANCE)])


def tables_with_totals(row_totals: tuple[int, ...], column_totals: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Every table of whole numbers, 0 or more, with these totals, row after row."""
    if len(row_totals) == 1:
        if sum(column_totals) == row_totals[0]:
            yield column_totals
        return
    for first in product(*(range(min(total, row_totals[0]) + 1) for total in column_totals)):
        if sum(first) == row_totals[0]:
            left = tuple(total - each for total, each in zip(column_totals, first, strict=True))
            for rest in tables_with_totals(row_totals[1:], left):
                yield first + rest


def is_protected(
    cells: np.ndarray, tables: np.ndarray, hidden: np.ndarray, minimum: int, values: int, everything: np.ndarray
) -> bool:
    """
    Whether every small cell of a table, given row after row, keeps what is asked.

    ``tables`` are all tables that a reader of the totals can think of, ``everything`` whether each cell may be hidden.
    """
    width = tables.shape[1] // int(np.sqrt(tables.shape[1]))
    rows, columns = np.divmod(np.arange(len(cells)), width)
    for cell in np.flatnonzero((cells > 0) & (cells < minimum)):
        if not hidden[cell]:
            return False
        possible, widest = (
            np.unique(tables[(tables[:, ~free] == cells[~free]).all(axis=1), cell]) for free in (hidden, everything)
        )
        total = min(cells[rows == rows[cell]].sum(), cells[columns == columns[cell]].sum())
        low, high = max(1, widest.min()), min(minimum, widest.max())
        if possible.min() > low or possible.max() < high or len(possible) < min(values, total + 1):
            return False
    return True
