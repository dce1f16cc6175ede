"""
One protected base table, made before anything is computed, so that no output can say more than it does.

Counts of 1 to 9 students become suppressed cells and the others are rounded to tens. Shares, metrics, membership,
scores, maps and every later scenario are functions of that table alone, so neither one output nor the difference of
two can reveal a small count: post-processing cannot add information. The minimum of 10 is the one most states use
(NCES 2011-603, SLDS Technical Brief 3: 39 states); rounding follows the "10-5" practice of official statistics.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from clustering.disclosure.count_ranges import (
    ROUNDING_STUDENTS,
    in_tens,
    least_of_rounded,
    most_of_rounded,
    suppressed_cells,
    with_ranges,
)
from clustering.disclosure.protected_paths import audit_paths
from clustering.model.columns import PATH_COLUMNS, POINT_MEASURES
from clustering.model.disclosure_setting import Disclosure, is_exact, refuse_unreleased
from clustering.model.scenario import Scenario
from clustering.model.suppression import SUPPRESSED_HIGH, SUPPRESSED_LOW

MINIMUM_CELL_STUDENTS = 10
COARSE_STUDENTS = 100


def coarse_students(count: int) -> int | None:
    """
    Round a total of students so coarsely that it says nothing of a small part of it.

    Parameters
    ----------
    count
        Students.

    Returns
    -------
    hundreds
        The total in hundreds; ``None`` below one hundred. Rounded to tens, a total would narrow a flow of 1 to 9
        students wherever the other flows are known.
    """
    return None if count < COARSE_STUDENTS else COARSE_STUDENTS * ((count + COARSE_STUDENTS // 2) // COARSE_STUDENTS)


def protected_base(scenario: Scenario, disclosure: Disclosure) -> Scenario:
    """
    Choose the one scenario on which everything of a request is computed.

    Parameters
    ----------
    scenario
        Exact inputs.
    disclosure
        ``protected``, ``public`` or ``exact``.

    Returns
    -------
    base
        For ``exact``, the exact inputs. For ``protected``, rates, residents, flows and paths are protected. Only flows
        and paths estimated from published files stay as they are: they hold no counts of students. The paths of every
        pair have one basis. Protected flows and paths have ``columns.RANGE_COLUMNS`` too: the least and the greatest
        count that each row can stand for.

    Raises
    ------
    InputError
        ``disclosure`` is none of the three, or ``public`` where there is no public base.
    """
    refuse_unreleased(disclosure, scenario.protections)
    base = with_protected_rates(scenario, disclosure)
    if not is_exact(disclosure) and len(base.residents):  # counted, whatever the flows rest on
        base = replace(base, residents=suppress_flows(base.residents))
    if scenario.report.basis.is_estimated:
        return base
    if is_exact(disclosure):
        return replace(base, paths=one_basis_by_pair(base.paths))
    flows = suppress_flows(scenario.flows)
    paths = suppress_paths(scenario.paths, flows, scenario.schools["grades_offered"])
    return replace(base, flows=with_ranges(flows), paths=with_ranges(paths))


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


def suppress_flows(flows: pd.DataFrame) -> pd.DataFrame:
    """
    Protect a table of flows.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS`` or ``columns.RESIDENT_COLUMNS``.

    Returns
    -------
    protected
        The same rows. A count of 1 to 9 is missing with the interval 1 to 9; 10 and more are rounded to the nearest ten
        (halves up); 0 stays 0. Where suppressed cells were added to an exact part, that part is protected like a cell
        of its own: it is 0, 1 to 9, or rounded to tens.
    """
    students = flows["students"].to_numpy(dtype="float64")
    small = (students > 0) & (students < MINIMUM_CELL_STUDENTS)
    rounded = np.floor(students / ROUNDING_STUDENTS + 0.5) * ROUNDING_STUDENTS
    low, high = np.where(small, SUPPRESSED_LOW, rounded), np.where(small, SUPPRESSED_HIGH, rounded)
    hidden = np.flatnonzero(np.isnan(students))
    low[hidden], high[hidden] = _protect_sums(
        *(flows[name].to_numpy(dtype="float64")[hidden] for name in ("students_low", "students_high"))
    )
    return flows.assign(students=np.where(small, np.nan, rounded), students_low=low, students_high=high)


def _protect_sums(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """
    Ends of sums of suppressed cells and an exact part, protected.

    The exact part is protected as a cell of its own, then added again.
    """
    cells = suppressed_cells(low, high)
    exact = low - cells * SUPPRESSED_LOW
    is_small = (exact > 0) & (exact < MINIMUM_CELL_STUDENTS)
    part = np.floor(exact / ROUNDING_STUDENTS + 0.5) * ROUNDING_STUDENTS
    return (
        cells * SUPPRESSED_LOW + np.where(is_small, SUPPRESSED_LOW, part),
        cells * SUPPRESSED_HIGH + np.where(is_small, SUPPRESSED_HIGH, part),
    )


def suppress_paths(paths: pd.DataFrame, flows: pd.DataFrame, grades_offered: pd.Series) -> pd.DataFrame:
    """
    Protect a table of counted paths.

    Parameters
    ----------
    paths
        ``columns.PATH_COLUMNS``.
    flows
        Protected flows of the same scenario.
    grades_offered
        Bit mask of every listed school, index ``school_id``.

    Returns
    -------
    protected
        A count of 1 to 9 is missing with the interval 1 to 9; 10 and more are rounded to the nearest ten (halves up).
        Rows and pairs that would narrow a small count of a flow or of a path are widened or left out
        (``protected_paths.audit_paths``). Paths from catchments were computed from protected flows and stay as they
        are, for the pairs that have no others.
    """
    is_estimated = paths["basis"] == "catchments"
    counted = _suppress_counted_paths(paths[~is_estimated], flows, grades_offered)
    if not is_estimated.any():
        return counted
    both = pd.concat([counted, paths[is_estimated]]).sort_values(list(PATH_COLUMNS[:3]), ignore_index=True)
    return one_basis_by_pair(both)


def one_basis_by_pair(paths: pd.DataFrame) -> pd.DataFrame:
    """
    Leave out what catchments tell of pairs of schools whose students were followed.

    Parameters
    ----------
    paths
        ``columns.PATH_COLUMNS``.

    Returns
    -------
    chosen
        The rows of each origin and via have one basis. What is chosen among protected paths tells nothing of those
        that were left out to protect others: their pairs have the rows of any pair that nobody was followed on.
    """
    is_estimated = (paths["basis"] == "catchments").to_numpy()
    if is_estimated.all() or not is_estimated.any():
        return paths
    pairs = pd.MultiIndex.from_frame(paths[["origin", "via"]])
    return paths[~(is_estimated & pairs.isin(pairs[~is_estimated]))].reset_index(drop=True)


def _suppress_counted_paths(paths: pd.DataFrame, flows: pd.DataFrame, grades_offered: pd.Series) -> pd.DataFrame:
    is_hidden = paths["students"].isna()  # protected before, and no more exact than that
    shown = suppress_flows(paths)
    counts = ["students", "students_low", "students_high"]
    return audit_paths(
        shown.assign(**{name: paths[name].where(is_hidden, shown[name]) for name in counts}), flows, grades_offered
    )
