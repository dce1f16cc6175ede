"""Cells of a membership file: student counts, grades and school years, and those that cannot be read."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.errors import Problem
from clustering.model.grades import parse_grade
from clustering.readers.published.ccd_membership import BY_GRADE, RawMembership
from clustering.readers.recognition.columns_of_students import mark_without_number
from clustering.readers.recognition.headings import heading_key
from clustering.readers.text.values import parse_school_year
from clustering.validation.findings import MAXIMUM_LISTED, MAXIMUM_SHOWN_CHARACTERS

MAXIMUM_STUDENTS = 1_000_000
_NO_COUNT_FLAGS = ("suppressed", "missing", "not reported")
_WIDE_CODES = {"-1": "missing", "m": "missing", "-2": "not applicable", "n": "not applicable", "-9": "low quality"}
_FALL_HEADINGS = ("survyear", "year", "fall_year")  # of CCD's wide files, and of the Education Data Portal
_NO_GRADE = {"not specified", "no category codes", ""}


@dataclass(frozen=True, kw_only=True)
class StudentCounts:
    """
    Students of each row.

    Parameters
    ----------
    students
        float64, missing if there is no number.
    reason
        Why there is none; blank if there is one.
    """

    students: pd.Series
    reason: pd.Series


def decode_counts(raw: RawMembership, rows: pd.DataFrame, problems: list[Problem]) -> StudentCounts:
    """Read student counts; unreadable ones become problems."""
    texts = rows["students"].astype("category")
    decoded = [_count(str(text)) for text in texts.cat.categories]
    codes = texts.cat.codes.to_numpy()
    students = pd.Series(np.array([number for number, _ in decoded] + [np.nan])[codes], index=rows.index)
    reason = pd.Series(np.array([why for _, why in decoded] + ["missing"], dtype=object)[codes], index=rows.index)
    flag = rows["flag"].astype("str").str.lower()
    flagged = flag.isin(_NO_COUNT_FLAGS)
    if contradicting := int((flagged & students.notna()).sum()):
        message = f"{contradicting:,} counts have a flag that says there is no count; they are not used."
        problems.append(Problem(table=raw.name, message=message, remedy="Nothing needs to be done.", is_error=False))
    bad = reason == "unreadable"
    remedy = "Use the file as NCES publishes it."
    note_rows(raw, rows[bad & ~flagged], "students", "This is not a number of students.", remedy, problems)
    reason = reason.mask(flagged, flag)
    return StudentCounts(students=students.mask(flagged), reason=reason.astype("str"))


def _count(text: str) -> tuple[float, str]:
    lower = text.lower()
    if text == "":
        return np.nan, "missing"
    if lower in _WIDE_CODES:
        return np.nan, _WIDE_CODES[lower]
    if re.fullmatch(r"[0-9]{1,7}(\.0+)?", text) and float(text) <= MAXIMUM_STUDENTS:
        return float(text), ""
    return np.nan, "unreadable"


def decode_grades(raw: RawMembership, rows: pd.DataFrame, problems: list[Problem]) -> pd.Series:
    """Grade of each row (Int64); missing if it is none."""
    texts = rows["grade"].astype("category")
    values: list[int | None] = []
    unknown = []
    for text in texts.cat.categories:
        try:
            values.append(None if str(text).lower() in _NO_GRADE else parse_grade(str(text)))
        except ValueError:
            values.append(None)
            unknown.append(text)
    grades = pd.Series(pd.array(values, dtype="Int64").take(texts.cat.codes.to_numpy()), index=rows.index)
    bad = rows["grade"].isin(unknown) & (rows["aggregation"] == BY_GRADE)
    note_rows(raw, rows[bad], "grade", "This is not a grade.", "Use the file as NCES publishes it.", problems)
    return grades


def decode_years(raw: RawMembership, rows: pd.DataFrame, year: int | None, problems: list[Problem]) -> pd.Series:
    """Fall of each row's school year; a bare year that may be the spring is an error."""
    texts = rows["year"].astype("category").cat.remove_unused_categories()
    values: list[int | None] = []
    for text in texts.cat.categories:
        try:
            values.append(parse_school_year(str(text)))
        except ValueError:
            values.append(None)
            message, remedy = "This is not a school year.", "Write 2022-23."
            note_rows(raw, rows[texts == text].head(1), "year", message, remedy, problems)
    years = pd.Series(pd.array(values, dtype="Int64").take(texts.cat.codes.to_numpy()), index=rows.index)
    bare = [str(text) for text in texts.cat.categories if re.fullmatch(r"\d{4}", str(text))]
    if bare and year is None and heading_key(raw.headings["year"]) not in _FALL_HEADINGS:
        message = f"The year {bare[0]} may be that of the fall or that of the spring of the school year."
        problems.append(Problem(table=raw.name, message=message, remedy="Write both years, such as 2022-23."))
    elif bare and year is not None:
        years = years.mask(texts.isin(bare).to_numpy(), year)
    if years.isna().all() and year is not None:
        years = pd.Series(year, index=rows.index, dtype="Int64")
    found = sorted(int(value) for value in years.dropna().unique())
    if year is not None and found not in ([], [year]):
        message = f"The file is of {', '.join(map(str, found))}, not of {year}."
        problems.append(Problem(table=raw.name, message=message, remedy="Use the file of that year."))
    if len(found) > 1:
        message = f"The file has several years ({', '.join(map(str, found))})."
        problems.append(Problem(table=raw.name, message=message, remedy="Keep the records of one year."))
    if not found and len(rows):
        message = "The file does not show its school year."
        problems.append(
            Problem(
                table=raw.name, message=message, remedy="Add a column SCHOOL_YEAR, such as 2022-23.", is_error=False
            )
        )
    return years


def note_rows(
    raw: RawMembership,
    rows: pd.DataFrame,
    column: str,
    message: str,
    remedy: str,
    problems: list[Problem],
    *,
    is_error: bool = True,
) -> None:
    """Note a problem for each row up to a limit; the last counts the further rows. No number of students is shown."""
    shown, further = rows.head(MAXIMUM_LISTED), max(0, len(rows) - MAXIMUM_LISTED)
    headings = pd.Series(raw.headings.get(column, column), index=shown.index)
    if column == "students" and raw.layout == "wide":  # a column per grade, and one of all
        headings = shown["grade"].astype("str").replace("", "total").map(raw.headings)
    # A list, since a column of texts would turn None into NaN.
    texts = [str(text) for text in shown[column].tolist()]
    values = [mark_without_number(text) for text in texts] if column == "students" else texts
    more = [0] * (len(shown) - 1) + [further]
    cells = zip(
        shown["row"].tolist(), values, shown["school_id"].tolist(), headings.tolist(), more[: len(shown)], strict=True
    )
    problems.extend(
        Problem(
            table=raw.name,
            row=row,
            column=heading,
            value=None if value is None else value[:MAXIMUM_SHOWN_CHARACTERS],
            school_id=school_id[:MAXIMUM_SHOWN_CHARACTERS] or None,
            message=message,
            remedy=remedy,
            is_error=is_error,
            further_records=further_records,
        )
        for row, value, school_id, heading, further_records in cells
    )
