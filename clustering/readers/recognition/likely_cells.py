"""What the cells of known columns look like; each pattern matches a whole cell."""

from __future__ import annotations

import re
from collections.abc import Collection

_NUMBER_OF_RATE = r"(100(\.0*)?|\d{1,2}(\.\d+)?|\.\d+)"
RATE = re.compile(
    rf"[<>≤≥]?=?\s*{_NUMBER_OF_RATE}\s*%?|\d{{1,2}}\s*-\s*\d{{1,3}}\s*%?|(GE|LE|GT|LT)\d{{1,2}}", re.IGNORECASE
)
COUNT = re.compile(r"\d{1,3}(,\d{3})+|\d{1,6}(\.0)?")
# Decimal; in minutes and seconds; metres or feet of a projection.
DEGREES = re.compile(
    r"[-+]?\d{1,3}\.\d{2,}|[-+]?\d{5,9}(\.\d+)?|[NSEW]? ?-?\d{1,3} ?[\u00b0\u00ba -] ?\d{1,2}[^\w,].{0,15}",
    re.IGNORECASE,
)
STATUS = re.compile(
    r"(currently |re)?(open(ed)?|closed|active|inactive|operational|future|pending|new|merged)( school)?"
    r"|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*",
    re.IGNORECASE,
)
LEVEL = re.compile(
    r"(elementary|elem|middle|mid|high|junior high|intermediate|primary|secondary|senior high|[emh]s|k-?[5-8])"
    r"( schools?| zones?| attendance.*)?",
    re.IGNORECASE,
)
ID = re.compile(r"'?(?=[^\d]*\d)[\w./-]{1,40}")
YEAR = re.compile(r"(fall|spring|sy|fy|ay)?[ -]?(19|20)\d\d(\s*[-/\u2013]\s*\d{2,4})?", re.IGNORECASE)
TEXT = re.compile(r".*[^\W\d_]{3}.*", re.DOTALL)
MARKS = re.compile(
    r"[*~.\u2013\u2020\u2021#-]+|n/?[acrd]|null|none|s|ps|ds|suppressed"
    r"|(n?\s*<=?|fewer than|less than|under)\s*\d+(\s+(students?|pupils?|graduates?))?|\d+ or (fewer|less).*",
    re.IGNORECASE,
)
_WITHOUT_DIGIT = re.compile(r"\D{1,20}")
_POINT = re.compile(r"\d{1,2}")
_MOST_UNKNOWN_MARKS = 3
_MOST_POINTS = 10


def without_unknown_marks(texts: Collection[str]) -> list[str]:
    """Leave out a few different texts without a digit: marks, whatever the state means by them; unless all are such."""
    words = {text for text in texts if _WITHOUT_DIGIT.fullmatch(text)}
    if len(words) > _MOST_UNKNOWN_MARKS or len(words) == len(texts):
        return list(texts)
    return [text for text in texts if text not in words]


def are_points(texts: Collection[str]) -> bool:
    """Whether texts are several whole numbers up to 10, some above 1: points or ratings, and no per cents."""
    numbers = {int(text) for text in texts if _POINT.fullmatch(text)}
    return len(numbers) > 1 and all(map(_POINT.fullmatch, texts)) and 1 < max(numbers) <= _MOST_POINTS
