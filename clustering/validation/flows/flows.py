"""Flow files validated: students, grades and years of each cell; and the table of flows with their kinds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clustering.model.columns import FLOW_COLUMNS
from clustering.model.grades import highest_grade
from clustering.readers.published.edfacts_vocabulary import is_all_students
from clustering.readers.reshape.chosen_rows import as_typed
from clustering.readers.text.columns import arrow_texts, numpy_of, sorted_texts
from clustering.readers.text.printed_marks import without_marks
from clustering.readers.text.values import parse_grades, parse_students
from clustering.validation.findings import Findings, positions_of
from clustering.validation.flows.flow_cells import FlowCells
from clustering.validation.flows.flow_kinds import kinds_of_cells
from clustering.validation.flows.matrix import unpivot, years_to_rows
from clustering.validation.identifiers import mark_bad_identifiers
from clustering.validation.lost_zeros import mark_lost_zeros
from clustering.validation.unreadable_cells import Wording, note_unreadable
from clustering.validation.years import validate_years, years_of_headings

NO_GRADE = -9
_MOST_GROUPS = 50
_NO_GRADES = "The file has no grades: each row counts as promotions out of the origin's highest grade."
_NO_NEXT_GRADE = "The file has no grade of the following year: every student counts as promoted by one grade."
_NO_STUDENTS = Wording(
    message="This is not a number of students.",
    form="0 or more, or -1, * or <10 if the count is suppressed.",
    is_refused=True,
)
_NO_GRADE_WORDING = Wording(
    message="This is not a grade.",
    form="PK, KG, 1 to 13, UG or AE.",
    outcome="The students count as being in no grade.",
)
UNLISTED_SCHOOL = "The school is not in the schools files (reported once for each school)."
_ONCE = " (reported once for each school and grade)."
_STAYS_BEYOND = f"Students stay in the school for a grade that it does not offer, by the schools files{_ONCE}"
_NOT_OFFERED = f"Students are in a grade that the school does not offer, by the schools files{_ONCE}"


@dataclass(frozen=True)
class ListedSchools:
    """
    The listed schools, for look-ups.

    Parameters
    ----------
    ids
        Identifiers, sorted.
    masks
        int64, bit mask of the grades that each offers; 0 is unknown.
    """

    ids: pa.StringArray
    masks: np.ndarray

    def masks_at(self, positions: np.ndarray) -> np.ndarray:
        """Grades offered by the schools at these positions in ``ids``; -1 for position -1, an unlisted school."""
        return np.where(positions >= 0, self.masks[positions], -1) if len(self.masks) else np.full(len(positions), -1)

    def masks_of(self, ids: pa.StringArray) -> np.ndarray:
        """Grades offered by schools; -1 for an unlisted school."""
        return self.masks_at(positions_of(ids, self.ids))


def listed_schools(grades_offered: pd.Series) -> ListedSchools:
    """Build the look-up from bit masks of grades by ``school_id``."""
    ids, masks = arrow_texts(grades_offered.index), grades_offered.to_numpy(dtype="int64")
    if (ordered := sorted_texts(ids)) is not ids:
        masks = masks[positions_of(ordered, ids)]
    return ListedSchools(ordered, masks)


def build_flows(cells: FlowCells, masks: np.ndarray) -> pd.DataFrame:
    """
    Build the table of flows, with the kind of each row.

    Parameters
    ----------
    cells
        Added up (``flow_cells.add_up``).
    masks
        Grades offered by each school of ``cells.ids`` (:meth:`ListedSchools.masks_of`).

    Returns
    -------
    flows
        ``columns.FLOW_COLUMNS``. A sum with a suppressed part is an interval: ``students`` is missing.
    """
    flows = rows_of_cells(cells)
    flows.insert(FLOW_COLUMNS.index("kind"), "kind", kinds_of_cells(cells, masks))
    return flows


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
        },
        copy=False,
    )


def _nullable(values: np.ndarray) -> pd.api.extensions.ExtensionArray:
    return pd.arrays.IntegerArray(values.astype("int64"), values == NO_GRADE)


def validate_flow_file(file: Findings, schools: ListedSchools) -> FlowCells:
    """
    Validate one flow file.

    Parameters
    ----------
    file
        Long, or with a column for each destination or for each year; problems are added.
    schools
        The listed schools.

    Returns
    -------
    cells
        One for each record, or for each filled cell of a matrix.
    """
    findings = years_to_rows(unpivot(file))
    mark_bad_identifiers(findings, "origin")
    _refuse_groups_with_all_students(findings)
    students = findings.texts("students")
    counts = _counts(findings)
    if findings.by_year:
        year = years_of_headings(findings, findings.column("year")).fillna(NO_GRADE).to_numpy(dtype="int64")
    else:
        year = validate_years(findings)
    for canonical in ("origin", "destination"):
        _mark_unlisted(findings, canonical, schools.ids)
    masks = schools.masks_at(findings.positions("origin", schools.ids))
    grades = _grades(findings, masks)
    ends = [_unlisted(findings, canonical, schools.ids) for canonical in ("origin", "destination")]
    unlisted_ids = pc.unique(pa.concat_arrays(ends))
    cells = FlowCells(
        ids=pa.concat_arrays([schools.ids, unlisted_ids]) if len(unlisted_ids) else schools.ids,
        origin=_positions(findings, "origin", schools.ids, unlisted_ids),
        destination=_positions(findings, "destination", schools.ids, unlisted_ids),
        grade=grades.grade,
        next_grade=grades.next_grade,
        year=year,
        students=students.spread(counts["students"]),
        low=students.spread(counts["students_low"]),
        high=students.spread(counts["students_high"]),
    )
    _warn_of_grades_not_offered(findings, cells, masks)
    return cells.without_nobody()


def _refuse_groups_with_all_students(findings: Findings) -> None:
    """Note an error if rows are of all students and of groups among them: added up, students would count twice."""
    for heading in findings.unused_headings():
        if heading not in findings.table.encoded or not findings.table.has_few_texts(heading, _MOST_GROUPS):
            continue
        entries = [text for text in findings.table.column(heading).distinct() if text]
        all_students = [text for text in entries if is_all_students(text)]
        if all_students and len(entries) > len(all_students):
            message = "The rows are of all students and of groups of them: added up, students would count twice."
            remedy = f"Set {as_typed(heading)}={all_students[0]} to read those of all students."
            findings.note(message, remedy, column=heading, is_error=True)


def _counts(findings: Findings) -> pd.DataFrame:
    """Students by distinct text. A mark of the user's for counts that are not known counts as nobody, and is said."""
    texts, values = findings.texts("students").distinct(), findings.values("students")
    is_unknown = ((values == "") & (texts != "")).to_numpy()
    known = values.mask(is_unknown, "0") if is_unknown.any() else values
    counts, bad = parse_students(known, decimal=findings.table.options.decimal)
    note_unreadable(findings, "students", bad, _NO_STUDENTS)
    if is_unknown.any():
        unknown = findings.texts("students").spread(is_unknown)
        message = "Some numbers of students are not known; their records are set aside."
        findings.note(
            message, "Leave out the option missing if the marks mean suppressed counts; set suppressed instead."
        )
        findings.set_aside(unknown, "The number of students is not known.")
    return counts


