"""What may make files unfit for their purpose: said in sentences above everything else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from clustering.disclosure.protected_base import coarse_students, suppress_flows
from clustering.model.grades import HIGH_SCHOOL_GRADES, grade_mask
from clustering.readers.reshape.own_tables import is_residents_table
from clustering.validation.findings import Findings
from clustering.validation.flows.flow_cells import FlowCells
from clustering.validation.flows.flows import ListedSchools
from clustering.validation.flows.grade_steps import EITHER, NO_GRADE, SAME_GRADE, STEP, grade_steps

# With fewer students whose grades tell whether they are promoted, the others count too: a file of promotions of every
# grade, without the grade a year later, has at least these in the final grades of its schools.
LEAST_TELLING_SHARE = 0.10
LEAST_RISING_SHARE = 0.01
_HIGH_SCHOOL = grade_mask(HIGH_SCHOOL_GRADES[0], HIGH_SCHOOL_GRADES[-1])


@dataclass(frozen=True, kw_only=True)
class FileWithoutPromotions:
    """
    A file of flows whose students mostly do not go up by a grade.

    Parameters
    ----------
    name
        Of the file.
    share
        Share of its students for whom no step up is seen, of those whose grades tell it [0 to 1].
    hundreds
        All its students with a destination, in hundreds; ``None`` below one hundred.
    is_residence
        Whether most of them have a grade: then they are at their origin and destination in the same grade, as residents
        are at the school they attend.
    """

    name: str
    share: float
    hundreds: int | None
    is_residence: bool


def judge_flow_file(findings: Findings, cells: FlowCells, listed: ListedSchools) -> FileWithoutPromotions | None:
    """
    Find out whether most students of a file of flows are not promoted.

    Parameters
    ----------
    findings
        The file.
    cells
        Its cells; every one is protected first.
    listed
        The listed schools.

    Returns
    -------
    found
        ``None`` for a file of promotions.
    """
    masks = listed.masks_of(cells.ids)
    has_destination = cells.destination >= 0
    destination = masks[cells.destination[has_destination]] if len(masks) else np.empty(0, dtype="int64")
    grade, next_grade = cells.grade[has_destination], cells.next_grade[has_destination]
    is_assumed = "next_grade" not in findings.headings
    steps = grade_steps(grade, next_grade, destination, is_assumed=is_assumed)
    rows = {"students": cells.students, "students_low": cells.low, "students_high": cells.high}
    kept = {name: values[has_destination] for name, values in rows.items()}
    protected = suppress_flows(pd.DataFrame(kept, copy=False))
    # A faulty cell has no students here: it is an error of its own.
    students = np.nan_to_num((protected["students_low"] + protected["students_high"]).to_numpy() / 2)
    rising, same, ungraded, either = (
        float(students[steps == code].sum()) for code in (STEP, SAME_GRADE, NO_GRADE, EITHER)
    )
    if is_residents_table(findings.table.headings):
        hundreds = coarse_students(int(students.sum()))
        return FileWithoutPromotions(name=findings.table.name, share=1.0, hundreds=hundreds, is_residence=True)
    total = rising + same + ungraded + either
    tells = same + ungraded >= LEAST_TELLING_SHARE * total
    judged = same + ungraded + rising if tells else total
    if total == 0 or rising >= judged * (0.5 if tells else LEAST_RISING_SHARE):
        return None
    return FileWithoutPromotions(
        name=findings.table.name,
        share=1 - rising / judged,
        hundreds=coarse_students(int(students.sum())),
        is_residence=ungraded < total / 2,
    )


def write_alarms(
    files: Sequence[FileWithoutPromotions], schools: gpd.GeoDataFrame, ratings: pd.DataFrame
) -> Iterator[str]:
    """
    Write what must be read before anything else.

    Parameters
    ----------
    files
        Of :func:`judge_flow_file`.
    schools
        The schools table.
    ratings
        ``Scenario.performance``.

    Yields
    ------
    alarm
        A sentence or two, with numbers.
    """
    yield from map(_describe_file, files)
    grades = schools["grades_offered"].to_numpy()
    without = int((grades == 0).sum())
    if not without:
        return
    rated = ratings["graduation_rate_status"].isin(["exact", "range"]).reindex(schools.index, fill_value=False)
    rated_without = int((rated.to_numpy() & (grades == 0)).sum())
    remedy = "Add a column of grades, a directory of schools, or catchments with grades."
    if not (grades & _HIGH_SCHOOL).any():
        yield (
            f"No high school can be judged: no file gives the grades of {without:,} of the {len(schools):,} schools,"
            f" and none of the others offers grades 9 to 12. {rated_without:,} of those without grades have a"
            f" graduation rate. {remedy}"
        )
    elif rated_without:
        yield (
            f"{rated_without:,} of the {int(rated.sum()):,} schools with a graduation rate are not judged: no file"
            f" gives their grades. {remedy}"
        )


def _describe_file(file: FileWithoutPromotions) -> str:
    students = "its students" if file.hundreds is None else f"its students (about {file.hundreds:,})"
    if not file.is_residence:
        return (
            f"{file.name} holds hardly any promotions: for {_percent(file.share)} of {students} the grades are missing."
            " No feeder can be found from them. Add the grades, to this file or to the schools files."
        )
    return (
        f"{file.name} holds hardly any promotions: {_percent(file.share)} of {students} stay in the same grade, or"
        " their origin and destination serve the same grades. It seems to say where residents enrol. It takes no part"
        " in finding feeders: that takes students' schools of one year and of the next. All its rows count for capture"
        " (zones capture)."
    )


def _percent(share: float) -> str:
    """A share in whole per cents, never rounded up to all of them; the counts behind it are middles of intervals."""
    return "all" if share >= 1 else f"about {min(99, round(100 * share))}%"
