"""Where students were, year by year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True, kw_only=True, repr=False)
class Trajectories:
    """
    Where students were, year by year: one row per student and school year, the years of a student in order.

    Parameters
    ----------
    school
        int32: position in ``school_ids``.
    grade
        int8; ``decode.NO_GRADE`` if ungraded or blank.
    year
        int16: fall of the school year.
    is_followed
        Whether the next row is the same student a year later.
    school_ids
        Sorted.
    """

    school: np.ndarray
    grade: np.ndarray
    year: np.ndarray
    is_followed: np.ndarray
    school_ids: pd.Index
