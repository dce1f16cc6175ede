"""Which texts of a column are among many others."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def is_one_of(column: pd.Series | pd.Index, texts: pd.Series | pd.Index) -> np.ndarray:
    """
    Say which texts of a column are among others, as ``column.isin(texts)`` does.

    Parameters
    ----------
    column, texts
        Text, dtype ``str``. ``isin`` takes the second one value by value, which is slow for tens of thousands; Arrow
        takes them as they are.

    Returns
    -------
    is_one_of
        A bool per row of the column; missing is among the texts if one of them is missing.
    """
    return pc.is_in(_arrow(column), value_set=_arrow(texts)).to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]


def _arrow(texts: pd.Series | pd.Index) -> pa.Array:
    array = pa.array(texts, type=pa.large_string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
