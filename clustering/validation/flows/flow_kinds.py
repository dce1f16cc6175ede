"""The kind of each flow: feeding, continuation, lateral, retained, exit and others."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.model.columns import FLOW_KINDS
from clustering.validation.flows.flow_cells import MISSING, FlowCells

_SHIFT = 2  # bit of a grade in a mask, see grades.grade_mask


def kinds_of_cells(cells: FlowCells, masks: np.ndarray) -> pd.Series:
    """
    Classify flows as feeding, continuation, lateral, retained, exit and others.

    Parameters
    ----------
    cells
        See :class:`~clustering.validation.flows.flow_cells.FlowCells`.
    masks
        Grades offered by each school of ``cells.ids``; 0 is unknown, -1 a school that is not listed.

    Returns
    -------
    kinds
        ``columns.FLOW_KINDS``, by cell. A promotion is feeding if it leads out of a final grade of the origin, a grade
        after which the origin does not offer the next. A student who leaves earlier has moved, whatever the reason. If
        the schools files have no grades for the origin, it offers a next grade if any student of the grade stays there
        for it.
    """
    left = cells.destination < 0
    origin_mask = masks[cells.origin] if len(masks) else np.empty(0, dtype="int64")
    destination_mask = np.where(left, -1, masks[cells.destination]) if len(masks) else origin_mask
    grade, following = cells.grade, cells.next_grade
    ungraded = (grade == MISSING) | (following == MISSING)
    stays = cells.origin == cells.destination
    continues = (_offers(origin_mask, grade + 1) | _offers(origin_mask, following)) & (origin_mask > 0)
    if (without_grades := origin_mask <= 0).any():
        continues |= without_grades & _observed_to_stay(cells, stays & (following > grade) & ~ungraded)
    tops = _highest(masks)  # of each school, of which there are fewer than cells
    top_of_origin = np.where(origin_mask > 0, tops[cells.origin], grade) if len(masks) else grade
    top_of_destination = np.where(destination_mask > 0, tops[cells.destination], following) if len(masks) else following
    conditions = {
        "exit": left,
        "ungraded": ungraded,
        "retained": following <= grade,
        "continuation": stays,
        "unlisted origin": origin_mask < 0,
        "lateral": continues,
        "unlisted destination": destination_mask < 0,
        "against grade order": top_of_destination <= top_of_origin,
    }
    codes = np.full(len(left), FLOW_KINDS.index("feeding"), dtype="int8")
    for kind, applies in reversed(conditions.items()):  # the first condition that applies counts
        np.putmask(codes, applies, FLOW_KINDS.index(kind))
    return pd.Series(pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(list(FLOW_KINDS))))


def _offers(masks: np.ndarray, grades: np.ndarray) -> np.ndarray:
    return np.asarray((masks >> np.clip(grades + _SHIFT, 0, 30)) & 1 == 1)


def _highest(masks: np.ndarray) -> np.ndarray:
    """Highest grade of each mask that has any."""
    return np.asarray(np.frexp(np.maximum(masks, 1).astype("float64"))[1] - 1 - _SHIFT)


def _observed_to_stay(cells: FlowCells, staying: np.ndarray) -> np.ndarray:
    """Whether any students of a cell's origin and grade stay there for the next grade."""
    key = cells.origin.astype("int64") * 64 + cells.grade
    return np.isin(key, np.unique(key[staying]))
