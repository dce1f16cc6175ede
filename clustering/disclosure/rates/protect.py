"""Rates of schools and groups of students, protected before any rule sees them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from clustering.disclosure.rates.coarsen_together import CoarseRates, coarsen_together
from clustering.disclosure.rates.coarsen_within import coarsen_within
from clustering.disclosure.rates.counts_behind import undated_as_dated
from clustering.disclosure.rates.newest import newest_of_changed
from clustering.disclosure.rates.one_by_one import (
    ShownToStaff,
    Sizes,
    in_bands,
    sizes_of,
    suppressed,
    with_few_suppressed,
)
from clustering.disclosure.rates.protection import STANDARD_RATE_PROTECTION, RateProtection
from clustering.disclosure.rates.size_classes import sizes_shown
from clustering.errors import InputError, Problem
from clustering.model.columns import COHORT_AT_LEAST, POINT_MEASURES
from clustering.model.disclosure_setting import Disclosure, is_exact
from clustering.model.scenario import Scenario

_PROTECTED_BY = "protected_by"


def with_protected_rates(
    scenario: Scenario,
    disclosure: Disclosure,
    protection: RateProtection = STANDARD_RATE_PROTECTION,
    within: RateProtection | None = None,
) -> Scenario:
    """
    Protect what identification needs of a scenario: its rates only.

    Parameters
    ----------
    scenario
        Exact, or protected before.
    disclosure
        ``exact`` leaves it as it is.
    protection, within
        As for :func:`protect_rates`.

    Returns
    -------
    base
        With protected rates, and the newest graduation rates among them; protecting twice changes nothing.

    Raises
    ------
    InputError
        As :func:`protect_rates`.
    """
    if is_exact(disclosure) or (rates := protect_rates(scenario.rates, protection, within)) is scenario.rates:
        return scenario
    performance = newest_of_changed(scenario.performance, scenario.rates, rates)
    return replace(scenario, rates=rates, performance=performance)


def protect_rates(
    rates: pd.DataFrame,
    protection: RateProtection = STANDARD_RATE_PROTECTION,
    within: RateProtection | None = None,
) -> pd.DataFrame:
    """
    Protect a table of rates.

    Parameters
    ----------
    rates
        ``Scenario.rates``, exact, or protected by the same parameters before.
    protection
        The parameters.
    within
        The parameters of a narrower audience, whose table a viewer may have too: staff's, if the table is for the
        public. Then every band is made of whole bands of that table, and every class of sizes of whole classes, so that
        both tables together tell no more of a count than that one. ``None``: there is no other table.

    Returns
    -------
    protected
        The same rows, with ``columns.COHORT_AT_LEAST``; the same table where there is nothing to protect, or it was
        protected before. A size is missing, and the least and the most of its class are left. A number of fewer than
        the minimum is suppressed. Other rates are the band of their class, and their counts are left out. What is
        published in bands as wide as the ladder asks stays. What the rates of a school tell together is checked, and
        some are made coarser or suppressed for it. Numbers of single grades, and of groups within groups, with a size
        are suppressed: they add up to the others.

    Raises
    ------
    InputError
        The rates are protected for the narrower audience already: which bands can be made of theirs follows from the
        exact ones.
    """
    if COHORT_AT_LEAST in rates:
        _refuse_other(rates, protection, within)
        return rates
    if within is None or within == protection:
        protected = _for_one_audience(rates, protection)
    else:
        protected = _for_wider_audience(rates, protection, within)
    if protected is not rates:
        protected.attrs[_PROTECTED_BY] = _words(protection, within)
    return protected


def _words(protection: RateProtection, within: RateProtection | None) -> str:
    return f"{protection} within {protection if within is None else within}"


def _refuse_other(rates: pd.DataFrame, protection: RateProtection, within: RateProtection | None) -> None:
    """Refuse to make a table for the public of protected rates, unless it was made already."""
    if within in (None, protection) or rates.attrs.get(_PROTECTED_BY) == _words(protection, within):
        return
    message = "The rates are protected for another audience already."
    remedy = "Give the exact rates: which bands the public may see follows from them."
    raise InputError([Problem(table="performance", message=message, remedy=remedy)])


def _for_one_audience(rates: pd.DataFrame, protection: RateProtection) -> pd.DataFrame:
    """Rates where nobody has another table."""
    sized = sizes_of(rates, protection)
    if not sized.is_concerned.any():
        return rates
    without_few = with_few_suppressed(rates, sized, protection)
    coarse = in_bands(without_few, sized, protection)
    rows = _belong_together(without_few, coarse)
    part = _part(coarse, rows)
    if not protection.coarsen_published_bands:
        part.is_free &= ~_published_with_bands(without_few.iloc[rows], part)
    coarsen_together(without_few.iloc[rows], part, protection)
    _put_back(coarse, part, rows)
    treated = undated_as_dated(rates, _as_shown(without_few, coarse), coarse.is_free)
    return _with_classes(treated, sized, *sizes_shown(sized.students, protection))


def _for_wider_audience(rates: pd.DataFrame, protection: RateProtection, within: RateProtection) -> pd.DataFrame:
    """Rates for the public, made of those for staff."""
    sized_for_staff = sizes_of(rates, within)
    sized = sizes_of(rates, protection, sized_for_staff)
    if not sized.is_concerned.any():
        return rates
    for_staff = with_few_suppressed(rates, sized_for_staff, within)
    staff = in_bands(for_staff, sized_for_staff, within)
    for_public = with_few_suppressed(for_staff, sized, protection, staff)
    public = in_bands(for_public, sized, protection, ShownToStaff(coarse=staff, protection=within))
    rows = _belong_together(for_public, public)
    staff_part, part = _part(staff, rows), _part(public, rows)
    if not within.coarsen_published_bands:
        is_published = _published_with_bands(for_staff.iloc[rows], staff_part)
        staff_part.is_free &= ~is_published
        if not protection.coarsen_published_bands:
            part.is_free &= ~is_published
    coarsen_within(for_public.iloc[rows], staff_part, part, within, protection)
    _put_back(public, part, rows)
    is_shown = staff.is_free | public.is_free
    treated = undated_as_dated(rates, _as_shown(for_public, public), is_shown)
    return _with_classes(treated, sized, *sizes_shown(sized.students, protection, within))


def _with_classes(rates: pd.DataFrame, sized: Sizes, least: np.ndarray, most: np.ndarray) -> pd.DataFrame:
    """The table with the ends of the classes in place of sizes."""
    is_class = sized.is_concerned & (sized.is_few | (sized.students > 0))
    return rates.assign(
        cohort_students=rates["cohort_students"].mask(is_class),
        cohort_at_most=_whole(most, is_class, rates["cohort_at_most"].astype("float64")),
        **{COHORT_AT_LEAST: _whole(least, is_class, rates["cohort_students"].astype("float64"))},
    )


def _whole(ends: np.ndarray, is_class: np.ndarray, otherwise: pd.Series) -> pd.Series:
    """Ends of classes as whole numbers; missing where the class has no end."""
    shown = otherwise.mask(is_class, ends)
    return shown.where(np.isfinite(shown)).astype("Int64")


def _belong_together(rates: pd.DataFrame, coarse: CoarseRates) -> np.ndarray:
    """Positions of the dated rates of all grades, which are audited together; those without a year follow them."""
    is_part = (rates["grade"] == "all") & rates["year"].notna() & ~rates["measure"].isin(POINT_MEASURES)
    is_part &= rates["status"].isin(["exact", "range", "suppressed"])
    return np.flatnonzero(is_part.to_numpy() & (coarse.students > 0))


def _part(coarse: CoarseRates, rows: np.ndarray) -> CoarseRates:
    """Some of the rates; what is not known of one is all of 0 to 1."""
    part = coarse.part(rows)
    part.low[np.isnan(part.low)], part.high[np.isnan(part.high)] = 0.0, 1.0
    return part


def _put_back(coarse: CoarseRates, part: CoarseRates, rows: np.ndarray) -> None:
    """Take over what was made coarser; in place."""
    changed = part.is_changed & part.is_free
    coarse.put_back(part.part(np.flatnonzero(changed)), rows[changed])


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
