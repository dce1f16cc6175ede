"""The single grades and years of which the cells of a flow table are made, with the public sizes that limit them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from clustering.disclosure.cell_parts import CellParts
from clustering.disclosure.grade_keys import GradeKeys
from clustering.disclosure.public_sizes import Sizes


@dataclass(frozen=True, kw_only=True, eq=False)
class FlowParts:
    """
    Promotions from a grade of a school in one year, as parts of cells.

    Parameters
    ----------
    parts
        For the questions about counts. Sizes of parts are those of ``public_sizes.Sizes``.
    steps
        ``grade``, ``next_grade`` and ``year`` of each part; the year is missing where the flows have none.
    most
        Upper bound of each cell [students]: what the upper bounds of these sizes allow.
    """

    parts: CellParts
    steps: pd.DataFrame
    most: np.ndarray

    def of(self, cells: np.ndarray) -> FlowParts:
        """Return the parts of some cells, numbered in their order."""
        number = np.full(len(self.most), -1)
        number[cells] = np.arange(len(cells))
        found = number[self.parts.cell]
        kept = found >= 0
        parts = replace(
            self.parts,
            cell=found[kept],
            **{name: getattr(self.parts, name)[kept] for name in ("row", "column", "year")},
        )
        return FlowParts(parts=parts, steps=self.steps[kept].reset_index(drop=True), most=self.most[cells])


def parts_of_cells(
    ends: tuple[np.ndarray, np.ndarray],
    cell: np.ndarray,
    sizes: tuple[Sizes, Sizes],
    years: Iterable[int],
    *,
    has_row_sizes: bool,
) -> FlowParts:
    """
    Find the parts of cells.

    Parameters
    ----------
    ends
        Numbers (``GradeKeys``) of the grades that each flow leaves and enters, in their years; -1 for none.
    cell
        Number of the cell of each flow.
    sizes
        Of the grades that flows leave, and of those that they enter.
    years
        The years that are added up. Each cell gets a part in each of them, in which both grades have students, so that
        nobody can see in which years it had any. Empty where years are kept apart.
    has_row_sizes
        Whether the size of the grade that is left limits a flow.

    Returns
    -------
    parts
        A grade without a size in some year had no students then.
    """
    flows = pd.DataFrame({"cell": cell, "leave": ends[0], "enter": ends[1]})
    if years := tuple(years):
        flows = _in_every_year(flows, years)
    flows = flows.drop_duplicates(ignore_index=True)
    leave, enter = (flows[name].to_numpy() for name in ("leave", "enter"))
    lines = [each.positions(GradeKeys.or_without_year(keys, each.keys)) for keys, each in zip((leave, enter), sizes)]
    students, most = zip(*(_limits(line, end, each) for line, end, each in zip(lines, (leave, enter), sizes)))
    if not has_row_sizes:
        lines[0], students, most = np.full(len(leave), -1), students[1:], most[1:]
    has_students = np.minimum.reduce(students) > 0
    found = flows.assign(row=lines[0], column=lines[1], most=np.minimum.reduce(most))[has_students]
    found = found.drop_duplicates(["cell", "row", "column"] if years else None)
    cells = int(cell.max(initial=-1)) + 1
    return FlowParts(
        parts=CellParts(
            cell=found["cell"].to_numpy(),
            row=found["row"].to_numpy(),
            column=found["column"].to_numpy(),
            year=GradeKeys.year_numbers(found["leave"].to_numpy()),
            row_size=sizes[0].students,
            column_size=sizes[1].students,
        ),
        steps=GradeKeys.steps(found["leave"].to_numpy(), found["enter"].to_numpy()),
        most=np.bincount(found["cell"], weights=found["most"], minlength=cells),
    )


def _in_every_year(flows: pd.DataFrame, years: tuple[int, ...]) -> pd.DataFrame:
    grades = flows.assign(
        **{name: GradeKeys.lines(flows[name].to_numpy(), "pooled years") for name in ("leave", "enter")}
    )
    grades = grades.drop_duplicates()
    return pd.concat(
        [
            grades.assign(
                leave=GradeKeys.in_year(grades["leave"].to_numpy(), year),
                enter=GradeKeys.in_year(grades["enter"].to_numpy(), year + 1),
            )
            for year in years
        ]
    )


def _limits(line: np.ndarray, end: np.ndarray, sizes: Sizes) -> tuple[np.ndarray, np.ndarray]:
    """Size and upper bound of the grade of each part: none for a cell without grade, 0 for one without students."""
    without = np.where(end < 0, np.inf, 0.0)
    return tuple(np.where(line < 0, without, values[line]) for values in (sizes.students, sizes.most))
