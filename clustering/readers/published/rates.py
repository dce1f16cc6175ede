"""Published rates, exact, in bands or suppressed, as intervals; a band is never replaced by its middle."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import Decimal as ExactNumber
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from clustering.readers.text.marks import is_date, status_of_mark
from clustering.readers.text.numbers import Decimal, number_of, plain_signs, shown_decimal

__all__ = ["Unit", "is_ambiguous_bound", "is_date", "lone_shares", "parse_points", "parse_rate", "parse_rates"]

Unit = Literal["percent", "share"]
# Rates under one among per cents are read as such if they are so few that a change of unit is out of the question.
MOST_LONE = 0.05


class ParsedRate(NamedTuple):
    """Ends of a rate, the rate itself if it is exact, and its status; see :func:`parse_rates`."""

    low: float
    high: float
    exact: float
    status: str


_NUMBER = r"((?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,2})?)\s*(%?)"
_EXACT = re.compile(_NUMBER)
_RANGE = re.compile(rf"{_NUMBER}\s*-\s*{_NUMBER}")
_BOUND = re.compile(rf"(LT|LE|GT|GE|<=|>=|≤|≥|<|>)\s*{_NUMBER}", re.IGNORECASE)
_COUNTS = re.compile(r"([0-9][0-9,]*) of ([0-9][0-9,]*)")
_ROUNDS_TO_ZERO = "#"
_SPELLED = (
    (r"\s*(?:per ?cent|pct\.?)", "%"),
    (r"=([<>])", r"\1="),
    (r"(?:between\s+)?([0-9.]+\s*%?)\s+(?:to|through|thru|and)\s+([0-9.]+\s*%?)", r"\1-\2"),
    (r"([0-9.]+\s*%?) or (?:more|above|higher|greater|over|better)", r">=\1"),
    (r"([0-9.]+\s*%?) or (?:less|below|lower|under)", r"<=\1"),
    (r"(?:at least|no less than|not less than)\s+", ">="),
    (r"(?:at most|up to|no more than|not more than)\s+", "<="),
    (r"(?:less than|under|below|lower than)\s+", "<"),
    (r"(?:more than|greater than|over|above|higher than)\s+", ">"),
)
_SPELLED_OUT = tuple((re.compile(pattern, re.IGNORECASE), sign) for pattern, sign in _SPELLED)
_NINES = re.compile(r"-9{1,6}|9{3,6}")


def parse_rates(
    texts: pd.Series, *, unit: Unit | None = None, decimal: Decimal | None = None
) -> tuple[pd.DataFrame, list[str]]:
    """
    Read a column of rates; each distinct text is read once.

    Parameters
    ----------
    texts
        Text of each cell, as text or categories: ``93``, ``93%``, ``0.93``, ``.93``, ``60-69``, ``60 to 69``, ``LT50``,
        ``GE95``, ``<=5%``, ``95% or more``, ``PS``, ``*``, ``-1`` (suppressed), ``.``, ``N<10``, ``#`` (rounds to
        zero), ``351 of 506`` (counts), blank ...
    unit
        Unit of numbers without a percent sign, if the user or the layout of the file says it; else the column decides.
    decimal
        Decimal sign, if the user says it; else the column decides.

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
    plain = _plain_texts([str(text) for text in distinct], decimal)
    units = _units(plain)
    if len(units) > 1 and _lone(plain, np.bincount(codes[codes >= 0], minlength=len(plain))):
        units = ["percent"]
    parsed = [_parse_rate(text, in_shares=_is_in_shares(units, unit)) for text in plain]
    return _spread(parsed, codes, texts.index), units


