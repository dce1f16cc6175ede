"""
Students of every school, and those of them below the mark, protected before anything is added up.

A Zone and its smaller variants differ by single schools, so the difference of two sums is a school's count. Sums are
therefore functions of these counts alone, in which nothing small is exact: a count of 1 to 9 students is an interval,
and so is one of which 1 to 9 students are missing to the whole school.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from clustering.disclosure.count_ranges import in_tens, least_of_rounded, most_of_rounded
from clustering.disclosure.protected_base import MINIMUM_CELL_STUDENTS
from clustering.model.disclosure_setting import Disclosure, is_exact
from clustering.model.suppression import SUPPRESSED_HIGH, SUPPRESSED_LOW

COUNTS = ("students", "students_below")
_DIGITS = 6  # 300 * (1 - 0.9) is 30, not a hair less


def count_school_needs(enrolment: pd.Series, shares: pd.DataFrame, disclosure: Disclosure) -> pd.DataFrame:
    """
    Count the students of every school, and those below the mark.

    Parameters
    ----------
    enrolment
        Students enrolled, by school; missing where unknown.
    shares
        ``share``, ``share_low``, ``share_high`` of students below the mark [0 to 1], of the same schools; missing where
        unknown.
    disclosure
        ``protected`` or ``exact``.

    Returns
    -------
    counts
        Of the same schools: ``students`` and ``students_below``, each with ``_low`` and ``_high`` [students]. All three
        are missing where nothing tells the count; only the first is missing where the count is protected: then it lies
        between the other two. Other protected counts below the mark are in tens.
    """
    below = pd.DataFrame(
        {
            "students_below": (enrolment * shares["share"]).round(),
            "students_below_low": np.floor((enrolment * shares["share_low"]).round(_DIGITS)),
            "students_below_high": np.ceil((enrolment * shares["share_high"]).round(_DIGITS)),
        }
    )
    counts = pd.DataFrame({"students": enrolment, "students_low": enrolment, "students_high": enrolment}).join(below)
    return protect_counts(counts, disclosure)


def protect_counts(counts: pd.DataFrame, disclosure: Disclosure) -> pd.DataFrame:
    """
    Put intervals in the place of what is small, and tens in that of other counts below the mark.

    Parameters
    ----------
    counts
        Exact: the columns that :func:`count_school_needs` answers; ``students`` may be missing where the others are
        known.
    disclosure
        ``exact`` leaves them as they are.

    Returns
    -------
    protected
        As :func:`count_school_needs` says.
    """
    if is_exact(disclosure):
        return counts
    enrolment = counts["students"]
    below, is_tiny = counts["students_below"], _is_few(enrolment)
    low, high = counts["students_below_low"], counts["students_below_high"]
    # Less than half a student is rounded to none, and is not known to be none.
    is_nearly_whole = ((below <= 0) & (high > 0)) | ((below >= enrolment) & (low < enrolment))
    is_hidden = _is_few(below) | _is_few(enrolment - below) | is_tiny | is_nearly_whole
    least, _ = _shown_ends(low, enrolment)
    _, most = _shown_ends(high, enrolment)
    return counts.assign(
        students=enrolment.mask(is_tiny),
        students_low=counts["students_low"].mask(is_tiny, float(SUPPRESSED_LOW)),
        students_high=counts["students_high"].mask(is_tiny, float(SUPPRESSED_HIGH)),
        students_below=in_tens(below).mask(is_hidden),
        students_below_low=least,
        students_below_high=most,
    )


def _is_few(students: pd.Series) -> pd.Series:
    return (students > 0) & (students < MINIMUM_CELL_STUDENTS)


def _shown_ends(students: pd.Series, enrolment: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Least and greatest count that is shown as this one is; ``enrolment`` may be missing."""
    tens = in_tens(students)
    least = least_of_rounded(tens)
    most = most_of_rounded(tens).clip(upper=enrolment - MINIMUM_CELL_STUDENTS)
    few_others = _is_few(enrolment - students)
    least, most = least.mask(few_others, enrolment - SUPPRESSED_HIGH), most.mask(few_others, enrolment - SUPPRESSED_LOW)
    few = _is_few(students)
    least, most = least.mask(few, float(SUPPRESSED_LOW)), most.mask(few, float(SUPPRESSED_HIGH))
    # Of up to 18 students one side or the other is always few, and ranges of each side would tell which: all have one.
    is_either = (few | few_others) & (enrolment <= 2 * SUPPRESSED_HIGH)
    least = least.mask(is_either, float(SUPPRESSED_LOW))
    most = most.mask(is_either, enrolment - SUPPRESSED_LOW)
    is_whole = (students <= 0) | (students >= enrolment)  # none or all: no small group
    least, most = least.mask(is_whole, students), most.mask(is_whole, students)
    is_tiny = _is_few(enrolment) & students.notna()
    least, most = least.mask(is_tiny, 0.0), most.mask(is_tiny, float(SUPPRESSED_HIGH))
    return least.where(students.notna()), most.where(students.notna())


def add_up(counts: pd.DataFrame, school_ids: Sequence[Collection[str]], disclosure: Disclosure) -> pd.DataFrame:
    """
    Add up the counts of some sets of schools.

    Parameters
    ----------
    counts
        As :func:`count_school_needs` answers.
    school_ids
        The schools of each set.
    disclosure
        As the counts were protected.

    Returns
    -------
    sums
        A row per set: ``students`` and ``students_below``, each with ``_low`` and ``_high`` [students], of the schools
        that tell it, and with ``_unknown_count``, how many do not; missing where none tells it. An interval counts by
        its middle. Protected sums below the mark are in tens.
    """
    owners = np.repeat(np.arange(len(school_ids)), [len(each) for each in school_ids])
    chosen = counts.loc[[school for each in school_ids for school in each]]
    middles = pd.DataFrame(
        {name: chosen[name].fillna((chosen[f"{name}_low"] + chosen[f"{name}_high"]) / 2) for name in COUNTS}
    )
    added = chosen.assign(**middles).groupby(owners).sum(min_count=1).reindex(range(len(school_ids)))
    unknown = middles.isna().groupby(owners).sum().reindex(range(len(school_ids)), fill_value=0)
    if not is_exact(disclosure):
        added["students_below"] = in_tens(added["students_below"])
    return added.join(unknown.astype("int64").add_suffix("_unknown_count"))
