"""Published rates, exact, banded or suppressed, as intervals. Parsing never replaces a band by its middle."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

_EXACT = re.compile(r"(\d+(?:\.\d+)?)\s*(%?)")
_RANGE = re.compile(r"(\d+(?:\.\d+)?)\s*%?\s*[-–]\s*(\d+(?:\.\d+)?)\s*%?")
_BOUND = re.compile(r"(LT|LE|GT|GE|<=|>=|≤|≥|<|>)\s*(\d+(?:\.\d+)?)\s*%?", re.IGNORECASE)
_SUPPRESSED = {"ps", "s", "*", "**", "ds", "--", "‡", "suppressed"}
# "[]" and the like are what scripts write for an empty value.
_MISSING = {"", ".", "-", "–", "na", "nan", "null", "none", "[]", "{}", "m", "missing", "not reported"}
_NOT_APPLICABLE = {"n/a", "n", "†", "not applicable"}


def parse_rates(texts: pd.Series) -> tuple[pd.DataFrame, list[str]]:
    """
    Read a column of rates.

    Parameters
    ----------
    texts
        Text of each cell: ``93``, ``93%``, ``0.93``, ``60-69``, ``LT50``, ``GE95``, ``<=5%``, ``PS``, ``*``, ``.``,
        ``N<10``, blank ...

    Returns
    -------
    rates
        ``low``, ``high`` [shares 0 to 1; missing where nothing is known] and ``status`` (``exact``, ``range``,
        ``suppressed``, ``missing``, ``not applicable``, ``unreadable``), on the same index. A strict bound such as
        ``LT50`` ends just below 0.5.
    units
        What exact numbers were taken for: ``percent``, ``share``, both (then the column cannot be trusted) or none.

    Notes
    -----
    Forms are those of EDFacts, ED Data Express and state report cards; the width of a band is read from the text and
    never inferred from the size of the cohort.
    """
    unique = pd.Index(texts.unique())
    units = _units(unique)
    scale = 1.0 if units == ["share"] else 0.01
    parsed = pd.DataFrame(
        [_parse_rate(text, scale) for text in unique], columns=["low", "high", "status"], index=unique
    )
    return parsed.reindex(texts.to_numpy()).set_index(texts.index), units


def _units(texts: Iterable[str]) -> list[str]:
    found = set()
    for text in texts:
        exact = _EXACT.fullmatch(text)
        if (
            (exact and (exact.group(2) or float(exact.group(1)) > 1))
            or _RANGE.fullmatch(text)
            or _BOUND.fullmatch(text)
        ):
            found.add("percent")
        elif exact and 0 < float(exact.group(1)) < 1:
            found.add("share")
    return sorted(found)


def _parse_rate(text: str, scale: float) -> tuple[float, float, str]:
    lower = text.lower()
    if lower in _SUPPRESSED or re.fullmatch(r"n\s*<\s*\d+", lower):
        return 0.0, 1.0, "suppressed"
    if lower in _MISSING:
        return np.nan, np.nan, "missing"
    if lower in _NOT_APPLICABLE:
        return np.nan, np.nan, "not applicable"
    low, high, status = np.nan, np.nan, "unreadable"
    if exact := _EXACT.fullmatch(text):
        low = high = float(exact.group(1)) * (0.01 if exact.group(2) else scale)
        status = "exact"
    elif band := _RANGE.fullmatch(text):
        low, high, status = float(band.group(1)) * scale, float(band.group(2)) * scale, "range"
    elif bound := _BOUND.fullmatch(text):
        low, high, status = *_bounded(bound.group(1).upper(), float(bound.group(2)) * scale), "range"
    if not 0 <= low <= high <= 1:
        return np.nan, np.nan, "unreadable"
    return low, high, status


def _bounded(sign: str, value: float) -> tuple[float, float]:
    if sign in ("LT", "<"):
        return 0.0, float(np.nextafter(value, 0))
    if sign in ("LE", "<=", "≤"):
        return 0.0, value
    if sign in ("GT", ">"):
        return float(np.nextafter(value, 1)), 1.0
    return value, 1.0
