"""
How many students a suppressed promotion likely stands for, worked out from what the protected base shows.

The students of a grade are those who left, the counts that are shown, and the suppressed ones. Over many grades the
three can be separated: those who left grow with the size of the grade, and the suppressed ones with their number. The
estimate is computed from public sizes and the base alone, so it tells nothing that these do not.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.disclosure.flow_cells import PROMOTIONS, Lines
from clustering.model.suppression import SUPPRESSED_HIGH, SUPPRESSED_LOW

_MIDDLE = 5.0
_FEWEST_GRADES = 30
_STEP = 0.5


def likely_students(cells: pd.DataFrame, grade: np.ndarray, grades: Lines) -> float:
    """
    Estimate for how many students a suppressed promotion stands.

    Parameters
    ----------
    cells
        ``kind``, ``students`` (missing where suppressed), ``students_low`` and ``students_high`` of the protected base,
        without those who left.
    grade
        Number of the grade of each cell.
    grades
        Sizes of the grades.

    Returns
    -------
    likely
        Students of a cell of 1 to 9, in halves, from 1 to 9. In another interval it stands for the same position. Where
        fewer than 30 grades of public size have such a cell, it is 5, the middle. The sizes less the least counts are
        fitted by least squares to a share of each size (those who left), and to shares of the widths of the suppressed
        promotions and of the other suppressed cells.
    """
    count = len(grades.students)
    students, low, high = (
        cells[name].to_numpy(dtype="float64") for name in ("students", "students_low", "students_high")
    )
    is_hidden, is_promotion = np.isnan(students), cells["kind"].isin(PROMOTIONS).to_numpy()
    widths = (high - low) * is_hidden
    promotions, hidden, of_hidden, of_others, shown = (
        np.bincount(grade, weights=each, minlength=count)
        for each in (
            is_promotion,
            is_hidden & is_promotion,
            widths * is_promotion,
            widths * ~is_promotion,
            np.where(is_hidden, low, students),
        )
    )
    used = grades.is_public & (promotions > 0)
    if np.count_nonzero(used & (hidden > 0)) < _FEWEST_GRADES:
        return _MIDDLE
    causes = np.column_stack([grades.students, of_hidden, of_others])[used]
    position = np.linalg.lstsq(causes, (grades.students - shown)[used])[0][1]
    likely = SUPPRESSED_LOW + position * (SUPPRESSED_HIGH - SUPPRESSED_LOW)
    return float(np.clip(np.round(likely / _STEP) * _STEP, SUPPRESSED_LOW, SUPPRESSED_HIGH))
