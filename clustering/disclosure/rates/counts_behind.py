"""What a table of rates tells of the students behind each rate."""

from __future__ import annotations

import numpy as np
import pandas as pd

_KEY = ["school_id", "measure", "subgroup", "grade"]


def students_behind(rates: pd.DataFrame) -> pd.Series:
    """
    Find the size of the cohort behind each rate.

    Parameters
    ----------
    rates
        ``Scenario.rates``.

    Returns
    -------
    students
        As the rate itself says it (``351 of 506``), else as the file does. A rate without a year may be one of the
        dated rates of the same students, and has the least size of these; missing where none has any.
    """
    exact = rates.loc[rates["status"] == "exact", "text"]
    counted = exact[exact.str.contains(" of ", regex=False).fillna(value=False)].str.replace(",", "")
    said = counted.str.extract(r"^\d+ of (\d+)$")[0].astype("float64").reindex(rates.index)
    known: pd.Series = said.fillna(rates["cohort_students"].astype("float64"))
    undated = (rates["year"].isna() & known.isna()).to_numpy()
    if not undated.any() or known.isna().all():
        return known
    least = known.groupby([rates[name] for name in _KEY], observed=True).transform("min")
    return known.where(~undated, least)


def is_counted(rates: pd.DataFrame) -> np.ndarray:
    """Whether each rate is made of counts: ``351 of 506``."""
    texts = rates["text"].where(rates["status"] == "exact")
    return np.asarray(texts.str.contains(" of ", regex=False).fillna(value=False), dtype=bool)


def undated_as_dated(exact: pd.DataFrame, protected: pd.DataFrame, is_protected: np.ndarray) -> pd.DataFrame:
    """
    Show a rate without a year as the newest dated one of the same students, where it may be the same rate.

    Parameters
    ----------
    exact, protected
        Rates before and after.
    is_protected
        Which of them were put into bands.

    Returns
    -------
    protected
        Two files that round one rate differently would otherwise give two bands, and what these have in common.
    """
    undated = exact["year"].isna().to_numpy() & is_protected
    if not undated.any() or undated.all():
        return protected
    columns = ["low", "high", "exact", "status", "text"]
    known = exact["low"].notna() & exact["year"].notna()
    newest = exact[known].sort_values("year", kind="stable").reset_index(names="row").drop_duplicates(_KEY, keep="last")
    of_undated = exact[undated].reset_index(names="row_undated")
    pairs = of_undated[[*_KEY, "row_undated", "low", "high"]].merge(
        newest[[*_KEY, "row", "low", "high"]], on=_KEY, suffixes=("", "_dated")
    )
    same = pairs[(pairs["low"] <= pairs["high_dated"]) & (pairs["low_dated"] <= pairs["high"])]
    shown = protected.copy()
    shown.loc[same["row_undated"], columns] = protected.loc[same["row"], columns].to_numpy()
    return shown.astype(protected.dtypes.to_dict())
