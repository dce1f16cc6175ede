"""The fall in which a partner can start, from a school year or a date."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pandas as pd

from clustering.readers.text.values import parse_school_year, parse_unique, year_in_cell
from clustering.validation.findings import Findings

FIRST_FALL, LAST_FALL = 2000, 2100
_ANY = frozenset({"any", "now", "immediately", "unknown", "n/a", "na", "tbd"})
_ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})(?:-(?P<day>[0-9]{1,2})(?:[ t].*)?)?")
_AMERICAN = re.compile(r"(?P<month>[0-9]{1,2})/(?:(?P<day>[0-9]{1,2})/)?(?P<year>[0-9]{4})")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october"),
    *("november", "december"),
)
_NAMED_MONTH = rf"(?P<name>{'|'.join((*_MONTHS, 'sept', *(name[:3] for name in _MONTHS)))})\.?"
_WRITTEN = re.compile(rf"{_NAMED_MONTH}[ -]+(?:(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,?[ -]+)?(?P<year>[0-9]{{4}})")
_DAY_FIRST = re.compile(rf"(?P<day>[0-9]{{1,2}})[ -]+{_NAMED_MONTH}[ -]+(?P<year>[0-9]{{4}})")
_FISCAL = re.compile(r"(?:fy|fiscal year)[ -]*'?(?P<year>[0-9]{4}|[0-9]{2})")
_DAY_NUMBER = re.compile(r"(?P<days>[0-9]{5})(?:\.0+)?")
_DAY_ZERO = date(1899, 12, 30)  # from which spreadsheets count days
# A partner that is there by the first of October can start that fall; the count of students is taken on that day.
_LAST_MONTH_OF_START = 9


def read_starts(findings: Findings) -> pd.Series:
    """
    Read the earliest start of each partner.

    Parameters
    ----------
    findings
        The file; problems are added. A fiscal year and a spreadsheet's number of a day are read with a warning.

    Returns
    -------
    falls
        Int64; missing where a partner may start in any year. A bare 2027 is the fall of 2027, since that is when a
        school year starts, unless the file's ``year_convention`` is ``spring``.
    """
    column = findings.texts("earliest_start")
    convention = findings.table.options.year_convention or "fall"
    texts = column.distinct()
    falls, bad = parse_unique(texts, lambda text: parse_start(text, convention))
    findings.mark_texts(
        bad,
        "earliest_start",
        message="This is neither a school year nor a date, or it is far from today.",
        remedy="Write 2027-28, the fall of the school year, 2027, or a date such as Aug 2027 or 2027-08-15; or leave"
        " the cell blank.",
    )
    lowered = texts.str.lower()
    findings.mark_texts(
        lowered.str.fullmatch(_FISCAL) & ~bad,
        "earliest_start",
        message="A fiscal year is named by the year in which it ends: FY2027 is July 2026 to June 2027 in most states."
        " It was read as the school year in it, so FY2027 is the fall of 2026.",
        remedy="Write the school year instead: 2026-27 if that is meant, or 2027-28 for a start in the fall of 2027.",
        is_error=False,
    )
    findings.mark_texts(
        lowered.str.fullmatch(_DAY_NUMBER) & ~bad,
        "earliest_start",
        message="A spreadsheet has written the date as a number of days, and it was read as that date.",
        remedy="Check the earliest start, or format the column as a date and export the file again.",
        is_error=False,
    )
    return pd.Series(falls.take(column.codes).array, dtype="Int64")


def parse_start(text: str, convention: str = "fall") -> int | None:
    """
    Read one start.

    Parameters
    ----------
    text
        A school year, ``2027-28`` or ``2027``, also as ``Fall 2027`` or ``SY 2027-28``. A day or a month:
        ``2027-08-15``, ``8/15/2027``, ``Aug 2027``, ``15 August 2027``, or the number of a day as spreadsheets count
        them. A fiscal year, ``FY2027``, which is named by its end and holds the school year 2026-27.
    convention
        What a bare year is: ``fall`` or ``spring``.

    Returns
    -------
    fall
        The first fall that begins no earlier: of a date after September, the next; ``None`` for blank and *any*.

    Raises
    ------
    ValueError
        Another text, or a fall outside 2000 to 2100.
    """
    words = " ".join(text.lower().split())
    if words in _ANY:
        return None
    day = _day_of(words)
    if day is not None:
        fall: int | None = day.year + (day.month > _LAST_MONTH_OF_START)
    elif fiscal := _FISCAL.fullmatch(words):
        fall = int(fiscal["year"]) - 1 + (2000 if len(fiscal["year"]) == 2 else 0)
    else:
        fall = parse_school_year(re.sub(r"^(fall|sy|fy)( of)?\s*", "", words), convention)
    if fall is not None and not FIRST_FALL <= fall <= LAST_FALL:
        raise ValueError(f"far from today: {fall}")
    return fall


def _day_of(words: str) -> date | None:
    """The day that a text names, the first of a month; ``None`` if it names none. 2027-28 is two years, no month."""
    if counted := _DAY_NUMBER.fullmatch(words):
        return _DAY_ZERO + timedelta(days=int(counted["days"]))
    matches = (pattern.fullmatch(words) for pattern in (_ISO, _AMERICAN, _WRITTEN, _DAY_FIRST))
    match = next((each for each in matches if each), None)
    if match is None or _is_school_year(words):
        return None
    parts = match.groupdict()
    month = int(parts["month"]) if parts.get("month") else _number_of_month(parts["name"])
    return date(int(parts["year"]), month, int(parts["day"] or 1))


def _number_of_month(name: str) -> int:
    return next(number for number, month in enumerate(_MONTHS, start=1) if month.startswith(name))


def _is_school_year(words: str) -> bool:
    return re.fullmatch(r"\d{4}\s*[-–/]\s*\d{2,4}", words) is not None and year_in_cell(words) is not None
