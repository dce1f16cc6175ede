"""Rates of schools and groups of students, protected before any rule sees them."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from clustering.disclosure.count_ranges import in_tens, least_of_rounded, most_of_rounded
from clustering.model.columns import POINT_MEASURES
from clustering.model.disclosure_setting import Disclosure, is_exact
from clustering.model.scenario import Scenario
from clustering.model.suppression import SUPPRESSED_HIGH, SUPPRESSED_LOW

MINIMUM_CELL_STUDENTS = 10


def with_protected_rates(scenario: Scenario, disclosure: Disclosure) -> Scenario:
    """The part of :func:`protected_base` that identification needs: rates only; protecting twice changes nothing."""
    if is_exact(disclosure) or (rates := suppress_rates(scenario.rates)) is scenario.rates:
        return scenario
    performance = _newest_of_changed(scenario.performance, scenario.rates, rates)
    return replace(scenario, rates=rates, performance=performance)


def suppress_rates(rates: pd.DataFrame) -> pd.DataFrame:
    """
    Protect a table of rates.

    Parameters
    ----------
    rates
        ``Scenario.rates``.

    Returns
    -------
    protected
        The same rows; the same table where there is nothing to protect. A number of 1 to 9 students, given exactly, is
        suppressed, and of their cohort only the greatest size is left, nine. A rate made of counts, of which 1 to 9
        students are on one side, is the range that this leaves of any cohort that is shown in the same tens, and the
        counts are left out. Bands stay as published: whoever published them chose them for the size of the group.
    """
    counts = _counts_behind(rates)
    students, graduates = counts["students"], counts["graduates"]
    is_few = (students > 0) & (students < MINIMUM_CELL_STUDENTS)
    counted = graduates.notna()
    is_bounded = rates["cohort_at_most"] < SUPPRESSED_HIGH  # "<5", which says more than "<10"
    if not (is_few | counted | is_bounded.fillna(value=False)).any():
        return rates
    hidden = (rates["status"] == "exact") & is_few
    others = students - graduates
    few_graduates = (graduates > 0) & (graduates < MINIMUM_CELL_STUDENTS)
    few_others = (others > 0) & (others < MINIMUM_CELL_STUDENTS)
    ranged = (few_graduates | few_others) & ~hidden
    # The ends are those of all cohorts shown alike, since an end such as one of eleven would tell the size.
    least, greatest = least_of_rounded(in_tens(students)), most_of_rounded(in_tens(students))
    one, most = SUPPRESSED_LOW / greatest, SUPPRESSED_HIGH / least
    # Of up to 18 students one side or the other is always few, and ranges of each side would tell which: all have one.
    is_either = least <= 2 * SUPPRESSED_HIGH
    low = one.where(few_graduates | is_either, 1 - most)
    high = (1 - one).where(few_others | is_either, most)
    of_points = rates["measure"].isin(POINT_MEASURES)  # suppressed, they have no ends
    return rates.assign(
        low=rates["low"].mask(ranged, low).mask(hidden, 0.0).mask(hidden & of_points),
        high=rates["high"].mask(ranged, high).mask(hidden, 1.0).mask(hidden & of_points),
        exact=rates["exact"].mask(hidden | ranged),
        status=rates["status"].mask(hidden, "suppressed").mask(ranged, "range"),
        text=rates["text"].mask(counted).mask(hidden, "suppressed"),
        cohort_students=rates["cohort_students"].mask(is_few),
        cohort_at_most=rates["cohort_at_most"].mask(
            rates["cohort_at_most"] < MINIMUM_CELL_STUDENTS, int(SUPPRESSED_HIGH)
        ),
    )


def shown_rates(rates: pd.DataFrame, disclosure: Disclosure) -> pd.DataFrame:
    """
    Leave of rates what may be shown of them.

    Parameters
    ----------
    rates
        ``Scenario.rates``, protected unless ``disclosure`` is ``exact``.
    disclosure
        ``protected`` or ``exact``.

    Returns
    -------
    rates
        Sizes of cohorts in tens; the same table for ``exact``. A hash of it cannot test a guess at a size.
    """
    if is_exact(disclosure) or rates.empty:
        return rates
    students = in_tens(rates["cohort_students"].astype("float64"))
    at_most = rates["cohort_at_most"].astype("float64").where(students.isna(), students)
    return rates.assign(cohort_students=students, cohort_at_most=at_most)


def _counts_behind(rates: pd.DataFrame) -> pd.DataFrame:
    """Students of each cohort, and graduates where the rate is made of counts: ``351 of 506`` says both."""
    exact = rates.loc[rates["status"] == "exact", "text"]
    counted = exact[exact.str.contains(" of ", regex=False).fillna(value=False)].str.replace(",", "")
    counts = counted.str.extract(r"^(?P<graduates>\d+) of (?P<students>\d+)$").astype("float64").reindex(rates.index)
    return counts.assign(students=counts["students"].fillna(rates["cohort_students"].astype("float64")))


def _newest_of_changed(performance: pd.DataFrame, exact: pd.DataFrame, protected: pd.DataFrame) -> pd.DataFrame:
    """Newest graduation rates, protected where they are one of the rates that were."""
    is_newest = (exact["measure"] == "graduation_4year") & (exact["subgroup"] == "all") & (exact["grade"] == "all")
    columns = ["low", "high", "status", "text"]
    differs = (exact["text"].fillna("") != protected["text"].fillna("")) | (exact["status"] != protected["status"])
    before, after = (part.loc[is_newest & differs, ["school_id", *columns]] for part in (exact, protected))
    names = [f"graduation_rate_{name}" for name in columns]
    known = performance[names].reset_index().merge(before, on="school_id", how="inner")
    same = known[(known["graduation_rate_text"] == known["text"]) & (known["graduation_rate_low"] == known["low"])]
    chosen = after[after["school_id"].isin(same["school_id"])].drop_duplicates("school_id", keep="last")
    changed = performance.copy()
    changed.loc[chosen["school_id"], names] = chosen[columns].to_numpy()
    return changed
