"""A column for each grade in a plain schools file (``G09``, ``Grade 9``, ``KG``, ``9th``): students, or yes and no."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from clustering.model.plain_text import school_year_text
from clustering.readers.raw_table import SAMPLED_RECORDS
from clustering.readers.recognition.file_kinds import PLAIN_KINDS
from clustering.readers.recognition.grades_in_headings import (
    LEAST_GRADES,
    GradeColumn,
    columns_by_grade,
    doubled_grades,
    headings_like_grades,
)
from clustering.readers.recognition.likely_columns import holds_likely_cells
from clustering.readers.recognition.published_layouts import layouts_by_name
from clustering.readers.text.columns import from_arrow
from clustering.readers.text.values import parse_school_year, parse_students, parse_unique
from clustering.validation.findings import Findings

_COLUMNS = ["school_id", "year", "grade", "students"]
_NOT_OFFERED = r"[-–—.†‡]+|(?i:n/?a)"  # marks of a grade that a school does not have
_MAXIMUM_SHOWN = 8


def read_grade_columns(findings: Findings) -> pd.DataFrame:
    """
    Read enrolment by grade from a plain file of schools.

    Parameters
    ----------
    findings
        A validated file of schools; the columns are added to its headings. Warnings count cells that cannot be read,
        and name columns that speak of a grade and were not read.

    Returns
    -------
    enrolment
        ``school_id``, ``year`` (fall, of the heading or else of the record; missing where the file does not say it),
        ``grade`` and ``students`` [missing: suppressed or not known], for the records used; no rows if columns called
        by a grade hold anything but counts, such as yes and no.
    """
    empty = pd.DataFrame(columns=_COLUMNS)
    kind = findings.table.kind
    if kind != PLAIN_KINDS["schools"] and kind not in layouts_by_name():
        return empty
    taken = set(findings.headings.values())
    columns = [column for column in columns_by_grade(findings.table.headings) if column.heading not in taken]
    counts = {column.heading: _counts(findings, column.heading) for column in columns}
    unreadable = sum(bad for _, bad in counts.values())
    if len({column.grade for column in columns}) < LEAST_GRADES or not _are_counts(counts, unreadable):
        _warn_of_unread_columns(findings, columns=())
        return empty
    if doubled := doubled_grades(columns):
        message = (
            f"Several columns are of one grade: {', '.join(doubled[:_MAXIMUM_SHOWN])}. No enrolment by grade is read."
        )
        findings.note(message, "Delete or rename those that are not all students of the grade.", column=doubled[0])
        return empty
    _name_columns(findings, columns)
    _warn_of_unread_columns(findings, columns=columns)
    if unreadable:
        message = f"{unreadable:,} cells of the enrolment by grade are no number of students; they count as not known."
        findings.note(message, "Write whole numbers, or * for a suppressed one.", column=columns[0].heading)
    ids, years, kept = findings.column("school_id"), _years(findings), findings.kept()
    if findings.table.options.repeated == "merge":  # the sites of a school have its students together
        kept = (ids != "").to_numpy()
        years = years.groupby(ids).transform("first")
    parts = [
        part.assign(school_id=ids, year=years if column.year is None else _fall(findings, column))[kept]
        for column, part in _whole_grades(columns, counts)
    ]
    table = pd.concat(parts).astype({"year": "Int64"})
    return table.groupby(_COLUMNS[:3], dropna=False, sort=False)[["students"]].sum(min_count=1).reset_index()


def _counts(findings: Findings, heading: str) -> tuple[np.ndarray, int]:
    """Students in each record of a column, and the number of cells that cannot be read."""
    column = findings.table.column(heading)
    texts = column.distinct()
    texts = texts.mask(texts.str.fullmatch(_NOT_OFFERED), "")
    counts, bad = parse_students(texts)
    return column.spread(counts["students"].mask(bad)), int(column.spread(bad & (texts != "")).sum())


def _are_counts(counts: dict[str, tuple[np.ndarray, int]], unreadable: int) -> bool:
    """Whether the columns hold numbers of students, and not flags or words."""
    students = np.concatenate([np.asarray(each, dtype="float64") for each, _ in counts.values()])
    return bool(np.isfinite(students).sum() > unreadable and (students > 1).any())


def _name_columns(findings: Findings, columns: Sequence[GradeColumn]) -> None:
    """Add the columns to the headings of the file; those of earlier years follow with their year."""
    latest = max(column.written_year or 0 for column in columns)
    for column in columns:
        name = f"enrolment, grade {column.grade}"
        if column.year is not None and column.written_year != latest:
            fall = column.year.fall()
            name += f", {column.written_year if fall is None else school_year_text(fall)}"
        findings.headings.setdefault(
            name if name not in findings.headings else f"{name}, {column.part} day", column.heading
        )


def _warn_of_unread_columns(findings: Findings, columns: Sequence[GradeColumn]) -> None:
    """Warn of columns of numbers that speak of a grade and were not read."""
    left = [
        heading
        for heading in headings_like_grades(findings.unused_headings())
        if heading in findings.table.encoded and _holds_counts(findings, heading)
    ]
    if not left or (not columns and len(left) < LEAST_GRADES):
        return
    shown = ", ".join(left[:_MAXIMUM_SHOWN]) + (" ..." if len(left) > _MAXIMUM_SHOWN else "")
    remedy = "Rename them PK, KG, Grade 1 and so on, one column for each grade, if they are the enrolment by grade."
    findings.note(f"Columns speak of a grade and were not read: {shown}.", remedy, column=left[0])


def _holds_counts(findings: Findings, heading: str) -> bool:
    sample = from_arrow(findings.table.encoded[heading][:SAMPLED_RECORDS])
    return holds_likely_cells("enrolment", sample.texts.to_pylist()) is True


def _whole_grades(
    columns: Sequence[GradeColumn], counts: dict[str, tuple[np.ndarray, int]]
) -> list[tuple[GradeColumn, pd.DataFrame]]:
    """One table for each grade and year: half and full days are added up, and the sum is not known if one is not."""
    tables: dict[tuple[int, int | None], tuple[GradeColumn, pd.DataFrame]] = {}
    for column in columns:
        students = pd.Series(np.asarray(counts[column.heading][0], dtype="float64"))
        key = (column.grade, column.written_year)
        if key in tables:
            students = students + tables[key][1]["students"]
        tables[key] = column, pd.DataFrame({"grade": column.grade, "students": students})
    return list(tables.values())


def _fall(findings: Findings, column: GradeColumn) -> float:
    """Fall of the year in a heading; a bare year that may be either is missing."""
    fall = None if column.year is None else column.year.fall(findings.table.options.year_convention)
    return np.nan if fall is None else fall


def _years(findings: Findings) -> pd.Series:
    """Falls of the school years of a file; a bare year that may be either is missing."""
    column, convention = findings.texts("school_year"), findings.table.options.year_convention
    texts = column.distinct()
    is_clear = texts.str.contains(r"\d\D+\d") | (convention is not None)
    falls, _ = parse_unique(texts.where(is_clear, ""), lambda text: parse_school_year(text, convention or "fall"))
    return pd.Series(column.spread(falls.to_numpy(dtype="float64", na_value=np.nan))).astype("Int64")
