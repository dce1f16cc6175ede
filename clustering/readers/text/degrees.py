"""Degrees as people write them: with minutes and seconds, with a sign of degrees, with a letter of the compass."""

from __future__ import annotations

import re

_NUMBER = r"\d{1,3}(?:\.\d{1,12})?"
_LETTER = r"[NSEW]"
_DEGREES = re.compile(
    rf"(?P<before>{_LETTER})?\s*+(?P<sign>[-+\u2212])?\s*+(?P<degrees>{_NUMBER})\s*+(?:[\u00b0\u00ba]|deg(?:rees)?\b\.?)?"
    rf"(?:[\s-]*+(?P<minutes>{_NUMBER})\s*+['\u2019\u2032m]?"
    rf"(?:[\s-]*+(?P<seconds>{_NUMBER})\s*+(?:[\"\u201d\u2033s]|''|\u2019\u2019|\u2032\u2032)?)?)?"
    rf"\s*+(?P<after>{_LETTER})?",
    re.IGNORECASE,
)
_LONGEST = 40
_PARTS = 60


def parse_degrees(text: str) -> float | None:
    """
    Read one cell.

    Parameters
    ----------
    text
        ``40\u00b003'00"N``, ``N 40 3.5``, ``-91 09 00``, ``91.15 W``, ``40.05\u00b0``.

    Returns
    -------
    degrees
        Negative in the south and the west; ``None`` if it is none of these, or minutes or seconds are 60 or more.
    """
    found = _DEGREES.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if found is None or (found["before"] and found["after"]):
        return None
    minutes, seconds = float(found["minutes"] or 0), float(found["seconds"] or 0)
    has_part_before = (found["minutes"] and "." in found["degrees"]) or (found["seconds"] and "." in found["minutes"])
    if has_part_before or minutes >= _PARTS or seconds >= _PARTS:
        return None
    degrees = float(found["degrees"]) + minutes / _PARTS + seconds / _PARTS**2
    letter = (found["before"] or found["after"] or "").upper()
    is_negative = found["sign"] not in (None, "+") or letter in ("S", "W")
    return -degrees if is_negative else degrees
