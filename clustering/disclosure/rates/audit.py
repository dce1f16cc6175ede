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

from clustering.disclosure.rates.group_tables import GroupTables
from clustering.disclosure.rates.protection import RateProtection


@dataclass(frozen=True, kw_only=True)
class _Cells:
    """Counts that somebody may work out; ``rate`` is the rate of the count, -1 for none."""

    whole: np.ndarray
    rate: np.ndarray
    students: np.ndarray
    least: np.ndarray
    most: np.ndarray


def what_wholes_tell(tables: GroupTables, wholes: int, protection: RateProtection) -> tuple[np.ndarray, np.ndarray]:
    """
    Find the schools, years and measures where a small count keeps too few values.

    Parameters
    ----------
    tables
        Rates of groups.
    wholes
        How many schools, years and measures there are.
    protection
        The parameters.

    Returns
    -------
    is_possible, is_narrow
        One per school, year and measure: whether any counts fit all rates, and whether a small count is left too few
        values.
    """
    cells = _cells_of(tables)
    is_narrow = leaves_too_few(cells.students, cells.least, cells.most, protection)
    return (
        np.bincount(cells.whole, weights=cells.least > cells.most, minlength=wholes) == 0,
        np.bincount(cells.whole, weights=is_narrow, minlength=wholes) > 0,
    )


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


@dataclass(frozen=True, kw_only=True)
class _Sums:
    """Ends of what all students of each tree, and each set of groups, can add up to; ``rest`` are those in no group."""

    whole_of: np.ndarray
    least: np.ndarray
    most: np.ndarray
    rest: np.ndarray
    top_least: np.ndarray
    top_most: np.ndarray
    top_students: np.ndarray


def _add_up(tables: GroupTables, members: np.ndarray, part: np.ndarray, sets: int) -> _Sums:
    """Add up the groups of each set, and take of all students what every set and their own rate allow."""
    every = np.flatnonzero(tables.breakdown < 0)
    wholes = int(tables.whole.max(initial=-1)) + 1
    top_least, top_most, size = (np.zeros(wholes) for _ in range(3))
    for ends, values in ((top_least, tables.least), (top_most, tables.most), (size, tables.students)):
        ends[tables.whole[every]] = values[every]
    least, most, students = (
        np.bincount(part, weights=values[members], minlength=sets)
        for values in (tables.least, tables.most, tables.students)
    )
    whole_of = np.zeros(sets, dtype="int64")
    whole_of[part] = tables.whole[members]
    rest = size[whole_of] - students
    np.maximum.at(top_least, whole_of, least)
    np.minimum.at(top_most, whole_of, most + rest)
    return _Sums(
        whole_of=whole_of,
        least=least,
        most=most,
        rest=rest,
        top_least=top_least,
        top_most=top_most,
        top_students=size,
    )


def _cells_of(tables: GroupTables) -> _Cells:
    """All counts of all trees with the ends that the others leave them."""
    members, every = np.flatnonzero(tables.breakdown >= 0), np.flatnonzero(tables.breakdown < 0)
    numbers, part = np.unique(tables.breakdown[members], return_inverse=True)
    sums = _add_up(tables, members, part, len(numbers))
    none, top = np.full(len(numbers), -1), tables.whole[every]
    of_rest = _Cells(
        whole=sums.whole_of,
        rate=none,
        students=sums.rest,
        least=np.maximum(0, sums.top_least[sums.whole_of] - sums.most),
        most=np.minimum(sums.rest, sums.top_most[sums.whole_of] - sums.least),
    )
    of_all = _Cells(
        whole=top,
        rate=every,
        students=sums.top_students[top],
        least=sums.top_least[top],
        most=sums.top_most[top],
    )
    return _joined([*_cells_of_groups(tables, members, part, sums), of_rest, of_all])


def _cells_of_groups(tables: GroupTables, members: np.ndarray, part: np.ndarray, sums: _Sums) -> list[_Cells]:
    """The counts of each group, and of everybody but the group."""
    least, most, students = (values[members] for values in (tables.least, tables.most, tables.students))
    of, nobody = tables.whole[members], np.full(len(members), -1)
    above, below = (sums.most + sums.rest)[part] - most, sums.least[part] - least  # the others of the set, and the rest
    of_groups = _Cells(
        whole=of,
        rate=members,
        students=students,
        least=np.maximum(least, sums.top_least[of] - above),
        most=np.minimum(most, sums.top_most[of] - below),
    )
    of_all_but_group = _Cells(
        whole=of,
        rate=nobody,
        students=sums.top_students[of] - students,
        least=np.maximum(below, sums.top_least[of] - most),
        most=np.minimum(above, sums.top_most[of] - least),
    )
    return [of_groups, of_all_but_group]


def _joined(parts: list[_Cells]) -> _Cells:
    return _Cells(**{name: np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])})
