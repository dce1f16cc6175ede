"""The cells in which flows are shown, and the rows and columns of their table, with public sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.disclosure.flow_parts import FlowParts, parts_of_cells
from clustering.disclosure.grade_keys import GradeKeys
from clustering.disclosure.policy import DisclosurePolicy, Method
from clustering.disclosure.public_sizes import Sizes, sizes_of_grades

PROMOTIONS = ("feeding", "unlisted destination", "against grade order", "unlisted origin")
_ENDS = ("students_low", "students_high")


@dataclass(frozen=True, kw_only=True, eq=False)
class Lines:
    """
    The rows or the columns of a table of flows.

    Parameters
    ----------
    of_cells
        Number of the row (or column) of each cell; -1 for a cell that is in none.
    students, most
        Size of each row (or column), as in ``public_sizes.Sizes``, added up over its grades and years.
    is_public
        Whether every size that was added up is public.
    """

    of_cells: np.ndarray
    students: np.ndarray
    most: np.ndarray
    is_public: np.ndarray


@dataclass(frozen=True, kw_only=True, eq=False)
class FlowCells:
    """
    Flows added up to the cells in which they are shown.

    Parameters
    ----------
    cells
        ``columns.FLOW_COLUMNS`` without ``students``, exact, sorted. Where years are added up, ``year`` is missing;
        where grades are, the greatest is given.
    rows
        The students who were in a grade of a school.
    columns
        The students who are in a grade of a school a year later.
    parts
        The single grades and years that the cells are made of.
    """

    cells: pd.DataFrame
    rows: Lines
    columns: Lines
    parts: FlowParts


def flow_cells(
    flows: pd.DataFrame,
    sizes: pd.DataFrame,
    method: Method,
    policy: DisclosurePolicy,
    *,
    years: Sequence[int] = (),
    has_row_sizes: bool = True,
) -> FlowCells:
    """
    Add exact flows up to the cells of a method.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS``.
    sizes
        As ``public_sizes.public_sizes`` answers.
    method
        ``single years`` keeps the years apart. The others add them up. ``coarser grades`` also adds up the grades of
        each pair of schools, and has promotions alone.
    policy
        For sizes that are not public.
    years
        Falls of the flows, needed where these were added up before.
    has_row_sizes
        Whether the size of the grade that is left limits a flow.

    Returns
    -------
    cells
        Rows of flows without students are left out.
    """
    flows = flows[flows["students_high"] > 0]
    keys = GradeKeys.of_flows(flows)
    ends = [flows[name].to_numpy(dtype="float64") for name in _ENDS]
    origin = keys.of(flows["origin"], flows["grade"], flows["year"])
    destination = keys.of(flows["destination"], flows["next_grade"], flows["year"] + 1)
    is_shown = np.ones(len(flows), dtype=bool)
    if method == "coarser grades":
        is_shown = flows["kind"].isin(PROMOTIONS).to_numpy()
    shown = np.flatnonzero(is_shown)
    of_rows, of_columns = (keys.lines(each[shown], method) for each in (origin, destination))
    cell, first = _number_cells(flows.iloc[shown], of_rows, of_columns, method)
    cells = _added_up(flows.iloc[shown], cell, first, method)
    lines, found = [], []
    is_complete = bool((flows["kind"] == "exit").any())  # as in public_sizes
    falls = np.unique(years).astype("int64") if flows["year"].isna().all() else keys.years_of(origin)
    for of_flows, of_lines, of_years in ((origin, of_rows, falls), (destination, of_columns, falls + 1)):
        others = _other_years(of_flows[shown], of_years, keys, method)
        found.append(
            sizes_of_grades(sizes, keys, of_flows, (ends[0], ends[1]), others, policy, is_complete=is_complete)
        )
        lines.append(_lines(of_lines[first], found[-1], np.union1d(of_flows[shown], others), keys, method))
    parts = parts_of_cells(
        (origin[shown], destination[shown]),
        cell,
        (found[0], found[1]),
        () if method == "single years" else falls.tolist(),
        has_row_sizes=has_row_sizes,
    )
    return FlowCells(cells=cells, rows=lines[0], columns=lines[1], parts=parts)


def _other_years(of_flows: np.ndarray, years: np.ndarray, keys: GradeKeys, method: Method) -> np.ndarray:
    """Grades of flows in all years that are added up, so that nobody can see in which years there were students."""
    if method == "single years":
        return np.zeros(0, dtype="int64")
    grades = np.unique(keys.lines(of_flows[of_flows >= 0], "pooled years"))
    return np.concatenate([np.zeros(0, dtype="int64"), *(keys.in_year(grades, year) for year in years)])


def _number_cells(
    flows: pd.DataFrame, rows: np.ndarray, columns: np.ndarray, method: Method
) -> tuple[np.ndarray, np.ndarray]:
    """Number of the cell of each flow, and the first flow of each cell."""
    # Rows and columns determine the grades, except the next grade of those who go to no known school.
    next_grade = flows["next_grade"].to_numpy(dtype="int64", na_value=-100)
    next_grade = np.zeros(len(flows)) if method == "coarser grades" else next_grade
    codes = [np.unique(part, return_inverse=True)[1] for part in (rows, columns, next_grade, flows["kind"].to_numpy())]
    number = np.zeros(len(flows), dtype="int64")
    for code in codes:
        number = number * (code.max(initial=0) + 1) + code
    _, first, cell = np.unique(number, return_index=True, return_inverse=True)
    return cell, first


def _added_up(flows: pd.DataFrame, cell: np.ndarray, first: np.ndarray, method: Method) -> pd.DataFrame:
    sums = {
        name: np.bincount(cell, weights=flows[name].to_numpy(dtype="float64"), minlength=len(first)) for name in _ENDS
    }
    cells = flows[["origin", "destination", "grade", "next_grade", "year", "kind"]].iloc[first]
    if method != "single years":
        cells = cells.assign(year=pd.array([pd.NA] * len(cells), dtype="Int64"))
    if method == "coarser grades":
        greatest = flows[["grade", "next_grade"]].groupby(cell).max()
        cells = cells.assign(**{str(name): greatest[name].array for name in greatest})
    return cells.assign(**sums).reset_index(drop=True)


def _lines(of_cells: np.ndarray, sizes: Sizes, shown: np.ndarray, keys: GradeKeys, method: Method) -> Lines:
    is_shown = np.isin(sizes.keys, shown)
    of_sizes = keys.lines(sizes.keys[is_shown], method)
    names = np.unique(of_sizes)
    line = np.searchsorted(names, of_sizes)
    return Lines(
        of_cells=np.where(of_cells < 0, -1, np.searchsorted(names, of_cells)),
        students=np.bincount(line, weights=sizes.students[is_shown], minlength=len(names)),
        most=np.bincount(line, weights=sizes.most[is_shown], minlength=len(names)),
        is_public=np.bincount(line, weights=~sizes.is_public[is_shown], minlength=len(names)) == 0,
    )
