"""Whether the students of a flow go up by a grade: promotions do, residents at the school they attend do not."""

from __future__ import annotations

import numpy as np

from clustering.validation.flows.flow_cells import MISSING

STEP, SAME_GRADE, NO_GRADE, EITHER, UNKNOWN = range(5)
_SHIFT = 2  # bit of a grade in a mask, see grades.grade_mask


def grade_steps(
    grade: np.ndarray, next_grade: np.ndarray, destination_mask: np.ndarray, *, is_assumed: bool
) -> np.ndarray:
    """
    Find the flows whose students go up by a grade or more.

    Parameters
    ----------
    grade, next_grade
        -9 is missing.
    destination_mask
        Bit mask of the grades that the destination offers; 0 is unknown, -1 no listed school.
    is_assumed
        Whether the file does not give the next grade, so that it was assumed to be the one above. Then the
        destination's grades decide: nobody is promoted into a school that serves the grade and not the next.

    Returns
    -------
    steps
        ``STEP``; ``SAME_GRADE`` (the same or a lower grade, or a destination that serves the grade and not the next);
        ``NO_GRADE`` (a grade is missing); ``EITHER`` (the destination serves both the grade and the next); or
        ``UNKNOWN`` (it serves neither, or its grades are not known), for each flow.
    """
    rises = next_grade > grade
    if is_assumed:
        serves, serves_next = (_offers(destination_mask, each) for each in (grade, next_grade))
        known_steps = [serves & serves_next, serves, serves_next]
        steps = np.select(known_steps, [EITHER, SAME_GRADE, STEP], default=UNKNOWN)
    else:
        steps = np.full(len(grade), STEP)
    steps = np.where(rises, steps, SAME_GRADE)
    return np.where((grade == MISSING) | (next_grade == MISSING), NO_GRADE, steps)


def _offers(masks: np.ndarray, grades: np.ndarray) -> np.ndarray:
    bits = np.clip(grades + _SHIFT, 0, 30)
    return np.asarray((masks > 0) & ((masks >> bits) & 1 == 1))
