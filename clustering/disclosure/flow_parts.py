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
    row, leaving = _limits(leave, sizes[0])
    column, entering = _limits(enter, sizes[1])
    if not has_row_sizes:
        row, leaving = np.full(len(leave), -1), np.full_like(leaving, np.inf)
    limits = np.minimum(leaving, entering)
    found = flows.assign(row=row, column=column, most=limits[1])[limits[0] > 0]
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
    ends = {name: GradeKeys.lines(flows[name].to_numpy(), "pooled years") for name in ("leave", "enter")}
    grades = flows.assign(**ends).drop_duplicates()
    leave, enter = (grades[name].to_numpy() for name in ends)
    return pd.concat(
        [
            grades.assign(leave=GradeKeys.in_year(leave, year), enter=GradeKeys.in_year(enter, year + 1))
            for year in years
        ]
    )


def _limits(keys: np.ndarray, sizes: Sizes) -> tuple[np.ndarray, np.ndarray]:
    """
    Look up the grade at one end of each part: its position among sizes, and its size and upper bound as two rows.

    A cell that is in no grade has no limit; a grade without a size has no students.
    """
    position = sizes.positions(GradeKeys.or_without_year(keys, sizes.keys))
    without = np.where(keys < 0, np.inf, 0.0)
    if not len(sizes.keys):
        return position, np.array([without, without])
    limits = [np.where(position < 0, without, values[position]) for values in (sizes.students, sizes.most)]
    return position, np.array(limits)
