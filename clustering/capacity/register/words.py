"""The words of a register: what people write for a kind, an approval, a duty, a level, and what it is called here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from clustering.model.grades import LAST_GRADE, PRESCHOOL, parse_grade_set
from clustering.validation.findings import Findings

KIND_WORDS: Mapping[str, Sequence[str]] = {
    "organisation": (
        *("organisation", "organization", "lead partner", "external lead partner", "external", "nonprofit"),
        *("non profit", "not for profit", "charter management organisation", "charter management organization"),
        *("education management organisation", "education management organization", "cmo", "emo", "company"),
        *("university", "lead turnaround partner", "turnaround partner", "operator", "for profit"),
    ),
    "district unit": (
        *("district unit", "district", "internal lead partner", "internal", "unit", "carve out", "district office"),
        *("internal unit", "innovation office", "autonomous district unit"),
    ),
    "supporting partner": (
        *("supporting partner", "supporting", "support partner", "supporting partner organisation"),
        *("supporting partner organization", "subcontractor", "sub contractor", "service provider"),
    ),
}
APPROVAL_WORDS: Mapping[str, Sequence[str]] = {
    "pre-qualified": (
        *("pre qualified", "prequalified", "qualified", "approved", "rfp pre qualified", "rfp approved", "yes", "y"),
        *("true", "1", "rfsp pre qualified", "pre approved", "accepted", "x", "on the list"),
    ),
    "applied": (
        *("applied", "pending", "submitted", "in review", "under review", "application pending", "rfp submitted"),
        *("application submitted", "rfp pending"),
    ),
    "not approved": (
        *("not approved", "no", "n", "false", "0", "rejected", "denied", "declined", "not pre qualified", "expired"),
        *("not prequalified", "not qualified", "withdrawn", "disqualified", "removed"),
    ),
    "unknown": ("unknown", "not known", "n a", "na", "not applicable", "tbd", "none"),
}
DUTY_WORDS: Mapping[str, Sequence[str]] = {
    "met": ("met", "yes", "y", "true", "1", "in place", "signed", "agreed", "full", "fully met", "x", "in force"),
    "promised": (
        *("promised", "planned", "committed", "pledged", "proposed", "offered", "negotiating", "in negotiation"),
        *("in progress", "will meet", "intended"),
    ),
    "missing": ("missing", "no", "n", "false", "0", "not met", "none", "refused", "lacking", "not offered"),
    "unknown": ("unknown", "not known", "n a", "na", "tbd", "not stated"),
}
CHOICE_WORDS: Mapping[str, Sequence[str]] = {
    "prefer": ("prefer", "prefers", "preferred", "preference", "yes", "y", "first choice", "wanted", "requested"),
    "exclude": (
        *("exclude", "excludes", "excluded", "exclusion", "no", "n", "not", "never", "refuse", "refused", "veto"),
        *("will not work with", "avoid"),
    ),
}
PARTY_WORDS: Mapping[str, Sequence[str]] = {
    "partner": ("partner", "lead partner", "organisation", "organization", "provider", "operator", "vendor"),
    "district": ("district", "lea", "local education agency", "school board", "board", "superintendent"),
    "state": ("state", "sea", "state education agency", "agency", "department", "commissioner"),
}
PARTNER_LEVELS = ("elementary", "middle", "high")
_LEVEL_WORDS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("elementary", "elementary school", "elementary schools", "primary", "elem", "es"), ("elementary",)
    ),
    **dict.fromkeys(("middle", "middle school", "middle schools", "ms", "junior high"), ("middle",)),
    **dict.fromkeys(("high", "high school", "high schools", "hs", "senior high", "upper secondary"), ("high",)),
    **dict.fromkeys(("secondary", "middle high"), ("middle", "high")),
    **dict.fromkeys(("elementary middle",), ("elementary", "middle")),
    **dict.fromkeys(("all", "all levels", "any", "any level", "all grades"), PARTNER_LEVELS),
}
# Grades of each level, where a register writes grades: KG-5, 6-8, 9-12. Preschool counts as elementary.
_FIRST_GRADES = {"elementary": PRESCHOOL, "middle": 6, "high": 9}
_LAST_GRADES = {"elementary": 5, "middle": 8, "high": LAST_GRADE}


def word_key(text: str) -> str:
    """A word in lower case, with one space for every run of other signs."""
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def read_words(
    findings: Findings, canonical: str, words: Mapping[str, Sequence[str]], *, blank: str, hint: str = ""
) -> pd.Series:
    """
    Read a column of words; unknown ones are problems that list what can be written.

    Parameters
    ----------
    findings
        The file; problems are added.
    canonical
        The column.
    words
        What it is called here to what people write (:func:`word_key`), best first.
    blank
        What a blank cell stands for.
    hint
        What else can be written, after the words.

    Returns
    -------
    values
        A key of ``words`` per record; ``blank`` where the word is not known.
    """
    meaning = {key: value for value, keys in words.items() for key in keys}
    column = findings.texts(canonical)
    keys = column.distinct().map(word_key)
    values = keys.map(meaning).where(keys != "", blank)
    others = [key for value, keys_ in words.items() for key in keys_ if key != word_key(value)]
    findings.mark_texts(
        values.isna(),
        canonical,
        message=f"The word is not known in this column ({canonical}).",
        remedy=f"Write one of: {', '.join(words)}. These are understood too: {', '.join(others)}. {hint}".rstrip(),
    )
    return pd.Series(column.spread(values.fillna(blank).to_numpy(dtype="object")), dtype="str")


def read_levels(findings: Findings, canonical: str) -> pd.Series:
    """Read a column of levels (:func:`parse_levels`), a tuple per record; unreadable cells are problems."""
    column = findings.texts(canonical)
    levels: list[tuple[str, ...]] = []
    unknown: list[bool] = []
    for text in column.distinct():
        try:
            levels.append(parse_levels(text))
            unknown.append(False)
        except ValueError:
            levels.append(())
            unknown.append(True)
    findings.mark_texts(
        pd.Series(unknown, dtype="bool"),
        canonical,
        message="The levels cannot be read.",
        remedy="Write elementary, middle, high, with semicolons between them; grades such as K-8; or all.",
    )
    return pd.Series([levels[code] for code in column.codes], dtype="object")


def parse_levels(text: str) -> tuple[str, ...]:
    """
    Read the levels that a cell names.

    Parameters
    ----------
    text
        Levels with ``;`` or a comma between them, ``/``, ``&``, ``+`` or *and*, or grades: ``elementary; middle``,
        ``High schools``, ``K-8``, ``6-12``.

    Returns
    -------
    levels
        Of ``elementary``, ``middle``, ``high``, in this order; empty for a blank cell. A span of grades has the levels
        of which it covers at least one grade: those up to 5, 6 to 8, 9 and above.

    Raises
    ------
    ValueError
        A part of the text is neither a level nor grades.
    """
    levels: set[str] = set()
    for part in re.split(r"\s*(?:[;,/&+|\n]|\band\b)\s*", text.strip().lower()):
        key = word_key(part)
        if key in _LEVEL_WORDS:
            levels.update(_LEVEL_WORDS[key])
        elif part:
            levels.update(_levels_of_grades(re.sub(r"^grades?\s*", "", part)))
    return tuple(level for level in PARTNER_LEVELS if level in levels)


def _levels_of_grades(text: str) -> list[str]:
    mask = parse_grade_set(text)
    grades = [grade for grade in range(PRESCHOOL, LAST_GRADE + 1) if mask >> (grade - PRESCHOOL) & 1]
    levels = [
        level
        for level in PARTNER_LEVELS
        if any(_FIRST_GRADES[level] <= grade <= _LAST_GRADES[level] for grade in grades)
    ]
    if not levels:
        raise ValueError(f"no level: {text!r}")
    return levels
