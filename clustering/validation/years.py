"""School years of a file; an ambiguous year is an error, never guessed."""

from __future__ import annotations

import re

import numpy as np

from clustering.model.plain_text import school_year_text
from clustering.readers.recognition.headings import heading_key
from clustering.readers.text.values import parse_school_year, parse_unique
from clustering.validation.findings import Findings

MISSING = -9
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
    column = findings.texts("year")
    convention = findings.table.options.year_convention or convention_of(findings.headings.get("year", ""))
    years, bad = parse_unique(column.distinct(), lambda text: parse_school_year(text, convention or "fall"))
    findings.mark_texts(bad, "year", message="This is not a school year.", remedy="Write 2022-23.")
    bare = column.distinct().str.fullmatch(r"\d{4}(\.0)?").to_numpy(dtype=bool) & ~bad.to_numpy(dtype=bool)
    if convention is None and bare.any():
        example = int(column.distinct()[int(np.flatnonzero(bare)[0])][:4])
        by_fall, by_spring = school_year_text(example), school_year_text(example - 1)
        findings.note(
            f"The year {example} may be the school year {by_fall} or {by_spring}.",
            f"Set year_convention=fall for {by_fall}, or year_convention=spring for {by_spring}; or write both years.",
            column=findings.headings["year"],
            is_error=True,
        )
    return column.spread(years.fillna(MISSING).to_numpy(dtype="int64"))


def convention_of(heading: str) -> str | None:
    """Which of its two calendar years a school year is named by, as far as its heading shows."""
    key = heading_key(heading)
    return "fall" if _FALL.search(key) else "spring" if _SPRING.search(key) else None
