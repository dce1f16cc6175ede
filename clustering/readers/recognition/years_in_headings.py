"""Columns with a school year in their heading: a rate, a count or an enrolment for each of several years."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from clustering.errors import Problem
from clustering.model.plain_text import school_year_text
from clustering.readers.file_options import FileOptions
from clustering.readers.recognition.school_aliases import RATE_ALIASES
from clustering.readers.text.year_words import YearInText, find_year, has_joined_pairs

YEAR = "YEAR"  # stands for the year in a heading that the user names
# Columns that a file may have for each year. Those of one group belong together, year by year.
_RATES = tuple(RATE_ALIASES)
_GROUPS: Mapping[str, Sequence[Sequence[str]]] = {
    "schools": (_RATES, ("enrolment",)),
    "performance": (_RATES,),
    "flows": (("students",),),
}
_YEAR_IS_KNOWN = (
    *("graduation_rate", "three_year_graduation_rate", "five_year_graduation_rate", "six_year_graduation_rate"),
    "enrolment",
)
_SUFFIX = re.compile(r"[\s_-]*\(?\d{2}(\d{2})?\)?$")  # a year at the end, with which a heading is known anyway
_LAST_GRADE = 13
_SHORT_YEAR = re.compile(r"(?P<rest>.*\D)[ _-](?P<year>\d\d)")
_SCHOOLS = re.compile(r"(?:school|sch|campus|building|dbn)(?![a-z])", re.IGNORECASE)
_GRADES = re.compile(r"(?:grade|grd)(?![a-z])", re.IGNORECASE)
_LINKS = re.compile(r"[\s_]+(for|in|of|as[\s_]of|the)$", re.IGNORECASE)


def may_have_years(canonical: str, role: str) -> bool:
    """Whether a file in this role may have a canonical column for each of several years."""
    return any(canonical in group for group in _GROUPS.get(role, ()))


@dataclass(frozen=True)
class YearColumn:
    """A heading, its year (``2021-22``, or a bare ``2022`` that may be either), and the heading without it."""

    heading: str
    year: str
    rest: str

    @property
    def template(self) -> str:
        """The heading with ``YEAR`` for its year, as the user may name it."""
        return f"{self.rest} {YEAR}".strip()


def columns_with_year(headings: Iterable[str], *, least: int = 2) -> list[YearColumn]:
    """Columns with one school year in their heading, if at least so many headings have digits."""
    with_digits = [heading for heading in headings if any(sign.isdigit() for sign in heading)]
    if len(with_digits) < least:
        return []
    joined = has_joined_pairs(with_digits)
    short = [match for heading in with_digits if (match := _SHORT_YEAR.fullmatch(heading))]
    are_years = any(int(match["year"]) > _LAST_GRADE for match in short)
    found = []
    for heading in with_digits:
        year = find_year(heading, joined=joined) or (_short_year(heading) if are_years else None)
        if year is not None:
            found.append(YearColumn(heading, _year_text(year), _LINKS.sub("", year.rest)))
    return found


def _short_year(heading: str) -> YearInText | None:
    """The year of ``grad_rate_22``; of numbers up to 13 only beside higher ones, as they may be grades."""
    match = _SHORT_YEAR.fullmatch(heading)
    return YearInText(2000 + int(match["year"]), None, match["rest"]) if match and int(match["year"]) < 50 else None


def _year_text(found: YearInText) -> str:
    fall = found.fall()
    return str(found.year) if fall is None else school_year_text(fall)


@dataclass(frozen=True)
class ColumnsByYear:
    """
    The canonical columns that a file has for several years.

    Parameters
    ----------
    columns
        Canonical column to year to column, sorted by year. A column for one year alone is there only if its group has
        another for several, as a cohort beside rates, if the user named it without its year, or if it is a rate or
        an enrolment that no other column gives.
    doubled
        Canonical column to columns that a year has besides.
    """

    columns: dict[str, dict[str, YearColumn]]
    doubled: dict[str, YearColumn]

    @property
    def headings(self) -> dict[str, dict[str, str]]:
        """Canonical column to year to heading."""
        return {
            canonical: {year: column.heading for year, column in columns.items()}
            for canonical, columns in self.columns.items()
        }


def columns_by_year(
    headings: Sequence[str], role: str, *, options: FileOptions, canonical_of: Callable[[str], str | None]
) -> ColumnsByYear:
    """
    Find the canonical columns that a file has for several years.

    Parameters
    ----------
    headings
        Of the file.
    role
        What the file is used as.
    options
        A column that the user names without its year, or with ``YEAR`` for it, goes before every alias.
    canonical_of
        Canonical column of a heading without its year.

    Returns
    -------
    columns
        None for a role whose files have no column for each year.
    """
    named = {canonical: heading for canonical, heading in options.columns.items() if heading not in headings}
    wanted = {_plain(heading): canonical for canonical, heading in named.items()}
    found = ColumnsByYear({}, {})
    may_have_years = role in _GROUPS and options.kind != "matrix"
    for column in columns_with_year(headings, least=1) if may_have_years else ():
        by_user = wanted.get(_plain(column.template)) if column.rest or YEAR in named.values() else None
        canonical = by_user or canonical_of(column.rest)
        if canonical is None or column.heading in options.columns.values():
            continue
        if by_user is None and canonical in options.columns:
            continue
        if found.columns.setdefault(canonical, {}).setdefault(column.year, column) is not column:
            found.doubled.setdefault(canonical, column)
    kept = {}
    for group in _GROUPS.get(role, ()):
        has_several = any(len(found.columns.get(canonical, ())) > 1 for canonical in group)
        for canonical in group:
            if canonical in found.columns and (
                has_several
                or canonical in named
                or _stands_alone(found.columns[canonical], canonical, headings, canonical_of)
            ):
                kept[canonical] = dict(sorted(found.columns[canonical].items()))
    return ColumnsByYear(kept, {canonical: each for canonical, each in found.doubled.items() if canonical in kept})


def ends_of_two_years(headings: Sequence[str]) -> dict[str, str]:
    """
    Find the schools of one year and of the next in a file of flows: ``School_ID_Fall2021`` and ``School_ID_Fall2022``.

    Parameters
    ----------
    headings
        Of columns that are not known.

    Returns
    -------
    ends
        ``origin`` and ``destination``, perhaps also ``grade`` and ``next_grade``, to heading; none where a file has
        other years.
    """
    found: dict[str, str] = {}
    for words, names in ((_SCHOOLS, ("origin", "destination")), (_GRADES, ("grade", "next_grade"))):
        dated = [column for column in columns_with_year(headings) if words.search(column.rest)]
        dated.sort(key=lambda column: column.year)
        if len(dated) == 2 and dated[0].rest == dated[1].rest and dated[0].year < dated[1].year:
            found |= dict(zip(names, (column.heading for column in dated), strict=True))
    return found if "origin" in found else {}


def _stands_alone(
    columns: Mapping[str, YearColumn],
    canonical: str,
    headings: Iterable[str],
    canonical_of: Callable[[str], str | None],
) -> bool:
    """Whether a rate of graduates or an enrolment is known only by the heading of one year."""
    (year, column), *_ = columns.items()
    is_clear = canonical in _YEAR_IS_KNOWN or (canonical in _RATES and not year.isdecimal())
    plain = (_SUFFIX.sub("", heading) for heading in headings if heading != column.heading)
    return is_clear and bool(column.rest) and all(canonical_of(heading) != canonical for heading in plain)


def numbered_columns(headings: Sequence[str], role: str, canonical_of: Callable[[str], str | None]) -> list[str]:
    """
    Find columns by a number that may be a year or a grade, such as ``enrollment_09`` and ``enrollment_10``.

    Parameters
    ----------
    headings
        Of the file.
    role
        What the file is used as.
    canonical_of
        Canonical column of a key (``headings.heading_key``).

    Returns
    -------
    numbered
        Headings that differ in two digits alone, the highest not above 13: none of them stands for the column.
    """
    by_rest: dict[str, list[re.Match[str]]] = {}
    for heading in headings:
        if match := _SHORT_YEAR.fullmatch(heading):
            by_rest.setdefault(match["rest"], []).append(match)
    of_role = {canonical for group in _GROUPS.get(role, ()) for canonical in group}
    return [
        match.group()
        for rest, matches in by_rest.items()
        if len(matches) > 1 and max(int(match["year"]) for match in matches) <= _LAST_GRADE
        for match in matches
        if canonical_of(re.sub(r"[^a-z0-9]+", "_", rest.lower()).strip("_")) in of_role
    ]


def year_problems(
    table: str, found: ColumnsByYear, plain: Mapping[str, str], options: FileOptions
) -> Iterator[Problem]:
    """Errors about columns by year of which it is not clear which one is meant; ``plain`` are those without a year."""
    for canonical, columns in found.columns.items():
        shown = ", ".join(column.heading for column in columns.values())[:300]
        template, what = next(iter(columns.values())).template, canonical.replace("_", " ")
        every_year = f"Set columns.{canonical}={template} to use every year"
        if canonical in options.columns:
            continue
        if canonical in plain:
            message = f"The file has the {what} without a year ({plain[canonical]}) and by year ({shown})."
            remedy = f"{every_year}, or columns.{canonical}={plain[canonical]} to use that one."
            yield Problem(table=table, column=plain[canonical], message=message, remedy=remedy)
        elif (other := found.doubled.get(canonical)) is not None:
            message = (
                f"Several columns give the {what} of {other.year}: {columns[other.year].heading}, {other.heading}."
            )
            remedy = f"Set columns.{canonical}={columns[other.year].template}, or columns.{canonical}={other.template}."
            yield Problem(table=table, column=other.heading, message=message, remedy=remedy)


def _plain(heading: str) -> str:
    """A heading that the user names, in small letters, with every other sign as a space and without ``YEAR``."""
    words = re.sub(r"[^a-z0-9]+", " ", re.sub(rf"(?<![A-Za-z]){YEAR}(?![A-Za-z])", " ", heading).lower())
    return words.strip()
