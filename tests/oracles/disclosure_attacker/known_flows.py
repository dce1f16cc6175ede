"""What tables of protected flows and the public grade sizes say together of the counts behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from tests.oracles.disclosure_attacker.count_system import CountSystem, sums_by

CELL = ["origin", "destination", "kind", "grade", "next_grade", "year"]
_MAY_BE_POOLED = ["grade", "next_grade", "year"]
_FROM = ["origin", "grade", "year"]
_TO = ["destination", "next_grade", "year"]
_NOTHING = "-"


@dataclass(frozen=True, eq=False)
class KnownFlows:
    """
    The counts that the attacker is after, and all that is known of them.

    Parameters
    ----------
    cells
        ``CELL`` and the true ``students``, which the attacker uses for nothing but to count successes.
    system
        The counts in the order of ``cells``.
    is_shown
        Whether a protected table has a row for the cell; the attacker does not know of the others.
    """

    cells: pd.DataFrame
    system: CountSystem
    is_shown: np.ndarray


def shown_ends(base: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Least and greatest true count of each row of a protected table, as the table says it [students]."""
    names = ("students_least", "students_most") if "students_least" in base else ("students_low", "students_high")
    least, most = (base[name].to_numpy(dtype="float64") for name in names)
    return least, most


def know_flows(exact: pd.DataFrame, bases: Sequence[pd.DataFrame], sizes: pd.DataFrame) -> KnownFlows:
    """
    Put protected tables of the same students and the public sizes together.

    Parameters
    ----------
    exact
        Flows of single years and grades, ``students`` complete.
    bases
        Protected tables of them. A row whose year or grades are missing is the sum of all that it leaves open; which
        years and grades these have students in is then not known.
    sizes
        ``public_sizes.SIZE_COLUMNS``.

    Returns
    -------
    known
        The students of a grade who leave it are all of its size where the file is whole, and never more. Those who
        arrive are never more than the size of the grade that they arrive in, a year later.
    """
    parts = [part for base in bases for part in _alike(base, exact)]
    cells = _all_cells(exact, parts)
    system = CountSystem(
        np.zeros(len(cells)), np.full(len(cells), np.inf), csr_array((0, len(cells))), np.zeros(0), np.zeros(0)
    )
    is_shown = np.zeros(len(cells), dtype=bool)
    for names, rows in parts:
        group, least, most = _matched(cells, rows, names)
        system = system.joined(sums_by(group, len(least)), least, most)
        is_shown |= group >= 0
    return KnownFlows(cells, _with_sizes(system, cells, sizes, is_shown), is_shown)


def keys_of(table: pd.DataFrame, names: Sequence[str]) -> pd.MultiIndex:
    """Keys that can be compared although parts are missing."""
    return pd.MultiIndex.from_frame(table[list(names)].astype(object).where(table[list(names)].notna(), _NOTHING))


def _alike(base: pd.DataFrame, exact: pd.DataFrame) -> list[tuple[list[str], pd.DataFrame]]:
    """
    Rows of a protected table that leave the same columns open, with the columns that they name.

    A column that is missing in the exact row too is not open: nobody knows the grade of an ungraded student.
    """
    is_single = keys_of(base, CELL).isin(keys_of(exact, CELL))
    pooled = base[~is_single]
    found = [(CELL, base[is_single])] if is_single.any() else []
    is_open = pooled[_MAY_BE_POOLED].isna()
    is_open["next_grade"] &= (pooled["kind"] != "exit").to_numpy()
    ways = ["origin", "destination", "kind"]
    ungraded = keys_of(exact[exact["grade"].isna()], ways)
    is_open["grade"] &= ~keys_of(pooled, ways).isin(ungraded)
    for pattern, rows in pooled.groupby([is_open[name] for name in _MAY_BE_POOLED], sort=True):
        named = [name for name, missing in zip(_MAY_BE_POOLED, pattern, strict=True) if not bool(missing)]
        found.append((["origin", "destination", "kind", *named], rows))
    return found


def _all_cells(exact: pd.DataFrame, parts: Sequence[tuple[list[str], pd.DataFrame]]) -> pd.DataFrame:
    """The exact rows, and every further year and grade that a pooled row leaves open, without students."""
    cells = [exact[[*CELL, "students"]]]
    years = exact[["year"]].dropna().drop_duplicates()
    grades = exact[["origin", "grade"]].dropna().drop_duplicates()
    for names, rows in parts:
        # A row of those who left says nothing of whether there are any.
        unmatched = rows.loc[~keys_of(rows, names).isin(keys_of(exact, names)), CELL]
        if names == CELL:
            cells.append(unmatched.assign(students=0.0))
            continue
        ways = rows[names].merge(exact[CELL].drop_duplicates(), on=names, how="inner")[CELL]
        ways = pd.concat([ways, unmatched]).astype(exact[CELL].dtypes.to_dict())
        if "grade" not in names:
            steps = (ways["next_grade"] - ways["grade"]).rename("steps")
            ways = ways.drop(columns=["grade", "next_grade"]).assign(steps=steps).drop_duplicates()
            ways = ways.merge(grades, on="origin")
            ways = ways.assign(next_grade=ways["grade"] + ways["steps"])[CELL]
        if "year" not in names:
            ways = ways.drop(columns="year").drop_duplicates().merge(years, how="cross")[CELL]
        cells.append(ways.assign(students=0.0))
    every = pd.concat(cells, ignore_index=True)
    return every[~keys_of(every, CELL).duplicated()].reset_index(drop=True)


def _matched(cells: pd.DataFrame, rows: pd.DataFrame, names: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each cell the row that it is part of (-1: none), and the ends of these rows."""
    keys, row_keys = keys_of(cells, names), keys_of(rows, names)
    different = row_keys.unique()
    number = different.get_indexer(row_keys)
    least, most = (np.bincount(number, weights=ends, minlength=len(different)) for ends in shown_ends(rows))
    return different.get_indexer(keys), least, most


def _with_sizes(system: CountSystem, cells: pd.DataFrame, sizes: pd.DataFrame, is_shown: np.ndarray) -> CountSystem:
    known = sizes.set_index(["school_id", "grade", "year"])
    leaving, leavers = _groups(cells[_FROM])
    arriving, arrivers = _groups(cells[_TO])
    later = arrivers.set_levels(arrivers.levels[2] + 1, level=2) if len(arrivers) else arrivers
    left, came = known.reindex(leavers), known.reindex(later)
    size, room = left["students"].fillna(np.inf).to_numpy(), came["students"].fillna(np.inf).to_numpy()
    # Where a row is not shown at all, nobody knows that the others are not the whole grade.
    hidden = np.bincount(leaving[leaving >= 0], weights=~is_shown[leaving >= 0], minlength=len(leavers))
    is_whole = left["is_whole"].eq(True).to_numpy() & (hidden == 0)
    system = system.joined(sums_by(leaving, len(leavers)), np.where(is_whole, size, 0.0), size)
    return system.joined(sums_by(arriving, len(arrivers)), np.zeros(len(room)), room)


def _groups(keys: pd.DataFrame) -> tuple[np.ndarray, pd.MultiIndex]:
    """Number the different keys; -1 where a part of one is missing."""
    whole = keys.notna().all(axis=1).to_numpy()
    codes = np.full(len(keys), -1)
    index = pd.MultiIndex.from_frame(keys[whole].astype(dict.fromkeys(keys.columns[1:], "int64")))
    codes[whole], found = pd.factorize(index)
    names = ["school_id", "grade", "year"]
    return codes, pd.MultiIndex.from_frame(pd.DataFrame(found.tolist(), columns=names))
