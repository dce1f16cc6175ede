"""
The cuts of the cell suppression problem: which sets of hidden cells are too small to protect a small cell.

If a small cell has to be able to have u students more, then wherever the rows and columns are divided in two with its
row on the one side and its column on the other, the hidden cells across must let u students through. These are the
capacity constraints of M. Fischetti and J. J. Salazar, "Models and algorithms for optimizing cell suppression in
tabular data with linear constraints", Journal of the American Statistical Association 95, 2000, with every width cut
down to u; in a two-way table they are the cuts of a flow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clustering.disclosure.complementary_suppression.protection import Movement, Question

# Shares of a cell that a relaxation hides are counted in these parts.
_PARTS = 50_000
_TOLERANCE = 1e-3


@dataclass(frozen=True, kw_only=True)
class Cut:
    """
    A constraint: the ``widths`` of those of the ``cells`` that are hidden must sum to ``least`` or more.

    Parameters
    ----------
    cells
        Positions of cells that may be hidden or not.
    widths
        1 or more each, at most ``least``.
    least
        1 or more.
    """

    cells: np.ndarray
    widths: np.ndarray
    least: int

    def key(self) -> bytes:
        """Bytes that are equal for equal cuts."""
        return np.concatenate([self.cells, self.widths, [self.least]]).astype("int64").tobytes()


def find_cut(movement: Movement, shares: np.ndarray, is_fixed: np.ndarray, question: Question) -> Cut | None:
    """
    Find the cut that a choice of cells violates most, for one small cell and one direction.

    Parameters
    ----------
    movement
        Of the table.
    shares
        How far each cell is hidden [0 to 1]; a relaxation hides parts.
    is_fixed
        Whether each cell is hidden in every choice.
    question
        The cell, whether it must have more or less, and by how many students.

    Returns
    -------
    cut
        ``None`` if the cell can move as far as it must.
    """
    cell, upward, wanted = question
    network, spare = movement.network, np.minimum(movement.spare, wanted)
    parts = np.floor(shares * _PARTS + 1e-6).astype("int64")
    give, take = spare * parts, wanted * parts
    moved = network.move(give, take, cell, upward=upward, most=wanted * _PARTS)
    if moved.students >= (wanted - _TOLERANCE) * _PARTS:
        return None
    give, take = give - moved.net, take + moved.net
    give[cell] = take[cell] = 0
    reached = network.reached(give, take, network.ends(cell, upward=upward)[0])
    gives = reached[network.row_nodes] & ~reached[network.column_nodes]
    takes = reached[network.column_nodes] & ~reached[network.row_nodes]
    widths = np.where(gives, spare, 0) + np.where(takes, wanted, 0)
    widths[cell] = 0
    least = wanted - int(widths[is_fixed].sum())
    cells = np.flatnonzero((widths > 0) & ~is_fixed)
    if least <= 0:
        return None
    return Cut(cells=cells, widths=np.minimum(widths[cells], least), least=least)
