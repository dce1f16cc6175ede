"""Enrolment from membership files: put into the schools table, and kept by grade."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd

from clustering.errors import Problem
from clustering.validation.enrolment.ccd_membership import Membership

GRADE_ENROLMENT_TYPES = {"school_id": "str", "year": "Int64", "grade": "Int64", "students": "float64"}
OF_OTHERS = "The school is not in the schools files."


def no_grade_enrolment() -> pd.DataFrame:
    """Return grade enrolment without rows, with the types of its columns."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in GRADE_ENROLMENT_TYPES.items()})


def add_enrolment(
    schools: gpd.GeoDataFrame, memberships: Sequence[Membership]
) -> tuple[gpd.GeoDataFrame, pd.DataFrame, list[Problem]]:
    """
    Fill in the schools' enrolment where the school files do not say it, and gather enrolment by grade.

    Parameters
    ----------
    schools
        ``columns.SCHOOL_COLUMNS``.
    memberships
        The first that knows a school counts.

    Returns
    -------
    schools
        With ``enrolment_students`` filled in.
    grade_enrolment
        ``school_id``, ``year``, ``grade``, ``students`` of listed schools, sorted.
    warnings
        One for each file that has schools which are not listed.
    """
    if not memberships:
        return schools, no_grade_enrolment(), []
    warnings = []
    enrolment = schools["enrolment_students"]
    parts = [no_grade_enrolment()]
    for membership in memberships:
        enrolment = enrolment.fillna(membership.enrolment.reindex(schools.index))
        table = membership.grade_enrolment
        listed = table["school_id"].isin(schools.index)
        parts.append(table[listed])
        strangers = int((~membership.enrolment.index.isin(schools.index)).sum())
        if strangers:
            message = f"The file has {strangers:,} schools that the schools files do not have; they are left out."
            remedy = "Add them to the schools files if they belong to the state."
            name = membership.file.name
            warnings.append(Problem(table=name, message=message, remedy=remedy, is_error=False))
    keys = ["school_id", "year", "grade"]
    grades = pd.concat(parts, ignore_index=True).astype(GRADE_ENROLMENT_TYPES)
    grades = grades.drop_duplicates(keys).sort_values(keys, ignore_index=True)
    return schools.assign(enrolment_students=enrolment), grades, warnings
