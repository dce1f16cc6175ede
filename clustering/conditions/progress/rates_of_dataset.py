"""
Rates of the dataset that count the same students as an indicator does.

Graduation and proficiency are often the same counts in both. Shown in two ways, the two could be set against each
other: one says 0 to 4, the other 1 to 9.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.disclosure.rates import RateProtection, protect_rates
from clustering.disclosure.rates.band_edges import PER_CENT, ends_of_bands
from clustering.disclosure.rates.bands import bands_around
from clustering.disclosure.rates.size_classes import class_of_sizes
from clustering.model.columns import COHORT_AT_LEAST

MEASURES = {
    "graduation": "graduation_4year",
    "proficiency_mathematics": "proficiency_mathematics",
    "proficiency_reading": "proficiency_reading",
}
# Whoever graduates in four years counts after five and six as well; after three, some of them do.
_YEARS_LONGER = {"graduation_3year": -1, "graduation_5year": 1, "graduation_6year": 2}
_KNOWN = ["exact", "range"]
_SAME = 1e-9  # shares, off in the last binary digits
_KEY = ["school_id", "year", "indicator_id"]


def rates_of_measures(rates: pd.DataFrame, shares: pd.DataFrame, protection: RateProtection) -> pd.DataFrame:
    """
    Protect the rates of all students that indicators are of, together with those that are protected with them.

    Parameters
    ----------
    rates
        ``Scenario.rates``, exact or protected before.
    shares
        ``school_id`` and ``indicator_id``.
    protection
        The policy of staff.

    Returns
    -------
    shown
        Those of :data:`MEASURES` and of all students, as everything else that is computed on the dataset has them, with
        ``indicator_id`` and ``size`` (the least of the class, or the size [students]; missing where not known).
    """
    is_of_measure = shares["indicator_id"].isin(list(MEASURES))
    wanted = {*MEASURES.values(), *_YEARS_LONGER}
    is_wanted = rates["measure"].isin(wanted) & rates["school_id"].isin(shares.loc[is_of_measure, "school_id"])
    shown = protect_rates(rates[is_wanted].reset_index(drop=True), protection)
    named = shown["measure"].map({measure: name for name, measure in MEASURES.items()})
    size = shown[COHORT_AT_LEAST if COHORT_AT_LEAST in shown else "cohort_students"].astype("float64")
    of_all = named.notna() & _is_of_all(shown)
    return shown.assign(indicator_id=named, size=size)[of_all]


def same_rates(shares: pd.DataFrame, shown: pd.DataFrame) -> pd.DataFrame:
    """
    Look up what is shown of the same rate of the same school and year.

    Parameters
    ----------
    shares
        ``school_id``, ``year``, ``indicator_id``, ``status``.
    shown
        As :func:`rates_of_measures` answers.

    Returns
    -------
    same
        The rows of ``shares``: ``status``, ``low``, ``high``, ``exact`` and ``size``, all missing where the dataset
        has no such rate or the share is missing.
    """
    names = ["status", "low", "high", "exact", "size"]
    published = shown[shown["year"].notna() & shown["status"].isin([*_KNOWN, "suppressed"])]
    published = published.astype({"year": "int64"}).drop_duplicates(_KEY, keep="last")
    found = shares[_KEY].merge(published[[*_KEY, *names]], on=_KEY, how="left")[names].set_index(shares.index)
    return found.where(shares["status"].isin([*_KNOWN, "suppressed"]))


def is_beside_others(shares: pd.DataFrame, rates: pd.DataFrame) -> pd.Series:
    """
    Find shares beside rates of the dataset that count some of the same students.

    Parameters
    ----------
    shares
        ``school_id``, ``year``, ``indicator_id``.
    rates
        ``Scenario.rates``.

    Returns
    -------
    is_beside
        One per share: the dataset has rates of groups or grades for the same school and year, or of graduation in
        another number of years of what may be the same cohort.
    """
    known = rates[rates["status"].isin(_KNOWN)]
    years = known["year"].astype("float64")
    named = known["measure"].map({measure: name for name, measure in MEASURES.items()})
    longer = known["measure"].map(_YEARS_LONGER)
    parts = known.assign(indicator_id=named, year=years)[named.notna() & ~_is_of_all(known)]
    of_cohort = known.assign(indicator_id="graduation", year=years)[longer.notna()]
    # A state gives the rates of a cohort under the year in which it should have graduated, or each under its own.
    moved = of_cohort.assign(year=of_cohort["year"] - longer.dropna())
    others = pd.concat([parts, of_cohort, moved])[_KEY].drop_duplicates()
    undated = others[others["year"].isna() & (others["indicator_id"] == "graduation")]["school_id"]
    dated = pd.MultiIndex.from_frame(others[others["year"].notna()])
    is_beside = pd.MultiIndex.from_frame(shares[_KEY].astype({"year": "float64"})).isin(dated)
    is_beside |= shares["school_id"].isin(undated).to_numpy() & (shares["indicator_id"] == "graduation").to_numpy()
    return pd.Series(is_beside, index=shares.index)


def widened_by_undated(
    own: pd.DataFrame, exact: pd.DataFrame, shown: pd.DataFrame, protection: RateProtection
) -> pd.DataFrame:
    """
    Widen bands so that no rate of the dataset without a year cuts one in two.

    Parameters
    ----------
    own, exact
        Shares in the form of ``Scenario.rates``, the indicator as the measure: as they are shown, and before.
    shown
        As :func:`rates_of_measures` answers.
    protection
        The policy of staff.

    Returns
    -------
    widened
        ``own``. A rate without a year may be of any year. All bands of a school that it touches are shown as one band
        around it, in every year; bands of the file itself are suppressed then. So both together say what the rate alone
        says, and which bands these are follows from what is shown.
    """
    undated = shown[shown["year"].isna() & shown["status"].isin(_KNOWN)].drop_duplicates(["school_id", "indicator_id"])
    keys = own[["school_id", "measure"]].rename(columns={"measure": "indicator_id"})
    ends = keys.merge(undated[["school_id", "indicator_id", "low", "high"]], how="left")
    classes = class_of_sizes(exact["cohort_students"].to_numpy(dtype="float64", na_value=np.nan), protection)
    is_known = own["status"].isin(_KNOWN).to_numpy()
    rows = np.flatnonzero(ends["low"].notna().to_numpy() & is_known & (classes >= 0))
    if not len(rows):
        return own
    first, last, number = (exact[name].to_numpy(dtype="float64") for name in ("low", "high", "exact"))
    halves = PER_CENT * np.nan_to_num(np.maximum(number - first, last - number))
    around = bands_around(
        ends["low"].to_numpy(dtype="float64")[rows],
        ends["high"].to_numpy(dtype="float64")[rows],
        ends_of_bands(classes[rows], halves[rows], protection),
    )
    low, high = (own[name].to_numpy(dtype="float64", copy=True) for name in ("low", "high"))
    touches = (low[rows] < around.high - _SAME) & (high[rows] > around.low + _SAME)
    is_wider = touches & ((around.low < low[rows] - _SAME) | (around.high > high[rows] + _SAME))
    changed = rows[is_wider]
    low[changed] = np.minimum(low[changed], around.low[is_wider])
    high[changed] = np.maximum(high[changed], around.high[is_wider])
    is_changed = np.isin(np.arange(len(own)), changed)
    # A band of the file would make the wider one another than that of its neighbour.
    of_file = (own["status"] == "range").to_numpy() & (exact["status"] != "exact").to_numpy()
    is_cut = np.isin(np.arange(len(own)), rows[touches]) & of_file
    low[is_cut], high[is_cut], is_changed[is_cut] = 0.0, 1.0, True
    status = own["status"].mask(is_changed, "range").mask(is_changed & (low == 0) & (high == 1), "suppressed")
    return own.assign(low=low, high=high, exact=own["exact"].mask(is_changed), status=status)


def _is_of_all(rates: pd.DataFrame) -> pd.Series:
    return (rates["subgroup"] == "all") & (rates["grade"] == "all")