def lone_shares(texts: pd.Series, *, decimal: Decimal | None = None) -> list[str]:
    """
    Name rates under one in a column of per cents, which :func:`parse_rates` reads as per cents.

    Parameters
    ----------
    texts
        Text of each cell.
    decimal
        As in :func:`parse_rates`.

    Returns
    -------
    lone
        Their texts; none if the column has no numbers under one, or so many, or with so many more decimals than the
        others, that they may be shares.
    """
    codes, distinct = pd.factorize(texts)
    plain = _plain_texts([str(text) for text in distinct], decimal)
    lone = _lone(plain, np.bincount(codes[codes >= 0], minlength=len(plain)))
    return [str(text) for text, each in zip(distinct, plain, strict=True) if each in lone]


def parse_rate(text: str, *, unit: Unit | None = None) -> ParsedRate:
    """Read one rate, as :func:`parse_rates` reads a column that holds nothing else."""
    (plain,) = _plain_texts([text], None)
    return _parse_rate(plain, in_shares=_is_in_shares(_units([plain]), unit))


def parse_points(texts: pd.Series, *, decimal: Decimal | None = None) -> pd.DataFrame:
    """
    Read a column of points on a state's own scale, such as an index or a growth percentile.

    Parameters
    ----------
    texts
        Text of each cell: any finite number; suppressed, missing and not applicable as in :func:`parse_rates`, except
        that ``-1`` and other negative numbers are points. A number of nines far from all others, such as ``-99`` or
        ``999``, is a code and unreadable.
    decimal
        As in :func:`parse_rates`.

    Returns
    -------
    points
        Columns of :func:`parse_rates`, in points; a suppressed score has no ends, since its scale is not known.
    """
    codes, distinct = pd.factorize(texts)
    plain = [plain_signs(str(text)) for text in distinct]
    sign = decimal or ("comma" if shown_decimal(plain, thousands=True) == "comma" else None)
    parsed = [_parse_points(text, sign) for text in plain]
    values = [abs(rate.exact) for text, rate in zip(plain, parsed, strict=True) if not _NINES.fullmatch(text)]
    greatest = np.nanmax(values) if values and not np.isnan(values).all() else np.nan
    parsed = [
        _without_number("unreadable") if _NINES.fullmatch(text) and abs(rate.exact) > 2 * greatest else rate
        for text, rate in zip(plain, parsed, strict=True)
    ]
    return _spread(parsed, codes, texts.index)


def _spread(parsed: list[ParsedRate], codes: np.ndarray, index: pd.Index) -> pd.DataFrame:
    """Rates of the distinct texts, one per cell."""
    known = [*parsed, _without_number("missing")]  # the last is that of a missing cell, whose code is -1
    columns = {
        name: np.array([getattr(rate, name) for rate in known], dtype="float64")[codes]
        for name in ("low", "high", "exact")
    }
    status = pd.array([rate.status for rate in known], dtype="str").take(codes)
    return pd.DataFrame({**columns, "status": status}, index=index)


def is_ambiguous_bound(text: str) -> bool:
    """Whether the text is like ``<10``, without a percent sign: a rate below 10 percent, or fewer than 10 students."""
    return re.fullmatch(r"<\s*[0-9]{1,2}", _spelled_out(plain_signs(text))) is not None


def _is_in_shares(units: list[str], unit: Unit | None) -> bool:
    return unit == "share" or (unit is None and units == ["share"])


def _plain_texts(texts: Sequence[str], decimal: Decimal | None) -> list[str]:
    """Texts with plain signs, words such as "or more" as signs, and points for decimal commas."""
    plain = [plain_signs(text) for text in texts]
    has_commas = decimal == "comma" or (decimal is None and shown_decimal(plain, thousands=False) == "comma")
    return [_spelled_out(_with_points(text) if has_commas else text) for text in plain]


def _with_points(text: str) -> str:
    return text if _COUNTS.fullmatch(text) else re.sub(r"(?<![0-9.])([0-9]*),([0-9]+)(?![0-9.,])", r"\1.\2", text)


def _spelled_out(text: str) -> str:
    if not re.search(r"[a-z]{2}|=[<>]", text, re.IGNORECASE) or status_of_mark(text):
        return text
    for pattern, sign in _SPELLED_OUT:
        text = pattern.sub(sign, text)
    return text.strip()


