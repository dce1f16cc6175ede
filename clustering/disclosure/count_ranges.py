"""Which true counts a protected count can stand for: functions of what is shown, and of nothing else."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import pandas as pd

from clustering.model.columns import RANGE_COLUMNS
from clustering.model.suppression import SUPPRESSED_HIGH, SUPPRESSED_LOW

ROUNDING_STUDENTS = 10
_ROUNDED_DOWN, _ROUNDED_UP = 4, 5  # 15 to 24 are shown as 20
_Counts = TypeVar("_Counts", pd.Series, np.ndarray)
_LEAST_ROUNDED = SUPPRESSED_HIGH + 1  # fewer are suppressed


def in_tens(students: pd.Series) -> pd.Series:
    """Round counts to the nearest ten, halves up; missing stays missing."""
    tens: pd.Series = np.floor(students / ROUNDING_STUDENTS + 0.5) * ROUNDING_STUDENTS
    return tens


def least_of_rounded(shown: pd.Series) -> pd.Series:
    """Return the least count that is shown as this one, in tens: 10 for 10, 15 for 20, 0 for 0 [students]."""
    return (shown - _ROUNDED_UP).clip(lower=_LEAST_ROUNDED).where(shown > 0, 0.0)


def most_of_rounded(shown: pd.Series) -> pd.Series:
    """Return the greatest count that is shown as this one, in tens: 14 for 10, 24 for 20, 0 for 0 [students]."""
    return (shown + _ROUNDED_DOWN).where(shown > 0, 0.0)


def suppressed_cells(low: _Counts, high: _Counts) -> _Counts:
    """Count the suppressed cells in each sum, from its least and greatest value [students]; the rest of it is exact."""
    cells: _Counts = ((high - low) / (SUPPRESSED_HIGH - SUPPRESSED_LOW)).round()
    return cells


def with_ranges(counts: pd.DataFrame) -> pd.DataFrame:
    """
    Say between which true counts each protected count lies.

    Parameters
    ----------
    counts
        Protected flows or paths: from ``students_low`` to ``students_high`` [students] lies what is suppressed, and
        the rest is shown in tens. Paths from catchments are estimates, not counts, and get no wider range.

    Returns
    -------
    counts
        With ``columns.RANGE_COLUMNS`` [students]. The ranges are of whole students: where a crosswalk divides a row
        among schools, a part of it may exceed its range by less than one.
    """
    low, high = counts["students_low"], counts["students_high"]
    shown = low - suppressed_cells(low, high) * SUPPRESSED_LOW  # what is left of a sum without its suppressed cells
    is_rounded = shown > 0
    if "basis" in counts:
        is_rounded &= counts["basis"] != "catchments"
    least, most = RANGE_COLUMNS
    return counts.assign(
        **{
            least: low + (least_of_rounded(shown) - shown).where(is_rounded, 0.0),
            most: high + (most_of_rounded(shown) - shown).where(is_rounded, 0.0),
        }
    )
