"""The fall in which a partner can start, from a school year or a date."""

from __future__ import annotations

import re
from datetime import date

import pandas as pd

from clustering.readers.text.values import parse_school_year, parse_unique
from clustering.validation.findings import Findings

FIRST_FALL, LAST_FALL = 2000, 2100
_ANY = frozenset({"any", "now", "immediately", "unknown", "n/a", "na", "tbd"})
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[ T].*)?")
_AMERICAN = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
# A partner that is there by the first of October can start that fall; the count of students is taken on that day.
_LAST_MONTH_OF_START = 9


def read_starts(findings: Findings) -> pd.Series:
    """
    Read the earliest start of each partner.

    Parameters
    ----------
    findings
        The file; problems are added.

    Returns
    -------
    falls
        Int64; missing where a partner may start in any year. A bare 2027 is the fall of 2027, since that is when a
        school year starts, unless the file's ``year_convention`` is ``spring``.
    """
    column = findings.texts("earliest_start")
    convention = findings.table.options.year_convention or "fall"
    falls, bad = parse_unique(column.distinct(), lambda text: parse_start(text, convention))
    findings.mark_texts(
        bad,
        "earliest_start",
        message="This is neither a school year nor a date, or it is far from today.",
        remedy="Write 2027-28, or the fall of the school year, 2027; or leave the cell blank.",
    )
    return pd.Series(falls.take(column.codes).array, dtype="Int64")


def parse_start(text: str, convention: str = "fall") -> int | None:
    """
    Read one start.

    Parameters
    ----------
    text
        ``2027-28``, ``2027``, ``2027-08-15`` or ``8/15/2027``.
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
    if text.lower() in _ANY:
        return None
    iso, american = _ISO.fullmatch(text), _AMERICAN.fullmatch(text)
    if iso:
        day = date(int(iso[1]), int(iso[2]), int(iso[3]))
        fall: int | None = day.year + (day.month > _LAST_MONTH_OF_START)
    elif american:
        day = date(int(american[3]), int(american[1]), int(american[2]))
        fall = day.year + (day.month > _LAST_MONTH_OF_START)
    else:
        fall = parse_school_year(re.sub(r"^(fall|sy)\s*", "", text.lower()), convention)
    if fall is not None and not FIRST_FALL <= fall <= LAST_FALL:
        raise ValueError(f"far from today: {fall}")
    return fall
