"""
Values of indicators protected before anything is computed from them, school by school.

As with flows and rates (``clustering.disclosure.protected_base``), whatever is computed from protected values alone can
say no more than they do, so differences between Zones, years and plans give nothing away.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.conditions.progress.catalogue import catalogue_table
from clustering.disclosure.count_ranges import in_tens, least_of_rounded, most_of_rounded
from clustering.disclosure.protected_base import MINIMUM_CELL_STUDENTS
from clustering.model.disclosure_setting import Disclosure, is_exact
from clustering.model.suppression import SUPPRESSED_HIGH, SUPPRESSED_LOW

RATE_DIGITS = 4
BAND_WIDTH = 0.05  # of rates of groups whose size the file does not give
_DAY_DIGITS, _POINT_DIGITS = 3, 1
_MIDDLE = (SUPPRESSED_LOW + SUPPRESSED_HIGH) / 2
_KEY = ["school_id", "year", "indicator_id"]
BASE_COLUMNS = (
    *(*_KEY, "status", "value", "low", "high", "students"),
    *("counted_low", "counted_high", "others_low", "others_high"),
)


def protect_values(rows: pd.DataFrame, enrolment: pd.Series, disclosure: Disclosure) -> pd.DataFrame:
    """
    Make the table from which progress is computed.

    Parameters
    ----------
    rows
        ``ProgressValues.rows``.
    enrolment
        Students of each school, index ``school_id``; missing allowed.
    disclosure
        ``protected`` or ``exact``.

    Returns
    -------
    base
        :data:`BASE_COLUMNS`, a row for each of the same. ``value`` [share or points] is the middle of what a protected
        value can be, missing where nothing is known; ``low`` and ``high`` its ends; ``students`` the denominator
        [students, staff or days], in tens when protected; ``counted_...`` and ``others_...`` the ends of numerator and
        complement, missing without a denominator. ``status`` may be ``few`` too: numerator or complement of 1 to 9.

    Notes
    -----
    When protected: a denominator, a numerator or a complement of 1 to 9 is suppressed, and every other count rounded to
    tens before the rate is worked out. A rate with a denominator stands for its counts and is protected as these. A
    rate of all students without a denominator is tested with the school's enrolment. A rate of a group of unknown size
    is shown as a band of five points. Days are no people: their rates keep a tenth of a point. A score of a group of
    1 to 9 is suppressed.
    """
    catalogue = catalogue_table()
    facts = rows[["indicator_id"]].join(catalogue[["unit", "counted", "covers_all_students"]], on="indicator_id")
    base = rows.assign(students=rows["denominator"])
    if is_exact(disclosure):
        return _with_counts(base, facts["unit"] == "share")[list(BASE_COLUMNS)]
    size = rows["school_id"].map(enrolment).astype("float64")
    is_points, is_days = facts["unit"] == "points", facts["counted"] == "days"
    is_people = ~is_points & ~is_days
    group = base["students"].where(base["students"].notna() | ~facts["covers_all_students"], size)
    parts = [
        _protect_people(base[is_people & group.notna()], group, is_size_known=base["students"].notna()),
        _in_bands(base[is_people & group.isna()]),
        _protect_scores(base[is_points], base["students"].fillna(size), _POINT_DIGITS),
        _protect_scores(base[is_days], size.where(facts["counted"] == "days"), _DAY_DIGITS),
    ]
    protected = pd.concat([part for part in parts if len(part)] or [_without_counts(base)])
    ordered: pd.DataFrame = protected[list(BASE_COLUMNS)].sort_values(_KEY, ignore_index=True)
    return ordered


def _with_counts(base: pd.DataFrame, is_share: pd.Series) -> pd.DataFrame:
    """Ends of numerator and complement, from the rate and the denominator."""
    students = base["students"].where(base["low"].notna() & is_share)
    return base.assign(
        value=base["value"].fillna((base["low"] + base["high"]) / 2).where(base["status"].isin(["exact", "range"])),
        counted_low=base["low"] * students,
        counted_high=base["high"] * students,
        others_low=(1 - base["high"]) * students,
        others_high=(1 - base["low"]) * students,
    )


def _protect_people(base: pd.DataFrame, group: pd.Series, *, is_size_known: pd.Series) -> pd.DataFrame:
    """Rates of people in groups whose size is known; ``group`` may be the enrolment of the school instead."""
    size, is_size_known = group[base.index], is_size_known[base.index]
    has_rate = base["low"].notna()
    # Nobody is counted in part: of 95 students 9 to 10 per cent are exactly 9.
    counted = [_whole(base["low"] * size, np.ceil), _whole(base["high"] * size, np.floor)]
    is_exact_rate = base["status"] == "exact"
    # A rate that is neither none nor all has somebody on both sides, however small it is.
    is_between = (base["value"] > 0) & (base["value"] < 1)
    implied = (base["value"] * size).round()
    implied = implied.where(~is_between, np.minimum(np.maximum(implied, 1), size - 1))
    numerator = base["numerator"].fillna(implied)
    low, high = (numerator.where(is_exact_rate, end) for end in counted)
    is_few_counted = has_rate & (high > 0) & (high < MINIMUM_CELL_STUDENTS)
    is_few_others = has_rate & (low < size) & (size - low < MINIMUM_CELL_STUDENTS)
    is_small_group = (size > 0) & (size < MINIMUM_CELL_STUDENTS)
    tens = in_tens(size)
    few = _few_ranges(tens, is_few_counted, is_few_others)
    rounded = _rounded_rates(tens, in_tens(numerator))
    is_range = base["status"] == "range"
    # A published band that may be none, or all, still may be.
    few.loc[is_range & (base["low"] == 0), ["low", "counted_low"]] = 0.0
    few.loc[is_range & (base["high"] == 1), "high"] = 1.0
    few.loc[is_range & (base["high"] == 1), "others_low"] = 0.0
    is_few = (is_few_counted | is_few_others) & ~is_small_group
    is_cut_counted = low.between(SUPPRESSED_LOW + 1, SUPPRESSED_HIGH)
    is_cut_others = (size - high).between(SUPPRESSED_LOW + 1, SUPPRESSED_HIGH)
    shown = rounded.where(~is_range, _of_band(base, tens, is_cut_counted, is_cut_others))
    shown = shown.where(~is_few, few)
    nothing = ~has_rate | is_small_group | ((base["status"] == "suppressed") & ~is_few)
    hidden = has_rate & nothing
    shown = shown.mask(nothing)
    shown.loc[hidden, ["low", "high"]] = [0.0, 1.0]
    counts = ["counted_low", "counted_high", "others_low", "others_high"]
    shown.loc[~is_size_known, counts] = np.nan
    status = base["status"].mask(is_few, "few").mask(is_small_group & has_rate, "suppressed")
    students = tens.mask(is_small_group).where(is_size_known)
    protected = base.drop(columns=["value", "low", "high"]).join(shown)
    return protected.assign(status=status, students=students)


def _whole(counts: pd.Series, rounding: np.ufunc) -> pd.Series:
    """An end of a count as a whole number; what is whole but for the last digit stays so."""
    ends: pd.Series = rounding(counts.round(6))
    return ends


def _few_ranges(tens: pd.Series, is_few_counted: pd.Series, is_few_others: pd.Series) -> pd.DataFrame:
    """What can be known of a rate with 1 to 9 on one side: that of all groups shown in the same tens."""
    least, most = least_of_rounded(tens), most_of_rounded(tens)
    # Of up to 18 one side or the other is always few, and ranges of each side would tell which: all have one.
    is_either = (least <= 2 * SUPPRESSED_HIGH) | (is_few_counted & is_few_others)
    small_low, small_high = pd.Series(SUPPRESSED_LOW, tens.index), pd.Series(SUPPRESSED_HIGH, tens.index)
    counted_low = small_low.where(is_few_counted | is_either, least - SUPPRESSED_HIGH)
    counted_high = (most - SUPPRESSED_LOW).where(is_few_others | is_either, small_high)
    others_low = small_low.where(is_few_others | is_either, least - SUPPRESSED_HIGH)
    others_high = (most - SUPPRESSED_LOW).where(is_few_counted | is_either, small_high)
    middle = (_MIDDLE / tens).where(is_few_counted, 1 - _MIDDLE / tens).mask(is_either, 0.5)
    low = (SUPPRESSED_LOW / most).where(is_few_counted | is_either, 1 - SUPPRESSED_HIGH / least)
    high = (1 - SUPPRESSED_LOW / most).where(is_few_others | is_either, SUPPRESSED_HIGH / least)
    return _frame(middle, low, high, [counted_low, counted_high, others_low, others_high])


def _rounded_rates(tens: pd.Series, counted: pd.Series) -> pd.DataFrame:
    """Rates of rounded counts, with the ends of what these can stand for."""
    least, most = least_of_rounded(tens), most_of_rounded(tens)
    counted_low, counted_high = least_of_rounded(counted), most_of_rounded(counted)
    is_all, is_none = counted == tens, counted == 0
    others_low = (least - counted_high).clip(lower=MINIMUM_CELL_STUDENTS).mask(is_all, 0.0).mask(is_none, least)
    others_high = (most - counted_low).mask(is_all, 0.0)
    low = counted_low / (counted_low + others_high)
    high = counted_high / (counted_high + others_low)
    return _frame(counted / tens, low, high, [counted_low, counted_high, others_low, others_high])


def _of_band(base: pd.DataFrame, tens: pd.Series, is_cut_counted: pd.Series, is_cut_others: pd.Series) -> pd.DataFrame:
    """A band as published, with counts of the rounded group; one that begins within 1 to 9 has all of 1 to 9."""
    most = most_of_rounded(tens)
    low = base["low"].mask(is_cut_counted, SUPPRESSED_LOW / most)
    high = base["high"].mask(is_cut_others, 1 - SUPPRESSED_LOW / most)
    return _frame((low + high) / 2, low, high, [low * tens, high * tens, (1 - high) * tens, (1 - low) * tens])


def _frame(value: pd.Series, low: pd.Series, high: pd.Series, counts: list[pd.Series]) -> pd.DataFrame:
    names = ["counted_low", "counted_high", "others_low", "others_high"]
    rates = {"value": value, "low": low, "high": high}
    return pd.DataFrame(
        {name: each.round(RATE_DIGITS) for name, each in rates.items()} | dict(zip(names, counts, strict=True))
    )


def _in_bands(base: pd.DataFrame) -> pd.DataFrame:
    """Rates of groups of unknown size, in bands of five points; published bands stay, if they are not narrower."""
    is_narrow = base["high"] - base["low"] < BAND_WIDTH - 1e-9
    first = np.floor(base["low"] / BAND_WIDTH + 1e-9).clip(upper=1 / BAND_WIDTH - 1)
    last = np.maximum(np.ceil(base["high"] / BAND_WIDTH - 1e-9), first + 1)
    low = base["low"].mask(is_narrow, first * BAND_WIDTH).round(RATE_DIGITS)
    high = base["high"].mask(is_narrow, last * BAND_WIDTH).round(RATE_DIGITS)
    is_known = base["status"].isin(["exact", "range"])
    value = ((low + high) / 2).where(is_known).round(RATE_DIGITS)
    status = base["status"].mask(is_known, "range")
    return _without_counts(base.assign(value=value, low=low, high=high, status=status))


def _protect_scores(base: pd.DataFrame, group: pd.Series, digits: int) -> pd.DataFrame:
    """Scores and rates of days: suppressed in a group of 1 to 9, else rounded."""
    size = group[base.index]
    hidden = (size > 0) & (size < MINIMUM_CELL_STUDENTS) & base["low"].notna()
    rounded = base[["value", "low", "high"]].round(digits)
    middle = rounded["value"].fillna((rounded["low"] + rounded["high"]) / 2)
    rounded["value"] = middle.where(base["status"].isin(["exact", "range"]))
    status = base["status"].mask(hidden, "suppressed")
    students = in_tens(base["students"]).mask(hidden)
    return _without_counts(base.assign(**rounded.mask(hidden), status=status, students=students))


def _without_counts(base: pd.DataFrame) -> pd.DataFrame:
    counts = dict.fromkeys(("counted_low", "counted_high", "others_low", "others_high"), np.nan)
    return base.assign(**counts)
