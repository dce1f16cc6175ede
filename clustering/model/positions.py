"""Positions of schools in a table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def positions_of(schools: pd.Series, index: pd.Index) -> np.ndarray:
    """Place of each school in the sorted index; -1 for none and for unlisted schools."""
    ids = pa.array(schools)
    found = pc.index_in(ids, value_set=pa.array(index).cast(ids.type)).fill_null(-1)
    places: np.ndarray = found.to_numpy(zero_copy_only=False).astype(np.int64)
    return places
