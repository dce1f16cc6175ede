"""The rows that fit on one page: the largest ones, and the others added up in one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd


def largest_rows(table: pd.DataFrame, by: Sequence[str], most: int, *, name: str, others: str) -> pd.DataFrame:
    """
    Keep the largest rows of a table.

    Parameters
    ----------
    table
        Its numbers add up.
    by
        Columns to rank by, the first counts most; missing ranks last, and ties keep their order.
    most
        How many rows fit, the one for the others included.
    name
        The column with the name of each row.
    others
        What the others are called: ``districts``.

    Returns
    -------
    rows
        As many as fit; where there are more, the last adds up the others and is named ``42 other districts``.
    """
    ranked = table.sort_values(list(by), ascending=False, kind="stable", na_position="last", ignore_index=True)
    if len(ranked) <= most:
        return ranked
    kept, rest = ranked.iloc[: most - 1], ranked.iloc[most - 1 :]
    numeric = rest.select_dtypes(np.number)
    added = numeric.sum(min_count=1).to_frame().T.astype(numeric.dtypes.to_dict(), errors="ignore")
    added[name] = f"{len(rest):,} other {others}"
    return pd.concat([kept, added], ignore_index=True).reindex(columns=table.columns)
