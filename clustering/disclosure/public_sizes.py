"""Public sizes of grades, which any reader of a protected table may know: from enrolment, or from complete flows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.disclosure.grade_keys import GradeKeys
from clustering.disclosure.policy import DisclosurePolicy
from clustering.model.suppression import LIKELY_POSITION

_STEP = 10  # upper bounds of assumed sizes are rounded up, to 9, 19, 29 and so on


@dataclass(frozen=True, kw_only=True, eq=False)
class Sizes:
    """
    Public sizes of grades of schools in years, and the sizes assumed for the others.

    Parameters
    ----------
    keys
        Numbers of ``GradeKeys``, ascending.
    students
        The size; the students in the flows are no more.
    most
        Upper bound that a reader is shown: the size where it is public, more where it is assumed.
    is_public
        Whether the size is public.
    """

    keys: np.ndarray
    students: np.ndarray
    most: np.ndarray
    is_public: np.ndarray

    def positions(self, keys: np.ndarray) -> np.ndarray:
        """Return where each key is among ``keys``; -1 where it is not."""
        if not len(self.keys):
            return np.full(len(keys), -1)
        positions = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[positions] == keys, positions, -1)


def public_sizes(flows: pd.DataFrame, grade_enrolment: pd.DataFrame) -> pd.DataFrame:
    """
    Gather the public sizes of grades.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS``, exact.
    grade_enrolment
        ``school_id``, ``year``, ``grade``, ``students``.

    Returns
    -------
    sizes
        ``school_id``, ``grade``, ``year`` and ``students``, a row for each size that is known. Flows with students who
        left are complete: those who were in a grade add up to its size, unless one of the counts is suppressed. Of the
        sum and the enrolment, the greater one is taken.
    """
    columns = ["school_id", "grade", "year", "students"]
    given = grade_enrolment[columns].dropna(subset="students").drop_duplicates(columns[:3])
    if not (flows["kind"] == "exit").any():
        return given.reset_index(drop=True)
    by_grade = flows.rename(columns={"origin": "school_id"}).groupby(columns[:3], dropna=False, sort=False)
    ends = by_grade[["students_low", "students_high"]].sum().reset_index()
    complete = ends[ends["students_low"] == ends["students_high"]].rename(columns={"students_low": "students"})
    both = pd.concat([complete[columns], given.astype(complete[columns].dtypes.to_dict())])
    newest: pd.DataFrame = both.sort_values("students", ascending=False, kind="stable").drop_duplicates(columns[:3])
    return newest.reset_index(drop=True)


def without_contradicted(sizes: pd.DataFrame, flows: pd.DataFrame) -> pd.DataFrame:
    """
    Leave out the sizes that are less than the students in the flows.

    Parameters
    ----------
    sizes
        As :func:`public_sizes` answers.
    flows
        ``columns.FLOW_COLUMNS``, exact.

    Returns
    -------
    sizes
        The other rows. A base that is protected once more no longer tells which sizes these are.
    """
    key = ["school_id", "grade", "year"]
    leave = flows.rename(columns={"origin": "school_id"})
    enter = flows.assign(grade=flows["next_grade"], year=flows["year"] + 1).rename(columns={"destination": "school_id"})
    counted = [each.dropna(subset=key).groupby(key)["students_low"].sum() for each in (leave, enter)]
    least = pd.concat(counted).groupby(level=key).max().rename("least").reset_index()
    found = sizes.merge(least.astype({name: sizes[name].dtype for name in key}), how="left", on=key)
    return sizes[(found["students"] >= found["least"].fillna(0.0)).to_numpy()].reset_index(drop=True)


def sizes_of_grades(
    sizes: pd.DataFrame,
    keys: GradeKeys,
    of_flows: np.ndarray,
    ends: tuple[np.ndarray, np.ndarray],
    others: np.ndarray,
    policy: DisclosurePolicy,
    *,
    is_complete: bool,
) -> Sizes:
    """
    Look up the sizes of the grades that flows leave or enter, and assume those that are not public.

    Parameters
    ----------
    sizes
        As :func:`public_sizes` answers.
    keys
        Numbers the grades of schools in years.
    of_flows
        Key of the grade of each flow; negative for none.
    ends
        The least and the greatest number of students of each flow.
    others
        Keys of further grades, which are included where their size is public.
    policy
        ``minimum_students`` and ``least_possible_values``.
    is_complete
        Whether the flows have all students of a grade.

    Returns
    -------
    sizes
        A public size that is less than the students in the flows is not used. An assumed size is the number of students
        in the flows. Where not all of them are known, suppressed counts are assumed to be a quarter of the way between
        their bounds, and the size is at least ``minimum_students + least_possible_values - 1``.
    """
    is_counted = of_flows >= 0
    known = pd.Series(
        sizes["students"].to_numpy(dtype="float64"), index=keys.of(sizes["school_id"], sizes["grade"], sizes["year"])
    )
    known = known[known.index >= 0]  # other schools have no students in the flows
    found = np.union1d(of_flows[is_counted], others[np.isin(others, known.index.to_numpy())])
    position = np.searchsorted(found, of_flows[is_counted])
    low, high = (np.bincount(position, weights=end[is_counted], minlength=len(found)) for end in ends)
    students = known.reindex(found).to_numpy()
    is_public = students >= low  # not where it is missing
    likely = np.floor(low + LIKELY_POSITION * (high - low))
    least = float(policy.minimum_students + policy.least_possible_values - 1)
    assumed = np.where((low == high) & is_complete, low, np.maximum(likely, least))
    most = (np.floor(np.maximum(high, assumed) / _STEP) + 1) * _STEP - 1
    kept = _with_one_basis(found, np.where(is_public, students, 0.0), low)
    is_public = is_public[kept]
    return Sizes(
        keys=found[kept],
        students=np.where(is_public, students[kept], assumed[kept]),
        most=np.where(is_public, students[kept], most[kept]),
        is_public=is_public,
    )


def _with_one_basis(found: np.ndarray, public: np.ndarray, low: np.ndarray) -> np.ndarray:
    """
    Choose the sizes of grades whose flows have no year, since years were added up before.

    The public sizes of their years count, if there are as many students in them as in the flows; else the size that is
    assumed for all years together.
    """
    is_summed = GradeKeys.is_without_year(found)
    if not is_summed.any():
        return np.arange(len(found))
    grade = np.unique(GradeKeys.lines(found, "pooled years"), return_inverse=True)[1]
    of_years = np.bincount(grade, weights=np.where(is_summed, 0.0, public))
    of_flows = np.bincount(grade, weights=np.where(is_summed, low, 0.0))
    has_sums = np.bincount(grade, weights=is_summed) > 0
    is_enough = (of_years > 0) & (of_years >= of_flows)
    return np.flatnonzero(np.where(is_summed, ~is_enough[grade], is_enough[grade] | ~has_sums[grade]))
