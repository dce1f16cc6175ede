"""Cells of a table of Zones and schools: counts, shares, rates and levels, each checked."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from clustering.model.columns import Level
from clustering.model.grades import level_of, parse_grade_set
from clustering.readers.published.rates import is_date, lone_shares, parse_rates
from clustering.readers.text.values import parse_students
from clustering.validation.findings import Findings

_BETWEEN_LEVELS = re.compile(r"\s*(?:[;,/&+]|\band\b)\s*|\s*-\s*")
_LEVEL_WORDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("elementary", "elem", "es", "primary", "prekindergarten"), ("elementary",)),
    **dict.fromkeys(("middle", "ms", "junior high"), ("middle",)),
    **dict.fromkeys(("high", "hs", "senior high"), ("high",)),
    "secondary": ("middle", "high"),
    "all grades": ("elementary", "middle", "high"),
    "all": ("elementary", "middle", "high"),
}
_LEVEL_OF: dict[frozenset[str], Level] = {
    frozenset({"elementary"}): "elementary",
    frozenset({"elementary", "middle"}): "elementary-middle",
    frozenset({"middle"}): "middle",
    frozenset({"middle", "high"}): "middle-high",
    frozenset({"high"}): "high",
}
_NO_LEVEL = ("", "other", "not applicable", "not reported", "ungraded", "adult education")


def read_counts(findings: Findings, canonical: str) -> pd.DataFrame:
    """
    Read a column of students.

    Parameters
    ----------
    findings
        The file; problems are added.
    canonical
        The column.

    Returns
    -------
    counts
        ``students``, ``students_low``, ``students_high``, a row per record; all missing where the cell is blank, and
        only the first where it says that the count is suppressed.
    """
    texts = findings.table.options.marks.plain(findings.column(canonical))
    counts, bad = parse_students(texts, decimal=findings.table.options.decimal)
    findings.mark(
        bad & (texts != ""),
        canonical,
        message="The number of students cannot be read.",
        remedy="Write a whole number, <10 for 1 to 9 students, or leave the cell blank if it is unknown.",
    )
    return counts.mask(bad)


def read_shares(findings: Findings, canonical: str) -> pd.DataFrame:
    """
    Read a column of published shares.

    Parameters
    ----------
    findings
        The file; problems are added.
    canonical
        The column.

    Returns
    -------
    shares
        ``low``, ``middle``, ``high`` [0 to 1], a row per record; all missing where nothing is published.
    """
    options = findings.table.options
    texts = options.marks.plain(findings.column(canonical))
    rates, units = parse_rates(texts, unit=options.rate_unit, decimal=options.decimal)
    has_both = len(units) > 1 or bool(lone_shares(texts, decimal=options.decimal))
    unreadable = rates["status"] == "unreadable"
    is_a_date = texts.map(is_date).astype("bool") if len(texts) else unreadable
    findings.mark(
        unreadable & is_a_date,
        canonical,
        message="A spreadsheet has turned a range of rates into a date.",
        remedy="Format the column as text and write the range again, such as 10-14.",
    )
    findings.mark(
        unreadable & ~is_a_date,
        canonical,
        message="The rate cannot be read.",
        remedy="Write it like 55%, 0.55, 50-59 or LT50, or leave the cell blank if there is none.",
    )
    if has_both and options.rate_unit is None:
        findings.note(
            "Some rates of the column are per cent and others shares of 1.",
            "Write all of them in one unit, or with a per cent sign; or set rate_unit=percent or rate_unit=share.",
            column=findings.headings.get(canonical, canonical),
            is_error=True,
        )
    is_known = rates["status"].isin(["exact", "range"])
    middle = rates["exact"].fillna((rates["low"] + rates["high"]) / 2)
    return rates[["low", "high"]].assign(middle=middle).where(is_known)


def read_levels(findings: Findings, grades_offered: pd.Series) -> pd.Series:
    """
    Find the level of every school, by its grades or else by the words of the file.

    Parameters
    ----------
    findings
        The file; problems are added.
    grades_offered
        Bit mask of each record; 0 is unknown.

    Returns
    -------
    levels
        ``columns.LEVELS``, a row per record; ``other`` where nothing tells.
    """
    texts = findings.column("level").str.lower()
    of_words = {text: _level_of_words(text) for text in texts.unique()}
    named = texts.map(of_words)
    findings.mark(
        named.isna(),
        "level",
        message="The level cannot be read.",
        remedy="Write elementary, middle or high, several with commas between them, or give the grades of the school.",
    )
    of_grades = grades_offered.map(lambda mask: level_of(int(mask)))
    return of_grades.where(grades_offered != 0, named.fillna("other")).astype("str")


def _level_of_words(text: str) -> Level | float:
    """Level of what a cell says; missing if it cannot be read."""
    if text.strip() in _NO_LEVEL:
        return "other"
    words = [_LEVEL_WORDS.get(word.removesuffix(" school")) for word in _BETWEEN_LEVELS.split(text.strip())]
    if all(words):
        return _LEVEL_OF.get(frozenset(level for each in words for level in each or ()), "all-grades")
    try:
        level: Level = level_of(parse_grade_set(text))  # type: ignore[assignment]
    except ValueError:
        return np.nan
    return level
