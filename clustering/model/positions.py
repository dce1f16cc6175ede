"""The row of each school in a table, found by its identifier."""

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
