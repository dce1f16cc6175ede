"""The precision in which values and changes are shown, and what a change at this precision says."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd

BETTER, WORSE, NO_CHANGE = "better", "worse", "no change"


def shown_number(value: float, unit: str) -> float:
    """A share in per cent, or a score, to a tenth: as people read it."""
    return round(100 * value if unit == "share" else value, 1) + 0.0


def shown_numbers(values: Iterable[float], units: Iterable[str]) -> list[float]:
    """Each value as :func:`shown_number` shows it; missing stays missing."""
    return [
        value if math.isnan(value) else shown_number(value, unit) for value, unit in zip(values, units, strict=True)
    ]


def directions(changes: pd.Series, units: pd.Series, better: pd.Series) -> pd.Series:
    """
    Say of each change whether it is for the better.

    Parameters
    ----------
    changes
        Differences of values [shares 0 to 1, or points]; missing allowed.
    units
        ``share`` or ``points``.
    better
        Which direction is better: ``higher`` or ``lower``.

    Returns
    -------
    directions
        ``better``, ``worse``, ``no change`` (it is 0.0 as shown) or missing.
    """
    shown = pd.Series(shown_numbers(changes, units), index=changes.index, dtype="float64")
    is_better = (shown > 0) == (better == "higher")
    words = is_better.map({True: BETTER, False: WORSE}).astype("object")
    return words.mask(shown == 0, NO_CHANGE).where(shown.notna(), None)
