"""Enrolment by grade in a state's own long file: a row for each school and grade, perhaps for each group and year."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd

from clustering.model.grades import parse_grade
from clustering.readers.published.edfacts_vocabulary import is_all_students
from clustering.readers.raw_table import RawTable, without_blank_records
from clustering.readers.recognition.file_kinds import PLAIN_KINDS
from clustering.readers.recognition.headings import RecognisedHeadings, heading_key, recognise_headings
from clustering.readers.reshape.reshape import reshape
from clustering.readers.text.values import parse_students, parse_unique
from clustering.readers.written_identifiers import as_assigned
from clustering.validation.enrolment.ccd_membership import ROLE as MEMBERSHIP
from clustering.validation.enrolment.ccd_membership import Membership
from clustering.validation.findings import Findings
from clustering.validation.identifiers import mark_bad_identifiers
from clustering.validation.likely_columns import warn_of_likely_columns
from clustering.validation.repeated_records import leave_out_same, telling_choices
from clustering.validation.rows_without_school.rows import without_rows_of_no_school
from clustering.validation.unreadable_cells import Wording, note_unreadable
from clustering.validation.years import MISSING, validate_years

ROLE = "grade_enrolment"
KIND = PLAIN_KINDS["membership"]
_TOTALS = frozenset(
    {"all", "all_grades", "all_students", "total", "totals", "grand_total", "school_total", "total_enrolment"}
    | {"total_enrollment", "total_students", "all_grade_levels", "tot"}
)
_OWN = {"school_id", "year", "grade", "students"}
_GRADE_NUMBER = re.compile(r"-?[0-9]{1,2}")
_NO_GRADE, _TOTAL = -9, -8
_OTHER_GROUP = "The row is of another group of students than all."
_GRADE = Wording(message="This is not a grade.", form="PK, KG or 1 to 13.", outcome="The row is left out.")
_STUDENTS = Wording(message="This is not a number of students.", form="a whole number, or * if it is suppressed.")


def holds_grade_enrolment(table: RawTable) -> bool:
    """
    Tell whether a table that was given among the schools has a row for each school and grade.

    Parameters
    ----------
    table
        A table of text that is in no published layout.

    Returns
    -------
    holds
        Whether it has columns of schools, of single grades and of students, and schools in several rows; or whether the
        user says so (``kind``).
    """
    if _is_own(table):
        return True
    if table.options.kind is not None or table.kind != PLAIN_KINDS["schools"]:
        return table.options.kind == KIND and table.kind == KIND
    found = _recognised(table).headings
    if table.options.repeated is not None or not {"school_id", "grade", "students"} <= found.keys():
        return False
    if {"grade", "students"} & table.options.columns.keys():  # which a list of schools does not have
        return True
    ids, grades = (table.column(found[name]) for name in ("school_id", "grade"))
    told = [text for text in grades.distinct() if text]
    return len(ids.texts) < len(table) and len(told) > 1 and all(_grade(text) is not None for text in told)


def read_grade_enrolment(source: RawTable) -> Membership:
    """
    Read enrolment by grade from a long table.

    Parameters
    ----------
    source
        Columns of ``aliases.ALIASES["grade_enrolment"]``, in any year or group.

    Returns
    -------
    membership
        Rows called ``Total`` are the enrolment of a school, in its latest year; it is never the sum of the grades. Of
        several groups only all students count. Rows that still repeat are an error that names what tells them apart.
    """
    table = reshape(without_blank_records(_with_falls(source) if _is_own(source) else source), ROLE)
    recognised = _recognised(table)
    headings = recognised.headings
    table = without_rows_of_no_school(as_assigned(table, headings, ROLE), headings, ROLE)
    findings = Findings(
        table=replace(table, kind=KIND), role=ROLE, headings=headings, problems=[*table.problems, *recognised.problems]
    )
    cells = _no_cells() if any(problem.is_error for problem in recognised.problems) else _cells(findings)
    warn_of_likely_columns(findings)
    of_total = (cells["grade"] == _TOTAL).to_numpy(dtype=bool)
    by_grade = cells[~of_total].sort_values(["school_id", "year", "grade"], ignore_index=True)
    totals = cells[of_total].sort_values("year", na_position="first").drop_duplicates("school_id", keep="last")
    years = sorted({int(year) for year in cells["year"].dropna()})
    reasons = {reason: int(rows.sum()) for reason, rows in findings.records_set_aside().items()}
    return Membership(
        grade_enrolment=by_grade,
        enrolment=totals.set_index("school_id")["students"].sort_index(),
        year=years[0] if len(years) == 1 else None,
        choice={"total": "total" if of_total.any() else None, "by grade": headings.get("grade")},
        accounting={"read": len(table), "used": len(cells), **reasons},
        problems=tuple(findings.problems),
        file=replace(findings.source_file(unused=findings.unused_headings()), role=MEMBERSHIP),
    )


def _is_own(table: RawTable) -> bool:
    """Whether a table may be a Scenario's enrolment by grade, in which grades are numbers."""
    named = {heading_key(heading): heading for heading in table.headings}
    return named.keys() == _OWN and all(map(_GRADE_NUMBER.fullmatch, table.column(named["grade"]).distinct()))


