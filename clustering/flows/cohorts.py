"""The students who leave the final grades of each school, and those who fill its entering grades."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.flows.gravity.parameters import GravityParameters
from clustering.model.grades import KINDERGARTEN, LAST_GRADE, PRESCHOOL

# Entry into kindergarten and below comes from no school, and who leaves grade 12 goes to none.
LAST_LEAVING_GRADE = 11
SOURCES = ("grade enrolment", "enrolment", "assumed")


@dataclass(frozen=True, kw_only=True)
class Cohorts:
    """
    Students who leave schools and who enter schools, before it is known who goes where.

    Parameters
    ----------
    leaving
        One row per school and final grade (kindergarten to 11), one after which the school does not offer the next:
        ``school_id``, ``grade``, ``next_grade``, ``students``, ``source`` (``SOURCES``); sorted by school and grade,
        only rows with students. A school that skips grades has several final grades.
    entering
        The same for every grade (1 to 12) offered without the one before; ``next_grade`` is the grade entered.
    notes
        What was left out and what was assumed, with numbers of schools.
    """

    leaving: pd.DataFrame
    entering: pd.DataFrame
    notes: tuple[str, ...]


def build_cohorts(
    schools: pd.DataFrame, grade_enrolment: pd.DataFrame | None, parameters: GravityParameters
) -> Cohorts:
    """
    Count, or assume, the students of every final and entering grade.

    Parameters
    ----------
    schools
        ``columns.SCHOOL_COLUMNS``, index ``school_id``. Closed schools and schools without grades have no cohorts.
    grade_enrolment
        ``school_id``, ``year`` (may be missing), ``grade``, ``students``; the latest year of each school and grade
        counts. ``None`` if there is none.
    parameters
        ``elementary_students_per_grade`` and so on.

    Returns
    -------
    cohorts
        Students from grade enrolment where it is known, else the enrolment divided evenly over the grades offered,
        else the number assumed for the school's level.
    """
    notes = []
    is_open = (schools["status"] != "closed").fillna(True)
    has_grades = schools["grades_offered"] != 0
    for count, reason in (
        (int((~is_open).sum()), "closed"),
        (int((is_open & ~has_grades).sum()), "without known grades"),
    ):
        if count:
            notes.append(f"{count:,} school{' is' if count == 1 else 's are'} {reason} and left out.")
    used = schools[is_open & has_grades].sort_index()
    offered = _grades_offered(used["grades_offered"])
    is_final = offered & ~offered.shift(-1, axis="columns", fill_value=False)
    is_entering = offered & ~offered.shift(1, axis="columns", fill_value=False)
    known = _latest(grade_enrolment)
    cohorts = {
        name: _count(cells.loc[:, first : first + LAST_LEAVING_GRADE], used, known, parameters)
        for name, cells, first in (("leaving", is_final, KINDERGARTEN), ("entering", is_entering, KINDERGARTEN + 1))
    }
    notes += _describe_sources(pd.concat(cohorts.values()), parameters)
    leaving = cohorts["leaving"].assign(next_grade=cohorts["leaving"]["grade"] + 1)
    entering = cohorts["entering"].rename(columns={"grade": "next_grade"})
    entering["grade"] = entering["next_grade"] - 1
    columns = ["school_id", "grade", "next_grade", "students", "source"]
    is_filled = {name: rows["students"] > 0 for name, rows in cohorts.items()}
    return Cohorts(
        leaving=leaving.loc[is_filled["leaving"], columns].reset_index(drop=True),
        entering=entering.loc[is_filled["entering"], columns].reset_index(drop=True),
        notes=tuple(notes),
    )


def _grades_offered(masks: pd.Series) -> pd.DataFrame:
    """Whether each school (row) offers each grade (column)."""
    grades = np.arange(PRESCHOOL, LAST_GRADE + 1)
    bits = masks.to_numpy(dtype="int64")[:, None] >> (grades - PRESCHOOL) & 1
    return pd.DataFrame(bits == 1, index=masks.index, columns=grades)


def _latest(grade_enrolment: pd.DataFrame | None) -> pd.Series:
    """Students by school and grade in the latest year of each."""
    if grade_enrolment is None:
        return pd.Series(dtype="float64", index=pd.MultiIndex.from_arrays([[], []], names=["school_id", "grade"]))
    known = grade_enrolment.dropna(subset=["grade", "students"]).sort_values("year", kind="stable", na_position="first")
    last = known.drop_duplicates(["school_id", "grade"], keep="last")
    return last.astype({"grade": "int64"}).set_index(["school_id", "grade"])["students"].astype("float64")


def _count(cells: pd.DataFrame, schools: pd.DataFrame, known: pd.Series, parameters: GravityParameters) -> pd.DataFrame:
    """Students of each marked cell of school and grade, and where the number comes from."""
    rows, columns = np.nonzero(cells.to_numpy())
    school_id, grade = cells.index[rows], cells.columns.to_numpy()[columns]
    grade_count = np.bitwise_count(schools["grades_offered"].to_numpy(dtype="int64"))
    by_grade = known.reindex(pd.MultiIndex.from_arrays([school_id, grade])).to_numpy()
    divided = schools["enrolment_students"].to_numpy(dtype="float64")[rows] / grade_count[rows]
    constants = {
        "middle": parameters.middle_students_per_grade,
        "middle-high": parameters.middle_students_per_grade,
        "high": parameters.high_students_per_grade,
    }
    assumed = schools["level"].map(constants).astype("float64").fillna(parameters.elementary_students_per_grade)
    is_known, is_divided = ~np.isnan(by_grade), ~np.isnan(divided)
    students = np.select([is_known, is_divided], [by_grade, divided], default=assumed.to_numpy()[rows])
    source = np.select([is_known, is_divided], list(SOURCES[:2]), default=SOURCES[2])
    return pd.DataFrame({"school_id": school_id, "grade": grade, "students": students, "source": source})


def _describe_sources(rows: pd.DataFrame, parameters: GravityParameters) -> list[str]:
    """One sentence for each source of numbers, with the number of schools it was used for."""
    counts = rows.groupby("source")["school_id"].nunique()
    constants = (
        f"{parameters.elementary_students_per_grade:g} in elementary, {parameters.middle_students_per_grade:g} in"
        f" middle and {parameters.high_students_per_grade:g} in high schools"
    )
    sentences = {
        "grade enrolment": "The students of a grade are known for {}.",
        "enrolment": "The enrolment was divided evenly over the grades offered for {}.",
        "assumed": f"No enrolment is known, and a number of students per grade is assumed ({constants}), for {{}}.",
    }
    return [
        sentence.format(f"{counts[source]:,} school{'' if counts[source] == 1 else 's'}")
        for source, sentence in sentences.items()
        if source in counts.index
    ]
