"""Which heading of a file of student records is which canonical column, and which columns identify a student."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clustering.errors import Problem
from clustering.model.spelling import heading_of, in_both_spellings
from clustering.readers.student_records.formats import (
    CALPADS_PERSONAL_POSITIONS,
    COLUMNS,
    REQUIRED,
    is_personal,
    key_of,
)
from clustering.readers.student_records.layout import RecordLayout
from clustering.readers.text.headings import in_one_line


@dataclass(frozen=True, kw_only=True)
class FoundColumns:
    """
    The headings of a file by canonical column.

    Parameters
    ----------
    headings
        Canonical name to heading, for the columns that the file has.
    problems
        Columns that are missing, named twice, personal, or unknown; and, as a warning, personal ones left unread.
    """

    headings: dict[str, str]
    problems: list[Problem]


def find_columns(layout: RecordLayout, columns: Mapping[str, str] | None) -> FoundColumns:
    """
    Find the heading of each canonical column.

    Parameters
    ----------
    layout
        The file.
    columns
        Canonical column to heading, as set by the user.

    Returns
    -------
    found
        Headings and problems.
    """
    keys = in_both_spellings({key_of(heading): heading for heading in reversed(layout.headings)})
    found = {
        canonical: known
        for canonical, aliases in layout.record_format.aliases.items()
        if (known := heading_of(aliases, keys)) is not None
    }
    of_line = {in_one_line(heading): heading for heading in reversed(layout.headings)}
    stated = {canonical: of_line.get(heading, heading) for canonical, heading in (columns or {}).items()}
    headings = {canonical: heading for canonical, heading in found.items() if heading not in stated.values()}
    headings |= {canonical: heading for canonical, heading in stated.items() if canonical in COLUMNS}
    problems = [
        *_problems_of_stated(layout, stated),
        *_problems_of_headings(layout, headings),
        *warn_of_personal(layout.name, personal_headings(layout)),
    ]
    return FoundColumns(headings=headings, problems=problems)


def personal_headings(layout: RecordLayout) -> tuple[str, ...]:
    """Headings, or positions, of columns that identify a student."""
    if layout.has_header:
        return tuple(heading for heading in layout.headings if is_personal(heading))
    return tuple(str(position) for position in CALPADS_PERSONAL_POSITIONS if str(position) in layout.headings)


def warn_of_personal(name: str, headings: Sequence[str]) -> list[Problem]:
    """Warn that a file identifies its students; these columns are not read."""
    if not headings:
        return []
    message = f"The file identifies its students ({', '.join(headings[:30])}); these columns were not read."
    remedy = "Leave them out when you export the file."
    return [Problem(table=name, row=1, message=message, remedy=remedy, is_error=False)]


def _problems_of_stated(layout: RecordLayout, stated: Mapping[str, str]) -> list[Problem]:
    problems = []
    for canonical, heading in stated.items():
        if canonical not in COLUMNS:
            message, remedy = (
                f"There is no column called {canonical}.",
                f"Set columns.NAME=HEADING with a NAME of {', '.join(COLUMNS)}.",
            )
        elif heading not in layout.headings:
            message, remedy = (
                f"The file has no column with the heading set for {canonical}.",
                f"Set columns.{canonical}=HEADING, with one of its headings.",
            )
        elif heading in personal_headings(layout):
            message = "The column identifies a student: it is never read."
            remedy = f"Set columns.{canonical}=HEADING to another column."
        elif list(stated.values()).count(heading) > 1:
            message = "Two columns are set to this heading."
            remedy = f"Set columns.{canonical}=HEADING to a heading of its own."
        else:
            continue
        problems.append(Problem(table=layout.name, row=1, column=heading, message=message, remedy=remedy))
    return problems


def _problems_of_headings(layout: RecordLayout, headings: Mapping[str, str]) -> list[Problem]:
    missing = [canonical for canonical in REQUIRED if canonical not in headings]
    twice = [heading for heading in sorted(set(headings.values())) if layout.headings.count(heading) > 1]
    return [
        *(
            Problem(
                table=layout.name,
                row=1,
                column=canonical,
                message=f"No column of these {layout.record_format.name} records has {canonical}.",
                remedy=f"Set columns.{canonical}=HEADING, or rename the column to {canonical}.",
            )
            for canonical in missing
        ),
        *(
            Problem(
                table=layout.name,
                row=1,
                column=heading,
                message="The heading appears more than once.",
                remedy="Give each column its own name.",
            )
            for heading in twice
        ),
    ]
