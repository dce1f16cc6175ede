"""Flows shown in classes: the main table of the protected base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.disclosure.cell_key_noise import noise_of
from clustering.disclosure.count_classes import CountCells, ShownCounts, classify_counts
from clustering.disclosure.flow_cells import PROMOTIONS, FlowCells, Lines, flow_cells
from clustering.disclosure.flow_parts import FlowParts
from clustering.disclosure.likely_students import likely_students
from clustering.disclosure.policy import NOISE, DisclosurePolicy, Method
from clustering.disclosure.protection import Protection
from clustering.model.columns import FLOW_COLUMNS, FLOW_KINDS
from clustering.model.suppression import LIKELY_POSITION

_KEYS = ["origin", "grade", "year", "kind", "next_grade", "destination"]


@dataclass(frozen=True, kw_only=True, eq=False)
class ProtectedFlows:
    """
    Flows of the protected base, and how many cells are hidden in them.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS``.
    least_counts
        The least counts of the flows that are shown, in single years and grades: ``columns.FLOW_COLUMNS``, so that all
        of them together fit the public sizes of every grade in every year.
    cells, suppressed_cells, withheld_cells
        Cells that are shown; those of them shown only as fewer than the minimum; cells withheld, since their grade is
        too small.
    assumed_rows
        Rows that are shown, and whose public size is not in the data.
    fewest_values
        The fewest values that a suppressed count, or the number of those who left, keeps; ``None`` if there is none.
    likely_students
        Students that a suppressed cell likely stands for (``likely_students.likely_students``).
    """

    flows: pd.DataFrame
    least_counts: pd.DataFrame
    cells: int
    suppressed_cells: int
    withheld_cells: int
    assumed_rows: int
    fewest_values: int | None
    likely_students: float


def protect_flows(
    flows: pd.DataFrame, sizes: pd.DataFrame, protection: Protection, *, years: Sequence[int] = ()
) -> ProtectedFlows:
    """
    Show flows in classes.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS``, exact, or those of another protected base.
    sizes
        As ``public_sizes.public_sizes`` answers.
    protection
        Policy, method and key.
    years
        Falls of the flows, needed where these were added up before.

    Returns
    -------
    protected
        In its flows, ``students_low`` to ``students_high`` [students] hold the true count. ``students`` is their
        middle, or the count with its noise, and missing where it is known only to be below the minimum. Those who left
        (kind ``exit``) are the rest of the size of the grade: from none to the size less the least counts.
    """
    policy, method = protection.policy, protection.method
    cell_method: Method = "pooled years" if method == NOISE else method
    found = flow_cells(flows, sizes, cell_method, policy, years=years)
    kinds = pd.Categorical(found.cells["kind"], categories=FLOW_KINDS)
    cells, rows = found.cells.assign(kind=kinds), found.rows
    is_rest = (cells["kind"] == "exit").to_numpy()
    counted = np.flatnonzero(~is_rest)
    parts = found.parts.of(counted)
    table = _table(found, cells, counted, parts)
    noise = (
        noise_of(_names(cells.iloc[counted]), protection.key, policy) if method == NOISE and protection.key else None
    )
    shown = classify_counts(table, policy, noise)
    protected = _shown_flows(cells.iloc[counted], shown, policy)
    rest = _rest(cells, rows, protected, table.row, shown=shown, minimum_students=policy.minimum_students)
    rest = rest.iloc[: None if is_rest.any() else 0]
    kept = protected[~shown.is_withheld]
    shown_rows = np.unique(np.concatenate([table.row[~shown.is_withheld], rest["row"].to_numpy(dtype="int64")]))
    rest["students"] = rest["students"].mask(rest["students_high"] < policy.minimum_students)
    whole = pd.concat([kept, rest]).sort_values(_KEYS, ignore_index=True)[list(FLOW_COLUMNS)]
    return ProtectedFlows(
        flows=whole,
        least_counts=_least_counts(cells.iloc[counted], parts, shown),
        cells=len(kept) + len(rest),
        suppressed_cells=int(whole["students"].isna().sum()),
        withheld_cells=int(shown.is_withheld.sum()),
        assumed_rows=int((~rows.is_public[shown_rows]).sum()),
        fewest_values=_fewest_values(kept, shown.can_rise[~shown.is_withheld], rest, policy),
        likely_students=likely_students(kept, table.row[~shown.is_withheld], rows),
    )


def _table(found: FlowCells, cells: pd.DataFrame, counted: np.ndarray, parts: FlowParts) -> CountCells:
    rows, columns = found.rows, found.columns
    return CountCells(
        row=rows.of_cells[counted],
        column=columns.of_cells[counted],
        least=cells["students_low"].to_numpy(dtype="float64")[counted],
        most=cells["students_high"].to_numpy(dtype="float64")[counted],
        priority=(~cells["kind"].isin(PROMOTIONS)).to_numpy(dtype="int64")[counted],
        parts=parts.parts,
        row_most=rows.most,
        column_most=columns.most,
        cell_most=parts.most,
    )


def _names(cells: pd.DataFrame) -> list[str]:
    """What each cell is called in its noise."""
    columns = (cells[name].astype("str").fillna("") for name in _KEYS)
    return ["\x1f".join(parts) for parts in zip(*columns, strict=True)]


def _shown_flows(cells: pd.DataFrame, shown: ShownCounts, policy: DisclosurePolicy) -> pd.DataFrame:
    middle = (shown.low + shown.high) / 2
    students = np.where(np.isnan(shown.noisy), middle, shown.noisy)
    is_suppressed = (
        np.isnan(shown.noisy) & (shown.low < policy.minimum_students) & (shown.high < policy.minimum_students)
    )
    students = np.where(is_suppressed, np.nan, students)
    return cells.assign(students=students, students_low=shown.low, students_high=shown.high)


def _rest(
    cells: pd.DataFrame,
    rows: Lines,
    protected: pd.DataFrame,
    row_of_protected: np.ndarray,
    *,
    shown: ShownCounts,
    minimum_students: int,
) -> pd.DataFrame:
    """
    Bounds on those who left each grade, from its size and the other counts; ``known_low`` is the least that both leave.

    Every grade has such a row, whether or not anybody left: a missing row would tell the sum of the others. Only small
    grades of which nothing else is shown have none, so that nobody can see whether all left or the others are withheld.
    """
    likely = protected["students_low"] + LIKELY_POSITION * (protected["students_high"] - protected["students_low"])
    others = protected["students"].fillna(likely).to_numpy(dtype="float64")
    is_kept, count = ~shown.is_withheld, len(rows.students)
    low, high, middle = (
        np.bincount(row_of_protected[is_kept], weights=part[is_kept], minlength=count)
        for part in (shown.low, shown.high, others)
    )
    of_withheld = np.bincount(row_of_protected[~is_kept], minlength=count)
    row, first = np.unique(rows.of_cells, return_index=True)
    is_shown = (np.bincount(row_of_protected[is_kept], minlength=count) > 0) | (
        rows.is_public & (rows.most >= minimum_students)
    )
    row, first = row[is_shown[row]], first[is_shown[row]]
    most = (rows.most - low)[row]
    rest = cells.iloc[first].assign(destination=None, next_grade=pd.NA, kind="exit")
    bounded: pd.DataFrame = rest.astype(cells.dtypes.to_dict()).assign(
        students=np.clip((rows.students - middle)[row], 0.0, most),
        students_low=0.0,
        students_high=most,
        known_low=np.where(of_withheld > 0, 0.0, np.maximum(rows.students - high, 0.0))[row],
        size=rows.students[row],
        row=row,
    )
    return bounded


def _least_counts(cells: pd.DataFrame, parts: FlowParts, shown: ShownCounts) -> pd.DataFrame:
    of_parts = shown.least_of_parts
    found = cells.iloc[parts.parts.cell].reset_index(drop=True)
    students = dict.fromkeys(("students", "students_low", "students_high"), of_parts)
    least: pd.DataFrame = found.assign(**{str(name): parts.steps[name] for name in parts.steps}, **students)
    return least[of_parts > 0].reset_index(drop=True)[list(FLOW_COLUMNS)]


def _fewest_values(
    kept: pd.DataFrame, can_rise: np.ndarray, rest: pd.DataFrame, policy: DisclosurePolicy
) -> int | None:
    """The fewest values that a count which may be small keeps, without grades too small to have that many values."""
    is_hidden = (kept["students_low"] < policy.minimum_students).to_numpy()
    of_hidden = np.minimum(kept["students_high"] - kept["students_low"], can_rise)[is_hidden] + 1
    left = rest[(rest["size"] >= policy.least_possible_values) & (rest["known_low"] < policy.minimum_students)]
    values = [*of_hidden, *(left["students_high"] - left["known_low"] + 1)]
    return int(min(values)) if values else None
