"""Which heading of a file is which canonical column. ``aliases.py`` has the headings that are known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from clustering.errors import Problem
from clustering.model.spelling import british, heading_of, in_both_spellings
from clustering.readers.file_options import FileOptions
from clustering.readers.recognition.aliases import ALIASES, REQUIRED
from clustering.readers.recognition.school_aliases import SCHOOL_ALIASES
from clustering.readers.recognition.years_in_headings import columns_by_year, year_problems

_GRADE_OFFERED = re.compile(r"G_(\w+)_OFFERED", re.IGNORECASE)
_AS_MATRIX = "Set kind=matrix if there is a column for each destination. Otherwise: "
_YEAR_SUFFIX = re.compile(r"_?\d{2}(\d{2})?$")


@dataclass(frozen=True, kw_only=True)
class RecognisedHeadings:
    """
    The headings of a file by canonical column.

    Parameters
    ----------
    headings
        Canonical name to heading, for the columns that the file has. Of a column that the file has for several years
        it is the latest; the earlier ones follow as ``graduation_rate, 2021-22``.
    by_year
        Canonical name to year (``2021-22``, or a bare ``2022``) to heading, for the columns of several years.
    problems
        One for each required column without a heading, and for each heading in the user's options that the file lacks.
    """

    headings: dict[str, str]
    by_year: dict[str, dict[str, str]] = field(default_factory=dict)
    problems: list[Problem]


def recognise_headings(
    headings: Sequence[str], *, table: str, role: str, options: FileOptions, header_row: int | None = 1
) -> RecognisedHeadings:
    """
    Find the heading of each canonical column.

    Parameters
    ----------
    headings
        Of the file.
    table
        What problems call the file.
    role
        One of ``aliases.ALIASES``.
    options
        ``columns`` counts before every alias.
    header_row
        Row of the headings.

    Returns
    -------
    recognised
        Canonical columns that the file has, and problems.
    """
    dated = columns_by_year(
        headings, role, options=options, canonical_of=lambda rest: _canonical_of(role).get(british(heading_key(rest)))
    )
    of_years = {column.heading for columns in dated.columns.values() for column in columns.values()}
    of_years |= {column.heading for column in dated.doubled.values()}
    keys: dict[str, str] = {}
    for heading in headings:
        if heading in of_years:
            continue
        keys.setdefault(heading_key(heading), heading)
        keys.setdefault(_YEAR_SUFFIX.sub("", heading_key(heading)), heading)
    keys = in_both_spellings(keys)
    found = {
        canonical: known
        for canonical, aliases in ALIASES[role].items()
        if (known := heading_of(aliases, keys)) is not None
    }
    shown, role_name = ", ".join(headings[:30]), role.replace("_", " ")
    # If the state's identifier is the only one, its column is found twice: then it is the school's identifier.
    if found.get("state_school_id") == found.get("school_id"):
        found.pop("state_school_id", None)
    # The same of a partner: a column "Partner" is its name only beside one of identifiers.
    if found.get("name") == found.get("partner_id"):
        found.pop("name", None)
    problems = list(year_problems(table, dated, found, options))
    for canonical, heading in options.columns.items():
        if canonical in dated.columns:
            continue
        if canonical not in ALIASES[role] or heading not in headings:
            message = f"There is no column {heading!r}; the file has {shown}."
            remedy = f"Set columns.NAME=HEADING with a NAME of {', '.join(ALIASES[role])}."
            if canonical not in ALIASES[role]:
                message = f"A file of {role_name} has no column called {canonical}."
            problems.append(Problem(table=table, row=header_row, column=heading, message=message, remedy=remedy))
        else:
            found = {name: each for name, each in found.items() if each != heading} | {canonical: heading}
    by_year = {
        canonical: {year: column.heading for year, column in columns.items()}
        for canonical, columns in dated.columns.items()
    }
    for canonical, columns in by_year.items():
        *earlier, found[canonical] = columns.values()
        found |= {f"{canonical}, {year}": heading for year, heading in zip(columns, earlier, strict=False)}
    missing = [canonical for canonical in REQUIRED[role] if canonical not in found]
    may_be_matrix = "destination" in missing and len(missing) > 1 and len(headings) > 2
    problems += [
        Problem(
            table=table,
            row=header_row,
            column=canonical,
            message=f"This {role_name} file has no column for {canonical}; it has {shown}.",
            remedy=f"{_AS_MATRIX if may_be_matrix else ''}Rename the column to {canonical} or to one of {', '.join(ALIASES[role][canonical][:6])}, or set"
            f" columns.{canonical}=HEADING.",
        )
        for canonical in missing
    ]
    return RecognisedHeadings(headings=found, by_year=by_year, problems=problems)


def is_known_heading(cell: str, role: str) -> bool:
    """Whether a cell is a known heading of a file in this role."""
    key = british(heading_key(cell))
    return bool(key) and not {key, _YEAR_SUFFIX.sub("", key)}.isdisjoint(_known(role))


def grade_columns(headings: Sequence[str]) -> dict[str, str]:
    """Headings of CCD's ``G_*_OFFERED`` columns, with the grade of each (``PK``, ``KG``, ``1`` ...)."""
    matches = {heading: _GRADE_OFFERED.fullmatch(heading) for heading in headings}
    return {heading: match.group(1) for heading, match in matches.items() if match}


def is_grade_heading(heading: str) -> bool:
    """Whether a heading is one of CCD's ``G_*_OFFERED``."""
    return _GRADE_OFFERED.fullmatch(heading) is not None


def heading_key(heading: str) -> str:
    """A heading in lower case, with every other sign as ``_``."""
    return re.sub(r"[^a-z0-9]+", "_", heading.lower()).strip("_")


@cache
def _canonical_of(role: str) -> dict[str, str]:
    """Canonical column of each known heading; of several, the first."""
    pairs = ((british(alias), column) for column, aliases in ALIASES[role].items() for alias in aliases)
    # In a file of flows a heading that is a year alone stands above students.
    return dict(reversed(list(pairs))) | ({"": "students"} if role == "flows" else {})


@cache
def _known(role: str) -> frozenset[str]:
    return frozenset(british(alias) for aliases in ALIASES.get(role, SCHOOL_ALIASES).values() for alias in aliases)
