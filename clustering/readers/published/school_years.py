"""Texts of school years to the year of their fall; which year a bare one means is asked or shown by dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

YearConvention = Literal["fall", "spring"]

FIRST_MONTH = 7  # a school year runs from July to June, as budgets and state collections do
# Entries and exits after the school year cannot be: beyond this share of slips they show that a bare year is a fall.
MOST_SLIPS = 0.02
LEAST_EVIDENCE = 0.2
_PAIR = re.compile(r"(\d{4})\s*[-–/]\s*(\d{2}|\d{4})")
_BARE = re.compile(r"(\d{4})(?:\.0)?")


@dataclass(frozen=True, kw_only=True)
class SettledYears:
    """
    What the texts of a column of school years stand for.

    Parameters
    ----------
    years
        Index: the texts; Int64: year of the fall, 2022 for 2022-23. Missing: blank, unreadable or not settled.
    unreadable
        Texts that are no school year.
    bare
        Texts with one year only, such as ``2023``.
    convention
        What bare years name: ``fall``, ``spring``, or ``None``: the column has none, or it could not be settled.
    settled_by
        ``stated``, ``dates`` or ``None``.
    """

    years: pd.Series
    unreadable: tuple[str, ...]
    bare: tuple[str, ...]
    convention: YearConvention | None
    settled_by: str | None

    @property
    def is_ambiguous(self) -> bool:
        """Whether somebody must say what a bare year names."""
        return bool(self.bare) and self.convention is None


def settle_years(
    texts: pd.Index, *, convention: YearConvention | None = None, dates: pd.DataFrame | None = None
) -> SettledYears:
    """
    Read the distinct texts of a column of school years.

    Parameters
    ----------
    texts
        Distinct texts: ``2022-23``, ``2022-2023``, ``2022/23`` or a bare ``2022`` or ``2023``.
    convention
        The year that a bare one names, where somebody has said so.
    dates
        Evidence where nobody has: ``text``, ``year`` (school year in which an entry or exit date of such a record lies,
        as its fall) and ``records``, one row for each pair.

    Returns
    -------
    settled
        Bare years are settled by ``convention``, else by the dates: nobody enters or leaves after the year is over, so
        with ``2023`` dates in 2023-24 show that falls are meant, and dates that stop in 2022-23 that springs are.
    """
    parsed = {text: _parse(text) for text in texts}
    bare = tuple(text for text, (kind, _) in parsed.items() if kind == "bare")
    settled_by = "stated" if convention and bare else None
    if bare and convention is None and dates is not None:
        convention = _convention_of(dates, {text: parsed[text][1] for text in bare})
        settled_by = "dates" if convention else None
    years = {
        text: year if kind == "pair" else _fall(year, convention)
        for text, (kind, year) in parsed.items()
        if kind in ("pair", "bare")
    }
    return SettledYears(
        years=pd.Series([years.get(text) for text in texts], index=texts, dtype="Int64"),
        unreadable=tuple(text for text, (kind, _) in parsed.items() if kind == "unreadable"),
        bare=bare,
        convention=convention if bare else None,
        settled_by=settled_by,
    )


def school_year_of(days: np.ndarray) -> np.ndarray:
    """School year, as its fall, in which each day lies; ``days`` are days since 1970-01-01."""
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype("int64")
    return (months - (FIRST_MONTH - 1)) // 12 + 1970


def first_day_of(years: np.ndarray) -> np.ndarray:
    """The first of July of each year, in days since 1970-01-01."""
    months = (years.astype("int64") - 1970) * 12 + (FIRST_MONTH - 1)
    return months.astype("datetime64[M]").astype("datetime64[D]").astype("int64")


def _parse(text: str) -> tuple[str, int]:
    if text == "":
        return "blank", 0
    if pair := _PAIR.fullmatch(text):
        year, following = int(pair.group(1)), int(pair.group(2))
        is_next = following % 100 == (year + 1) % 100 and following in (year + 1, (year + 1) % 100)
        return ("pair", year) if is_next and _is_recent(year) else ("unreadable", 0)
    if (bare := _BARE.fullmatch(text)) and _is_recent(int(bare.group(1))):
        return "bare", int(bare.group(1))
    return "unreadable", 0


def _is_recent(year: int) -> bool:
    return 1900 <= year <= 2200


def _fall(year: int, convention: YearConvention | None) -> int | None:
    return {"fall": year, "spring": year - 1, None: None}[convention]


def _convention_of(dates: pd.DataFrame, bare: dict[str, int]) -> YearConvention | None:
    named = dates["text"].map(bare).astype("float64")
    same = float(dates.loc[dates["year"] == named, "records"].sum())
    before = float(dates.loc[dates["year"] == named - 1, "records"].sum())
    if same + before == 0:
        return None
    share = same / (same + before)
    # Between the two lies what either convention could show: entries of earlier years that were carried over.
    if share <= MOST_SLIPS:
        return "spring"
    return "fall" if share >= LEAST_EVIDENCE else None
