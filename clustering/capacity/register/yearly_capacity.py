"""Columns that say how many schools a partner can run in a given year."""

from __future__ import annotations

import re

import pandas as pd

from clustering.capacity.register.quantities import SCHOOLS, read_quantities
from clustering.capacity.register.start_years import FIRST_FALL, LAST_FALL
from clustering.model.spelling import heading_of
from clustering.readers.recognition.capacity_aliases import PARTNER_ALIASES
from clustering.readers.recognition.headings import heading_key
from clustering.validation.findings import Findings

_NAMES = "|".join(sorted(PARTNER_ALIASES["maximum_schools"], key=len, reverse=True))
_HEADING = re.compile(
    rf"(?:{_NAMES})_(?:in_)?(?P<word>fall|spring|sy|school_year|year|fy)?_?"
    r"(?P<year>[0-9]{4}|[0-9]{2})(?:_(?P<next>[0-9]{4}|[0-9]{2}))?"
)


def year_of_heading(heading: str, convention: str = "fall") -> int | None:
    """
    Read the year of a heading such as ``maximum_schools_2027`` or ``Max schools 2027-28``.

    Parameters
    ----------
    heading
        Of a column.
    convention
        What a bare year is: ``fall`` or ``spring``. ``fall`` and ``spring`` in the heading count before it; a fiscal
        year (``fy``) is named by its end.

    Returns
    -------
    fall
        2027 for both; ``None`` for another heading.
    """
    match = _HEADING.fullmatch(heading_key(heading))
    if match is None:
        return None
    year, following, word = int(match["year"]), match["next"], match["word"]
    year += 2000 if year < 100 else 0
    if not FIRST_FALL <= year <= LAST_FALL + 1:
        return None
    if following is not None:
        return year if int(following) % 100 == (year + 1) % 100 else None
    named = {"fall": "fall", "spring": "spring", "fy": "spring"}.get(word or "", convention)
    return year - (named == "spring")


def take_year_headings(findings: Findings) -> dict[int, str]:
    """
    Take the columns by year out of what was recognised, and name each for itself.

    Parameters
    ----------
    findings
        The file. A heading with a year is no column of ``maximum_schools``, whatever was recognised; problems are
        added where two columns are of one year.

    Returns
    -------
    columns
        Fall to the canonical name of its column, sorted.
    """
    convention = findings.table.options.year_convention or "fall"
    named = set(findings.table.options.columns.values())
    columns: dict[int, str] = {}
    for heading in findings.table.headings:
        fall = None if heading in named else year_of_heading(heading, convention)
        if fall is None:
            continue
        _recognise_again(findings, heading)
        if fall in columns:
            findings.note(
                f"Two columns are the maximum of the fall of {fall}.",
                "Keep one of them.",
                column=heading,
                is_error=True,
            )
            continue
        columns[fall] = f"maximum_schools_{fall}"
        findings.headings[columns[fall]] = heading
    return dict(sorted(columns.items()))


def _recognise_again(findings: Findings, of_year: str) -> None:
    """Take a heading out of what was recognised; the heading without a year counts, if there is one."""
    for canonical in [name for name, each in findings.headings.items() if each == of_year]:
        del findings.headings[canonical]
        others = {heading_key(heading): heading for heading in findings.table.headings}
        plain = heading_of(PARTNER_ALIASES[canonical], others)
        if plain is not None and plain not in findings.headings.values():
            findings.headings[canonical] = plain


def read_capacities(findings: Findings) -> dict[str, pd.Series]:
    """
    Read the maximum of each year.

    Parameters
    ----------
    findings
        The file; problems are added.

    Returns
    -------
    capacities
        ``capacities_low`` and ``capacities_high``: a mapping of fall to number of schools per record, with the years
        for which the cell is not blank.
    """
    ranges = {
        fall: read_quantities(findings, canonical, SCHOOLS) for fall, canonical in take_year_headings(findings).items()
    }
    ends = {}
    for end in ("low", "high"):
        table = pd.DataFrame({fall: each[end] for fall, each in ranges.items()}, index=range(len(findings.table)))
        ends[f"capacities_{end}"] = pd.Series(
            [
                {int(fall): float(row[fall]) for fall in table.columns if row[fall] == row[fall]}
                for row in table.to_dict("records")
            ],
            dtype="object",
        )
    return ends
