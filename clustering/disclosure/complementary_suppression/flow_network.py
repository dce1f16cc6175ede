"""
What a reader of a table can move between its hidden cells, as flows of a network.

If one hidden cell has a student more, another one of its row has one less, a third one in the column of that one has
one more, and so on, round to the column of the first. Rows and columns are nodes. A cell that has students to give is
an arc from its row to its column, as wide as they are many; that it may take students is an arc back, of any width. The
students that a cell can have more are then a maximum flow from its row to its column past the cell itself, and those
that it can have less are one from its column to its row (L. H. Cox, "Network models for complementary cell
suppression", Journal of the American Statistical Association 90, 1995). Maximum flows of whole capacities are whole, so
these ends are exact for whole students.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from clustering.disclosure.complementary_suppression.cell_table import CellTable
from clustering.disclosure.complementary_suppression.short_flows import flow_by_shortest_ways

# SciPy counts flows in 32 bits.
UNLIMITED = 2**24


@dataclass(frozen=True, kw_only=True)
class Moved:
    """
    A maximum flow past a cell.

    Parameters
    ----------
    students
        How many the cell can have more, or less; no more than were asked for.
    net
        int64, what every cell gives (negative: takes) in it.
    """

    students: int
    net: np.ndarray


class FlowNetwork:
    """
    The network of all cells of a table; each question says how wide the cells are.

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
        # With an arc back for every arc, SciPy answers in the order in which it was asked.
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
        """The nodes from and to which students move if a cell has more (``upward``) or less."""
        row, column = int(self.row_nodes[cell]), int(self.column_nodes[cell])
        return (row, column) if upward else (column, row)

    def move(self, give: np.ndarray, take: np.ndarray, cell: int, *, upward: bool, most: int = UNLIMITED) -> Moved:
        """
        Find how many students other cells can take from a cell, or give it.

        Parameters
        ----------
        give, take
            Whole numbers: how many students each cell can have less, and more.
        cell
            The cell in question.
        upward
            Whether it is to have more.
        most
            More than so many are not asked for.

        Returns
        -------
        moved
            The maximum flow.
        """
        ends = self.ends(cell, upward=upward)
        widths = (give.tolist(), take.tolist())
        found = flow_by_shortest_ways(self._cells_at, widths, ends, self._row_count, cell, most)
        if found is None:
            return self._move_in_whole(give, take, cell, ends, most)
        net = np.zeros(self._cells, dtype="int64")
        net[list(found[1])] = list(found[1].values())
        return Moved(students=found[0], net=net)

    def _move_in_whole(self, give: np.ndarray, take: np.ndarray, cell: int, ends: tuple[int, int], most: int) -> Moved:
        """The same by SciPy's maximum flow."""
        # SciPy is slow to load: whoever hides nothing need not wait for it.
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
        """Whether each node can be reached from a node over cells with something left to give or take."""
        wide = np.concatenate([give, take]) > 0
        tails, heads = self.tails[: 2 * self._cells][wide], self.heads[: 2 * self._cells][wide]
        reached: np.ndarray = np.arange(self.source) == start
        count = 0
        while count < (count := int(reached.sum())):
            reached[heads[reached[tails]]] = True
        return reached

    def cheapest_way(self, costs: np.ndarray, is_open: np.ndarray, start: int, end: int) -> np.ndarray | None:
        """
        Find the cheapest way between two nodes.

        Parameters
        ----------
        costs
            Of each cell, above 0, whichever way it is used.
        is_open
            Whether each cell can be used to give, then whether it can be used to take: twice as many as cells.
        start, end
            The nodes.

        Returns
        -------
        cells
            Those on the way; ``None`` if there is none.
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
        on_way = [cell for tail, head, cell in zip(tails, heads, cells, strict=True) if (tail, head) in steps]
        return np.array(on_way, dtype="int64")
