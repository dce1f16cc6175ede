"""Published rates, exact, banded or suppressed, as intervals. Parsing never replaces a band by its middle."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from typing import Literal

import numpy as np
import pandas as pd

Unit = Literal["percent", "share"]
RateRow = tuple[float, float, float, str]

_NUMBER = r"([0-9]+(?:\.[0-9]+)?)\s*(%?)"
_EXACT = re.compile(_NUMBER)
_RANGE = re.compile(rf"{_NUMBER}\s*[-–]\s*{_NUMBER}")
_BOUND = re.compile(rf"(LT|LE|GT|GE|<=|>=|≤|≥|<|>)\s*{_NUMBER}", re.IGNORECASE)
_COUNTS = re.compile(r"([0-9][0-9,]*) of ([0-9][0-9,]*)")
_POINTS = re.compile(r"([-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)\s*%?")
# A bare "<10" may mean a rate below 10 per cent or a group of fewer than 10; only "N<10" is plain.
_FEW_STUDENTS = re.compile(r"n\s*(<|<=|≤)\s*[0-9]+", re.IGNORECASE)
_SUPPRESSED = {"ps", "s", "*", "**", "ds", "--", "‡", "suppressed"}
# "[]" and the like are what scripts write for an empty value.
_MISSING = {"", ".", "-", "–", "—", "na", "nan", "null", "none", "[]", "{}", "m", "missing", "not reported"}
_NOT_APPLICABLE = {"n/a", "n", "†", "not applicable"}
_ROUNDS_TO_ZERO = "#"
# "10-14" opened in a spreadsheet: the band can no longer be told from a date.
_DATE = re.compile(r"[0-9]{1,2}-[a-z]{3}|[a-z]{3}-[0-9]{1,2}", re.IGNORECASE)


def parse_rates(texts: pd.Series, *, unit: Unit | None = None) -> tuple[pd.DataFrame, list[str]]:
    """
    Read a column of rates; each distinct text is read once.

    Parameters
    ----------
    texts
        Text of each cell, as text or categories: ``93``, ``93%``, ``0.93``, ``60-69``, ``LT50``, ``GE95``, ``<=5%``,
        ``PS``, ``*``, ``.``, ``N<10``, ``#`` (rounds to zero), ``351 of 506`` (counts), blank ...
    unit
        What numbers without a sign are, where the form of the file says so; otherwise the column tells.

    Returns
    -------
    rates
        ``low``, ``high`` [shares 0 to 1; missing where nothing is known], ``exact`` [share; missing unless the status
        is ``exact``] and ``status`` (``exact``, ``range``, ``suppressed``, ``missing``, ``not applicable``,
        ``unreadable``), on the same index. A strict bound such as ``LT50`` ends just below 0.5.
    units
        What the numbers look like: ``percent``, ``share``, both (then the column cannot be trusted) or none.

    Notes
    -----
    Forms are those of EDFacts, ED Data Express, NCES tables and state report cards; the width of a band is read from
    the text and never inferred from the size of the cohort. A number with a footnote sign (``93*``) is unreadable:
    the sign may say that it is not the rate of the whole cohort.
    """
    column = texts.astype("category").cat.remove_unused_categories()
    units = _units([str(text) for text in column.cat.categories])
    in_shares = unit == "share" or (unit is None and units == ["share"])
    return _of_each(column, lambda text: _parse_rate(text, in_shares=in_shares)), units


def parse_points(texts: pd.Series) -> pd.DataFrame:
    """
    Read a column of points on a state's own scale, such as an index or a growth percentile.

    Parameters
    ----------
    texts
        Text of each cell: any finite number; suppressed, missing and not applicable as in :func:`parse_rates`.

    Returns
    -------
    points
        As the rates of :func:`parse_rates`, in points; of a suppressed one nothing is known, since the scale is not.
    """
    return _of_each(texts.astype("category").cat.remove_unused_categories(), _parse_points)


def _of_each(column: pd.Series, parse: Callable[[str], RateRow]) -> pd.DataFrame:
    """Each category read once."""
    rows = [parse(str(text)) for text in column.cat.categories]
    # The last row is that of a missing cell, whose code is -1.
    rows.append((np.nan, np.nan, np.nan, "missing"))
    parsed = pd.DataFrame(rows, columns=["low", "high", "exact", "status"]).astype({"status": "str"})
    return parsed.take(column.cat.codes.to_numpy()).set_index(column.index)


def is_date(text: str) -> bool:
    """Whether a spreadsheet has turned a band into a date (``14-Oct`` was ``10-14``)."""
    return _DATE.fullmatch(text) is not None


def is_ambiguous_bound(text: str) -> bool:
    """Whether ``<10`` stands without a per cent sign: a rate below 10 per cent, or fewer than 10 students."""
    return re.fullmatch(r"<\s*[0-9]{1,2}", text) is not None


def _units(texts: Iterable[str]) -> list[str]:
    found = set()
    for text in texts:
        match = _EXACT.fullmatch(text) or _RANGE.fullmatch(text) or _BOUND.fullmatch(text)
        if match is None:
            continue
        numbers = [float(group) for group in match.groups() if group and group[0].isdigit()]
        if "%" in text or max(numbers) > 1:
            found.add("percent")
        elif any(0 < number < 1 for number in numbers):
            found.add("share")
    return sorted(found)


def _parse_rate(text: str, *, in_shares: bool) -> RateRow:
    status = _status_without_number(text)
    if status is not None:
        return (0.0, 1.0, np.nan, status) if status == "suppressed" else (np.nan, np.nan, np.nan, status)
    if counts := _COUNTS.fullmatch(text):
        return _of_counts(*counts.groups())
    if text == _ROUNDS_TO_ZERO:  # of whole per cents
        return 0.0, _just_below(0.005), np.nan, "range"
    exponent = "" if in_shares and "%" not in text else "e-2"
    low, high, status = _interval(text, exponent)
    if not 0 <= low <= high <= 1:
        return np.nan, np.nan, np.nan, "unreadable"
    return low, high, low if status == "exact" else np.nan, status


def _parse_points(text: str) -> RateRow:
    status = _status_without_number(text)
    if status is not None:
        return np.nan, np.nan, np.nan, status
    number = _POINTS.fullmatch(text.replace("−", "-"))  # the sign of subtraction, as typeset
    if number is None or not math.isfinite(points := float(number.group(1))):
        return np.nan, np.nan, np.nan, "unreadable"
    return points, points, points, "exact"


def _status_without_number(text: str) -> str | None:
    lower = text.lower()
    if lower in _SUPPRESSED or _FEW_STUDENTS.fullmatch(text):
        return "suppressed"
    if lower in _MISSING:
        return "missing"
    return "not applicable" if lower in _NOT_APPLICABLE else None


def _of_counts(graduates: str, cohort: str) -> RateRow:
    number, of = (int(text.replace(",", "")) for text in (graduates, cohort))
    if number > of or of == 0:
        return np.nan, np.nan, np.nan, "unreadable"
    return number / of, number / of, number / of, "exact"


def _interval(text: str, exponent: str) -> tuple[float, float, str]:
    """Ends and status; missing where the text is in none of the forms. Read as 57e-2, so that it is 0.57 to the bit."""
    if exact := _EXACT.fullmatch(text):
        share = float(exact.group(1) + exponent)
        return share, share, "exact"
    if band := _RANGE.fullmatch(text):
        return float(band.group(1) + exponent), float(band.group(3) + exponent), "range"
    if bound := _BOUND.fullmatch(text):
        low, high = _bounded(bound.group(1).upper(), float(bound.group(2) + exponent))
        return low, high, "range"
    return np.nan, np.nan, "unreadable"


def _bounded(sign: str, share: float) -> tuple[float, float]:
    if sign in ("LT", "<"):
        return 0.0, _just_below(share)
    if sign in ("LE", "<=", "≤"):
        return 0.0, share
    if sign in ("GT", ">"):
        return float(np.nextafter(share, 2)), 1.0
    return share, 1.0


def _just_below(share: float) -> float:
    return float(np.nextafter(share, -1))
