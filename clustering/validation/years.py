"""School years of a file; an ambiguous year is an error, never guessed."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from clustering.model.plain_text import school_year_text
from clustering.readers.recognition.headings import heading_key
from clustering.readers.text.values import is_bare_year, parse_school_year, parse_unique, year_in_cell
from clustering.readers.text.year_words import Convention, find_year, has_joined_pairs
from clustering.validation.findings import Findings
from clustering.validation.unreadable_cells import Wording, note_unreadable

MISSING = -9
_NO_YEAR = Wording(message="This is not a school year.", form="2022-23.", is_mark=False, is_refused=True)
# Headings that show which of its two calendar years a school year is named by.
_FALL = re.compile(r"(^|_)(fall|ea_year|start|begin|october|survyear)")
_SPRING = re.compile(r"(^|_)(spring|end|ending|graduation)")


def validate_years(findings: Findings) -> np.ndarray:
    """
    Read the school years of a file, each as the year of its fall.

    Parameters
    ----------
    findings
        A file with a column ``year``; problems are added.

    Returns
    -------
    year
        int64, the fall of each record; -9 is missing. ``2022-23`` is clear. A bare ``2022`` is read by the file's
        options or by its heading (``fall_year``, ``ea_year``, ``spring_year``); without either it is an error.
    """
    column, texts = findings.texts("year"), findings.values("year")
    heading = findings.headings.get("year", "")
    convention = findings.table.options.year_convention or convention_of(heading)
    found = [year_in_cell(text) for text in texts]
    if has_joined_pairs(texts):  # then 2021 beside 1920 is 2020-21
        found = [
            find_year(text, joined=True) if is_bare_year(text) else each
            for text, each in zip(texts, found, strict=True)
        ]
    bad = np.array([year is None for year in found], dtype=bool) & (texts != "").to_numpy(dtype=bool)
    note_unreadable(findings, "year", bad, _NO_YEAR)
    falls = [None if year is None else year.fall(convention or "fall") for year in found]
    bare = [year for year in found if year is not None and year.convention is None]
    if convention is None and bare:
        _ask_for_bare_year(findings, bare[0].year, heading)
    return column.spread(pd.Series(falls, dtype="Int64").fillna(MISSING).to_numpy(dtype="int64"))


def years_of_headings(findings: Findings, texts: pd.Series, *, of_graduation: bool = False) -> pd.Series:
    """
    Read school years that stand in headings, each as the year of its fall.

    Parameters
    ----------
    findings
        A file with columns by year; a bare year that its options leave open is an error.
    texts
        ``2021-22``, a bare ``2022``, or blank.
    of_graduation
        Whether all bare years stand beside graduation rates. Then they are the years in which students graduate, which
        are springs, and a warning says so.

    Returns
    -------
    years
        Int64, on the index of ``texts``; blank and unreadable are missing.
    """
    convention = findings.table.options.year_convention
    of_years = {year: heading for columns in findings.by_year.values() for year, heading in columns.items()}
    bare = [year for year in texts.astype("str").unique() if year in of_years and year.isdigit()]
    if convention is None and bare:
        note = _note_years_of_graduation if of_graduation else _ask_for_bare_year
        note(findings, int(max(bare)), of_years[max(bare)])
        convention = "spring" if of_graduation else "fall"
    years, _ = parse_unique(texts, lambda text: parse_school_year(text, convention or "fall"))
    return years


def _ask_for_bare_year(findings: Findings, example: int, heading: str) -> None:
    """Note an error about a year that may be the fall or the spring of its school year."""
    by_fall, by_spring = school_year_text(example), school_year_text(example - 1)
    findings.note(
        f"The year {example} may be the school year {by_fall} or {by_spring}.",
        f"Set year_convention=fall for {by_fall}, or year_convention=spring for {by_spring}; or write both years.",
        column=heading or None,
        is_error=True,
    )


def _note_years_of_graduation(findings: Findings, example: int, heading: str) -> None:
    """Note a warning that bare years of graduation rates were read as those in which students graduate."""
    by_fall, by_spring = school_year_text(example), school_year_text(example - 1)
    findings.note(
        "The years in the headings of graduation rates are read as those in which students graduate:"
        f" {example} is {by_spring}.",
        f"Set year_convention=fall if {example} is {by_fall}, or year_convention=spring to confirm {by_spring}.",
        column=heading,
    )


def convention_of(heading: str) -> Convention | None:
    """Which of its two calendar years a school year is named by, as far as its heading shows."""
    key = heading_key(heading)
    return "fall" if _FALL.search(key) else "spring" if _SPRING.search(key) else None
