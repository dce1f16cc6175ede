"""Which heading of a file is which canonical column. ``aliases.py`` has the headings that are known."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache

from clustering.errors import Problem
from clustering.model.spelling import british, in_both_spellings
from clustering.readers.file_options import DELIMITER_NAMES, FileOptions
from clustering.readers.recognition.aliases import ALIASES, REQUIRED
from clustering.readers.recognition.likely_columns import is_district_of_students, likely_headings
from clustering.readers.recognition.school_aliases import SCHOOL_ALIASES
from clustering.readers.recognition.years_in_headings import (
    columns_by_year,
    ends_of_two_years,
    numbered_columns,
    year_problems,
)
from clustering.readers.text.year_words import find_year

_GRADE_OFFERED = re.compile(r"G_(\w+)_OFFERED", re.IGNORECASE)
ANY_ROLE = "any"  # of a file of which the role is to be told by its headings
_AS_MATRIX = "Set kind=matrix if there is a column for each destination."
_YEAR_SUFFIX = re.compile(r"_?\d{2}(\d{2})?$")
_NUMBER = re.compile(r"_?[1-9]$")
_NUMBER_SIGN = re.compile(r"\b(school|campus|building|site|district|division)\s*#\s*$")
_MAY_BE_FEEDERS = ("flows", "plan")
_OTHER_SIGNS = re.compile(r"[^a-z0-9]+")
_AS_FEEDER_TABLE = " Set kind=feeder table if the file only says which school feeds which."


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
        One for each required column without a heading, for each heading in the user's options that the file lacks, and
        for each column that is used and whose heading other columns have too.
    """

    headings: dict[str, str]
    by_year: dict[str, dict[str, str]] = field(default_factory=dict)
    problems: list[Problem]


