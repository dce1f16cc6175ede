"""Residents shown in classes: who attends a grade of a school, by the attendance area in which they live."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.disclosure.count_classes import CountCells, classify_counts
from clustering.disclosure.flow_cells import Lines, flow_cells
from clustering.disclosure.policy import DisclosurePolicy, Method
from clustering.model.columns import RESIDENT_COLUMNS


def protect_residents(
    residents: pd.DataFrame, sizes: pd.DataFrame, method: Method, policy: DisclosurePolicy
) -> pd.DataFrame:
    """
    Show residents in classes.

    Parameters
    ----------
    residents
        ``columns.RESIDENT_COLUMNS``, exact or protected before.
    sizes
        As ``public_sizes.public_sizes`` answers.
    method
        With ``single years``, years stay apart; with any other method they are added up.
    policy
        Of the base.

    Returns
    -------
    protected
        As flows are (``protected_flows.protect_flows``). All residents who attend a grade of a school add up to its
        size, which limits the columns. So in each column nothing is asked about one cell (:func:`_rest`). How many live
        in an area is not public, so rows have no limit.
    """
    if residents.empty:
        return residents
    # Written as flows: students are in the grade of their school a year after the flow.
    moves = residents.assign(next_grade=residents["grade"], year=residents["year"] - 1, kind="feeding")
    cell_method: Method = "single years" if method == "single years" else "pooled years"
    found = flow_cells(moves, sizes, cell_method, policy, has_row_sizes=False)
    cells, columns = found.cells, found.columns
    shown = classify_counts(
        CountCells(
            row=found.rows.of_cells,
            column=columns.of_cells,
            least=cells["students_low"].to_numpy(dtype="float64"),
            most=cells["students_high"].to_numpy(dtype="float64"),
            priority=np.zeros(len(cells), dtype="int64"),
            parts=found.parts.parts,
            row_most=np.full(len(found.rows.students), np.inf),
            column_most=columns.most,
            cell_most=np.full(len(cells), np.inf),
        ),
        policy,
        rest=_rest(cells, columns),
    )
    middle = pd.Series((shown.low + shown.high) / 2).mask(shown.high < policy.minimum_students)
    protected = cells.assign(year=cells["year"] + 1, students=middle, students_low=shown.low, students_high=shown.high)
    # If all students of a small grade live in one area, their number is the size of the grade.
    in_column = np.flatnonzero(columns.of_cells >= 0)
    of_column = columns.of_cells[in_column]
    is_alone = np.bincount(of_column, minlength=len(columns.students))[of_column] == 1
    is_size = np.zeros(len(cells), dtype=bool)
    is_size[in_column] = is_alone & (columns.students[of_column] < policy.minimum_students)
    protected = protected[~shown.is_withheld & np.isfinite(shown.high) & ~is_size]
    ordered: pd.DataFrame = protected[list(RESIDENT_COLUMNS)].sort_values(list(RESIDENT_COLUMNS[:4]), ignore_index=True)
    return ordered


def _rest(cells: pd.DataFrame, columns: Lines) -> np.ndarray:
    """
    Choose the cell of each column of public size that nothing is asked about, where there are several.

    It is the last that is not of the school's own area, from which most students come: the slack that the others leave
    bounds a few students better than many.
    """
    column = columns.of_cells
    is_own = (cells["origin"] == cells["destination"]).to_numpy()
    order = np.lexsort((np.arange(len(cells)), ~is_own, column))
    is_last = np.append(column[order][1:] != column[order][:-1], True)
    is_rest = np.zeros(len(cells), dtype=bool)
    is_rest[order[is_last]] = True
    counts = np.bincount(column[column >= 0], minlength=1)
    is_chosen: np.ndarray = is_rest & (column >= 0) & (counts[column] > 1) & np.append(columns.is_public, False)[column]
    return is_chosen
