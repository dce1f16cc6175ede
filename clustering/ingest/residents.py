"""Files that say where residents enrol, told apart from promotions: they serve capture, and no feeder comes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from clustering.flows.crosswalk import apply_crosswalk
from clustering.ingest.alarms import FileWithoutPromotions, judge_flow_file
from clustering.model.columns import RESIDENT_COLUMNS
from clustering.model.scenario import no_residents
from clustering.validation.findings import Findings
from clustering.validation.flows.flow_cells import MISSING, FlowCells, add_up, cells_of_table
from clustering.validation.flows.flows import ListedSchools, rows_of_cells, withdraw_warnings_of_promotions


@dataclass(frozen=True, kw_only=True)
class FlowFiles:
    """
    Cells of flow files and student records, by what they tell.

    Parameters
    ----------
    promotions
        Cells of promotions, in the order of the files.
    residents
        Cells of files that say where residents enrol.
    without_promotions
        The files that hold hardly any promotions, for the alarms.
    """

    promotions: tuple[FlowCells, ...]
    residents: tuple[FlowCells, ...]
    without_promotions: tuple[FileWithoutPromotions, ...]


def tell_residents_apart(
    files: Sequence[Findings], flow_cells: Sequence[FlowCells], listed: ListedSchools
) -> FlowFiles:
    """
    Tell files that say where residents enrol from files of promotions.

    Parameters
    ----------
    files
        Files of flows; warnings that a residence-to-attended table does not deserve are withdrawn.
    flow_cells
        Their cells, in the same order; further ones, of student records, are promotions.
    listed
        The listed schools.

    Returns
    -------
    flow_files
        A file is taken whole: either all its rows are promotions, or none.
    """
    promotions, residents, found = [], [], []
    for findings, cells in zip(files, flow_cells, strict=False):
        judged = judge_flow_file(findings, cells, listed)
        if judged is not None:
            found.append(judged)
        if judged is None or not judged.is_residence:
            promotions.append(cells)
            continue
        withdraw_warnings_of_promotions(findings)
        residents.append(_cells_of_residents(findings, cells))
    return FlowFiles(
        promotions=(*promotions, *flow_cells[len(files) :]),
        residents=tuple(residents),
        without_promotions=tuple(found),
    )


def _cells_of_residents(findings: Findings, cells: FlowCells) -> FlowCells:
    """Cells without the grade of a next year, of which residents have none, nor grades that the file does not give."""
    unknown = np.full_like(cells.grade, MISSING)
    return replace(cells, grade=cells.grade if "grade" in findings.headings else unknown, next_grade=unknown)


def add_up_residents(
    residents: Sequence[FlowCells], crosswalk: pd.DataFrame | None, grades_offered: pd.Series
) -> pd.DataFrame:
    """
    Add up the residents of all files, and apply the confirmed rows of a crosswalk.

    Parameters
    ----------
    residents
        Cells of :class:`FlowFiles`.
    crosswalk
        The user's (``validation.crosswalk``), already compared with schools and flows; ``None`` if there is none.
    grades_offered
        Bit mask of every listed school, index ``school_id``.

    Returns
    -------
    residents
        ``columns.RESIDENT_COLUMNS``.
    """
    if not residents:
        return no_residents()
    rows = rows_of_cells(add_up(residents))
    return rows[list(RESIDENT_COLUMNS)] if crosswalk is None else rename_residents(rows, crosswalk, grades_offered)


def rename_residents(residents: pd.DataFrame, crosswalk: pd.DataFrame, grades_offered: pd.Series) -> pd.DataFrame:
    """
    Give residents of earlier schools' areas, and students of earlier schools, to the schools of today.

    Parameters
    ----------
    residents
        ``columns.RESIDENT_COLUMNS``.
    crosswalk, grades_offered
        As for :func:`add_up_residents`.

    Returns
    -------
    renamed
        ``columns.RESIDENT_COLUMNS``.
    """
    if residents.empty or crosswalk.empty:
        return residents[list(RESIDENT_COLUMNS)]
    same_grade = residents.assign(next_grade=residents["grade"])
    rows, _ = apply_crosswalk(same_grade, crosswalk, grades_offered=grades_offered, years_between=0, is_checked=True)
    return rows_of_cells(add_up([cells_of_table(rows)]))[list(RESIDENT_COLUMNS)]
