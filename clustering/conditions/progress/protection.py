"""
Values of indicators protected before anything is computed from them, school by school.

As with flows and rates (``clustering.disclosure.protected_base``), whatever is computed from protected values alone can
say no more than they do, so differences between Zones, years and plans give nothing away.
"""

from __future__ import annotations

import pandas as pd

from clustering.conditions.progress.catalogue import catalogue_table
from clustering.conditions.progress.protected_shares import FROM_FILE, SIZES, protect_shares, shown_sizes
from clustering.disclosure.count_ranges import in_tens
from clustering.disclosure.protected_base import protection_of, rate_protection
from clustering.model.disclosure_setting import Disclosure, is_exact
from clustering.model.scenario import Scenario

RATE_DIGITS = 4
_DAY_DIGITS, _POINT_DIGITS = 3, 1
_KEY = ["school_id", "year", "indicator_id"]
BASE_COLUMNS = (*_KEY, "status", "value", "low", "high", *SIZES, "basis")


def protect_values(rows: pd.DataFrame, scenario: Scenario, disclosure: Disclosure) -> pd.DataFrame:
    """
    Make the table from which progress is computed.

    Parameters
    ----------
    rows
        ``ProgressValues.rows``.
    scenario
        Enrolment and rates of the schools, and the policy of staff in its ``protections``; without one the standard
        policy.
    disclosure
        ``protected`` or ``exact``; ``ProgressParameters`` refuses ``public``.

    Returns
    -------
    base
        :data:`BASE_COLUMNS`, a row for each of the same. ``value`` [share or points] is the middle of what a protected
        value can be, missing where nothing is known; ``low`` and ``high`` its ends; ``students`` the denominator
        [students, staff or days], when protected about the middle of its class, with the ends of the class
        (``protected_shares.shown_sizes``); missing where the file gives none. ``basis`` says where a protected value
        comes from (``protected_shares.BASES``).

    Notes
    -----
    When protected, shares of people are rates: ``protected_shares.protect_shares``. Days are no people: their rates
    keep a tenth of a point. A score, or a rate of days, of fewer than the policy's minimum is suppressed.
    """
    catalogue = catalogue_table()
    facts = rows[["indicator_id"]].join(catalogue[["unit", "counted", "covers_all_students"]], on="indicator_id")
    base = rows.assign(**dict.fromkeys(SIZES, rows["denominator"]), basis=FROM_FILE)
    if is_exact(disclosure):
        middle = base["value"].fillna((base["low"] + base["high"]) / 2)
        is_known = base["status"].isin(["exact", "range"])
        return base.assign(value=middle.where(is_known))[list(BASE_COLUMNS)]
    protection = rate_protection(protection_of(scenario, "protected").policy)
    size = rows["school_id"].map(scenario.schools["enrolment_students"]).astype("float64")
    is_points, is_days = facts["unit"] == "points", facts["counted"] == "days"
    of_people = base.assign(enrolment=size).join(facts[["covers_all_students"]])[~is_points & ~is_days]
    sizes = shown_sizes(base["students"], size, protection)
    minimum = protection.minimum_students
    parts = [
        protect_shares(of_people, scenario.rates, protection),
        _protect_scores(base.assign(**sizes)[is_points], base["students"].fillna(size), minimum, _POINT_DIGITS),
        _protect_scores(base.assign(**base[SIZES].apply(in_tens))[is_days], size, minimum, _DAY_DIGITS),
    ]
    protected = pd.concat([part for part in parts if len(part)] or [base])
    shares = protected[["value", "low", "high"]].round(RATE_DIGITS)
    ordered: pd.DataFrame = protected.assign(**shares)[list(BASE_COLUMNS)].sort_values(_KEY, ignore_index=True)
    return ordered


def _protect_scores(base: pd.DataFrame, group: pd.Series, minimum_students: int, digits: int) -> pd.DataFrame:
    """Scores and rates of days: suppressed in a group below the minimum, else rounded."""
    size = group[base.index]
    hidden = (size > 0) & (size < minimum_students) & base["low"].notna()
    rounded = base[["value", "low", "high"]].round(digits)
    middle = rounded["value"].fillna((rounded["low"] + rounded["high"]) / 2)
    rounded["value"] = middle.where(base["status"].isin(["exact", "range"]))
    status = base["status"].mask(hidden, "suppressed")
    return base.assign(**rounded.mask(hidden), **base[SIZES].mask(hidden), status=status)