def _numbers(text: str) -> list[str]:
    match = _EXACT.fullmatch(text) or _RANGE.fullmatch(text) or _BOUND.fullmatch(text)
    return [] if match is None else [group for group in match.groups() if group and group[0] in "0123456789."]


def _unit_of(text: str) -> Unit | None:
    numbers = [float(number) for number in _numbers(text)]
    if not numbers:
        return None
    if "%" in text or max(numbers) > 1:
        return "percent"
    return "share" if any(0 < number < 1 for number in numbers) else None


def _units(texts: Sequence[str]) -> list[str]:
    return sorted({unit for text in texts if (unit := _unit_of(text)) is not None})


def _lone(texts: Sequence[str], cells: np.ndarray) -> set[str]:
    """Those among per cents that are a few numbers under one with no more decimals than the others."""
    units = [_unit_of(text) for text in texts]
    shares = [text for text, unit in zip(texts, units, strict=True) if unit == "share"]
    others = [text for text, unit in zip(texts, units, strict=True) if unit == "percent" and "%" not in text]
    count, of_others = (
        int(sum(number for number, unit in zip(cells, units, strict=True) if unit == name))
        for name in ("share", "percent")
    )
    if not shares or of_others < 2 or count > max(1, MOST_LONE * of_others):
        return set()
    most = max((_decimals(text) for text in others), default=0)
    return set(shares) if all(_decimals(text) <= most for text in shares) else set()


def _decimals(text: str) -> int:
    return max(len(number.partition(".")[2]) for number in _numbers(text))


def _parse_rate(text: str, *, in_shares: bool) -> ParsedRate:
    status = status_of_mark(text)
    if status is not None:
        return ParsedRate(0.0, 1.0, np.nan, status) if status == "suppressed" else _without_number(status)
    if counts := _COUNTS.fullmatch(text):
        return _rate_of_counts(*counts.groups())
    if text == _ROUNDS_TO_ZERO:  # in whole percentages
        return ParsedRate(0.0, _just_below(0.005), np.nan, "range")
    rate = _parse_interval(text, in_shares=in_shares and "%" not in text)
    return rate if 0 <= rate.low <= rate.high <= 1 else _without_number("unreadable")


def _without_number(status: str) -> ParsedRate:
    return ParsedRate(np.nan, np.nan, np.nan, status)


def _parse_points(text: str, decimal: Decimal | None) -> ParsedRate:
    points = number_of(text.removesuffix("%").rstrip(), decimal)
    if points is not None and math.isfinite(points):
        return ParsedRate(points, points, points, "exact")
    return _without_number(status_of_mark(text) or "unreadable")


def _rate_of_counts(graduates: str, cohort: str) -> ParsedRate:
    number, total = (int(text.replace(",", "")) for text in (graduates, cohort))
    if number == total == 0:  # nobody was in the cohort
        return _without_number("missing")
    if number > total:
        return _without_number("unreadable")
    return ParsedRate(number / total, number / total, number / total, "exact")


def _share(number: str, *, in_shares: bool) -> float:
    """A number as a share; 57 per cent is exactly 0.57."""
    return float(number) if in_shares else float(ExactNumber(number).scaleb(-2))


def _parse_interval(text: str, *, in_shares: bool) -> ParsedRate:
    """Parse a number, a band or a bound."""
    if exact := _EXACT.fullmatch(text):
        share = _share(exact.group(1), in_shares=in_shares)
        return ParsedRate(share, share, share, "exact")
    if band := _RANGE.fullmatch(text):
        low, high = (_share(band.group(number), in_shares=in_shares) for number in (1, 3))
        return ParsedRate(low, high, np.nan, "range")
    if bound := _BOUND.fullmatch(text):
        return _parse_bound(bound.group(1).upper(), _share(bound.group(2), in_shares=in_shares))
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
