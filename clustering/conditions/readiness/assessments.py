"""Assessments: what named raters have said of schools, districts and Zones, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from clustering.conditions.readiness.indicator_sets import IndicatorSet
from clustering.errors import InputError, Problem
from clustering.model.ingest_report import SourceFile

ASSESSMENT_COLUMNS = ("set_id", "indicator_id", "subject_kind", "subject_id", "date", "rater", "value", "comment")
ASSESSMENT_KEY = ["set_id", "indicator_id", "subject_kind", "subject_id", "date", "rater"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Assessments:
    """
    Assessments of readiness.

    Parameters
    ----------
    rows
        :data:`ASSESSMENT_COLUMNS`, one row per assessment, sorted by :data:`ASSESSMENT_KEY`: ``subject_kind``
        (``school``, ``district`` or ``zone``), ``date`` (text, ``2024-03-01``), ``rater`` (text, blank if the file
        names none), ``value`` (float64, on the scale of the set) and ``comment`` (text, blank if there is none).
    sets
        The indicator sets that the rows belong to.
    files
        How each file was read, oldest first.
    warnings
        What is doubtful in them.
    """

    rows: pd.DataFrame
    sets: tuple[IndicatorSet, ...]
    files: tuple[SourceFile, ...]
    warnings: tuple[Problem, ...]


def join_assessments(parts: Sequence[Assessments]) -> Assessments:
    """
    Join assessments that came in several files.

    Parameters
    ----------
    parts
        Oldest first, at least one. Where two have an assessment of the same indicator, subject, date and rater, the
        later one counts: it corrects the earlier.

    Returns
    -------
    joined
        All of them. Of a set that two parts have, the later wording counts.

    Raises
    ------
    InputError
        There is none.
    """
    if not parts:
        remedy = "Give at least one file of assessments."
        raise InputError([Problem(table="assessments", message="There are no assessments.", remedy=remedy)])
    rows = pd.concat([part.rows for part in parts], ignore_index=True)
    sets = {each.set_id: each for part in parts for each in part.sets}
    return Assessments(
        rows=sorted_rows(rows.drop_duplicates(ASSESSMENT_KEY, keep="last")),
        sets=tuple(sets[name] for name in sorted(sets)),
        files=tuple(file for part in parts for file in part.files),
        warnings=tuple(problem for part in parts for problem in part.warnings),
    )


def sorted_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Assessments in the order in which they are kept, whatever the order of the file."""
    ordered: pd.DataFrame = rows[list(ASSESSMENT_COLUMNS)].sort_values(ASSESSMENT_KEY, ignore_index=True)
    return ordered
