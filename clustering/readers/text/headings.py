"""Headings as a file has them, checked, each with a name of its own."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clustering.errors import InputError, Problem, plain_text

MAXIMUM_COLUMNS = 2_000
MAXIMUM_HEADING_CHARACTERS = 200


@dataclass(frozen=True, kw_only=True)
class CheckedHeadings:
    """
    The names of columns.

    Parameters
    ----------
    names
        One a column, none twice.
    repeated
        Headings that stand there several times: the first column has the name, the second ``NAME (2)``.
    """

    names: tuple[str, ...]
    repeated: tuple[str, ...] = ()


def in_one_line(heading: str) -> str:
    """A heading as it can be typed: spreadsheets break headings into lines, and write blanks that do not break."""
    return heading.strip() if heading.isprintable() else " ".join(plain_text(heading).split())


def checked_headings(headings: Sequence[str], name: str, row: int | None) -> CheckedHeadings:
    """
    Check the headings, and give each column a name of its own.

    Parameters
    ----------
    headings
        As in the file; they are brought into one line.
    name
        What problems call the file.
    row
        Their row, for problems; ``None`` if they are not in a row.

    Returns
    -------
    headings
        With a name for each blank heading, and with numbers behind those that are repeated.

    Raises
    ------
    InputError
        Too many, or too long to be headings.
    """
    headings = list(map(in_one_line, headings))
    if len(headings) > MAXIMUM_COLUMNS:
        remedy = "Delete the columns that are not needed."
        raise unreadable(name, f"The file has more than {MAXIMUM_COLUMNS:,} columns.", remedy)
    if any(len(heading) > MAXIMUM_HEADING_CHARACTERS for heading in headings):
        message = f"The header row has cells of more than {MAXIMUM_HEADING_CHARACTERS} characters."
        remedy = "Shorten them, or set header_row=NUMBER if another row has the names of the columns."
        raise InputError([Problem(table=name, row=row, message=message, remedy=remedy)])
    counts = Counter(headings)
    taken = set(headings)
    seen: Counter[str] = Counter()
    names = []
    for heading in headings:
        seen[heading] += 1
        if heading and seen[heading] == 1:
            names.append(heading)
            continue
        numbered = (f"{heading} ({number})" for number in itertools.count(2))
        blank = (f"unnamed column {number}" for number in itertools.count(1))
        names.append(_next_free(numbered if heading else blank, taken))
    repeated = tuple(heading for heading, count in counts.items() if heading and count > 1)
    return CheckedHeadings(names=tuple(names), repeated=repeated)


def _next_free(names: Iterable[str], taken: set[str]) -> str:
    name = next(name for name in names if name not in taken)
    taken.add(name)
    return name


def unreadable(name: str, message: str, remedy: str) -> InputError:
    """An error about a file as a whole."""
    return InputError([Problem(table=name, message=message, remedy=remedy)])
