"""Rates of schools and groups of students, protected before any rule sees them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from clustering.disclosure.rates.band_edges import PER_CENT
from clustering.disclosure.rates.bands import bands_around, is_as_wide_as_asked
from clustering.disclosure.rates.coarsen_together import CoarseRates, coarsen_together
from clustering.disclosure.rates.counts_behind import is_counted, students_behind, undated_as_dated
from clustering.disclosure.rates.newest import newest_of_changed
from clustering.disclosure.rates.protection import STANDARD_RATE_PROTECTION, RateProtection
from clustering.disclosure.rates.size_classes import FEW, class_of_sizes, ends_of_classes
from clustering.model.columns import COHORT_AT_LEAST, POINT_MEASURES
from clustering.model.disclosure_setting import Disclosure, is_exact
from clustering.model.scenario import Scenario

_SAME = 1e-9  # shares, off in the last binary digits
_GROUP_OF_GROUPS = "; "  # girls who are English learners: parts of two tables


def with_protected_rates(
    scenario: Scenario, disclosure: Disclosure, protection: RateProtection = STANDARD_RATE_PROTECTION
) -> Scenario:
    """
    Protect what identification needs of a scenario: its rates only.

    Parameters
    ----------
    scenario
        Exact, or protected before.
    disclosure
        ``exact`` leaves it as it is.
    protection
        The parameters.

    Returns
    -------
    base
        With protected rates, and the newest graduation rates among them; protecting twice changes nothing.
    """
    if is_exact(disclosure) or (rates := protect_rates(scenario.rates, protection)) is scenario.rates:
        return scenario
    performance = newest_of_changed(scenario.performance, scenario.rates, rates)
    return replace(scenario, rates=rates, performance=performance)


def protect_rates(rates: pd.DataFrame, protection: RateProtection = STANDARD_RATE_PROTECTION) -> pd.DataFrame:
    """
    Protect a table of rates.

    Parameters
    ----------
    rates
        ``Scenario.rates``.
    protection
        The parameters.

    Returns
    -------
    protected
        The same rows, with ``columns.COHORT_AT_LEAST``; the same table where there is nothing to protect, or it was
        protected before. A size is missing, and the least and the most of its class are left. A number of fewer than
        the minimum is suppressed. Other rates are the band of their class, and their counts are left out. What is
        published in bands as wide as the ladder asks stays. What the rates of a school tell together is checked, and
        some are made coarser or suppressed for it. Numbers of single grades, and of groups within groups, with a size
        are suppressed: they add up to the others.
    """
    if COHORT_AT_LEAST in rates:
        return rates
    sized = _sizes_of(rates, protection)
    if not sized.is_concerned.any():
        return rates
    without_few = _with_few_suppressed(rates, sized, protection)
    coarse = _in_bands(without_few, sized, protection)
    _coarsened_together(without_few, coarse, protection)
    treated = undated_as_dated(rates, _as_shown(without_few, coarse), coarse.is_free)
    least, most = ends_of_classes(sized.classes, protection)
    is_class = sized.is_concerned & (sized.is_few | (sized.students > 0))
    return treated.assign(
        cohort_students=treated["cohort_students"].mask(is_class),
        cohort_at_most=_whole(most, is_class, treated["cohort_at_most"].astype("float64")),
        **{COHORT_AT_LEAST: _whole(least, is_class, treated["cohort_students"].astype("float64"))},
    )


@dataclass(frozen=True, kw_only=True)
class _Sizes:
    """The size of the group behind each rate, its class, and whether the rate is to be protected at all."""

    students: np.ndarray
    classes: np.ndarray
    is_few: np.ndarray
    is_concerned: np.ndarray


def _sizes_of(rates: pd.DataFrame, protection: RateProtection) -> _Sizes:
    students = students_behind(rates).to_numpy(dtype="float64")
    bound = rates["cohort_at_most"].to_numpy(dtype="float64", na_value=np.nan)
    minimum = protection.minimum_students
    is_few = ((students > 0) & (students < minimum)) | (np.isnan(students) & (bound < minimum))
    classes = class_of_sizes(students, protection)
    has_rate = rates["status"].isin(["exact", "range", "suppressed"]).to_numpy()
    is_concerned = is_few | (students >= minimum)
    if protection.coarsen == "all":  # of unknown size: as the smallest group that may be shown
        is_unknown = has_rate & np.isnan(students) & ~is_few & ~rates["measure"].isin(POINT_MEASURES).to_numpy()
        classes, is_concerned = np.where(is_unknown, 0, classes), is_concerned | is_unknown
    return _Sizes(students=students, classes=np.where(is_few, FEW, classes), is_few=is_few, is_concerned=is_concerned)


def _whole(ends: np.ndarray, is_class: np.ndarray, otherwise: pd.Series) -> pd.Series:
    """Ends of classes as whole numbers; missing where the class has no end."""
    shown = otherwise.mask(is_class, ends)
    return shown.where(np.isfinite(shown)).astype("Int64")


def _with_few_suppressed(rates: pd.DataFrame, sized: _Sizes, protection: RateProtection) -> pd.DataFrame:
    """Numbers of few students suppressed, and those of single grades, and of groups within groups."""
    is_part = (rates["grade"] != "all") | rates["subgroup"].str.contains(_GROUP_OF_GROUPS, regex=False)
    is_part = is_part.to_numpy(dtype=bool) & sized.is_concerned & ~rates["measure"].isin(POINT_MEASURES).to_numpy()
    is_number = (rates["status"] == "exact").to_numpy()
    is_band = (rates["status"] == "range").to_numpy()
    hidden = (sized.is_few | is_part) & is_number
    if protection.coarsen_published_bands:
        hidden |= sized.is_few & is_band
    return suppressed(rates, hidden)


def suppressed(rates: pd.DataFrame, hidden: np.ndarray) -> pd.DataFrame:
    """Some of the rates suppressed."""
    of_points = rates["measure"].isin(POINT_MEASURES).to_numpy() & hidden
    return rates.assign(
        low=rates["low"].mask(hidden, 0.0).mask(of_points),
        high=rates["high"].mask(hidden, 1.0).mask(of_points),
        exact=rates["exact"].mask(hidden),
        status=rates["status"].mask(hidden, "suppressed"),
        text=rates["text"].mask(hidden, "suppressed"),
    )


def _in_bands(rates: pd.DataFrame, sized: _Sizes, protection: RateProtection) -> CoarseRates:
    """Rates of groups of the minimum size or more, as the bands of their classes."""
    is_share = ~rates["measure"].isin(POINT_MEASURES).to_numpy()
    is_number, is_band = ((rates["status"] == status).to_numpy() for status in ("exact", "range"))
    wanted = sized.is_concerned & ~sized.is_few & (sized.classes >= 0) & is_share & (is_number | is_band)
    low, high, exact = (rates[name].to_numpy(dtype="float64", copy=True) for name in ("low", "high", "exact"))
    if not protection.coarsen_published_bands:
        wanted &= ~is_band | ~is_as_wide_as_asked(low, high, sized.classes, protection)
    rows = np.flatnonzero(wanted)
    halves = np.where(is_number, PER_CENT * np.maximum(exact - low, high - exact), 0.0)
    bands = bands_around(low[rows], high[rows], halves[rows], sized.classes[rows], protection)
    # A rounded number that is a band of its class already tells no more as a number.
    is_same = np.maximum(np.abs(bands.low - low[rows]), np.abs(bands.high - high[rows])) < _SAME
    is_same &= ~is_counted(rates)[rows]
    is_changed = np.zeros(len(rates), dtype=bool)
    is_changed[rows[~is_same]] = True
    low[rows[~is_same]], high[rows[~is_same]] = bands.low[~is_same], bands.high[~is_same]
    return CoarseRates(
        low=low,
        high=high,
        halves=halves,
        classes=sized.classes.copy(),
        students=sized.students,
        is_free=wanted,
        is_changed=is_changed,
    )


def _coarsened_together(rates: pd.DataFrame, coarse: CoarseRates, protection: RateProtection) -> None:
    """Audit the dated rates of all grades that belong together; those without a year follow them later."""
    is_part = (rates["grade"] == "all") & rates["year"].notna() & ~rates["measure"].isin(POINT_MEASURES)
    is_part &= rates["status"].isin(["exact", "range", "suppressed"])
    rows = np.flatnonzero(is_part.to_numpy() & (coarse.students > 0))
    part = CoarseRates(**{name: values[rows] for name, values in vars(coarse).items()})
    if not protection.coarsen_published_bands:
        part.is_free &= ~_published_with_bands(rates.iloc[rows], part)
    part.low[np.isnan(part.low)], part.high[np.isnan(part.high)] = 0.0, 1.0
    coarsen_together(rates.iloc[rows], part, protection)
    changed = part.is_changed & part.is_free
    for name in ("low", "high", "is_changed"):
        getattr(coarse, name)[rows[changed]] = getattr(part, name)[changed]


def _published_with_bands(rates: pd.DataFrame, coarse: CoarseRates) -> np.ndarray:
    """
    Find the rounded numbers of schools of which the file gives other groups in bands.

    Whoever publishes bands by size has published both together: nothing is gained by hiding one of the two.
    """
    is_band = (rates["status"] == "range").to_numpy() & ~coarse.is_changed
    key = [rates[name] for name in ("school_id", "year", "measure")]
    has_band = pd.Series(is_band, index=rates.index).groupby(key, observed=True).transform("any").to_numpy()
    return np.asarray(has_band & (coarse.halves > 0))


def _as_shown(rates: pd.DataFrame, coarse: CoarseRates) -> pd.DataFrame:
    """The table of rates with its bands; a band of 0 to 1 is suppressed."""
    changed = coarse.is_changed
    banded = rates.assign(
        low=coarse.low,
        high=coarse.high,
        exact=rates["exact"].mask(changed),
        status=rates["status"].mask(changed, "range"),
        text=rates["text"].mask(changed),
    )
    return suppressed(banded, changed & (coarse.low == 0) & (coarse.high == 1))
