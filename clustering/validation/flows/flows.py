"""Flow files to one table of flows, each row told apart by what it means for feeding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clustering.model.columns import FLOW_COLUMNS
from clustering.model.grades import highest_grade
from clustering.readers.text.columns import arrow_texts, numpy_of, sorted_texts
from clustering.readers.text.values import parse_grades, parse_students
from clustering.validation.findings import Findings, positions_of
from clustering.validation.flows.flow_cells import FlowCells, add_up
from clustering.validation.flows.flow_kinds import kinds_of_cells
from clustering.validation.flows.matrix import unpivot
from clustering.validation.identifiers import mark_bad_identifiers, mark_lost_zeros
from clustering.validation.years import validate_years

NO_GRADE = -9


@dataclass(frozen=True)
class ListedSchools:
    """
    Listed schools, for look-ups.

    Parameters
    ----------
    ids
        Identifiers, sorted.
    masks
        int64, the grades each offers; 0 is unknown.
    """

    ids: pa.StringArray
    masks: np.ndarray

    def masks_at(self, places: np.ndarray) -> np.ndarray:
        """Grades offered by the schools at places in ``ids``; -1 for place -1, a school that is not listed."""
        return np.where(places >= 0, self.masks[places], -1) if len(self.masks) else np.full(len(places), -1)

    def masks_of(self, ids: pa.StringArray) -> np.ndarray:
        """Grades offered by schools; -1 for one that is not listed."""
        return self.masks_at(positions_of(ids, self.ids))


def listed_schools(grades_offered: pd.Series) -> ListedSchools:
    """Make listed schools of bit masks by ``school_id``."""
    ids, masks = arrow_texts(grades_offered.index), grades_offered.to_numpy(dtype="int64")
    if (ordered := sorted_texts(ids)) is not ids:
        masks = masks[positions_of(ordered, ids)]
    return ListedSchools(ordered, masks)


def validate_flows(files: Sequence[Findings], grades_offered: pd.Series) -> pd.DataFrame:
    """
    Judge flow files and add up what they say of the same origin, destination, grades and year.

    Parameters
    ----------
    files
        One per file; problems are added to each.
    grades_offered
        Bit mask of every listed school, index ``school_id``.

    Returns
    -------
    flows
        ``columns.FLOW_COLUMNS``. A sum with a suppressed part is an interval: ``students`` is missing.
    """
    schools = listed_schools(grades_offered)
    cells = add_up([judge_flows(findings, schools) for findings in files])
    return complete_flows(cells, schools.masks_of(cells.ids))


def complete_flows(cells: FlowCells, masks: np.ndarray) -> pd.DataFrame:
    """
    Tell cells apart by what they mean for feeding.

    Parameters
    ----------
    cells
        Added up (``cells.add_up``).
    masks
        Grades offered by each school of ``cells.ids`` (:meth:`ListedSchools.masks_of`).

    Returns
    -------
    flows
        ``columns.FLOW_COLUMNS``, as from :func:`validate_flows`.
    """
    return rows_of_cells(cells).assign(kind=kinds_of_cells(cells, masks))[list(FLOW_COLUMNS)]


def rows_of_cells(cells: FlowCells) -> pd.DataFrame:
    """Cells as a table: ``columns.FLOW_COLUMNS`` without ``kind``."""
    destination = cells.ids.take(pa.array(cells.destination, mask=cells.destination < 0))
    return pd.DataFrame(
        {
            "origin": pd.array(cells.ids.take(pa.array(cells.origin)), dtype="str"),
            "destination": pd.array(destination, dtype="str"),
            **{name: _nullable(getattr(cells, name)) for name in ("grade", "next_grade", "year")},
            "students": cells.students,
            "students_low": cells.low,
            "students_high": cells.high,
        }
    )


def _nullable(values: np.ndarray) -> pd.api.extensions.ExtensionArray:
    return pd.arrays.IntegerArray(values.astype("int64"), values == NO_GRADE)


def judge_flows(given: Findings, schools: ListedSchools) -> FlowCells:
    """
    Judge one flow file.

    Parameters
    ----------
    given
        The file, long or with a column per destination; problems are added.
    schools
        The listed schools.

    Returns
    -------
    cells
        One for each record, or for each filled cell of a matrix.
    """
    findings = unpivot(given)
    mark_bad_identifiers(findings, "origin")
    students = findings.texts("students")
    counts, bad = parse_students(students.distinct())
    findings.mark_texts(
        bad,
        "students",
        message="This is not a number of students.",
        remedy="Give 0 or more; -1, * or <10 where the count is suppressed.",
    )
    year = validate_years(findings)
    for canonical in ("origin", "destination"):
        _mark_unlisted(findings, canonical, schools.ids)
    masks = schools.masks_at(findings.places("origin", schools.ids))
    grade, next_grade = _grades(findings, masks)
    unlisted = [_unlisted(findings, canonical, schools.ids) for canonical in ("origin", "destination")]
    strangers = pc.unique(pa.concat_arrays(unlisted))
    cells = FlowCells(
        ids=pa.concat_arrays([schools.ids, strangers]) if len(strangers) else schools.ids,
        origin=_places(findings, "origin", schools.ids, strangers),
        destination=_places(findings, "destination", schools.ids, strangers),
        grade=grade,
        next_grade=next_grade,
        year=year,
        students=students.spread(counts["students"]),
        low=students.spread(counts["students_low"]),
        high=students.spread(counts["students_high"]),
    )
    _warn_of_other_grades(findings, cells, masks)
    return cells.without_nobody()


def _unlisted(findings: Findings, canonical: str, school_ids: pa.StringArray) -> pa.StringArray:
    """Identifiers that are not those of listed schools; a blank destination is no school."""
    texts = findings.texts(canonical).texts
    return texts.filter(pc.and_(pa.array(findings.places(canonical, school_ids) < 0), pc.not_equal(texts, "")))


def _places(findings: Findings, canonical: str, school_ids: pa.StringArray, strangers: pa.StringArray) -> np.ndarray:
    """Place of each record's school among listed schools with the strangers behind them; -1 for none."""
    column = findings.texts(canonical)
    places = findings.places(canonical, school_ids)
    if len(strangers):
        among = positions_of(column.texts, strangers)
        places = np.where(among >= 0, among + len(school_ids), places).astype("int32")
    return column.spread(places)


