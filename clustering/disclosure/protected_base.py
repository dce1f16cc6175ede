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
    suppressed_cells,
    with_ranges,
)
from clustering.disclosure.protected_paths import audit_paths
from clustering.disclosure.rates import MINIMUM_CELL_STUDENTS, protect_rates, with_protected_rates
from clustering.model.columns import PATH_COLUMNS
from clustering.model.disclosure_setting import Disclosure, is_exact
from clustering.model.scenario import Scenario
from clustering.model.suppression import SUPPRESSED_HIGH, SUPPRESSED_LOW

COARSE_STUDENTS = 100
__all__ = [
    "MINIMUM_CELL_STUDENTS",
    "coarse_students",
    "one_basis_by_pair",
    "protect_rates",
    "protected_base",
    "suppress_flows",
    "suppress_paths",
    "with_protected_rates",
]


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
        ``protected`` or ``exact``.

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
        ``disclosure`` is neither of the two.
    """
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
