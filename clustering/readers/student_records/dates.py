"""Dates as text to days."""

from __future__ import annotations

import re
from datetime import date

import numpy as np

NO_DATE = np.iinfo(np.int32).min
_PATTERNS = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?:[T ].*)?"),
    re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})(?: .*)?"),
    re.compile(r"(?P<year>(?:19|2\d)\d\d)(?P<month>0\d|1[0-2])(?P<day>\d{2})"),
    re.compile(r"(?P<month>0\d|1[0-2])(?P<day>\d{2})(?P<year>(?:19|20)\d\d)"),  # Florida's surveys
    re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"),
)
_EPOCH = date(1970, 1, 1).toordinal()
# Systems write years outside these for "not known" and "still enrolled".
_NONE_BEFORE, _NONE_AFTER = 1901, 2200


def parse_date(text: str) -> int:
    """
    Read one date.

    Parameters
    ----------
    text
        ``2022-08-15``, with or without a time of day, ``8/15/2022`` (month first), ``20220815`` or ``08152022``.

    Returns
    -------
    days
        Days since 1970-01-01; ``NO_DATE`` for blank, and for years such as 1900 and 9999 that mean no date.

    Raises
    ------
    ValueError
        The text is no date.
    """
    if text == "":
        return NO_DATE
    match = next((found for pattern in _PATTERNS if (found := pattern.fullmatch(text))), None)
    if match is None:
        raise ValueError("not a date")
    day = date(int(match["year"]), int(match["month"]), int(match["day"]))
    return day.toordinal() - _EPOCH if _NONE_BEFORE <= day.year <= _NONE_AFTER else NO_DATE
