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


def sizes_shown(
    students: np.ndarray, protection: RateProtection, within: RateProtection | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """
    Give the ends of the classes in which sizes are shown.

    Parameters
    ----------
    students
        Sizes [students]; NaN where fewer than the minimum are, and no more is known.
    protection
        The classes.
    within
        Classes that somebody else is shown; then those shown are made of whole ones of them.

    Returns
    -------
    least, most
        Students; ``most`` is infinite for the last class.
    """
    starts = [least for least, _ in protection.classes]
    if within is not None:
        both = set(starts) & {least for least, _ in within.classes}
        starts = sorted(both)
    ends = np.array([1, *starts, np.inf], dtype="float64")
    position = np.searchsorted(ends[1:-1], np.nan_to_num(students, nan=-1.0), side="right")
    return ends[position], ends[position + 1] - 1


def classes_of_class(size_class: int, protection: RateProtection, within: RateProtection) -> tuple[int, ...]:
    """
    Find the classes of somebody else that have sizes of a class.

    Parameters
    ----------
    size_class
        A position in ``protection.classes``.
    protection, within
        The classes, and those of the other.

    Returns
    -------
    classes
        Positions in ``within.classes``.
    """
    starts = [least for least, _ in protection.classes]
    first, following = starts[size_class], [*starts, np.inf][size_class + 1]
    others = [*(least for least, _ in within.classes), np.inf]
    return tuple(each for each in range(len(others) - 1) if others[each] < following and others[each + 1] > first)
