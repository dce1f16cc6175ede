"""Rows of tables: that of each school, found by its identifier, and those that belong to each item."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def positions_of(schools: pd.Series, index: pd.Index) -> np.ndarray:
    """Position of each school in the index; -1 for a missing or unlisted school."""
    ids = pa.array(schools)
    found = pc.index_in(ids, value_set=pa.array(index).cast(ids.type)).fill_null(-1)
    positions: np.ndarray = found.to_numpy(zero_copy_only=False).astype(np.int64)
    return positions


def expand_rows(starts: np.ndarray, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """
    Pair items with the rows that belong to them, where each item has a run of rows.

    Parameters
    ----------
    starts
        First row of each item, and the end of the last [items + 1].
    positions
        Numbers of some items.

    Returns
    -------
    pairs
        For every row of each of these items: its index in ``positions``, and the row.
    """
    counts = starts[positions + 1] - starts[positions]
    owners = np.repeat(np.arange(len(positions)), counts)
    rows = np.arange(len(owners)) + np.repeat(starts[positions] - np.cumsum(counts) + counts, counts)
    return owners, rows
