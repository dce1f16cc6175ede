"""Columns about single students, and columns of their numbers: what of their cells may stand in a message."""

from __future__ import annotations

import re
from collections.abc import Iterable

from clustering.readers.recognition.headings import heading_key
from clustering.readers.student_records.formats import GENERIC_ALIASES
from clustering.readers.text.written_numbers import has_number

# Words that are the student's own identifier in no other file.
_UNMISTAKABLE = frozenset(GENERIC_ALIASES["student_id"]) - {"id", "uid", "student", "state_id", "person_id"}
_OF_PERSONS = re.compile(r"(^|_)(date_of_birth|birth_?date|dob|ssn|(student|pupil)s?_(first_|last_)?name)($|_)")
_OF_COUNTS = re.compile(
    r"(^|_)(students|pupils|counts?|size|headcount|enrol\w*|members?(hip)?|graduates|grads|completers|totals?"
    r"|denominator|numerator|num|n|number_(of|in))(_|$)|graduated$"
)
_COUNTS = frozenset({"students", "enrolment", "graduates", "cohort", "population"})
# 7 students, n=7, about 7, fewer than 8, few (7); not Tier 1, Cohort 2.
_BEGINS_WITH_NUMBER = re.compile(
    r"\W*((n|about|around|approx\w*|ca|circa|est\w*|only|at|least|most|few(er)?|less|more|than|under|over|up|to)\W+)*\d",
    re.IGNORECASE,
)

_COUNTED_RATE = re.compile(r"\d\W*\s(out )?of\s\W*\d|^[^/\d]*\d+\s*/\s*\d+[^/\d]*$", re.IGNORECASE)


def is_of_student(heading: str) -> bool:
    """Whether a heading is that of students' identifiers, names or dates of birth."""
    key = heading_key(heading)
    return key in _UNMISTAKABLE or _OF_PERSONS.search(key) is not None


def is_of_counts(heading: str) -> bool:
    """Whether a heading is that of numbers of students, for a column that holds numbers."""
    return _OF_COUNTS.search(heading_key(heading)) is not None


def may_hold_counts(heading: str, texts: Iterable[str]) -> bool:
    """Whether a column is of numbers of students by its heading, and one of its texts begins with a number."""
    return is_of_counts(heading) and any(map(_BEGINS_WITH_NUMBER.match, texts))


def is_count_of_students(canonical: str) -> bool:
    """Whether a canonical column holds numbers of students, such as ``students`` or, of a year, ``cohort (2022)``."""
    return re.split(r" \(|, ", canonical, maxsplit=1)[0] in _COUNTS


def cell_for_message(text: str, *, is_count: bool) -> str | None:
    """
    Take a cell for a message.

    Parameters
    ----------
    text
        The cell.
    is_count
        Whether its column holds numbers of students.

    Returns
    -------
    shown
        The text; ``None`` for what may tell numbers of few students: any number of a column of counts, and a rate
        that is written as counts, such as ``3 of 7*``.
    """
    if is_count:
        return mark_without_number(text)
    return None if _COUNTED_RATE.search(text) else text


def mark_without_number(text: str) -> str | None:
    """
    Take a cell of a column of student counts for a message.

    Parameters
    ----------
    text
        The cell.

    Returns
    -------
    mark
        The text; ``None`` if it tells a number, in digits or in words, since that may be of a few students.
    """
    return None if has_number(text) else text