def _grades(findings: Findings, masks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Grade and next grade; ``masks`` are of the distinct origins."""
    values = {}
    for canonical in ("grade", "next_grade"):
        column = findings.texts(canonical)
        grades, bad = parse_grades(column.distinct())
        remedy = "Write PK, KG, 1 to 13, UG or AE."
        findings.mark_texts(bad, canonical, message="This is not a grade.", remedy=remedy)
        values[canonical] = column.spread(grades.fillna(NO_GRADE).to_numpy(dtype="int8"))
    grade, next_grade = values["grade"], values["next_grade"]
    if "grade" not in findings.headings:
        origin = findings.texts("origin")
        known = pd.Series(masks).where(masks > 0)
        grade = origin.spread(highest_grade(known).fillna(NO_GRADE).to_numpy(dtype="int8"))
        findings.note(
            "The file has no grades: each row is taken for promotions out of the origin's highest grade.",
            "Add a grade column if the file also has moves in other grades.",
        )
    if "next_grade" not in findings.headings:
        next_grade = np.where(grade == NO_GRADE, NO_GRADE, grade + 1).astype("int8")
        findings.note(
            "The file has no grade of the following year: every student is taken to have been promoted by one grade.",
            "Add a next_grade column if the file also has students who repeated a grade.",
        )
    return grade, next_grade


def _warn_of_other_grades(findings: Findings, cells: FlowCells, masks: np.ndarray) -> None:
    """Warn of students in grades that their school does not offer: the files may be of different years."""
    mask = findings.texts("origin").spread(masks)
    grade, next_grade = cells.grade, cells.next_grade
    is_listed = (mask > 0) & (grade != NO_GRADE) & (cells.high > 0)
    stays = (cells.destination == cells.origin) & (next_grade > grade)
    beyond = is_listed & stays & ~_offers(mask, next_grade)
    within = is_listed & ~beyond & ~_offers(mask, grade)
    remedy = "Check that schools and flows are of the same years; feeding is told by the grades of the schools files."
    for rows, column, message in (
        (beyond, "next_grade", "Students stay in the school for a grade that the schools files say it does not offer"),
        (within, "grade", "Students are in a grade that the schools files say the school does not offer"),
    ):
        places = np.flatnonzero(rows)
        keys = cells.origin[places].astype("int64") * 64 + grade[places]
        told_once = np.zeros(len(rows), dtype=bool)
        told_once[places[np.unique(keys, return_index=True)[1]]] = True
        message_once = f"{message} (told once for each school and grade)."
        findings.mark(told_once, column, message=message_once, remedy=remedy, is_error=False)


def _offers(masks: np.ndarray, grades: np.ndarray) -> np.ndarray:
    return np.asarray((masks >> np.clip(grades.astype("int64") + 2, 0, 30)) & 1 == 1)


def _mark_unlisted(findings: Findings, canonical: str, school_ids: pa.StringArray) -> None:
    column = findings.texts(canonical)
    unlisted = (findings.places(canonical, school_ids) < 0) & ~numpy_of(pc.equal(column.texts, ""))
    if not unlisted.any():
        return
    zeros = mark_lost_zeros(findings, canonical, school_ids)
    findings.mark(
        column.spread(unlisted & ~zeros) & column.is_first(),
        canonical,
        message="The school is not in the schools files (told once for each school).",
        remedy="Add the school, or map its old identifier to the present one with a crosswalk; until then its students"
        " count as coming from, or going to, an unlisted school.",
        is_error=False,
    )
