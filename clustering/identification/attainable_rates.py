"""The rates that a cohort can have: 2 of 3 and 4 of 6, but none of 10, are published as 67 in whole per cents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MOST_SIZES = 50  # of one cohort; of a wider class, such as 100 to 299, whole counts are not tried one by one
_ONE_STUDENT = 1e-9  # whole counts, off in the last binary digits
_EXACT_DIGITS = 12


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """Students that each cohort can have, from the least to the greatest, which may be infinite; NaN if not known."""

    least: np.ndarray
    greatest: np.ndarray

    def width(self) -> np.ndarray:
        """How many sizes there are beside the least; -1 where nothing is known, or too many are possible."""
        width = np.nan_to_num(self.greatest - self.least, nan=-1.0)
        return np.where((self.least > 0) & (width < MOST_SIZES), width, -1).astype("int64")


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Students on which a rate can be met, from the least to the greatest; ``least`` is above it where none can."""

    least: np.ndarray
    greatest: np.ndarray

    def is_attainable(self) -> np.ndarray:
        """Where some count makes a rate within the ends."""
        return np.asarray(self.least <= self.greatest)


def attainable_counts(low: np.ndarray, high: np.ndarray, students: np.ndarray) -> Counts:
    """
    Find the whole numbers of students that make a rate within its ends.

    Parameters
    ----------
    low, high
        Ends [shares]; one that lies next to a round number leaves that number out, as in ``LT50``.
    students
        Size of the cohort.

    Returns
    -------
    counts
        Of graduates, say; both are whole numbers.
    """
    round_low, round_high = np.round(low, _EXACT_DIGITS), np.round(high, _EXACT_DIGITS)
    is_open_low = (low < high) & (low == np.nextafter(round_low, 2))
    is_open_high = (low < high) & (high == np.nextafter(round_high, -1))
    least = np.where(
        is_open_low,
        np.floor(round_low * students + _ONE_STUDENT) + 1,
        np.ceil(low * students - _ONE_STUDENT),
    )
    greatest = np.where(
        is_open_high,
        np.ceil(round_high * students - _ONE_STUDENT) - 1,
        np.floor(high * students + _ONE_STUDENT),
    )
    return Counts(least=np.maximum(least, 0), greatest=np.minimum(greatest, students))


@dataclass(frozen=True, kw_only=True)
class Ends:
    """Ends of what rates can be [shares]."""

    low: np.ndarray
    high: np.ndarray


def narrowed_ends(low: np.ndarray, high: np.ndarray, sizes: Sizes) -> Ends:
    """
    Narrow rates to those that their cohorts can have.

    Parameters
    ----------
    low, high
        Ends [shares].
    sizes
        Of the cohorts.

    Returns
    -------
    ends
        The lowest and highest rate that some size allows. Ends stay where nothing is known of the size, or no cohort of
        the size can have the rate: the cohort of the file is not the one that the rate is of.
    """
    width = sizes.width()
    best_low, best_high = np.full(len(low), np.inf), np.full(len(low), -np.inf)
    for step in range(int(width.max(initial=-1)) + 1):
        students = sizes.least + step
        counts = attainable_counts(low, high, students)
        is_possible = counts.is_attainable() & (step <= width)
        with np.errstate(invalid="ignore", divide="ignore"):
            best_low = np.where(is_possible, np.minimum(best_low, counts.least / students), best_low)
            best_high = np.where(is_possible, np.maximum(best_high, counts.greatest / students), best_high)
    found = best_low <= best_high
    return Ends(low=np.where(found, best_low, low), high=np.where(found, best_high, high))
