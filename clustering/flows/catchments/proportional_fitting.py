"""Iterative proportional fitting of many small tables at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_ROUNDS_AT_ONCE = 20
_MAXIMUM_ROUNDS = 2_000


@dataclass(frozen=True, kw_only=True, repr=False)
class Margins:
    """
    Where cells stand in their tables, and what they have to sum to.

    Parameters
    ----------
    table, row, column
        Numbers of the table, row and column of each cell [cells]; rows and columns of all tables are numbered through.
    row_totals, column_totals
        Above 0 [rows; columns]; those of one table have the same sum.
    """

    table: np.ndarray
    row: np.ndarray
    column: np.ndarray
    row_totals: np.ndarray
    column_totals: np.ndarray


def fit_proportionally(seeds: np.ndarray, margins: Margins, *, tolerance: float = 1e-6) -> np.ndarray:
    """
    Find the tables with given sums that are nearest to given ones.

    Parameters
    ----------
    seeds
        Above 0, in every row and column of a table [cells].
    margins
        Of the tables.
    tolerance
        How far the sum of a row may be off, as a share of it.

    Returns
    -------
    cells
        The sums of columns are exact [cells].

    Notes
    -----
    Columns and rows are scaled in turn (W. E. Deming and F. F. Stephan, Annals of Mathematical Statistics 11, 1940).
    With all seeds above 0 that ends at the one table of the form row factor * column factor * seed, which has the least
    relative entropy to the seeds.
    """
    cells = seeds.astype("float64")
    active = np.arange(len(cells))
    tables = int(margins.table.max()) + 1 if len(cells) else 0
    for _ in range(_MAXIMUM_ROUNDS // _ROUNDS_AT_ONCE):
        if not len(active):
            break
        row, column = (np.unique(each[active], return_inverse=True) for each in (margins.row, margins.column))
        row_totals, column_totals = margins.row_totals[row[0]], margins.column_totals[column[0]]
        part = cells[active]
        for _ in range(_ROUNDS_AT_ONCE):
            part *= (row_totals / np.bincount(row[1], weights=part))[row[1]]
            part *= (column_totals / np.bincount(column[1], weights=part))[column[1]]
        cells[active] = part
        gaps = np.abs(np.bincount(row[1], weights=part) / row_totals - 1)
        is_open = np.zeros(tables, dtype=bool)
        is_open[margins.table[active][(gaps > tolerance)[row[1]]]] = True
        active = active[is_open[margins.table[active]]]
    return cells
