"""Published heuristics of complementary suppression, for comparison: each says which cells of a table it hides."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack

from clustering.disclosure.complementary_suppression.cell_table import CellTable
from clustering.disclosure.complementary_suppression.protection import Levels
from clustering.disclosure.complementary_suppression.shortest_paths import hide_by_shortest_paths

Heuristic = Callable[[CellTable, Levels, np.ndarray], np.ndarray]
_TOLERANCE = 1e-6


def small_only(table: CellTable, levels: Levels, costs: np.ndarray) -> np.ndarray:  # noqa: ARG001 (as all of them)
    """Hide the small cells and nothing else."""
    hidden = np.zeros(len(table.rows), dtype=bool)
    hidden[levels.cells] = True
    return hidden


def two_in_each_line(table: CellTable, levels: Levels, costs: np.ndarray) -> np.ndarray:
    """Hide the cheapest further cell of each row and column with just one hidden cell, until there is none."""
    hidden = small_only(table, levels, costs)
    changed = True
    while changed:
        changed = False
        for lines in (table.rows, table.columns):
            for line in np.flatnonzero(np.bincount(lines, weights=hidden) == 1):
                shown = np.flatnonzero((lines == line) & ~hidden)
                if len(shown):
                    hidden[shown[np.argmin(costs[shown])]] = changed = True
    return hidden


def hypercube(table: CellTable, levels: Levels, costs: np.ndarray) -> np.ndarray:
    """
    Hide the cheapest rectangle of cells with students around each small cell, the largest cells first.

    As GHMITER does (R. D. Repsilber; S. Giessing in the handbook of tau-ARGUS): of the rectangles whose corners leave
    the cell a wide enough range, the one that hides fewest further students; if none does, the widest.
    """
    hidden = small_only(table, levels, costs)
    position = np.full((table.row_count, table.column_count), -1)
    position[table.rows, table.columns] = np.arange(len(table.rows))
    spare = np.append(table.students - table.least, 0)
    order = np.argsort(-table.students[levels.cells], kind="stable")
    for cell, up, down in zip(levels.cells[order], levels.up[order], levels.down[order], strict=True):
        row, column = table.rows[cell], table.columns[cell]
        in_row = np.setdiff1d(table.columns[table.rows == row], [column])
        in_column = np.setdiff1d(table.rows[table.columns == column], [row])
        across = position[np.ix_(in_column, in_row)]
        found = np.argwhere(across >= 0)
        if not len(found):
            continue
        opposite = across[found[:, 0], found[:, 1]]
        corners = np.column_stack(
            [position[row, in_row[found[:, 1]]], position[in_column[found[:, 0]], column], opposite]
        )
        more = np.minimum(spare[corners[:, 0]], spare[corners[:, 1]])
        reach = np.minimum(more, up) + np.minimum(np.minimum(spare[opposite], spare[cell]), down)
        price = (costs[corners] * ~hidden[corners]).sum(axis=1)
        hidden[corners[np.lexsort((price, -reach))[0]]] = True
    return hidden


def shortest_paths(table: CellTable, levels: Levels, costs: np.ndarray) -> np.ndarray:
    """Hide the cells on cheapest paths (Cox 1995, Castro 2007), and publish none of them again."""
    return hide_by_shortest_paths(table, small_only(table, levels, costs), levels, costs)


def one_programme_at_a_time(table: CellTable, levels: Levels, costs: np.ndarray) -> np.ndarray:
    """
    Move each small cell as far as it must by a linear programme that moves fewest students over cells still shown.

    J. P. Kelly, B. L. Golden and A. A. Assad, "Cell suppression: disclosure protection for sensitive tabular data",
    Networks 22, 1992. All cells over which something moves are hidden.
    """
    hidden, count = small_only(table, levels, costs), len(table.rows)
    sums = np.concatenate([table.rows, table.columns + table.row_count])
    usage = csr_array((np.ones(2 * count), (sums, np.tile(np.arange(count), 2))))
    both = hstack([usage, -usage], format="csr")
    for cell, upward, wanted in levels.questions():
        prices = np.where(hidden, 0.0, costs.astype("float64")) + _TOLERANCE
        most = np.concatenate([np.full(count, np.inf), table.students - table.least])
        least = np.zeros(2 * count)
        own, other = (cell, count + cell) if upward else (count + cell, cell)
        least[own], most[own], most[other] = wanted, wanted, 0
        bounds = np.column_stack([least, most])
        solved = linprog(np.tile(prices, 2), A_eq=both, b_eq=np.zeros(both.shape[0]), bounds=bounds)
        if solved.x is not None:
            hidden |= (solved.x[:count] > _TOLERANCE) | (solved.x[count:] > _TOLERANCE)
    return hidden


HEURISTICS: dict[str, tuple[Heuristic, str]] = {
    "small_only": (small_only, "no further cells"),
    "two_in_each_line": (two_in_each_line, "at least two hidden cells in each row and column"),
    "hypercube": (hypercube, "GHMITER's rectangles"),
    "shortest_paths": (shortest_paths, "Cox 1995, Castro 2007"),
    "one_programme_at_a_time": (one_programme_at_a_time, "Kelly, Golden and Assad 1992"),
}