def _unlisted(findings: Findings, canonical: str, school_ids: pa.StringArray) -> pa.StringArray:
    """Identifiers of unlisted schools; a blank destination is no school."""
    texts = findings.texts(canonical).texts
    return texts.filter(pc.and_(pa.array(findings.positions(canonical, school_ids) < 0), pc.not_equal(texts, "")))


def _positions(
    findings: Findings, canonical: str, school_ids: pa.StringArray, unlisted_ids: pa.StringArray
) -> np.ndarray:
    """Position of each record's school among the listed schools followed by the unlisted; -1 for none."""
    column = findings.texts(canonical)
    positions = findings.positions(canonical, school_ids)
    if len(unlisted_ids):
        among_unlisted = positions_of(column.texts, unlisted_ids)
        positions = np.where(among_unlisted >= 0, among_unlisted + len(school_ids), positions).astype("int32")
    return column.spread(positions)


@dataclass(frozen=True, kw_only=True)
class _Grades:
    """Grade and next grade of each record, ``NO_GRADE`` if not known."""

    grade: np.ndarray
    next_grade: np.ndarray


def _grades(findings: Findings, masks: np.ndarray) -> _Grades:
    """Grades of each record; ``masks`` are of the distinct origins."""
    values = {}
    # Of those who left nothing is said: whether anybody left is told to nobody.
    goes_on = ~findings.texts("destination").is_blank()
    for canonical in ("grade", "next_grade"):
        column = findings.texts(canonical)
        texts = findings.values(canonical)
        grades, bad = parse_grades(texts)
        note_unreadable(findings, canonical, without_marks(bad, texts), _NO_GRADE_WORDING, records=goes_on)
        values[canonical] = column.spread(grades.fillna(NO_GRADE).to_numpy(dtype="int8"))
    grade, next_grade = values["grade"], values["next_grade"]
    if "grade" not in findings.headings:
        origin = findings.texts("origin")
        known = pd.Series(masks).where(masks > 0)
        grade = origin.spread(highest_grade(known).fillna(NO_GRADE).to_numpy(dtype="int8"))
        findings.note(
            _NO_GRADES,
            "Add a column grade if the file also has moves in other grades.",
        )
    if "next_grade" not in findings.headings:
        next_grade = np.where(grade == NO_GRADE, NO_GRADE, grade + 1).astype("int8")
        findings.note(
            _NO_NEXT_GRADE,
            "Add a column next_grade if the file also has students who repeated a grade.",
        )
    return _Grades(grade=grade, next_grade=next_grade)


