"""
One protected base table, made before anything is computed, so that no output can say more than it does.

Counts of 1 to 9 students become suppressed cells and the others are rounded to tens. Shares, metrics, membership,
scores, maps and every later scenario are functions of that table alone, so neither one output nor the difference of
two can reveal a small count: post-processing cannot add information. The minimum of 10 is the one most states use
(NCES 2011-603, SLDS Technical Brief 3: 39 states); rounding follows the "10-5" practice of official statistics.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from clustering.config import Disclosure
from clustering.io.values import SUPPRESSED_HIGH, SUPPRESSED_LOW
from clustering.model import Scenario

MINIMUM_CELL_STUDENTS = 10
ROUNDING_STUDENTS = 10
COARSE_STUDENTS = 100


def coarse_students(count: int) -> int | None:
    """
    Tell a total of students so coarsely that it says nothing of a small part of it.

    Parameters
    ----------
    count
        Students.

    Returns
    -------
    told
        Hundreds; ``None`` below one hundred. Rounded to tens, a total would narrow a flow of 1 to 9 students wherever
        the other flows are known.
    """
    return None if count < COARSE_STUDENTS else COARSE_STUDENTS * ((count + COARSE_STUDENTS // 2) // COARSE_STUDENTS)


def protected_base(scenario: Scenario, disclosure: Disclosure) -> Scenario:
    """
    Choose the one scenario on which everything of a request is computed.

    Parameters
    ----------
    scenario
        Exact inputs.
    disclosure
        As asked.

    Returns
    -------
    base
        With protected flows; as given if exact counts were asked for, or if the flows are estimated from published
        files and so hold no counts of students.
    """
    if disclosure == "exact" or scenario.report.basis.is_estimated:
        return scenario
    return replace(scenario, flows=suppress_flows(scenario.flows))


def suppress_flows(flows: pd.DataFrame) -> pd.DataFrame:
    """
    Protect a table of flows.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS``.

    Returns
    -------
    protected
        The same rows. A count of 1 to 9 is missing with the interval 1 to 9; 10 and more are rounded to the nearest ten
        (halves up); 0 stays 0. Where suppressed cells were added to an exact part, that part is protected like a cell
        of its own: it is 0, 1 to 9, or rounded to tens.
    """
    students = flows["students"].to_numpy(dtype="float64")
    low = flows["students_low"].to_numpy(dtype="float64")
    high = flows["students_high"].to_numpy(dtype="float64")
    hidden = np.isnan(students)
    small = ~hidden & (students > 0) & (students < MINIMUM_CELL_STUDENTS)
    rounded = np.floor(students / ROUNDING_STUDENTS + 0.5) * ROUNDING_STUDENTS
    shown = np.where(hidden | small, np.nan, rounded)
    # A sum of suppressed cells and an exact part: the part is protected as a cell of its own, then added again.
    cells = np.rint((high - low) / (SUPPRESSED_HIGH - SUPPRESSED_LOW))
    exact = low - cells * SUPPRESSED_LOW
    is_small = (exact > 0) & (exact < MINIMUM_CELL_STUDENTS)
    part = np.floor(exact / ROUNDING_STUDENTS + 0.5) * ROUNDING_STUDENTS
    low_part = cells * SUPPRESSED_LOW + np.where(is_small, SUPPRESSED_LOW, part)
    high_part = cells * SUPPRESSED_HIGH + np.where(is_small, SUPPRESSED_HIGH, part)
    return flows.assign(
        students=shown,
        students_low=np.where(small, SUPPRESSED_LOW, np.where(hidden, low_part, shown)),
        students_high=np.where(small, SUPPRESSED_HIGH, np.where(hidden, high_part, shown)),
    )
