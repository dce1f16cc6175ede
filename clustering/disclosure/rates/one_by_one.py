"""What each rate is shown as by itself: suppressed, a band of the class of its size, or as published."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.disclosure.rates.band_edges import DIGITS_OF_HALVES, PER_CENT, Edges, ends_of_bands, shared_edges
from clustering.disclosure.rates.bands import bands_around, is_as_wide_as_asked
from clustering.disclosure.rates.coarsen_together import CoarseRates
from clustering.disclosure.rates.counts_behind import is_counted, students_behind
from clustering.disclosure.rates.protection import RateProtection
from clustering.disclosure.rates.size_classes import FEW, class_of_sizes, classes_of_class
from clustering.model.columns import POINT_MEASURES

_SAME = 1e-9  # shares, off in the last binary digits
_GROUP_OF_GROUPS = "; "  # girls who are English learners: parts of two tables


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """The size of the group behind each rate, its class, and whether the rate is to be protected at all."""

    students: np.ndarray
    classes: np.ndarray
    is_few: np.ndarray
    is_concerned: np.ndarray


@dataclass(frozen=True, kw_only=True)
class ShownToStaff:
    """What the rates are shown as to staff, one by one, and the parameters of that."""

    coarse: CoarseRates
    protection: RateProtection


def sizes_of(rates: pd.DataFrame, protection: RateProtection, staff: Sizes | None = None) -> Sizes:
    """
    Find the sizes of the groups behind rates.

    Parameters
    ----------
    rates
        ``Scenario.rates``.
    protection
        The parameters.
    staff
        Sizes by the parameters for staff: what is protected for them is protected here too.

    Returns
    -------
    sized
        One value per rate. The class is ``FEW`` below the minimum.
    """
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
    if staff is not None:
        classes = np.where(staff.is_concerned & (classes < 0), 0, classes)
        is_concerned = is_concerned | staff.is_concerned
    return Sizes(students=students, classes=np.where(is_few, FEW, classes), is_few=is_few, is_concerned=is_concerned)


def with_few_suppressed(
    rates: pd.DataFrame, sized: Sizes, protection: RateProtection, staff: CoarseRates | None = None
) -> pd.DataFrame:
    """
    Suppress numbers of few students, and those of single grades, and of groups within groups.

    Parameters
    ----------
    rates
        ``Scenario.rates``; of the public, those that are suppressed for staff are so already.
    sized
        The sizes behind them.
    protection
        The parameters.
    staff
        What staff are shown: a band of the file that is changed for them is suppressed like a number.

    Returns
    -------
    rates
        The others as they were.
    """
    is_part = (rates["grade"] != "all") | rates["subgroup"].str.contains(_GROUP_OF_GROUPS, regex=False)
    is_part = is_part.to_numpy(dtype=bool) & sized.is_concerned & ~rates["measure"].isin(POINT_MEASURES).to_numpy()
    is_number = (rates["status"] == "exact").to_numpy()
    is_band = (rates["status"] == "range").to_numpy()
    hidden = (sized.is_few | is_part) & is_number
    if protection.coarsen_published_bands:
        hidden |= sized.is_few & is_band
    if staff is not None:
        hidden |= sized.is_few & is_band & staff.is_changed
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


def in_bands(
    rates: pd.DataFrame, sized: Sizes, protection: RateProtection, staff: ShownToStaff | None = None
) -> CoarseRates:
    """
    Put rates of groups of the minimum size or more into the bands of their classes.

    Parameters
    ----------
    rates
        As of :func:`with_few_suppressed`.
    sized
        The sizes behind them.
    protection
        The parameters.
    staff
        What staff are shown: then bands are made of whole ones of theirs.

    Returns
    -------
    coarse
        Each rate by itself.
    """
    is_share = ~rates["measure"].isin(POINT_MEASURES).to_numpy()
    is_number, is_band = ((rates["status"] == status).to_numpy() for status in ("exact", "range"))
    wanted = sized.is_concerned & ~sized.is_few & (sized.classes >= 0) & is_share & (is_number | is_band)
    low, high, exact = (rates[name].to_numpy(dtype="float64", copy=True) for name in ("low", "high", "exact"))
    if not protection.coarsen_published_bands:
        wanted &= ~is_band | ~is_as_wide_as_asked(low, high, sized.classes, protection)
    if staff is not None:
        wanted |= staff.coarse.is_free & ~sized.is_few & (is_number | is_band)
    rows = np.flatnonzero(wanted)
    halves = np.where(is_number, PER_CENT * np.maximum(exact - low, high - exact), 0.0)
    among = None if staff is None else _ends_for_staff(staff, rows, sized.classes[rows], protection)
    ends = ends_of_bands(sized.classes[rows], halves[rows], protection, among)
    bands = bands_around(low[rows], high[rows], ends)
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


def _ends_for_staff(
    staff: ShownToStaff, rows: np.ndarray, classes: np.ndarray, protection: RateProtection
) -> list[Edges | None]:
    """
    The ends that bands of some rates may have beside those for staff; ``None`` for rates shown to staff as published.

    They are those of all classes for staff that the class has sizes of, so that a band tells no more of the size.
    """
    coarse = staff.coarse
    kinds = zip(coarse.is_free[rows].tolist(), classes.tolist(), coarse.halves[rows].tolist(), strict=True)
    return [
        shared_edges(
            classes_of_class(size_class, protection, staff.protection), round(half, DIGITS_OF_HALVES), staff.protection
        )
        if is_free
        else None
        for is_free, size_class, half in kinds
    ]
