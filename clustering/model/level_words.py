"""The level of a layer of catchments in words: of a cell, of an option, of a file's name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from clustering.model.grades import KINDERGARTEN, LAST_GRADE, PRESCHOOL, grade_mask, parse_grade_set

_WORDS = {
    **dict.fromkeys(("elementary", "elem", "es", "primary"), "elementary"),
    **dict.fromkeys(("middle", "ms", "intermediate", "junior", "jr", "jhs"), "middle"),
    **dict.fromkeys(("high", "hs", "shs", "secondary", "senior", "sr"), "high"),
}
# The codes of the School Attendance Boundary Survey; its 4, "other", is no level.
_CODES = {"1": "elementary", "2": "middle", "3": "high"}
# Only as the whole text: Mid Valley is a place.
_SHORT = {"E": "elementary", "M": "middle", "MID": "middle", "Mid": "middle", "H": "high"}
_NO_LEVEL = {"", "4", "other", "n/a", "na", "none", "unknown", "unspecified", "not applicable", "all", "-"}
# A school of a level has at least one of these grades, however a district divides them.
_GRADES = {
    "elementary": grade_mask(PRESCHOOL, 5),
    "middle": grade_mask(5, 8),
    "high": grade_mask(9, LAST_GRADE),
}
_CORE = {"elementary": grade_mask(KINDERGARTEN, 5), "middle": grade_mask(6, 8), "high": grade_mask(9, 12)}


@dataclass(frozen=True, kw_only=True)
class SaidLevel:
    """
    What is said of the polygons of a layer.

    Parameters
    ----------
    level
        ``elementary``, ``middle``, ``high``, or ``None``.
    grades_offered
        Bit mask of the grades (``clustering.model.grades``); 0 if only the level is said.
    """

    level: str | None
    grades_offered: int = 0


def is_no_level(text: str) -> bool:
    """Whether a cell says that there is no level, or none that is known."""
    return text.strip().lower().removesuffix(".0") in _NO_LEVEL


def level_in_words(text: str) -> str | None:
    """
    Find the one level that a text names, such as that of a cell or of a file without its suffix.

    Parameters
    ----------
    text
        ``Elementary``, ``2``, ``HS_2023``, ``Middle School Attendance Areas``, ``JuniorHigh``.

    Returns
    -------
    level
        ``None`` if it names no level, or several. A junior high school is a middle school.
    """
    if (code := text.strip().removesuffix(".0")) in _CODES:
        return _CODES[code]
    if code in _SHORT:
        return _SHORT[code]
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    words = re.findall(r"[a-z]+", apart.lower())
    named = [_WORDS[word] for word in words if word in _WORDS]
    if {"junior", "jr"} & set(words):
        named = ["middle" if level == "high" else level for level in named]
    return named[0] if len(set(named)) == 1 else None


def parse_level(text: str) -> SaidLevel:
    """
    Read the level of all polygons of a layer, as the option ``level`` says it.

    Parameters
    ----------
    text
        ``elementary``, ``middle`` or ``high``, or grades such as ``9-12``.

    Returns
    -------
    said
        For grades, also the level to which most of them belong, if one does.

    Raises
    ------
    ValueError
        It is neither.
    """
    named = level_in_words(text) if re.search(r"[a-z]{2}", text.lower()) else None
    if named is not None:
        return SaidLevel(level=named)
    mask = parse_grade_set(text)
    if mask == 0:
        raise ValueError(f"neither a level nor grades: {text!r}")
    return SaidLevel(level=level_of_grades(mask), grades_offered=mask)


def level_of_grades(mask: int) -> str | None:
    """The level to which most of some grades belong; ``None`` for none, and where two have equally many."""
    counts = sorted(((mask & core).bit_count(), level) for level, core in _CORE.items())
    return counts[-1][1] if counts[-1][0] > counts[-2][0] else None


def contradicts(level: str | None, mask: int) -> bool:
    """Whether grades are known and none of them is one that schools of the level have."""
    return level is not None and mask != 0 and not mask & _GRADES[level]
