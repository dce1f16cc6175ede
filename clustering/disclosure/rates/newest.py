"""The newest graduation rate of each school, which the table of schools has too."""

from __future__ import annotations

import pandas as pd

_COLUMNS = ["low", "high", "status", "text"]


def newest_of_changed(performance: pd.DataFrame, exact: pd.DataFrame, protected: pd.DataFrame) -> pd.DataFrame:
    """
    Protect the newest graduation rates where they are among those that were.

    Parameters
    ----------
    performance
        ``Scenario.performance``, exact.
    exact, protected
        ``Scenario.rates`` before and after.

    Returns
    -------
    performance
        With the protected rates in place of the exact ones.
    """
    is_newest = (exact["measure"] == "graduation_4year") & (exact["subgroup"] == "all") & (exact["grade"] == "all")
    before, after = (part.loc[is_newest, ["school_id", *_COLUMNS]] for part in (exact, protected))
    differs = (before[_COLUMNS].astype("object").fillna("") != after[_COLUMNS].astype("object").fillna("")).any(axis=1)
    names = [f"graduation_rate_{name}" for name in _COLUMNS]
    known = performance[names].set_axis(_COLUMNS, axis="columns").reset_index()
    same = before[differs].reset_index(names="rate").merge(known, on=["school_id", "text", "low"])
    chosen = after.loc[same.drop_duplicates("school_id", keep="last")["rate"]]
    changed = performance.copy()
    changed.loc[chosen["school_id"], names] = chosen[_COLUMNS].to_numpy()
    return changed
