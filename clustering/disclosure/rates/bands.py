"""Rates put into the bands of their classes of sizes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clustering.disclosure.rates.band_edges import PER_CENT, EndsOfBands
from clustering.disclosure.rates.protection import RateProtection

_DIGITS = 10  # sums of rates are off in the last digits, and 0.67 must be 0.67
# The ends of a published band are printed in whole per cents: 60-69 is ten points wide, and so is 11-19 in EDFacts.
_PRINTED_POINTS = 2.0


@dataclass(frozen=True, kw_only=True)
class Bands:
    """Ends of what each rate can be [shares]; an end that is left out lies just below a round number."""

    low: np.ndarray
    high: np.ndarray


def bands_around(low: np.ndarray, high: np.ndarray, ends: EndsOfBands) -> Bands:
    """
    Widen what rates can be to whole bands.

    Parameters
    ----------
    low, high
        Ends of what each rate can be [shares].
    ends
        Ends of the bands of each.

    Returns
    -------
    bands
        From the lower end of the band that ``low`` is in to the upper end of that of ``high``. All of 0 to 1 where the
        class has no band that tells more.
    """
    found = Bands(low=np.zeros(len(low)), high=np.ones(len(high)))
    for number in np.unique(ends.kind).tolist():
        rows = np.flatnonzero(ends.kind == number)
        edges = np.array(ends.edges[number], dtype="float64")
        first, last = np.round(PER_CENT * low[rows], _DIGITS), np.round(PER_CENT * high[rows], _DIGITS)
        is_open = (low[rows] < high[rows]) & (high[rows] == np.nextafter(np.round(last / PER_CENT, _DIGITS), -1))
        at_low = np.searchsorted(edges[1:-1], first, side="right")
        at_high = np.where(
            is_open, np.searchsorted(edges[1:-1], last), np.searchsorted(edges[1:-1], last, side="right")
        )
        upper = np.round(edges[np.maximum(at_high, at_low) + 1] / PER_CENT, _DIGITS + 2)
        found.low[rows] = np.round(edges[at_low] / PER_CENT, _DIGITS + 2)
        found.high[rows] = np.where(upper == 1, 1.0, np.nextafter(upper, -1))
    return found


def is_as_wide_as_asked(
    low: np.ndarray, high: np.ndarray, classes: np.ndarray, protection: RateProtection
) -> np.ndarray:
    """
    Whether published bands are as wide as the ladder asks of groups of their size.

    Parameters
    ----------
    low, high
        Ends as printed [shares].
    classes
        Class of the size; below the minimum the widest of the ladder is asked.
    protection
        The parameters.

    Returns
    -------
    is_wide
        One per band.
    """
    points = np.array([*(width for _, width in protection.classes), max(width for _, width in protection.classes)])
    asked = points[classes] - np.minimum(_PRINTED_POINTS, points[classes] / 2)
    return np.asarray(PER_CENT * (high - low) >= asked - 10.0**-_DIGITS)
