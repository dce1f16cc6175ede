"""School years as text to the year of their fall; a bare year is read by the user's convention or by dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from clustering.readers.text.year_words import find_year, has_joined_pairs

YearConvention = Literal["fall", "spring"]

FIRST_MONTH = 7  # a school year runs from July to June, as budgets and state collections do
# No one enters or leaves after a school year: with a larger share of such dates a bare year cannot be the spring.
MOST_SLIPS = 0.02
LEAST_EVIDENCE = 0.2
_PAIR = re.compile(r"(\d{4})\s*[-–/]\s*(\d{2}|\d{4})")
_BARE = re.compile(r"(\d{4})(?:\.0)?")


@dataclass(frozen=True, kw_only=True)
class SchoolYears:
    """
    The school years of a column.

    Parameters
    ----------
    years
        Index: the texts; Int64: year of the fall, 2022 for 2022-23. Missing: blank, unreadable or ambiguous.
    unreadable
        Texts that are no school year.
    bare
        Texts with one year only, such as ``2023``.
    convention
        What bare years are: ``fall``, ``spring``, or ``None`` if the column has none or they are ambiguous.
    convention_source
        ``stated``, ``dates`` or ``None``.
    """

    years: pd.Series
    unreadable: tuple[str, ...]
    bare: tuple[str, ...]
    convention: YearConvention | None
    convention_source: str | None

    @property
    def is_ambiguous(self) -> bool:
        """Whether the user must set what a bare year is."""
        return bool(self.bare) and self.convention is None


def parse_school_years(
    texts: pd.Index, *, convention: YearConvention | None = None, dates: pd.DataFrame | None = None
) -> SchoolYears:
    """
    Read the distinct texts of a column of school years.

    Parameters
    ----------
    texts
        Distinct texts: ``2022-23``, ``2022-2023``, ``2022/23``, ``SY2022-23``, ``2223`` or a bare ``2022`` or ``2023``.
    convention
        What a bare year is, as set by the user.
    dates
        Evidence if the user has not set it: ``text``, ``year`` (fall of the school year of an entry or exit date) and
        ``records``, one row for each pair.

    Returns
    -------
    years
        Bare years are read by ``convention``, else by the dates. No one enters or leaves after a year is over: if
        records of ``2023`` have dates in 2023-24, the years are falls; if their dates end in 2022-23, they are springs.
    """
    joined = has_joined_pairs(texts)
    parsed = {text: _parse(text, joined=joined) for text in texts}
    bare = tuple(text for text, (kind, _) in parsed.items() if kind == "bare")
    convention_source = "stated" if convention and bare else None
    if bare and convention is None and dates is not None:
        convention = _convention_of(dates, {text: parsed[text][1] for text in bare})
        convention_source = "dates" if convention else None
    years = {
        text: year if kind == "pair" else _fall(year, convention)
        for text, (kind, year) in parsed.items()
        if kind in ("pair", "bare")
    }
    return SchoolYears(
        years=pd.Series([years.get(text) for text in texts], index=texts, dtype="Int64"),
        unreadable=tuple(text for text, (kind, _) in parsed.items() if kind == "unreadable"),
        bare=bare,
        convention=convention if bare else None,
        convention_source=convention_source,
    )


def school_year_of(days: np.ndarray) -> np.ndarray:
    """Fall of the school year of each day; ``days`` are days since 1970-01-01."""
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype("int64")
    return (months - (FIRST_MONTH - 1)) // 12 + 1970


def first_day_of(years: np.ndarray) -> np.ndarray:
    """The first of July of each year, in days since 1970-01-01."""
    months = (years.astype("int64") - 1970) * 12 + (FIRST_MONTH - 1)
    return months.astype("datetime64[M]").astype("datetime64[D]").astype("int64")


class _ParsedYear(NamedTuple):
    """Kind of a text (``blank``, ``pair``, ``bare``, ``unreadable``), and its first year."""

    kind: str
    year: int


def _parse(text: str, *, joined: bool) -> _ParsedYear:
    if text == "":
        return _ParsedYear("blank", 0)
    if pair := _PAIR.fullmatch(text):
        year, following = int(pair.group(1)), int(pair.group(2))
        is_next = following % 100 == (year + 1) % 100 and following in (year + 1, (year + 1) % 100)
        return _ParsedYear("pair", year) if is_next and _is_recent(year) else _ParsedYear("unreadable", 0)
    if (bare := _BARE.fullmatch(text)) and _is_recent(int(bare.group(1))) and not joined:
        return _ParsedYear("bare", int(bare.group(1)))
    if (found := find_year(text, joined=joined)) is not None and found.rest == "":  # SY2022-23, FY23, 2223
        fall = found.fall()
        return _ParsedYear("bare", found.year) if fall is None else _ParsedYear("pair", fall)
    return _ParsedYear("unreadable", 0)


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
    # A share between the two fits either convention: entries of earlier years may have been carried over.
    if share <= MOST_SLIPS:
        return "spring"
    return "fall" if share >= LEAST_EVIDENCE else None
