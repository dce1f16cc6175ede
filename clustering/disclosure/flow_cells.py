"""The cells in which flows are shown, and the rows and columns that they make up, with their public sizes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from clustering.disclosure.policy import DisclosurePolicy, Method
from clustering.disclosure.public_sizes import SIZE_KEYS, sizes_at

PROMOTIONS = ("feeding", "unlisted destination", "against grade order", "unlisted origin")
_CELL = ["origin", "destination", "grade", "next_grade", "year", "kind"]
_ENDS = ["students_low", "students_high"]
_NONE = -100  # in place of a grade or year that is missing


def flow_cells(flows: pd.DataFrame, method: Method) -> pd.DataFrame:
    """
    Add exact flows up to the cells of a method.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS``.
    method
        ``single years`` leaves the years apart. The others add them up, and ``coarser grades`` adds up the grades of
        each pair of schools too; it has promotions alone.

    Returns
    -------
    cells
        ``columns.FLOW_COLUMNS`` but ``students``; rows without students are left out. Of grades that are added up the
        greatest is given.
    """
    cells = flows.loc[flows["students_high"] > 0, [*_CELL, *_ENDS]]
    if method == "single years":
        return cells.reset_index(drop=True)
    cells = cells.assign(year=pd.array([pd.NA] * len(cells), dtype="Int64"))
    keys = ["origin", "destination", "grade", "next_grade", "kind"]
    if method == "coarser grades":
        cells, keys = cells[cells["kind"].isin(PROMOTIONS)], ["origin", "destination", "kind"]
    ways = {name: "sum" if name in _ENDS else "max" for name in cells.columns if name not in keys}
    summed: pd.DataFrame = cells.groupby(keys, dropna=False, as_index=False, sort=False).agg(ways)
    return summed[list(cells.columns)].astype(cells.dtypes.to_dict())


@dataclass(frozen=True, kw_only=True, eq=False)
class Lines:
    """
    The rows or the columns of the table that cells make up.

    Parameters
    ----------
    of_cells
        Number of the line of each cell; -1 for a cell that is in none.
    students, most
        Size of each line, as of ``public_sizes.Sizes``, added up over its grades and years.
    is_public
        Whether every size that was added up is public.
    """

    of_cells: np.ndarray
    students: np.ndarray
    most: np.ndarray
    is_public: np.ndarray


def lines_of(
    cells: pd.DataFrame,
    flows: pd.DataFrame,
    sizes: pd.Series,
    *,
    end: Literal["origin", "destination"],
    method: Method,
    policy: DisclosurePolicy,
) -> Lines:
    """
    Find the rows or the columns of cells.

    Parameters
    ----------
    cells
        As :func:`flow_cells` answers.
    flows
        The exact flows that they were added up from.
    sizes
        As ``public_sizes.public_sizes`` answers.
    end
        ``origin`` for rows: the students who were in a grade of a school. ``destination`` for columns: those who are in
        a grade of a school a year later.
    method
        That of the cells: years and grades that it adds up make one line.
    policy
        For sizes that are not public.

    Returns
    -------
    lines
        Of the cells.
    """
    of_cells, keys = pd.factorize(_line_keys(cells, end, method))
    counted = flows if method != "coarser grades" else flows[flows["kind"].isin(PROMOTIONS)]
    counted = counted[(counted["students_high"] > 0) & counted[end].notna()]
    of_flows = pd.MultiIndex.from_tuples(keys).get_indexer(_line_keys(counted, end, method))
    grades = _grade_keys(counted, end)
    by_grade = pd.DataFrame({"line": of_flows}, index=grades).groupby(level=SIZE_KEYS).first()
    everybody = flows[flows[end].notna()]
    ends = everybody[_ENDS].set_axis(["low", "high"], axis=1).set_index(_grade_keys(everybody, end))
    students = ends.groupby(level=SIZE_KEYS).sum().reindex(by_grade.index)
    found = sizes_at(sizes, pd.MultiIndex.from_tuples(by_grade.index, names=SIZE_KEYS), students, policy)
    line, count = by_grade["line"].to_numpy(), len(keys)
    return Lines(
        of_cells=np.where(cells[end].isna(), -1, of_cells),
        students=np.bincount(line, weights=found.students, minlength=count),
        most=np.bincount(line, weights=found.most, minlength=count),
        is_public=np.bincount(line, weights=~found.is_public, minlength=count) == 0,
    )


def _grade_keys(flows: pd.DataFrame, end: Literal["origin", "destination"]) -> pd.MultiIndex:
    """School, grade and year of one end of each flow."""
    name, later = ("grade", 0) if end == "origin" else ("next_grade", 1)
    grade = flows[name].fillna(_NONE).to_numpy(dtype="int64")
    year = (flows["year"] + later).fillna(_NONE).to_numpy(dtype="int64")
    return pd.MultiIndex.from_arrays([flows[end].fillna("").to_numpy(), grade, year], names=SIZE_KEYS)


def _line_keys(flows: pd.DataFrame, end: Literal["origin", "destination"], method: Method) -> pd.MultiIndex:
    keys = _grade_keys(flows, end)
    if method == "single years":
        return keys
    grade = np.zeros(len(keys)) if method == "coarser grades" else keys.get_level_values(1)
    return pd.MultiIndex.from_arrays([keys.get_level_values(0), grade, np.zeros(len(keys))])
