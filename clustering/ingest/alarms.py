"""What may make files unfit for their purpose: said in sentences above everything else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from clustering.model.grades import HIGH_SCHOOL_GRADES, grade_mask
from clustering.readers.reshape.own_tables import is_residents_table
from clustering.validation.findings import Findings
from clustering.validation.flows.flow_cells import FlowCells
from clustering.validation.flows.flows import ListedSchools
from clustering.validation.flows.grade_steps import EITHER, NO_GRADE, SAME_GRADE, STEP, grade_steps

# Rows count, not students: a file is judged by which flows there are, so that an alarm says nothing of a count. With
# fewer rows whose grades tell whether students are promoted, the others count too: a file of promotions of every grade,
# without the grade a year later, has at least these for the final grades of its schools.
LEAST_TELLING_SHARE = 0.10
LEAST_RISING_SHARE = 0.01
# Promotions of a school are a row or more, and there may be a row for those who repeat each of its grades.
LEAST_RISING_SHARE_OF_TELLING = 0.10
_HIGH_SCHOOL = grade_mask(HIGH_SCHOOL_GRADES[0], HIGH_SCHOOL_GRADES[-1])


@dataclass(frozen=True, kw_only=True)
class FileWithoutPromotions:
    """
    A file of flows of which most rows are of students who do not go up by a grade.

    Parameters
    ----------
    name
        Of the file.
    share
        Share of its rows in which no step up is seen, of those whose grades tell it [0 to 1].
    rows
        All its rows with students and a destination.
    is_residence
        Whether most of them have a grade: then students are at their origin and destination in the same grade, as
        residents are at the school they attend.
    """

    name: str
    share: float
    rows: int
    is_residence: bool


def judge_flow_file(findings: Findings, cells: FlowCells, listed: ListedSchools) -> FileWithoutPromotions | None:
    """
    Find out whether most rows of a file of flows are of students who are not promoted.

    Parameters
    ----------
    findings
        The file.
    cells
        Its cells; which of them have students counts, and no number of students does.
    listed
        The listed schools.

    Returns
    -------
    found
        ``None`` for a file of promotions.
    """
    masks = listed.masks_of(cells.ids)
    has_destination = (cells.destination >= 0) & (cells.high > 0)  # of a faulty cell nothing is known
    destination = masks[cells.destination[has_destination]] if len(masks) else np.empty(0, dtype="int64")
    grade, next_grade = cells.grade[has_destination], cells.next_grade[has_destination]
    is_assumed = "next_grade" not in findings.headings
    steps = grade_steps(grade, next_grade, destination, is_assumed=is_assumed)
    rising, same, ungraded, either = (int((steps == code).sum()) for code in (STEP, SAME_GRADE, NO_GRADE, EITHER))
    rows = int(has_destination.sum())
    if is_residents_table(findings.table.headings):
        return FileWithoutPromotions(name=findings.table.name, share=1.0, rows=rows, is_residence=True)
    total = rising + same + ungraded + either
    tells = same + ungraded >= LEAST_TELLING_SHARE * total
    judged = same + ungraded + rising if tells else total
    lacks_grades = tells and ungraded > judged / 2
    least = LEAST_RISING_SHARE_OF_TELLING if tells else LEAST_RISING_SHARE
    if total == 0 or (rising >= judged * least and not lacks_grades):
        return None
    return FileWithoutPromotions(
        name=findings.table.name,
        share=1 - rising / judged,
        rows=rows,
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
    rows = f"its rows with students ({file.rows:,})"
    if not file.is_residence:
        return (
            f"{file.name} holds hardly any promotions: for {_percent(file.share)} of {rows} the grades are missing."
            " No feeder can be found from them. Add the grades, to this file or to the schools files."
        )
    return (
        f"{file.name} holds hardly any promotions: in {_percent(file.share)} of {rows} students stay in the same grade,"
        " or their origin and destination serve the same grades. It seems to say where residents enrol. It takes no"
        " part in finding feeders: that takes students' schools of one year and of the next. All its rows count for"
        " capture (zones capture)."
    )


def _percent(share: float) -> str:
    """A share in whole per cents, never rounded up to all of them; the counts behind it are middles of intervals."""
    return "all" if share >= 1 else f"about {min(99, round(100 * share))}%"
