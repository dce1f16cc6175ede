"""Which true counts a count in tens can stand for: functions of what is shown, and of nothing else."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.model.suppression import SUPPRESSED_HIGH

ROUNDING_STUDENTS = 10
ROUNDED_DOWN, ROUNDED_UP = 4, 5  # 15 to 24 are shown as 20
_LEAST_ROUNDED = SUPPRESSED_HIGH + 1  # fewer are suppressed


def in_tens(students: pd.Series) -> pd.Series:
    """Round counts to the nearest ten, halves up; missing stays missing."""
    tens: pd.Series = np.floor(students / ROUNDING_STUDENTS + 0.5) * ROUNDING_STUDENTS
    return tens


def least_of_rounded(shown: pd.Series) -> pd.Series:
    """Return the least count that is shown as this one, in tens: 10 for 10, 15 for 20, 0 for 0 [students]."""
    return (shown - ROUNDED_UP).clip(lower=_LEAST_ROUNDED).where(shown > 0, 0.0)


def most_of_rounded(shown: pd.Series) -> pd.Series:
    """Return the greatest count that is shown as this one, in tens: 14 for 10, 24 for 20, 0 for 0 [students]."""
    return (shown + ROUNDED_DOWN).where(shown > 0, 0.0)
