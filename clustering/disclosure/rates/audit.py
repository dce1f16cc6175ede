"""
What all rates of groups tell together: bands that are harmless one by one may leave a small count few values.

The counts of a school, year and measure are a tree: all students are the sum of each set of groups that do not overlap,
and of those who are in none of the set. The least and the greatest value of every count, given all others, follow from
adding up ends twice, from the groups to all students and back. This is what a linear program finds, for all schools at
once; that the two agree is tested.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.disclosure.rates.group_tables import GroupTables
from clustering.disclosure.rates.protection import RateProtection


@dataclass(frozen=True, kw_only=True)
class _Cells:
    """
    Counts that somebody may work out.

    ``rate`` is the rate of the count, and ``own`` the rate to make coarser first if it keeps too few values; -1 for
    none.
    """

    whole: np.ndarray
    breakdown: np.ndarray
    rate: np.ndarray
    own: np.ndarray
    students: np.ndarray
    least: np.ndarray
    most: np.ndarray


def rates_to_coarsen(tables: GroupTables, protection: RateProtection) -> np.ndarray:
    """
    Choose, in each school, year and measure where a small count keeps too few values, a rate to make coarser.

    Parameters
    ----------
    tables
        All rates.
    protection
        The parameters.

    Returns
    -------
    positions
        In ``tables``, at most one of each school, year and measure. The group that leaves the rest of its school too
        few values, or else the smallest of the set, or else the smallest of the school; all students last.
    """
    cells = _cells_of(tables)
    narrow = leaves_too_few(cells.students, cells.least, cells.most, protection)
    rows = np.flatnonzero(narrow)
    can = tables.is_free & ((tables.least > 0) | (tables.most < tables.students))
    candidates = pd.DataFrame(
        {
            "position": np.arange(len(tables.row)),
            "whole": tables.whole,
            "breakdown": tables.breakdown,
            "students": tables.students,
            "is_all": tables.breakdown < 0,
        }
    )[can]
    wanted = pd.DataFrame(
        {"whole": cells.whole[rows], "breakdown_wanted": cells.breakdown[rows], "own": cells.own[rows]}
    )
    both = wanted.merge(candidates, on="whole")
    both["turn"] = np.select(
        [both["position"] == both["own"], both["is_all"], both["breakdown"] == both["breakdown_wanted"]], [0, 3, 1], 2
    )
    chosen = both.sort_values(["whole", "turn", "students", "position"], kind="stable").drop_duplicates("whole")
    return chosen["position"].to_numpy()


def ends_together(tables: GroupTables) -> tuple[np.ndarray, np.ndarray]:
    """
    Find what all rates of a tree leave of the count of each.

    Parameters
    ----------
    tables
        Rates of groups.

    Returns
    -------
    least, most
        One per rate of ``tables``; its own ends where all of them contradict one another.
    """
    cells = _cells_of(tables)
    of_rates = np.flatnonzero((cells.rate >= 0) & (cells.least <= cells.most))
    least, most = tables.least.copy(), tables.most.copy()
    least[cells.rate[of_rates]], most[cells.rate[of_rates]] = cells.least[of_rates], cells.most[of_rates]
    return least, most


def leaves_too_few(students: np.ndarray, least: np.ndarray, most: np.ndarray, protection: RateProtection) -> np.ndarray:
    """
    Find the counts that keep too few values.

    Parameters
    ----------
    students
        Sizes of the groups.
    least, most
        Ends of what each count can be.
    protection
        The parameters.

    Returns
    -------
    is_narrow
        Where a count below the minimum is possible, of those counted or of the others, and fewer values are than
        ``least_possible_values``, or than the size allows. Where the ends contradict one another nothing is told.
    """
    is_small = (least < protection.minimum_students) | (students - most < protection.minimum_students)
    needed = np.minimum(protection.least_possible_values, students + 1)
    return np.asarray((students > 0) & is_small & (least <= most) & (most - least + 1 < needed))


def _cells_of(tables: GroupTables) -> _Cells:
    """All counts of all trees with the ends that the others leave them."""
    is_all = tables.breakdown < 0
    wholes = int(tables.whole.max(initial=-1)) + 1
    top_least, top_most, size = (np.zeros(wholes) for _ in range(3))
    for ends, values in ((top_least, tables.least), (top_most, tables.most), (size, tables.students)):
        ends[tables.whole[is_all]] = values[is_all]
    members = np.flatnonzero(~is_all)
    of, part = tables.whole[members], tables.breakdown[members]
    numbers, part = np.unique(part, return_inverse=True)
    least, most, students = (values[members] for values in (tables.least, tables.most, tables.students))
    sum_least, sum_most, sum_students = (
        np.bincount(part, weights=values, minlength=len(numbers)) for values in (least, most, students)
    )
    whole_of = np.zeros(len(numbers), dtype="int64")
    whole_of[part] = of
    rest = size[whole_of] - sum_students
    np.maximum.at(top_least, whole_of, sum_least)
    np.minimum.at(top_most, whole_of, sum_most + rest)
    above, below = (sum_most + rest)[part] - most, sum_least[part] - least  # the others of the set, and the rest
    every, nobody = np.flatnonzero(is_all), np.full(len(members), -1)
    top = tables.whole[every]
    of_groups = _Cells(
        whole=of,
        breakdown=numbers[part],
        rate=members,
        own=nobody,
        students=students,
        least=np.maximum(least, top_least[of] - above),
        most=np.minimum(most, top_most[of] - below),
    )
    of_all_but_group = _Cells(
        whole=of,
        breakdown=numbers[part],
        rate=nobody,
        own=members,
        students=size[of] - students,
        least=np.maximum(below, top_least[of] - most),
        most=np.minimum(above, top_most[of] - least),
    )
    of_rest = _Cells(
        whole=whole_of,
        breakdown=numbers,
        rate=np.full(len(numbers), -1),
        own=np.full(len(numbers), -1),
        students=rest,
        least=np.maximum(0, top_least[whole_of] - sum_most),
        most=np.minimum(rest, top_most[whole_of] - sum_least),
    )
    of_all = _Cells(
        whole=top,
        breakdown=np.full(len(top), -1),
        rate=every,
        own=np.full(len(top), -1),
        students=size[top],
        least=top_least[top],
        most=top_most[top],
    )
    return _joined([of_groups, of_all_but_group, of_rest, of_all])


def _joined(parts: list[_Cells]) -> _Cells:
    return _Cells(**{name: np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])})
