"""How much a protected base hides, in figures that follow from the base alone."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from clustering.disclosure.protected_base import COARSE_STUDENTS
from clustering.model.scenario import Scenario


@dataclass(frozen=True, kw_only=True)
class BaseFigures:
    """
    How much of the flows a base hides.

    Parameters
    ----------
    cells
        Rows of the flows.
    hidden_cells
        Those known only to be below the minimum.
    hidden_share
        ``hidden_cells / cells``; ``None`` without cells.
    hidden_students_least, hidden_students_most
        Bounds on the students in them, in hundreds: the lower one rounded down, the upper one up.
    median_possible_values
        How many values a cell keeps possible, at the median; ``None`` without cells.
    median_hidden_values
        The same for the hidden cells alone.
    """

    cells: int
    hidden_cells: int
    hidden_share: float | None
    hidden_students_least: int
    hidden_students_most: int
    median_possible_values: float | None
    median_hidden_values: float | None


def measure_base(base: Scenario) -> BaseFigures:
    """
    Measure what a base hides.

    Parameters
    ----------
    base
        Protected.

    Returns
    -------
    figures
        For its flows. Estimated flows are no counts of students, so they have no cells.
    """
    flows = base.flows.iloc[:0] if base.report.basis.is_estimated else base.flows
    hidden = flows[flows["students"].isna()]
    values = flows["students_high"] - flows["students_low"] + 1
    return BaseFigures(
        cells=len(flows),
        hidden_cells=len(hidden),
        hidden_share=len(hidden) / len(flows) if len(flows) else None,
        hidden_students_least=int(hidden["students_low"].sum() // COARSE_STUDENTS) * COARSE_STUDENTS,
        hidden_students_most=-int(-hidden["students_high"].sum() // COARSE_STUDENTS) * COARSE_STUDENTS,
        median_possible_values=_median(values),
        median_hidden_values=_median(values[hidden.index]),
    )


def _median(values: pd.Series) -> float | None:
    return None if values.empty else float(values.median())
