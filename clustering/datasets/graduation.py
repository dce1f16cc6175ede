"""Graduation rates as published, and the official list of low-performing schools."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.datasets.geography import FloatArray, IntArray
from clustering.datasets.schools import KINDS, NUMBER

# Rates of regular high schools by rank, worst first: one in eleven graduates less than two thirds.
RANKS = (0.0, 0.02, 0.09, 0.20, 0.50, 0.80, 1.0)
RATES = (0.44, 0.55, 0.665, 0.78, 0.875, 0.93, 0.985)
FEDERAL_PER_CENT = 67
NOT_APPLICABLE, SUPPRESSED = ".", "PS"

# EDFacts widens the band as the cohort shrinks: largest cohort of a step, lower and upper ends of its bands. Within a
# step the first and last band are open. Cohorts above 200 are published to the per cent.
SUPPRESSED_COHORT = 5
BANDS = (
    (15, (0, 50), (49, 100)),
    (30, (0, 21, 40, 60, 80), (20, 39, 59, 79, 100)),
    (60, (0, 11, *range(20, 100, 10)), (10, 19, *range(29, 90, 10), 100)),
    (200, (0, 6, *range(10, 100, 5)), (5, 9, *range(14, 95, 5), 100)),
)


def draw_graduation(schools: pd.DataFrame, expected: FloatArray, rng: np.random.Generator) -> pd.DataFrame:
    """
    Draw four-year graduation of every school that ends in grade 12.

    Parameters
    ----------
    schools
        See ``schools.generate_schools``.
    expected
        See ``flows.expect_students``.
    rng
        Source of chance.

    Returns
    -------
    graduation
        Index: row of ``schools``; ``cohort`` [students] and ``per_cent``, a whole number of 0 to 100.
    """
    rows = np.flatnonzero(schools["highest"] == 12)
    kind = schools["kind"].to_numpy()[rows]
    entering = np.maximum(schools["lowest"].to_numpy()[rows], 9)
    cohort = np.maximum(1, rng.poisson(expected[rows, entering + 1]))
    trouble = schools["hardship"].to_numpy()[rows] + rng.normal(0, 0.04, len(rows))
    regular = np.isin(kind, [NUMBER[name] for name in ("high", "senior high", "middle and high")])
    rate = rng.uniform(0.78, 0.99, len(rows))
    rate[kind == NUMBER["alternative"]] = rng.uniform(0.15, 0.6, int((kind == NUMBER["alternative"]).sum()))
    order = np.argsort(np.argsort(-trouble[regular], kind="stable"), kind="stable")
    rate[regular] = np.interp((order + 0.5) / max(1, len(order)), RANKS, RATES)
    graduates = np.floor(rate * cohort + 0.5)
    per_cent = np.floor(100 * graduates / cohort + 0.5).astype("int64")
    return pd.DataFrame({"cohort": cohort, "per_cent": per_cent}, index=rows)


def publish_rates(cohort: IntArray, per_cent: IntArray) -> pd.Series:
    """
    Write rates as EDFacts does.

    Parameters
    ----------
    cohort
        Students.
    per_cent
        Whole per cents, 0 to 100.

    Returns
    -------
    texts
        ``93``, ``80-84``, ``GE95``, ``LT50`` ...; ``PS`` for cohorts of up to 5.
    """
    texts = np.full(len(cohort), SUPPRESSED, dtype="<U6")
    exact = cohort > BANDS[-1][0]
    texts[exact] = per_cent[exact].astype("str")
    texts[exact & (per_cent <= 1)], texts[exact & (per_cent >= 99)] = "LE1", "GE99"
    smallest = SUPPRESSED_COHORT
    for largest, lows, highs in BANDS:
        step = (cohort > smallest) & (cohort <= largest)
        middle = [f"{low}-{high}" for low, high in zip(lows[1:-1], highs[1:-1], strict=True)]
        first = "LT50" if largest == BANDS[0][0] else f"LE{highs[0]}"
        labels = np.array([first, *middle, f"GE{lows[-1]}"])
        texts[step] = labels[np.searchsorted(lows, per_cent[step], side="right") - 1]
        smallest = largest
    return pd.Series(texts, dtype="str")


def list_officially(schools: pd.DataFrame, graduation: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """
    Draw up the state's own list: like the rates, but for a few schools spared and a few added by another year's rate.

    Parameters
    ----------
    schools
        See ``schools.generate_schools``.
    graduation
        See :func:`draw_graduation`.
    rng
        Source of chance.

    Returns
    -------
    listed
        ``row`` of ``schools`` (ascending) and ``designation``: ``CSI-GR`` (graduation), ``CSI-LP`` (lowest-performing
        twentieth of the schools without a graduating class), ``TSI`` or ``ATSI`` (a group of pupils).
    """
    designation = np.full(len(schools), "", dtype="<U6")
    trouble = schools["hardship"].to_numpy() + rng.normal(0, 0.1, len(schools))
    ranked = np.argsort(-trouble, kind="stable")
    ends_early = np.array([kind.highest < 12 and kind.name != "ninth grade" for kind in KINDS])[schools["kind"]]
    for label, share in (("ATSI", 0.06), ("TSI", 0.04)):
        candidates = ranked[designation[ranked] == ""]
        designation[rng.permutation(candidates[: len(candidates) // 3])[: round(share * len(schools) / 2)]] = label
    lowest = ranked[ends_early[ranked]]
    designation[lowest[: round(0.05 * len(lowest))]] = "CSI-LP"
    rows, per_cent = graduation.index.to_numpy(), graduation["per_cent"].to_numpy()
    low, chance = per_cent < FEDERAL_PER_CENT, rng.random(len(rows))
    by_other_year = (per_cent >= FEDERAL_PER_CENT) & (per_cent < FEDERAL_PER_CENT + 6) & (chance < 0.4)
    designation[rows[low & (chance < 0.9) | by_other_year]] = "CSI-GR"
    designation[(schools["closed"] < 9999).to_numpy()] = ""
    listed = np.flatnonzero(designation != "")
    return pd.DataFrame({"row": listed, "designation": designation[listed]})
