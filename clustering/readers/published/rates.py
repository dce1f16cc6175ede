"""Published rates, exact, in bands or suppressed, as intervals; a band is never replaced by its middle."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

Unit = Literal["percent", "share"]


class ParsedRate(NamedTuple):
    """Ends of a rate, the rate itself if it is exact, and its status; see :func:`parse_rates`."""

    low: float
    high: float
    exact: float
    status: str


_NUMBER = r"([0-9]+(?:\.[0-9]+)?)\s*(%?)"
_EXACT = re.compile(_NUMBER)
_RANGE = re.compile(rf"{_NUMBER}\s*[-–]\s*{_NUMBER}")
_BOUND = re.compile(rf"(LT|LE|GT|GE|<=|>=|≤|≥|<|>)\s*{_NUMBER}", re.IGNORECASE)
_COUNTS = re.compile(r"([0-9][0-9,]*) of ([0-9][0-9,]*)")
_POINTS = re.compile(r"([-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)\s*%?")
# A bare "<10" may be a rate below 10 percent or a group of fewer than 10 students; only "N<10" is clear.
_FEW_STUDENTS = re.compile(r"n\s*(<|<=|≤)\s*[0-9]+", re.IGNORECASE)
_SUPPRESSED = {"ps", "s", "*", "**", "ds", "--", "‡", "suppressed"}
# Scripts write "[]" and the like for an empty value.
_MISSING = {"", ".", "-", "–", "—", "na", "nan", "null", "none", "[]", "{}", "m", "missing", "not reported"}
_NOT_APPLICABLE = {"n/a", "n", "†", "not applicable"}
_ROUNDS_TO_ZERO = "#"
# "10-14" opened in a spreadsheet becomes a date.
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
        Unit of numbers without a percent sign, if the layout of the file defines it; else the column decides.

    Returns
    -------
    rates
        ``low``, ``high`` [shares 0 to 1; missing if nothing is known], ``exact`` [share; missing unless the status
        is ``exact``] and ``status`` (``exact``, ``range``, ``suppressed``, ``missing``, ``not applicable``,
        ``unreadable``), on the same index. A strict bound such as ``LT50`` ends just below 0.5.
    units
        Units that the numbers appear to have: ``percent``, ``share``, both (the column cannot be trusted) or none.

    Notes
    -----
    The notations are those of EDFacts, ED Data Express, NCES tables and state report cards. The width of a band is read
    from the text and never inferred from the size of the cohort. A number with a footnote sign (``93*``) is
    unreadable: it may not be the rate of the whole cohort.
    """
    codes, distinct = pd.factorize(texts)
    units = _units(map(str, distinct))
    parsed = [_parse_rate(str(text), in_shares=_is_in_shares(units, unit)) for text in distinct]
    return _spread(parsed, codes, texts.index), units


def parse_rate(text: str, *, unit: Unit | None = None) -> ParsedRate:
    """Read one rate, as :func:`parse_rates` reads a column that holds nothing else."""
    return _parse_rate(text, in_shares=_is_in_shares(_units([text]), unit))


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
        Columns of :func:`parse_rates`, in points; a suppressed score has no ends, since its scale is not known.
    """
    codes, distinct = pd.factorize(texts)
    return _spread([_parse_points(str(text)) for text in distinct], codes, texts.index)


def _spread(parsed: list[ParsedRate], codes: np.ndarray, index: pd.Index) -> pd.DataFrame:
    """Rates of the distinct texts, one per cell."""
    known = [*parsed, _without_number("missing")]  # the last is that of a missing cell, whose code is -1
    columns = {
        name: np.array([getattr(rate, name) for rate in known], dtype="float64")[codes]
        for name in ("low", "high", "exact")
    }
    status = pd.array([rate.status for rate in known], dtype="str").take(codes)
    return pd.DataFrame({**columns, "status": status}, index=index)


def is_date(text: str) -> bool:
    """Whether a spreadsheet has turned a band into a date (``14-Oct`` was ``10-14``)."""
    return _DATE.fullmatch(text) is not None


def is_ambiguous_bound(text: str) -> bool:
    """Whether the text is like ``<10``, without a percent sign: a rate below 10 percent, or fewer than 10 students."""
    return re.fullmatch(r"<\s*[0-9]{1,2}", text) is not None


def _is_in_shares(units: list[str], unit: Unit | None) -> bool:
    return unit == "share" or (unit is None and units == ["share"])


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


def _parse_rate(text: str, *, in_shares: bool) -> ParsedRate:
    status = _status_without_number(text)
    if status is not None:
        return ParsedRate(0.0, 1.0, np.nan, status) if status == "suppressed" else _without_number(status)
    if counts := _COUNTS.fullmatch(text):
        return _rate_of_counts(*counts.groups())
    if text == _ROUNDS_TO_ZERO:  # in whole percentages
        return ParsedRate(0.0, _just_below(0.005), np.nan, "range")
    exponent = "" if in_shares and "%" not in text else "e-2"
    rate = _parse_interval(text, exponent)
    return rate if 0 <= rate.low <= rate.high <= 1 else _without_number("unreadable")


def _without_number(status: str) -> ParsedRate:
    return ParsedRate(np.nan, np.nan, np.nan, status)


def _parse_points(text: str) -> ParsedRate:
    status = _status_without_number(text)
    if status is not None:
        return _without_number(status)
    number = _POINTS.fullmatch(text.replace("−", "-"))  # the minus sign of typesetting
    if number is None or not math.isfinite(points := float(number.group(1))):
        return _without_number("unreadable")
    return ParsedRate(points, points, points, "exact")


def _status_without_number(text: str) -> str | None:
    lower = text.lower()
    if lower in _SUPPRESSED or _FEW_STUDENTS.fullmatch(text):
        return "suppressed"
    if lower in _MISSING:
        return "missing"
    return "not applicable" if lower in _NOT_APPLICABLE else None


def _rate_of_counts(graduates: str, cohort: str) -> ParsedRate:
    number, total = (int(text.replace(",", "")) for text in (graduates, cohort))
    if number > total or total == 0:
        return _without_number("unreadable")
    return ParsedRate(number / total, number / total, number / total, "exact")


def _parse_interval(text: str, exponent: str) -> ParsedRate:
    """Parse a number, a band or a bound; 57 with exponent "e-2" is read as 57e-2, which is exactly 0.57."""
    if exact := _EXACT.fullmatch(text):
        share = float(exact.group(1) + exponent)
        return ParsedRate(share, share, share, "exact")
    if band := _RANGE.fullmatch(text):
        return ParsedRate(float(band.group(1) + exponent), float(band.group(3) + exponent), np.nan, "range")
    if bound := _BOUND.fullmatch(text):
        return _parse_bound(bound.group(1).upper(), float(bound.group(2) + exponent))
    return _without_number("unreadable")


def _parse_bound(sign: str, share: float) -> ParsedRate:
    if sign in ("LT", "<"):
        return ParsedRate(0.0, _just_below(share), np.nan, "range")
    if sign in ("LE", "<=", "≤"):
        return ParsedRate(0.0, share, np.nan, "range")
    if sign in ("GT", ">"):
        return ParsedRate(float(np.nextafter(share, 2)), 1.0, np.nan, "range")
    return ParsedRate(share, 1.0, np.nan, "range")


def _just_below(share: float) -> float:
    return float(np.nextafter(share, -1))
