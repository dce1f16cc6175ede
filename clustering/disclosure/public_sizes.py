"""Public sizes of grades, which whoever reads a protected table may know: from enrolment, or from complete flows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.disclosure.policy import DisclosurePolicy

_STEP = 10  # an assumed size is known no better than in tens
SIZE_KEYS = ["school_id", "grade", "year"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Sizes:
    """
    Sizes of some grades of schools, in the order of the keys asked for.

    Parameters
    ----------
    students
        A size that the students in the flows do not exceed.
    most
        The same where the size is public; where it is assumed, more than the students in the flows.
    is_public
        Whether the size is public.
    """

    students: np.ndarray
    most: np.ndarray
    is_public: np.ndarray


def public_sizes(flows: pd.DataFrame, grade_enrolment: pd.DataFrame) -> pd.Series:
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
        Index ``school_id``, ``grade``, ``year`` (-100 where the flows have none); students. Flows that tell who left
        are complete: the students who were in a grade add up to its size, unless one of the counts is suppressed.
        Enrolment counts where there are no more students in the flows.
    """
    sizes = _of_keys(grade_enrolment["school_id"], grade_enrolment["grade"], grade_enrolment["year"])
    given = pd.Series(grade_enrolment["students"].to_numpy(dtype="float64"), index=sizes).dropna()
    given = given[~given.index.duplicated()]
    if not (flows["kind"] == "exit").any():
        return given
    keys = _of_keys(flows["origin"], flows["grade"], flows["year"])
    ends = pd.DataFrame({"low": flows["students_low"].to_numpy(), "high": flows["students_high"].to_numpy()}, index=keys)
    ends = ends.groupby(level=SIZE_KEYS).sum()
    complete = ends.loc[ends["low"] == ends["high"], "low"]
    both = pd.concat([given, complete])
    return both.groupby(level=SIZE_KEYS).max()


def sizes_at(sizes: pd.Series, keys: pd.MultiIndex, students: pd.DataFrame, policy: DisclosurePolicy) -> Sizes:
    """
    Look up sizes, and assume those that are not public.

    Parameters
    ----------
    sizes
        As :func:`public_sizes` answers.
    keys
        ``school_id``, ``grade``, ``year``.
    students
        ``low``, ``high``: the students of the flows who are in each of these grades.
    policy
        ``minimum_students`` and ``least_possible_values``.

    Returns
    -------
    sizes
        Where none is public, or a smaller one than the students in the flows, the students in the flows in tens, but
        no fewer than leave a count of 1 its possible values: nobody can be told apart in a grade whose size is unknown.
    """
    found = sizes.reindex(keys).to_numpy(dtype="float64")
    low, high = students["low"].to_numpy(dtype="float64"), students["high"].to_numpy(dtype="float64")
    is_public = found >= low  # not where it is missing
    least = float(policy.minimum_students + policy.least_possible_values - 1)
    assumed = np.maximum(np.floor(low), least)
    most = np.maximum((np.floor(high / _STEP) + 1) * _STEP - 1, assumed)
    return Sizes(
        students=np.where(is_public, found, assumed), most=np.where(is_public, found, most), is_public=is_public
    )


def _of_keys(school: pd.Series, grade: pd.Series, year: pd.Series) -> pd.MultiIndex:
    columns = [school.to_numpy(), *(part.fillna(-100).to_numpy(dtype="int64") for part in (grade, year))]
    return pd.MultiIndex.from_arrays(columns, names=SIZE_KEYS)
