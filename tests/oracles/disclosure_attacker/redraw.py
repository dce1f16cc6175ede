"""
Another state that looks the same: the same public sizes, and counts that the same protected table stands for.

Students are moved one by one, from one destination of a grade to another and, a year later, among those who come new to
a school. So every grade keeps its size. A move is made only if everything that is known stays true.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import csc_array

from tests.oracles.disclosure_attacker.known_flows import KnownFlows


def redraw(known: KnownFlows, *, seed: int, rounds: int = 4) -> pd.DataFrame:
    """
    Move students along cycles.

    Parameters
    ----------
    known
        The state, and what is known of it.
    seed
        Of the moves.
    rounds
        How often a move out of each cell is tried.

    Returns
    -------
    cells
        ``known.cells`` with other ``students``.
    """
    rng = np.random.default_rng(seed)
    cells, system = known.cells, known.system
    counts = cells["students"].to_numpy(dtype="float64").copy()
    columns = csc_array(system.sums)
    totals = system.sums @ counts
    for giver, taker in _pairs(cells, rng, rounds):
        size = int(rng.integers(1, 5))
        rows, change = _changed_sums(columns, giver, taker, size)
        after = totals[rows] + change
        if not (known.is_shown[giver] and known.is_shown[taker]):
            continue  # which cells are withheld depends on which there are
        is_known = counts[giver] - size >= system.least[giver] and counts[taker] + size <= system.most[taker]
        if is_known and (after >= system.sum_least[rows]).all() and (after <= system.sum_most[rows]).all():
            counts[giver] -= size
            counts[taker] += size
            totals[rows] = after
    return cells.assign(students=counts)


def _pairs(cells: pd.DataFrame, rng: np.random.Generator, rounds: int) -> np.ndarray:
    """Pairs of cells of one grade of one school and year, each cell with one drawn among its neighbours."""
    group = cells.groupby(["origin", "grade", "year"], dropna=False).ngroup().to_numpy()
    found = []
    for _ in range(rounds):
        order = np.lexsort((rng.random(len(cells)), group))
        found.append(np.column_stack([order[:-1], order[1:]])[group[order[:-1]] == group[order[1:]]])
    pairs = np.concatenate(found)
    return pairs[rng.permutation(len(pairs))]


def _changed_sums(columns: csc_array, giver: int, taker: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Sums that change when students go from one cell to another, and by how much."""
    parts = [slice(columns.indptr[cell], columns.indptr[cell + 1]) for cell in (giver, taker)]
    rows = np.concatenate([columns.indices[part] for part in parts])
    change = np.concatenate([-size * columns.data[parts[0]], size * columns.data[parts[1]]])
    different, number = np.unique(rows, return_inverse=True)
    total = np.bincount(number, weights=change)
    return different[total != 0], total[total != 0]
