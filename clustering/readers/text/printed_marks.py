"""
Marks that published tables print instead of a number, and the marks that a user names.

Sources of the marks: *, ** and -1, -3 (masked), -2 and ? (out of range): Texas Education Agency, "Explanation of TAPR
Masking Rules"; TFS and "Too Few Students": Georgia, GOSA, "Data Sources, Rules and Definitions"; s and a dash: New York
State Education Department, data support; n< and #: ED Data Express, key of the state reports; PS and DS: EDFacts data
documentation; ‡ and †: NCES, Digest of Education Statistics; ~: Louisiana Department of Education and The Learning Bar
(update of the suppression rules); "fewer than 10": Maryland Report Card. What is not printed with one plain meaning
(NC, NR, DNE) is left to the user.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.model.suppression import SUPPRESSED_HIGH

SUPPRESSED = frozenset(
    {"ps", "s", "ds", "--", "‡", "~", "-1", "-1.0", "-3", "-3.0", "n<", "tfs", "too few students", "too few"}
    | {"suppressed", "data suppressed", "suppressed data", "redacted", "masked", "withheld", "confidential"}
)
# Scripts write "[]" and the like for an empty value.
MISSING = frozenset(
    {"", ".", "•", "-", "–", "—", "?", "na", "nan", "null", "none", "nil", "[]", "{}", "m", "missing", "not reported"}
    | {"unknown", "not available", "no data", "no data available", "data not available", "-2", "-2.0"}
)
NOT_APPLICABLE = frozenset({"n/a", "n.a.", "n", "†", "not applicable"})
_STARS = re.compile(r"\*+")
_NUMBER = r"(?P<{name}>[0-9]{{1,6}})"
# A bare "<10" may be a rate below 10 per cent or a group of fewer than 10 students; these are students for certain.
_FEW = re.compile(
    r"n\s*(?:size\s*)?(?P<sign><=?|≤)\s*(?P<bound>[0-9]{1,6})"
    r"|fewer than (?P<fewer>[0-9]{1,6})(?: students)?"
    r"|(?:less than|under|below|<) ?(?P<less>[0-9]{1,6}) students"
    r"|(?P<or_fewer>[0-9]{1,6}) or fewer(?: students)?",
    re.IGNORECASE,
)
_SMALL_COUNT = re.compile(
    r"(?:<|less than|under|below) ?(?P<below>[0-9]{1,2})"
    r"|(?:<=|≤|at most|up to) ?(?P<most>[0-9]{1,2})|(?P<most_too>[0-9]{1,2}) or (?:less|fewer)"
    r"|[1-9] ?(?:-|–|to) ?(?P<high>[1-9])",
    re.IGNORECASE,
)
_SIGNED_NUMBER = re.compile(
    r"[<>≤≥=]*\s*[0-9]+[.,]?[0-9]*\s*%?\s*(?P<behind>[^\s\w.,%/-]{1,3}|\(\w\)|\[\w\])"
    r"|(?P<before>[*†‡^§#~]{1,3})\s*[0-9]+[.,]?[0-9]*\s*%?"
)
# "10-14" opened in a spreadsheet becomes a date.
_DATE = re.compile(
    r"[0-9]{1,2}-[a-z]{3}(?:-[0-9]{2,4})?|[a-z]{3}-[0-9]{1,2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}(?: .*)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Marks:
    """
    The marks that a user names for one file.

    Parameters
    ----------
    suppressed, missing
        In small letters: marks of suppressed values, and of values that are not known.
    """

    suppressed: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()

    def plain(self, texts: pd.Series) -> pd.Series:
        """The texts with the marks of the user as ``*`` and blank; the same series if none is named."""
        if not self.suppressed and not self.missing:
            return texts
        lower = texts.astype("str").str.lower()
        return texts.astype("str").mask(lower.isin(self.suppressed), "*").mask(lower.isin(self.missing), "")


def marks_of(suppressed: str | None, missing: str | None) -> Marks:
    """Read marks as the options give them: ``~,NC``."""
    return Marks(_split(suppressed), _split(missing))


def status_of_mark(text: str) -> str | None:
    """``suppressed``, ``missing`` or ``not applicable`` for a known mark, ``None`` for any other text."""
    lower = text.lower()
    if lower in MISSING:
        return "missing"
    if lower in NOT_APPLICABLE:
        return "not applicable"
    return "suppressed" if lower in SUPPRESSED or _STARS.fullmatch(text) or _FEW.fullmatch(text) else None


def most_students(text: str) -> int | None:
    """Most students that a text such as ``N<10`` or ``fewer than 10`` stands for; ``None`` for another text."""
    match = _FEW.fullmatch(text)
    if match is None:
        return None
    number = int(next(match[name] for name in ("bound", "fewer", "less", "or_fewer") if match[name]))
    is_strict = match["fewer"] or match["less"] or match["sign"] == "<"
    return max(0, number - bool(is_strict))


def is_suppressed_count(text: str) -> bool:
    """Whether a text stands for a suppressed number of students, 1 to 9 (``*``, ``<10``, ``1-4``, ``N<10``)."""
    if (most := most_students(text)) is not None:
        return most <= SUPPRESSED_HIGH
    if small := _SMALL_COUNT.fullmatch(text):
        below = small["below"]
        return int(below or small["most"] or small["most_too"] or small["high"]) - bool(below) <= SUPPRESSED_HIGH
    return status_of_mark(text) == "suppressed" and text not in ("--", "-3", "-3.0")


def sign_at_number(text: str) -> str | None:
    """The footnote sign at a number (``*`` of ``66.7*``); ``None`` for another text."""
    match = _SIGNED_NUMBER.fullmatch(text)
    return None if match is None else (match["behind"] or match["before"]).strip()


def is_date(text: str) -> bool:
    """Whether a spreadsheet has turned a band into a date (``14-Oct`` was ``10-14``)."""
    return _DATE.fullmatch(text) is not None


def suppressed_counts(texts: pd.Series) -> pd.Series:
    """:func:`is_suppressed_count` of each text."""
    is_suppressed = np.zeros(len(texts), dtype=bool)
    is_number = texts.str.fullmatch(r"[0-9.]*").to_numpy(dtype=bool)  # most are numbers, and told at once
    for position in np.flatnonzero(~is_number):
        is_suppressed[position] = is_suppressed_count(str(texts.iloc[position]))
    return pd.Series(is_suppressed, index=texts.index)


def without_marks(unreadable: pd.Series, texts: pd.Series) -> pd.Series:
    """The unreadable texts that are no known mark either; both series on one index."""
    strange = unreadable.to_numpy(dtype=bool).copy()
    for position in np.flatnonzero(strange):
        text = str(texts.iloc[position])
        strange[position] = status_of_mark(text) is None and not is_suppressed_count(text)
    return pd.Series(strange, index=unreadable.index)


def _split(marks: str | None) -> frozenset[str]:
    return frozenset(_parts((marks or "").split(",")))


def _parts(texts: Iterable[str]) -> Iterable[str]:
    return (text.strip().lower() for text in texts if text.strip())
