"""Enrolment from membership files: added to the schools table, and kept by grade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from clustering.errors import Problem
from clustering.ingest.student_files import StudentFiles
from clustering.validation.enrolment.ccd_membership import Membership

GRADE_ENROLMENT_TYPES = {"school_id": "str", "year": "Int64", "grade": "Int64", "students": "float64"}


@dataclass(frozen=True, kw_only=True)
class SchoolEnrolment:
    """
    The schools table with its enrolment, and enrolment by grade.

    Parameters
    ----------
    schools
        ``columns.SCHOOL_COLUMNS``, ``enrolment_students`` filled in.
    grade_enrolment
        ``school_id``, ``year``, ``grade``, ``students`` of listed schools, sorted.
    warnings
        One for each file with schools that are not listed.
    """

    schools: gpd.GeoDataFrame
    grade_enrolment: pd.DataFrame
    warnings: list[Problem]


def no_grade_enrolment() -> pd.DataFrame:
    """Return an empty table of enrolment by grade, with the right types."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in GRADE_ENROLMENT_TYPES.items()})


def add_enrolment(
    schools: gpd.GeoDataFrame, memberships: Sequence[Membership], grade_columns: Sequence[pd.DataFrame] = ()
) -> SchoolEnrolment:
    """
    Fill in the schools' enrolment where the schools files lack it, and gather enrolment by grade.

    Parameters
    ----------
    schools
        ``columns.SCHOOL_COLUMNS``.
    memberships
        Of several that have a school, the first counts.
    grade_columns
        Enrolment by grade from schools files, which counts where no membership has it.

    Returns
    -------
    enrolment
        Without memberships, the schools as they are and no enrolment by grade.
    """
    if not memberships and not any(map(len, grade_columns)):
        return SchoolEnrolment(schools=schools, grade_enrolment=no_grade_enrolment(), warnings=[])
    warnings = []
    enrolment = schools["enrolment_students"]
    grade_tables = [no_grade_enrolment()]
    for membership in memberships:
        enrolment = enrolment.fillna(membership.enrolment.reindex(schools.index))
        table = membership.grade_enrolment
        listed = table["school_id"].isin(schools.index)
        grade_tables.append(table[listed])
        unlisted = int((~_ids_of(membership).isin(schools.index)).sum())
        if unlisted:
            warnings.append(_unlisted(membership, schools.index, unlisted))
    grade_tables += [table[table["school_id"].isin(schools.index)] for table in grade_columns if len(table)]
    keys = ["school_id", "year", "grade"]
    grades = pd.concat(grade_tables, ignore_index=True).astype(GRADE_ENROLMENT_TYPES)
    grades = grades.drop_duplicates(keys).sort_values(keys, ignore_index=True)
    schools = schools.assign(enrolment_students=enrolment)
    return SchoolEnrolment(schools=schools, grade_enrolment=grades, warnings=warnings)


def _ids_of(membership: Membership) -> pd.Index:
    """Identifiers of all schools of a file; some may have enrolment by grade alone."""
    by_grade = pd.Index(membership.grade_enrolment["school_id"].unique(), dtype="str")
    return membership.enrolment.index.astype("str").union(by_grade)


def _unlisted(membership: Membership, school_ids: pd.Index, count: int) -> Problem:
    """A warning about schools that are not listed; an error if no school of the file is."""
    name, ids = membership.file.name, _ids_of(membership)
    if count < len(ids) or any(problem.is_error for problem in membership.problems):
        message = f"The file has {count:,} schools that are not in the schools files; they are left out."
        remedy = "Add them to the schools files if they belong to the state."
        return Problem(table=name, message=message, remedy=remedy, is_error=False)
    message = (
        "No record of the file is used: none of its schools is in the schools files. Its identifiers are like"
        f" {ids[0]}, those of the schools files like {school_ids[0]}."
    )
    remedy = (
        "Leave the file out if it is of other schools. Otherwise name the column that has the identifiers of the"
        " schools files (columns.school_id=HEADING), or the columns that make them up (columns.school_id=A+B)."
    )
    return Problem(table=name, message=message, remedy=remedy)


def enrolment_by_grade(published: pd.DataFrame, student_files: StudentFiles | None, schools: pd.Index) -> pd.DataFrame:
    """
    Choose enrolment by grade: from published files, or else from student records.

    Parameters
    ----------
    published
        Of :func:`add_enrolment`; may be empty.
    student_files
        Student records, where there are any.
    schools
        Identifiers of the listed schools.

    Returns
    -------
    enrolment
        ``school_id``, ``year``, ``grade``, ``students``. The size of a grade counts as public, and is exact also where
        student records tell it.
    """
    if student_files is None or not published.empty:
        return published
    return student_files.grade_enrolment(schools)
