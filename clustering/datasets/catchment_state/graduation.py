"""Graduation rates of the high schools, some of them low, and the official list."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.datasets.geography import IntArray
from clustering.datasets.schools import NUMBER

_LOW, _HIGH = (44.0, 63.0), (72.0, 95.0)
_ALTERNATIVE, _CHOICE = (20.0, 50.0), (88.0, 98.0)
_SPARED_SHARE = 0.1
_IDENTIFIED = "CSI"


def draw_graduation(
    schools: pd.DataFrame, cohorts: IntArray, rng: np.random.Generator, *, low_share: float
) -> pd.DataFrame:
    """
    Draw graduation rates and the official list.

    Parameters
    ----------
    schools
        ``school_id``, ``kind``, ``polygon``.
    cohorts
        Students of twelfth grade, by row of ``schools``.
    rng
        Source of chance.
    low_share
        Share of ordinary high schools that graduate less than two thirds [0 to 1]; at least one is low.

    Returns
    -------
    performance
        ``school_id``, ``graduation_rate`` [per cent, one decimal], ``cohort`` [students], ``designation``: ``CSI`` for
        nine in ten schools below two thirds, otherwise blank.
    """
    rows = np.flatnonzero(cohorts > 0)
    kind, is_own = schools["kind"].to_numpy()[rows], schools["polygon"].to_numpy()[rows] == "own"
    rate = rng.uniform(*_CHOICE, len(rows))
    is_alternative = kind == NUMBER["alternative"]
    rate[is_alternative] = rng.uniform(*_ALTERNATIVE, int(is_alternative.sum()))
    rate[is_own] = rng.uniform(*_HIGH, int(is_own.sum()))
    ordinary = rng.permutation(np.flatnonzero(is_own))
    low = ordinary[: max(1, round(low_share * len(ordinary)))]
    rate[low] = rng.uniform(*_LOW, len(low))
    is_low = np.isin(np.arange(len(rows)), low) | is_alternative
    is_listed = is_low & (rng.random(len(rows)) >= _SPARED_SHARE)
    is_listed[low[0]] = True
    return pd.DataFrame(
        {
            "school_id": schools["school_id"].to_numpy()[rows],
            "graduation_rate": rate.round(1),
            "cohort": cohorts[rows],
            "designation": np.where(is_listed, _IDENTIFIED, ""),
        }
    )
