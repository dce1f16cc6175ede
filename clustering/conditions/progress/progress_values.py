"""Values of progress indicators: what files say of each school, year and indicator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from clustering.errors import InputError, Problem
from clustering.model.ingest_report import SourceFile

VALUE_KEY = ["school_id", "year", "indicator_id"]
VALUE_COLUMNS = (*VALUE_KEY, "status", "value", "low", "high", "numerator", "denominator")


@dataclass(frozen=True, kw_only=True, eq=False)
class ProgressValues:
    """
    Indicators of schools by year, as the files give them: keep them as confidential as the files.

    Parameters
    ----------
    rows
        :data:`VALUE_COLUMNS`, one row per school, year (the fall, int64) and indicator, sorted by these. ``status``:
        ``exact``, ``range``, ``suppressed``, ``missing`` or ``not applicable`` (nobody to count). ``value`` [share 0 to
        1, or points], missing unless exact; ``low`` and ``high`` are the ends of what it can be. ``numerator`` and
        ``denominator`` [students, staff or days], missing where the file does not give them. Zero is a value.
    files
        How each file was read, oldest first.
    warnings
        What is doubtful in them.
    """

    rows: pd.DataFrame
    files: tuple[SourceFile, ...]
    warnings: tuple[Problem, ...]


def join_progress(parts: Sequence[ProgressValues]) -> ProgressValues:
    """
    Join values that came in several files.

    Parameters
    ----------
    parts
        Oldest first, at least one. Where two have the same school, year and indicator, the later one counts: it
        corrects the earlier.

    Returns
    -------
    joined
        All of them.

    Raises
    ------
    InputError
        There is none.
    """
    if not parts:
        remedy = "Give at least one file of indicators."
        raise InputError([Problem(table="progress", message="There are no indicators of progress.", remedy=remedy)])
    rows = pd.concat([part.rows for part in parts], ignore_index=True)
    return ProgressValues(
        rows=sorted_values(rows.drop_duplicates(VALUE_KEY, keep="last")),
        files=tuple(file for part in parts for file in part.files),
        warnings=tuple(problem for part in parts for problem in part.warnings),
    )


def sorted_values(rows: pd.DataFrame) -> pd.DataFrame:
    """Values in the order in which they are kept, whatever the order of the file."""
    ordered: pd.DataFrame = rows[list(VALUE_COLUMNS)].sort_values(VALUE_KEY, ignore_index=True)
    return ordered