def _with_falls(table: RawTable) -> RawTable:
    """Bare years of a Scenario are falls, unless the user says something else."""
    convention = table.options.year_convention or "fall"
    return replace(table, options=table.options.with_changes(year_convention=convention))


def _recognised(table: RawTable) -> RecognisedHeadings:
    return recognise_headings(
        table.headings,
        table=table.name,
        role=ROLE,
        options=table.options,
        header_row=table.header_row,
        repeated=table.repeated,
    )


def _no_cells() -> pd.DataFrame:
    types = {"school_id": "str", "year": "Int64", "grade": "Int64", "students": "float64"}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in types.items()})


def _cells(findings: Findings) -> pd.DataFrame:
    """``school_id``, ``year``, ``grade`` and ``students`` of the records used; totals have the grade ``_TOTAL``."""
    mark_bad_identifiers(findings, "school_id")
    _leave_out_other_groups(findings)
    year = pd.Series(validate_years(findings), dtype="Int64")
    grade = _grades(findings)
    texts = findings.values("students")
    counts, bad = parse_students(texts, decimal=findings.table.options.decimal)
    note_unreadable(findings, "students", bad & (texts != ""), _STUDENTS)
    cells = pd.DataFrame(
        {
            "school_id": findings.column("school_id"),
            "year": year.mask(year == MISSING),
            "grade": pd.Series(grade, dtype="Int64"),
            "students": findings.texts("students").spread(counts["students"].mask(bad).to_numpy()),
        }
    )
    _note_repeats(findings, cells)
    return cells[findings.kept()]


def _leave_out_other_groups(findings: Findings) -> None:
    groups = findings.texts("subgroup")
    is_all = groups.spread(np.array([is_all_students(text) for text in groups.distinct()], dtype=bool))
    if is_all.any():
        findings.set_aside(~is_all, _OTHER_GROUP)


def _grades(findings: Findings) -> np.ndarray:
    """Grade of each record; those of no grade are set aside."""
    grades, bad = parse_unique(findings.values("grade"), _grade_or_error)
    note_unreadable(findings, "grade", bad, _GRADE)
    found = findings.texts("grade").spread(grades.fillna(_NO_GRADE).to_numpy(dtype="int64"))
    findings.set_aside(found == _NO_GRADE, "The row is of no grade.")
    return found


def _grade_or_error(text: str) -> int:
    if (grade := _grade(text)) is None:
        raise ValueError(text)
    return grade


def _grade(text: str) -> int | None:
    """A grade, ``_TOTAL`` for a total and ``_NO_GRADE`` for ungraded students; ``None`` for another text."""
    if heading_key(text) in _TOTALS:
        return _TOTAL
    try:
        grade = parse_grade(text)
    except ValueError:
        return None
    return _NO_GRADE if grade is None else grade


def _note_repeats(findings: Findings, cells: pd.DataFrame) -> None:
    """Set aside rows that are the same; others of one school, year and grade are an error, since they would add up."""
    keys = ["school_id", "year", "grade"]
    repeated = cells.duplicated(keys, keep=False).to_numpy() & findings.kept()
    if not repeated.any():
        return
    leave_out_same(findings, repeated)
    groups = np.where(findings.kept(), cells.groupby(keys, dropna=False).ngroup().to_numpy(), -1)
    repeated = pd.Series(groups).duplicated(keep=False).to_numpy() & (groups >= 0)
    if not repeated.any():
        return
    left_out = {heading for name, heading in findings.headings.items() if name != "subgroup"}
    choices = telling_choices(findings, np.where(repeated, groups, -1), left_out=left_out)
    message = "There are several records of the same school, grade and year."
    remedy = "Keep one record of each: added up, students could count twice."
    if choices.choices and choices.is_enough:
        message = f"{message[:-1]}; they differ in {choices.columns}."
        remedy = f"Set {choices.options} to read one record of each."
    findings.note_row(int(np.flatnonzero(repeated)[0]), message, remedy, column=findings.headings["grade"])