def recognise_headings(
    headings: Sequence[str],
    *,
    table: str,
    role: str,
    options: FileOptions,
    header_row: int | None = 1,
    repeated: Collection[str] = (),
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
    repeated
        Headings that several columns have; the second of them is called ``NAME (2)``.

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
    of_years |= set(numbered_columns(headings, role, lambda key: _canonical_of(role).get(british(key))))
    found = _found_by_alias([heading for heading in headings if heading not in of_years], role)
    file = _File(
        headings=headings, table=table, role=role, row=header_row, delimiter=_other_delimiter(headings, options)
    )
    problems = list(year_problems(table, dated, found, options))
    for canonical, heading in options.columns.items():
        if canonical in dated.columns:
            continue
        if canonical not in ALIASES[role]:
            remedy = f"Set columns.NAME=HEADING with a NAME of {', '.join(ALIASES[role])}."
            message = f"A file of {role.replace('_', ' ')} has no column called {canonical}."
            problems.append(file.problem(heading, message, remedy))
        elif heading not in headings:
            problems.append(_no_such_heading(file, canonical, heading))
        else:
            found = {name: each for name, each in found.items() if each != heading} | {canonical: heading}
    by_year = dated.headings
    for canonical, columns in by_year.items():
        *earlier, found[canonical] = columns.values()
        found |= {f"{canonical}, {year}": heading for year, heading in zip(columns, earlier, strict=False)}
    problems += _missing_columns(file, found, is_matrix=options.kind == "matrix")
    problems += _repeated_headings(file, found, set(repeated) - set(options.columns.values()))
    return RecognisedHeadings(headings=found, by_year=by_year, problems=problems)


def _found_by_alias(headings: Sequence[str], role: str) -> dict[str, str]:
    """Canonical columns of the headings that are known."""
    keys: dict[str, str] = {}
    for heading in headings:
        key = heading_key(heading)
        keys.setdefault(key, heading)
        keys.setdefault(_YEAR_SUFFIX.sub("", key), heading)
    keys = in_both_spellings(keys)
    found = {
        canonical: known
        for canonical, aliases in _aliases_of(role).items()
        if (known := next((keys[alias] for alias in aliases if alias in keys), None)) is not None
    }
    # If the state's identifier is the only one, its column is found twice: then it is the school's identifier.
    if found.get("state_school_id") == found.get("school_id"):
        found.pop("state_school_id", None)
    # The same of a partner: a column "Partner" is its name only beside one of identifiers.
    if found.get("name") == found.get("partner_id"):
        found.pop("name", None)
    return found


@dataclass(frozen=True, kw_only=True)
class _File:
    """What problems say of a file."""

    headings: Sequence[str]
    table: str
    role: str
    row: int | None
    delimiter: str | None

    def problem(self, column: str, message: str, remedy: str) -> Problem:
        return Problem(table=self.table, row=self.row, column=column, message=message, remedy=remedy)

    def shown(self) -> str:
        return ", ".join(self.headings[:30])

    def other_row(self) -> str:
        """What to do if the headings are in another row."""
        return "" if self.row is None else f" If row {self.row} does not hold the headings, set header_row=NUMBER."


def _other_delimiter(headings: Sequence[str], options: FileOptions) -> str | None:
    """Name of the sign that divides the only heading of a file for which the user has named another delimiter."""
    if options.delimiter is None or len(headings) != 1:
        return None
    times = {name: headings[0].count(sign) for name, sign in DELIMITER_NAMES.items()}
    likely = max(times, key=lambda name: times[name])
    return likely if times[likely] else None


def _no_such_heading(file: _File, canonical: str, heading: str) -> Problem:
    of_key = {heading_key(each): each for each in reversed(file.headings)}
    near = get_close_matches(heading_key(heading), of_key, n=1)
    likely = [of_key[each] for each in near] or likely_headings(canonical, file.headings)
    instead = likely[0] if likely else "HEADING, with one of its headings"
    message = f"There is no column {heading!r}; the file has {file.shown()}."
    return file.problem(heading, message, f"Set columns.{canonical}={instead}.{file.other_row()}")


def _missing_columns(file: _File, found: Mapping[str, str], *, is_matrix: bool) -> Iterator[Problem]:
    """Required columns that a file lacks, with the columns that may be meant; ``is_matrix`` if the user says so."""
    unused = [heading for heading in file.headings if heading not in found.values()]
    missing = [canonical for canonical in REQUIRED[file.role] if canonical not in found]
    may_be_matrix = not is_matrix and "destination" in missing and len(missing) > 1 and len(file.headings) > 2
    numbered = [each for each in unused if any(map(str.isdigit, each)) and find_year(each) is None]
    looks_like_matrix = 2 * len(numbered) > len(unused)
    two_years = ends_of_two_years(unused) if file.role == "flows" else {}
    for canonical in missing:
        likely = likely_headings(canonical, unused)
        message = f"This {file.role.replace('_', ' ')} file has no column for {canonical}; "
        if file.delimiter is not None:
            message += f"its only heading is {file.shown()}."
            remedy = f"Set delimiter={file.delimiter}, which divides this heading."
        elif canonical in two_years:
            options = " and ".join(f"columns.{name}={heading}" for name, heading in two_years.items())
            message += f"it has {file.shown()}."
            remedy = f"Set {options} if these are the schools of one year and of the next."
        elif likely:
            message += f"likely is {' or '.join(likely[:3])}. It has {file.shown()}."
            remedy = f"Set columns.{canonical}={likely[0]}, or another of its headings."
        else:
            message += f"it has {file.shown()}."
            known = ", ".join(ALIASES[file.role][canonical][:6])
            remedy = (
                f"Rename the column to {canonical} or to one of {known}, or set columns.{canonical}=HEADING."
                " If the file lacks it, add it."
            )
            if file.role == "schools" and "name" in found:
                named = "+".join(found[each] for each in ("district_name", "name") if each in found)
                remedy += (
                    f" If no column has identifiers, set columns.school_id={named}: the names stand in their place."
                )
            if may_be_matrix:
                remedy = f"{_AS_MATRIX} Otherwise: {remedy}" if looks_like_matrix else f"{remedy} {_AS_MATRIX}"
            if file.role == "flows" and (district := next(filter(is_district_of_students, unused), None)):
                message += f" {district} speaks of districts, and feeders are told by flows between schools."
                remedy = f"Leave the file out if it counts students between districts. Otherwise: {remedy}"
        if file.role == "flows" and canonical == "students":
            remedy += _AS_FEEDER_TABLE
        yield file.problem(canonical, message, remedy + file.other_row())


def _repeated_headings(file: _File, found: Mapping[str, str], repeated: Collection[str]) -> Iterator[Problem]:
    """Columns that are read though others have the same heading; the user has to say which is meant."""
    for canonical, heading in found.items():
        if heading in repeated:
            times = sum(re.fullmatch(re.escape(heading) + r"( \(\d+\))?", each) is not None for each in file.headings)
            yield file.problem(
                heading,
                f"The heading appears {times} times, and is read as {canonical}.",
                f"Set columns.{canonical}={heading} for the first of these columns, or"
                f" columns.{canonical}={heading} (2) for the second; or give each column its own name.",
            )


def is_known_heading(cell: str, role: str) -> bool:
    """Whether a cell is a known heading of a file in this role."""
    key = british(heading_key(cell))
    known = _known(role)
    if bool(key) and (key in known or _YEAR_SUFFIX.sub("", key) in known):
        return True
    if role in _MAY_BE_FEEDERS and _NUMBER.sub("", key) in known:  # a feeder table may have Feeds To 1, Feeds To 2
        return True
    if any(sign.isdigit() for sign in cell) and (found := find_year(cell)) is not None:  # 2022 Grad Rate
        return british(heading_key(found.rest)) in known - {""}
    return False


def grade_columns(headings: Sequence[str]) -> dict[str, str]:
    """Headings of CCD's ``G_*_OFFERED`` columns, with the grade of each (``PK``, ``KG``, ``1`` ...)."""
    matches = {heading: _GRADE_OFFERED.fullmatch(heading) for heading in headings}
    return {heading: match.group(1) for heading, match in matches.items() if match}


def is_grade_heading(heading: str) -> bool:
    """Whether a heading is one of CCD's ``G_*_OFFERED``."""
    return _GRADE_OFFERED.fullmatch(heading) is not None


def heading_key(heading: str) -> str:
    """A heading in lower case, with every other sign as ``_``; ``School #`` is ``school_number``."""
    lower = heading.lower()
    if "#" in lower:
        lower = _NUMBER_SIGN.sub(r"\1 number", lower)
    return _OTHER_SIGNS.sub("_", lower).strip("_")


@cache
def _aliases_of(role: str) -> dict[str, tuple[str, ...]]:
    """Names of each column in both spellings, best first."""
    return {
        canonical: tuple(dict.fromkeys(spelling for alias in aliases for spelling in (alias, british(alias))))
        for canonical, aliases in ALIASES[role].items()
    }


@cache
def _canonical_of(role: str) -> dict[str, str]:
    """Canonical column of each known heading; of several, the first."""
    pairs = ((british(alias), column) for column, aliases in ALIASES[role].items() for alias in aliases)
    # In a file of flows a heading that is a year alone stands above students.
    return dict(reversed(list(pairs))) | ({"": "students"} if role == "flows" else {})


@cache
def _known(role: str) -> frozenset[str]:
    if role == ANY_ROLE:
        return frozenset().union(*map(_known, ALIASES))
    roles = (role, "feeder_table") if role in _MAY_BE_FEEDERS else (role,)
    return frozenset(
        british(alias) for each in roles for aliases in ALIASES.get(each, SCHOOL_ALIASES).values() for alias in aliases
    )
