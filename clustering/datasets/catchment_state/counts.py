"""What is counted of the students: promotions, enrolment by grade, records, and the paths that they take."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.datasets.catchment_state.students import LAST_GRADE, LAST_LOWER_GRADE, LAST_MIDDLE_GRADE, Students
from clustering.datasets.geography import BoolArray, IntArray

NOWHERE = -1
PATH_COLUMNS = ["origin", "via", "destination", "students"]


def count_promotions(students: Students, falls: range) -> pd.DataFrame:
    """
    Count the students of each school's final grade by where they are a year later.

    Parameters
    ----------
    students
        With their schools.
    falls
        Falls of the school years; each student is followed to the next fall.

    Returns
    -------
    promotions
        ``fall``, ``origin``, ``destination`` (row of the schools; -1: left the state's schools), ``grade``,
        ``students``; sorted.
    """
    leavers = [_leavers(students, fall, grade) for fall in falls for grade in (LAST_LOWER_GRADE, LAST_MIDDLE_GRADE)]
    every = pd.concat(leavers, ignore_index=True)
    keys = ["fall", "origin", "destination", "grade"]
    return every.groupby(keys, sort=True).size().rename("students").reset_index()


def count_paths(students: Students, falls: range) -> pd.DataFrame:
    """
    Count the students promoted out of each school by the path that they take, whether or not the years show its end.

    Parameters
    ----------
    students, falls
        As for :func:`count_promotions`.

    Returns
    -------
    paths
        ``origin``, ``via`` (the school between; -1: none), ``destination`` (the high school, or school with high school
        grades; -1: they leave the state's schools before ninth grade), ``students``; sorted. Of an origin and the next
        school (``via``, or else ``destination``) they add up to the promotions of all years.
    """
    leavers = [_leavers(students, fall, grade) for fall in falls for grade in (LAST_LOWER_GRADE, LAST_MIDDLE_GRADE)]
    every = pd.concat(leavers, ignore_index=True)
    promoted = every[every["destination"] != NOWHERE]
    arrives = promoted["last_grade"] > LAST_MIDDLE_GRADE
    # The next school is the last one where it has the high school grades.
    is_last = promoted["destination"] == promoted["upper"]
    paths = pd.DataFrame(
        {
            "origin": promoted["origin"],
            "via": promoted["destination"].mask(is_last, NOWHERE),
            "destination": promoted["upper"].where(arrives | is_last, NOWHERE),
        }
    )
    return paths.groupby(PATH_COLUMNS[:3], sort=True).size().rename("students").reset_index()


def count_enrolment(students: Students, fall: int, school_count: int) -> IntArray:
    """Students by school and grade (kindergarten to 12) in one fall, shape (n_schools, 13)."""
    counted = np.zeros((school_count, LAST_GRADE + 1), dtype="int64")
    for grade in range(LAST_GRADE + 1):
        enrolled = _is_enrolled(students, fall, grade)
        counted[:, grade] = np.bincount(students.school_in(grade)[enrolled], minlength=school_count)
    return counted


def count_residents(students: Students, fall: int, block_count: int) -> IntArray:
    """Students who live in each block in one fall."""
    enrolled = [_is_enrolled(students, fall, grade) for grade in range(LAST_GRADE + 1)]
    return np.bincount(students.block[np.any(enrolled, axis=0)], minlength=block_count)


def list_records(students: Students, falls: range) -> pd.DataFrame:
    """List ``student`` (number), ``fall``, ``school`` and ``grade`` of each student and year, by fall and student."""
    parts = []
    for fall in falls:
        for grade in range(LAST_GRADE + 1):
            who = np.flatnonzero(_is_enrolled(students, fall, grade))
            parts.append(
                pd.DataFrame({"student": who, "fall": fall, "school": students.school_in(grade)[who], "grade": grade})
            )
    return pd.concat(parts, ignore_index=True).sort_values(["fall", "student"], ignore_index=True)


def _leavers(students: Students, fall: int, grade: int) -> pd.DataFrame:
    """List students in a grade that is the last of their school, and the school of the next fall."""
    here, following = students.school_in(grade), students.school_in(grade + 1)
    who = np.flatnonzero(_is_enrolled(students, fall, grade) & (here != following))
    leaves = students.last_grade[who] == grade
    return pd.DataFrame(
        {
            "fall": fall,
            "origin": here[who],
            "destination": np.where(leaves, NOWHERE, following[who]),
            "grade": grade,
            "upper": students.upper[who],
            "last_grade": students.last_grade[who],
        }
    )


def _is_enrolled(students: Students, fall: int, grade: int) -> BoolArray:
    enrolled: BoolArray = (
        (students.cohort == fall - grade) & (students.first_grade <= grade) & (grade <= students.last_grade)
    )
    return enrolled
