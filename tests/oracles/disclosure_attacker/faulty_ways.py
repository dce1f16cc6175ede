"""
How counts must not be shown: small versions of faults, on which the attacker has to succeed.

Each takes exact counts and gives what somebody would see. The protected table beside them is sound: every count of 1 to
9 is shown as between 1 and 9, and 10 and more as the tens around them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import pandas as pd


def in_classes(exact: pd.DataFrame) -> pd.DataFrame:
    """Exact flows in classes, with their true ends: 1 to 9, 10 to 14, 15 to 24 and so on."""
    students = exact["students"].to_numpy(dtype="float64")
    tens = np.floor(students / 10 + 0.5) * 10
    small = students < 10
    low, high = np.where(small, 1.0, np.maximum(tens - 5, 10)), np.where(small, 9.0, tens + 4)
    return exact.assign(students_low=low, students_high=high, students=np.where(small, np.nan, (low + high) / 2))


def totals_rounded_by_themselves(exact: pd.DataFrame, by: Sequence[str]) -> pd.Series:
    """Fault: sums of exact counts, each rounded to the nearest ten beside the table of its parts."""
    total = exact.groupby(list(by), dropna=False)["students"].sum()
    tens: pd.Series = np.floor(total / 10 + 0.5) * 10
    return tens


def link_in_tens(exact: pd.DataFrame) -> pd.DataFrame:
    """Fault: each link as the mean of its cells in tens, with ends that know of suppressed cells alone."""
    years = exact["year"].nunique()
    tens = np.floor(exact["students"] / 10 + 0.5) * 10
    small = exact["students"] < 10
    parts = exact.assign(
        students=tens.mask(small, 5), students_low=tens.mask(small, 1), students_high=tens.mask(small, 9)
    )
    links = parts[parts["kind"] == "feeding"].groupby(["origin", "destination"])
    ends = links[["students", "students_low", "students_high"]].sum() / years
    return ends.round(3).reset_index()


def listed_scores(exact: pd.DataFrame, anchor: str, feeders: Sequence[str], leakage_weight: float) -> list[float]:
    """Fault: the scores of exact proposals, listed for everyone: all feeders, and each of them left out in turn."""
    chosen = [list(feeders), *([each for each in feeders if each != left] for left in feeders)]
    moved = exact[exact["kind"] == "feeding"]
    scores = []
    for members in chosen:
        out = moved[moved["origin"].isin(members)]
        kept = out.loc[out["destination"].isin([*members, anchor]), "students"].sum()
        scores.append(float((1 + leakage_weight) * kept - leakage_weight * out["students"].sum()))
    return scores


def plain_hash(file: pd.DataFrame) -> str:
    """Fault: the hash of a file with counts in it."""
    return hashlib.sha256(file.to_csv(index=False).encode()).hexdigest()


def rate_beside_cohort_in_tens(graduates: int, cohort: int, numbers: Sequence[int]) -> tuple[object, ...]:
    """Fault: a cohort in tens with a range of its own size, and whether it has so many students, number by number."""
    few, many = 0 < graduates < 10, 0 < cohort - graduates < 10
    low = 1 / cohort if few else (cohort - 9) / cohort if many else graduates / cohort
    high = 9 / cohort if few else (cohort - 1) / cohort if many else graduates / cohort
    return (10 * ((cohort + 5) // 10), round(low, 6), round(high, 6), tuple(cohort >= number for number in numbers))


def entries_of_columns(schools: pd.DataFrame) -> dict[str, list[str]]:
    """Fault: a column with any mark among its numbers is taken for a list, and its entries are told."""
    texts = schools.astype("str")
    return {
        str(name): sorted(texts[name].unique())
        for name in texts
        if not texts[name].str.fullmatch(r"[\d.]+").all() and texts[name].nunique() <= 30
    }