def _warn_of_grades_not_offered(findings: Findings, cells: FlowCells, masks: np.ndarray) -> None:
    """Warn of students in grades that their school does not offer; the files may be of different years."""
    mask = findings.texts("origin").spread(masks)
    grade, next_grade = cells.grade, cells.next_grade
    # Of those who left no grade is named: whether anybody left is told to nobody.
    is_listed = (mask > 0) & (grade != NO_GRADE) & (cells.high > 0) & (cells.destination >= 0)
    stays = (cells.destination == cells.origin) & (next_grade > grade)
    beyond = is_listed & stays & ~_offers(mask, next_grade)
    within = is_listed & ~beyond & ~_offers(mask, grade)
    remedy = (
        "Check that schools and flows are of the same years: the grades in the schools files decide what is feeding."
    )
    for rows, column, message in (
        (beyond, "next_grade", _STAYS_BEYOND),
        (within, "grade", _NOT_OFFERED),
    ):
        positions = np.flatnonzero(rows)
        keys = cells.origin[positions].astype("int64") * 64 + grade[positions]
        is_first = np.zeros(len(rows), dtype=bool)
        is_first[positions[np.unique(keys, return_index=True)[1]]] = True
        findings.mark(is_first, column, message=message, remedy=remedy, is_error=False)


def withdraw_warnings_of_promotions(findings: Findings) -> None:
    """Withdraw the warnings that are only true of promotions, from a file that turns out to hold none."""
    untrue = (_NO_GRADES, _NO_NEXT_GRADE, _STAYS_BEYOND)
    findings.problems[:] = [problem for problem in findings.problems if problem.message not in untrue]


def _offers(masks: np.ndarray, grades: np.ndarray) -> np.ndarray:
    return np.asarray((masks >> np.clip(grades + 2, 0, 30)) & 1 == 1)


def _mark_unlisted(findings: Findings, canonical: str, school_ids: pa.StringArray) -> None:
    column = findings.texts(canonical)
    unlisted = (findings.positions(canonical, school_ids) < 0) & ~numpy_of(pc.equal(column.texts, ""))
    if not unlisted.any():
        return
    zeros = mark_lost_zeros(findings, canonical, school_ids)
    findings.mark(
        column.spread(unlisted & ~zeros) & column.is_first(),
        canonical,
        message=UNLISTED_SCHOOL,
        remedy="Add the school, or map its earlier identifier to the present one with a crosswalk. Until then its"
        " students count as coming from, or going to, an unlisted school.",
        is_error=False,
    )
