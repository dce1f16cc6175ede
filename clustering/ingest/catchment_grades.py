"""Grades of schools whose schools files have none, from the catchments, which often hold them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from clustering.errors import Problem
from clustering.ingest.named_schools import name_schools
from clustering.model.grades import grade_mask, level_of, parse_grade
from clustering.validation.findings import Findings

MAXIMUM_NAMED = 5
_SCHOOL_OF_GRADE = re.compile(r"GR_ID_(\w+)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class CompletedGrades:
    """
    The schools with their grades, as far as any file gives them.

    Parameters
    ----------
    schools
        ``columns.SCHOOL_COLUMNS``.
    school_ids
        Schools whose grades are those of their catchments, sorted.
    warnings
        One, if there are any.
    """

    schools: gpd.GeoDataFrame
    school_ids: tuple[str, ...]
    warnings: tuple[Problem, ...]


def complete_grades(
    schools: gpd.GeoDataFrame, catchments: gpd.GeoDataFrame | None, files: Sequence[Findings]
) -> CompletedGrades:
    """
    Take the grades of a school from its catchments where the schools files have none for it.

    Parameters
    ----------
    schools
        ``columns.SCHOOL_COLUMNS``. Grades in a schools file always count before those of a catchment.
    catchments
        As ``validate_catchments`` returns them; ``None`` without any.
    files
        The same layers. In columns such as ``GR_ID_K`` and ``GR_ID_09``, each polygon has the school of that grade.

    Returns
    -------
    completed
        A school's grades are all that any of its catchments and any such column gives it; ``level`` follows from them.
    """
    lacks_grades = (schools["grades_offered"] == 0).to_numpy()
    if catchments is None or not lacks_grades.any():
        return CompletedGrades(schools=schools, school_ids=(), warnings=())
    lacking = schools.index[lacks_grades]
    claimed = pd.concat(
        [
            pd.Series(catchments["grades_offered"].to_numpy(), index=catchments["school_id"].astype("str")),
            *(_grades_of_columns(findings) for findings in files),
        ]
    )
    claimed = claimed[(claimed != 0) & claimed.index.isin(lacking)]
    masks = claimed.groupby(level=0).agg(lambda each: int(np.bitwise_or.reduce(each.to_numpy())))
    if masks.empty:
        return CompletedGrades(schools=schools, school_ids=(), warnings=())
    grades, levels = schools["grades_offered"].copy(), schools["level"].copy()
    grades[masks.index] = masks.astype("int64")
    levels[masks.index] = masks.map(level_of).astype("str")
    ids = tuple(sorted(str(school) for school in masks.index))
    completed = schools.assign(grades_offered=grades, level=levels)
    return CompletedGrades(schools=completed, school_ids=ids, warnings=(_warning(ids, schools["name"]),))


def _grades_of_columns(findings: Findings) -> pd.Series:
    """Bit masks of the grades for which a layer names each school; the index is the school, several times."""
    headings = _school_headings(findings.table.headings)
    masks = [
        pd.Series(grade_mask(grade, grade), index=pd.unique(findings.table.column(heading).distinct().astype("str")))
        for grade, heading in headings.items()
    ]
    return pd.concat(masks) if masks else pd.Series(dtype="int64")


def _school_headings(headings: Sequence[str]) -> Mapping[int, str]:
    """Grade to the heading of the column with the school of that grade."""
    found: dict[int, str] = {}
    for heading in headings:
        match = _SCHOOL_OF_GRADE.fullmatch(heading)
        try:
            grade = parse_grade(match.group(1)) if match else None
        except ValueError:
            grade = None
        if grade is not None:
            found[grade] = heading
    return found


def _warning(ids: Sequence[str], names: pd.Series) -> Problem:
    return Problem(
        table="catchments",
        message=f"The schools files have no grades for these schools, so those of their catchments count"
        f" ({len(ids):,}): {name_schools(ids, names, most=MAXIMUM_NAMED)}.",
        remedy="Add their grades to a schools file if they are not those of the catchments.",
        is_error=False,
    )
