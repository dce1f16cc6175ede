"""How many students leave each school after its final grade, estimated from enrolment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

STUDENTS = "students"
SHARES_OF_ONE_COHORT = "shares of one cohort"


@dataclass(frozen=True, kw_only=True)
class FinalCohorts:
    """
    The students of each final grade.

    Parameters
    ----------
    cohorts
        ``students``, and ``cohort``, the source of the number: ``grade enrolment``; ``enrolment`` divided by the number
        of grades; ``median`` of the known cohorts; ``one`` where none is known.
    unit
        ``students`` or ``shares of one cohort``.
    """

    cohorts: pd.DataFrame
    unit: str


def estimate_final_cohorts(
    senders: pd.DataFrame, schools: pd.DataFrame, grade_enrolment: pd.DataFrame | None, year: int | None
) -> FinalCohorts:
    """
    Estimate the cohort of each final grade from the best source there is.

    Parameters
    ----------
    senders
        ``origin``, ``grade``.
    schools
        ``grades_offered``, ``enrolment_students``, index ``school_id``. An enrolment of 0 is taken for unknown: the
        school has a catchment.
    grade_enrolment
        ``school_id``, ``year``, ``grade``, ``students``; ``None`` if there is none.
    year
        The year to take, with rows that have none; ``None`` for the latest of each school and grade.

    Returns
    -------
    final_cohorts
        The index of its table is that of ``senders``.
    """
    by_grade = _by_grade(senders, grade_enrolment, year)
    origins = senders["origin"]
    grade_counts = np.bitwise_count(schools["grades_offered"].fillna(0).to_numpy(dtype="uint64")).astype("float64")
    enrolment = schools["enrolment_students"].astype("float64").where(lambda students: students > 0)
    by_school: pd.Series = origins.map(enrolment / np.where(grade_counts > 0, grade_counts, np.nan))
    known = by_grade.fillna(by_school)
    if known.notna().any():
        students, unit = known.fillna(known.median()), STUDENTS
        rest = "median"
    else:
        students, unit = pd.Series(1.0, index=senders.index), SHARES_OF_ONE_COHORT
        rest = "one"
    source = np.select([by_grade.notna(), by_school.notna()], ["grade enrolment", "enrolment"], default=rest)
    cohorts = pd.DataFrame({"students": students, "cohort": source}, index=senders.index)
    return FinalCohorts(cohorts=cohorts, unit=unit)


def _by_grade(senders: pd.DataFrame, grade_enrolment: pd.DataFrame | None, year: int | None) -> pd.Series:
    if grade_enrolment is None or grade_enrolment.empty:
        return pd.Series(np.nan, index=senders.index)
    known = grade_enrolment.dropna(subset=["grade", "students"])
    if year is not None:
        known = known[(known["year"] == year).fillna(False) | known["year"].isna()]
    known = known.sort_values("year", kind="stable", na_position="first")
    latest = known.groupby(["school_id", "grade"], observed=True)["students"].last()
    keys = pd.MultiIndex.from_frame(senders[["origin", "grade"]])
    return pd.Series(latest.reindex(keys).to_numpy(dtype="float64", na_value=np.nan), index=senders.index)
