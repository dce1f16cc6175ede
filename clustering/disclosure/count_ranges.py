"""Which true counts a protected count can stand for: functions of what is shown, and of nothing else."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.model.columns import RANGE_COLUMNS
from clustering.model.suppression import SUPPRESSED_HIGH, SUPPRESSED_LOW

_ROUNDED_DOWN, _ROUNDED_UP = 4, 5  # 15 to 24 are shown as 20
_LEAST_ROUNDED = SUPPRESSED_HIGH + 1  # fewer are suppressed


def least_of_rounded(shown: pd.Series) -> pd.Series:
    """Return the least students of a count that is shown in tens: 10 of 10, 15 of 20; none of 0."""
    return (shown - _ROUNDED_UP).clip(lower=_LEAST_ROUNDED).where(shown > 0, 0.0)


def most_of_rounded(shown: pd.Series) -> pd.Series:
    """Return the most students of a count that is shown in tens: 14 of 10, 24 of 20; none of 0."""
    return (shown + _ROUNDED_DOWN).where(shown > 0, 0.0)


def with_ranges(counts: pd.DataFrame) -> pd.DataFrame:
    """
    Say between which true counts each protected count lies.

    Parameters
    ----------
    counts
        Flows or paths, protected: ``students_low`` and ``students_high`` are the ends of what is suppressed, and the
        rest is shown in tens. Paths from catchments are no counts.

    Returns
    -------
    counts
        With ``columns.RANGE_COLUMNS``. Students are taken to be whole: the part of a row that a crosswalk divides may
        exceed the range by less than one.
    """
    low, high = counts["students_low"], counts["students_high"]
    cells = np.rint((high - low) / (SUPPRESSED_HIGH - SUPPRESSED_LOW))
    shown = low - cells * SUPPRESSED_LOW  # what is left of a sum without its suppressed cells
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
