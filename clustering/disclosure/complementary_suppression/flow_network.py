"""
How many students can move between hidden cells while all totals stay: flows in a network.

If one hidden cell has one student more, another cell of its row has one less, a third cell in the column of that one
has one more, and so on, back to the column of the first. Rows and columns are nodes. A cell is an arc from its row to
its column, whose capacity is the students that it can give, and an arc back without limit, for those that it can take.
How many more students a cell can have is then the maximum flow from its row to its column that does not use the cell
itself. How many fewer is the maximum flow from its column to its row (L. H. Cox, "Network models for complementary cell
suppression", Journal of the American Statistical Association 90, 1995). With whole capacities, maximum flows are
whole, so these bounds are exact for whole students.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from clustering.disclosure.complementary_suppression.augmenting_paths import flow_by_augmenting_paths
from clustering.disclosure.complementary_suppression.cell_table import CellTable

# SciPy counts flows in 32 bits.
UNLIMITED = 2**24


@dataclass(frozen=True, kw_only=True)
class Moved:
    """
    A maximum flow that does not use a given cell.

    Parameters
    ----------
    students
        How many more, or fewer, the cell can have; no more than the limit of the search.
    net
        int64, what each cell gives (negative: takes).
    """

    students: int
    net: np.ndarray


class FlowNetwork:
    """
    The network of all cells of a table. Capacities come with each question.

    Parameters
    ----------
    table
        The cells.
    """

    def __init__(self, table: CellTable) -> None:
        self.row_nodes = table.rows
        self.column_nodes = table.columns + table.row_count
        self.source = table.row_count + table.column_count
        nodes, sources = np.arange(self.source), np.full(self.source, self.source)
        # With an arc back for every arc, SciPy returns flows in the order of the arcs given.
        self.tails = np.concatenate([self.row_nodes, self.column_nodes, sources, nodes])
        self.heads = np.concatenate([self.column_nodes, self.row_nodes, nodes, sources])
        self._order = np.lexsort((self.heads, self.tails))
        self._indices = self.heads[self._order].astype("int32")
        counts = np.bincount(self.tails, minlength=self.source + 1)
        self._starts = np.concatenate([[0], np.cumsum(counts)]).astype("int32")
        self._cells = len(table.rows)
        self._row_count = table.row_count
        self._cells_at: list[list[tuple[int, int]]] = [[] for _ in nodes]
        for cell, (row, column) in enumerate(zip(self.row_nodes.tolist(), self.column_nodes.tolist(), strict=True)):
            self._cells_at[row].append((cell, column))
            self._cells_at[column].append((cell, row))

    def ends(self, cell: int, *, upward: bool) -> tuple[int, int]:
        """The nodes at which the flow begins and ends if a cell has more students (``upward``) or fewer."""
        row, column = int(self.row_nodes[cell]), int(self.column_nodes[cell])
        return (row, column) if upward else (column, row)

    def move(self, give: np.ndarray, take: np.ndarray, cell: int, *, upward: bool, most: int = UNLIMITED) -> Moved:
        """
        Find how many students other cells can take from a cell, or give it.

        Parameters
        ----------
        give, take
            Whole numbers: how many students each cell can give, and take.
        cell
            The cell in question.
        upward
            Whether it is to have more students; else fewer.
        most
            The search stops at so many.

        Returns
        -------
        moved
            The maximum flow.
        """
        ends = self.ends(cell, upward=upward)
        widths = (give.tolist(), take.tolist())
        found = flow_by_augmenting_paths(self._cells_at, widths, ends, self._row_count, cell, most)
        if found is None:
            return self._move_in_whole(give, take, cell, ends, most)
        net = np.zeros(self._cells, dtype="int64")
        net[list(found[1])] = list(found[1].values())
        return Moved(students=found[0], net=net)

    def _move_in_whole(self, give: np.ndarray, take: np.ndarray, cell: int, ends: tuple[int, int], most: int) -> Moved:
        """As :meth:`move`, by SciPy's maximum flow."""
        # SciPy is slow to load, and not needed where nothing is hidden.
        from scipy.sparse import csr_array  # noqa: PLC0415
        from scipy.sparse.csgraph import maximum_flow  # noqa: PLC0415

        widths = np.zeros(len(self.tails), dtype="int32")
        widths[: self._cells], widths[self._cells : 2 * self._cells] = give, take
        widths[[cell, self._cells + cell]] = 0
        widths[2 * self._cells + ends[0]] = most
        shape = (self.source + 1, self.source + 1)
        graph = csr_array((widths[self._order], self._indices, self._starts), shape=shape)
        found: Any = maximum_flow(graph, self.source, ends[1])
        flows = np.empty(len(self.tails), dtype="int64")
        flows[self._order] = found.flow.data
        return Moved(students=int(found.flow_value), net=flows[: self._cells])

    def reached(self, give: np.ndarray, take: np.ndarray, start: int) -> np.ndarray:
        """Whether each node can be reached from ``start`` along cells with capacity left."""
        wide = np.concatenate([give, take]) > 0
        tails, heads = self.tails[: 2 * self._cells][wide], self.heads[: 2 * self._cells][wide]
        reached: np.ndarray = np.arange(self.source) == start
        count = 0
        while count < (count := int(reached.sum())):
            reached[heads[reached[tails]]] = True
        return reached

    def cheapest_path(self, costs: np.ndarray, is_open: np.ndarray, start: int, end: int) -> np.ndarray | None:
        """
        Find the cheapest path between two nodes.

        Parameters
        ----------
        costs
            Of each cell, above 0, in either direction.
        is_open
            Whether each cell can give, then whether each cell can take: twice as many entries as cells.
        start, end
            The nodes.

        Returns
        -------
        cells
            Those on the path; ``None`` if there is none.
        """
        from scipy.sparse import csr_array  # noqa: PLC0415 (SciPy is slow to load)
        from scipy.sparse.csgraph import dijkstra  # noqa: PLC0415

        arcs = np.flatnonzero(is_open)
        tails, heads, cells = self.tails[arcs], self.heads[arcs], arcs % self._cells
        graph = csr_array((costs[cells], (tails, heads)), shape=(self.source, self.source))
        _, before = dijkstra(graph, indices=start, return_predecessors=True)
        nodes = [end]
        while nodes[-1] != start:
            if before[nodes[-1]] < 0:
                return None
            nodes.append(int(before[nodes[-1]]))
        steps = {(tail, head) for head, tail in pairwise(nodes)}
        on_path = [cell for tail, head, cell in zip(tails, heads, cells, strict=True) if (tail, head) in steps]
        return np.array(on_path, dtype="int64")
