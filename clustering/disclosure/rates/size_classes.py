"""Sizes of cohorts as classes: 20 to 39 students, 300 or more."""

from __future__ import annotations

import numpy as np

from clustering.disclosure.rates.protection import RateProtection

FEW = -1  # fewer than the minimum


def class_of_sizes(students: np.ndarray, protection: RateProtection) -> np.ndarray:
    """
    Find the class of each size.

    Parameters
    ----------
    students
        Sizes [students]; NaN where unknown.
    protection
        The classes.

    Returns
    -------
    classes
        Positions in ``protection.classes``; ``FEW`` below the minimum, and where nothing is known.
    """
    starts = np.array([least for least, _ in protection.classes], dtype="float64")
    found: np.ndarray = np.searchsorted(starts, np.nan_to_num(students, nan=-1.0), side="right") - 1
    return found


def ends_of_classes(classes: np.ndarray, protection: RateProtection) -> tuple[np.ndarray, np.ndarray]:
    """
    Give the ends of classes.

    Parameters
    ----------
    classes
        As :func:`class_of_sizes` finds them.
    protection
        The classes.

    Returns
    -------
    least, most
        Students; ``most`` is infinite for the last class. ``FEW`` is 1 up to one less than the minimum.
    """
    starts = np.array([least for least, _ in protection.classes], dtype="float64")
    least, most = np.append(starts, 1.0), np.append(np.append(starts[1:] - 1, np.inf), starts[0] - 1)
    return least[classes], most[classes]
