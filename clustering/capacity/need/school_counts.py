"""
Students of every school, and those of them below the mark, protected before anything is added up.

A Zone and its smaller variants differ by single schools, so the difference of two sums is a school's count. Sums are
therefore functions of these counts alone, in which nothing small is exact.

With a minimum of 10, of students below the mark 0 to 14 are shown as one interval, and so are 0 to 14 who are not
below it. The interval holds more than the small counts, 1 to 9, on purpose. A published rate and the enrolment often
leave two or three counts next to each other, such as 9, 10 and 11. An interval that ended at 9 would say which it is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from clustering.disclosure.count_ranges import in_tens, least_of_rounded, most_of_rounded
from clustering.disclosure.protected_base import MINIMUM_CELL_STUDENTS
from clustering.model.disclosure_setting import Disclosure, is_exact

COUNTS = ("students", "students_below")
_DIGITS = 6  # 300 * (1 - 0.9) is 30, not a hair less


def least_shown_below(minimum_students: int) -> int:
    """
    Find the least count below the mark that is shown, in tens: 15 of a minimum of 10, 35 of 30.

    All tens that counts of up to the minimum are shown as are one interval, so no end of one lies between such counts.
    """
    return 10 * ((minimum_students - 5) // 10 + 1) + 5


def count_school_needs(
    enrolment: pd.Series, shares: pd.DataFrame, disclosure: Disclosure, minimum_students: int = MINIMUM_CELL_STUDENTS
) -> pd.DataFrame:
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
        ``exact`` leaves counts as they are.
    minimum_students
        Of the policy: fewer are small.

    Returns
    -------
    counts
        Of the same schools: ``students`` and ``students_below``, each with ``_low`` and ``_high`` [students]. All three
        are missing where nothing tells the count. Only the first is missing where the count is protected: then it lies
        between the other two. Fewer students than the minimum are; below the mark, fewer than
        :func:`least_shown_below` are, and all but as many. Other protected counts below the mark are in tens.
    """
    counts = pd.DataFrame({"students": enrolment, "students_low": enrolment, "students_high": enrolment})
    return protect_counts(counts.join(count_below(enrolment, shares)), disclosure, minimum_students)


def count_below(enrolment: pd.Series, shares: pd.DataFrame) -> pd.DataFrame:
    """
    Count the students below the mark, unprotected.

    Parameters
    ----------
    enrolment, shares
        As for :func:`count_school_needs`.

    Returns
    -------
    counts
        Of the same schools: ``students_below``, with ``_low`` and ``_high`` [students], and ``_spread`` [students],
        how far these two lie apart before they are rounded, and as if no share were cut off at 0 or 1.
    """
    half = np.maximum(shares["share"] - shares["share_low"], shares["share_high"] - shares["share"])
    return pd.DataFrame(
        {
            "students_below": (enrolment * shares["share"]).round(),
            "students_below_low": np.floor((enrolment * shares["share_low"]).round(_DIGITS)),
            "students_below_high": np.ceil((enrolment * shares["share_high"]).round(_DIGITS)),
            "students_below_spread": (enrolment * 2 * half).round(_DIGITS),
        }
    )


def protect_counts(
    counts: pd.DataFrame, disclosure: Disclosure, minimum_students: int = MINIMUM_CELL_STUDENTS
) -> pd.DataFrame:
    """
    Put intervals in the place of what is small, and tens in that of other counts below the mark.

    Parameters
    ----------
    counts
        Exact: ``students`` with ``_low`` and ``_high``, and the columns of :func:`count_below`. ``students`` may be
        missing where the others are known. ``_spread`` is 0 for what was counted.
    disclosure
        ``exact`` leaves them as they are.
    minimum_students
        Of the policy: fewer are small.

    Returns
    -------
    protected
        As :func:`count_school_needs` says.
    """
    spread, counts = counts["students_below_spread"], counts.drop(columns="students_below_spread")
    if is_exact(disclosure):
        return counts
    enrolment = counts["students"]
    is_tiny = (enrolment > 0) & (enrolment < minimum_students)
    ends = _shown_ends(counts, spread, minimum_students)
    low, high = ends["students_below_low"], ends["students_below_high"]
    tens = in_tens(counts["students_below"])
    return counts.assign(
        students=enrolment.mask(is_tiny),
        students_low=counts["students_low"].mask(is_tiny, 1.0),
        students_high=counts["students_high"].mask(is_tiny, minimum_students - 1.0),
        students_below=tens.mask(ends["is_hidden"] | (tens < low) | (tens > high)),
        students_below_low=low,
        students_below_high=high,
    )


def _shown_ends(counts: pd.DataFrame, spread: pd.Series, minimum_students: int) -> pd.DataFrame:
    """
    Find the interval that is shown of students below the mark, and whether it stands alone.

    Every rate of a school that leaves a small count possible has the same interval: as long as it takes for any of
    them, by its enrolment and by how coarse its rates are. Otherwise the interval would tell the rate.
    """
    shown = least_shown_below(minimum_students)
    enrolment, low, high = counts["students"], counts["students_below_low"], counts["students_below_high"]
    others_low, others_high = enrolment - high, enrolment - low
    few, few_others = low < shown, others_low < shown
    # Greatest count that is shown where a small one is possible; it counts alone where none below the minimum is.
    hidden = shown - 1 + np.ceil(spread)
    most, most_others = (most_of_rounded(in_tens(np.maximum(hidden, end))) for end in (high, others_high))
    # Enrolment may be missing: then nothing is known of those who are not below the mark.
    least = least_of_rounded(in_tens(low)).mask(few_others, enrolment - most_others)
    most = most_of_rounded(in_tens(high)).mask(few, most)
    # So small a school that one side or the other is always hidden.
    is_small = (enrolment < 2 * shown) & low.notna()
    whole = enrolment.mask((enrolment > 0) & (enrolment < minimum_students), minimum_students - 1.0)
    return pd.DataFrame(
        {
            "students_below_low": least.mask(few | is_small, 0.0).clip(lower=0.0).where(low.notna()),
            "students_below_high": most.clip(upper=enrolment - shown)
            .mask(few_others, enrolment)
            .mask(is_small, whole)
            .where(high.notna()),
            "is_hidden": few | few_others | is_small,
        }
    )


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
