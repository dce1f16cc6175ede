"""Enrolment by grade in a schools file: which headings are grades, and what their cells say."""

from __future__ import annotations

import pandas as pd
import pytest

from clustering.model.grades import format_grades
from clustering.readers.file_options import FileOptions
from clustering.readers.read_table import read_table
from clustering.readers.recognition.grades_in_headings import columns_by_grade, doubled_grades
from clustering.readers.recognition.headings import recognise_headings
from clustering.validation.findings import Findings
from clustering.validation.schools.grade_columns import read_grade_columns
from clustering.validation.schools.grade_flags import read_grade_flags
from clustering.validation.schools.school_file import read_school_file


def read(**columns: list[str]) -> tuple[list[tuple[object, ...]], Findings]:
    table = read_table(pd.DataFrame(columns), role="schools")
    found = recognise_headings(table.headings, table="schools.csv", role="schools", options=table.options)
    findings = Findings(table=table, role="schools", headings=found.headings)
    rows = read_grade_columns(findings).astype("object")
    return list(rows.where(rows.notna(), None).itertuples(index=False, name=None)), findings


@pytest.mark.parametrize(
    ("headings", "grades"),
    [
        (["PK", "KG", "G01", "G02", "G12"], [-1, 0, 1, 2, 12]),
        (["Grade PK", "Grade K", "Grade 1", "Grade 10"], [-1, 0, 1, 10]),
        (["Kindergarten", "1st Grade", "2nd grade", "12th"], [0, 1, 2, 12]),
        (["grade_9_enrollment", "grade_10_enrollment", "grade_11_enrollment"], [9, 10, 11]),
        (["enrollment_09", "enrollment_10", "enrollment_12"], [9, 10, 12]),
        (["Enrollment Grade 9", "Enrollment Grade 10", "Enrollment Grade 11"], [9, 10, 11]),
        (["KDGN", "GR_1", "GR_2", "UNGR_ELM"], [0, 1, 2]),
        (["Total  PK3 (half day)", "Total  KG  (half day)", "Total KG (full day)", "Total 1st Grade"], [-2, 0, 0, 1]),
        (["PK", "K", "1", "2", "3"], [-1, 0, 1, 2, 3]),
        (["9", "10", "11", "12"], [9, 10, 11, 12]),
        (["Preschool", "K", "Grade_1"], [-2, 0, 1]),
        (["P K Total", "Full K Total", "Half K Total", "Gr 1 Total"], [-1, 0, 0, 1]),
        (["Half Day K", "Full Day K", "1st Grade", "2nd Grade"], [0, 0, 1, 2]),
        (["2022-23 Kindergarten", "2022-23 Grade One", "2022-23 Grade Twelve"], [0, 1, 12]),
        (
            ["Kindergarten Students [Public School] 2022-23", "Grade 1 Students [Public School] 2022-23", "G02"],
            [0, 1, 2],
        ),
        (["2021-22 Grade 6", "2021-22 Grade 7", "2021-22 Grade 8", "2022-23 Grade 6"], [6, 7, 8, 6]),
        (["First Grade", "Second Grade", "Third Grade"], [1, 2, 3]),
        ([str(month) for month in range(1, 13)], []),  # may be months
        (["1", "2", "3"], []),
        (["K", "1", "2", "4"], []),
        (["KG", "KG (half day)", "G01", "G02"], []),  # kindergarten is one, or the other a part of it
        (["Grade 9", "Grade 10"], []),  # too few
        (["G09", "Grade 9", "G10", "G11"], []),  # one grade twice
        (["enrollment_22", "enrollment_23", "enrollment_24"], []),
        (["4-year graduation rate", "5-year graduation rate", "6-year graduation rate"], []),
        (["Grade 9 %", "Grade 10 %", "Grade 11 %"], []),
        (["G_9_OFFERED", "G_10_OFFERED", "G_11_OFFERED"], []),
    ],
)
def test_headings_called_by_a_grade(headings: list[str], grades: list[int]) -> None:
    columns = columns_by_grade(["school_id", *headings])
    assert [column.grade for column in columns if not doubled_grades(columns)] == grades


def test_counts_are_read_with_their_year() -> None:
    rows, findings = read(
        school_id=["1", "2"], year=["2022-23", ""], G09=["120", "*"], G10=["1,010", "0"], G11=["", "80"]
    )
    assert set(rows) == {
        *{("1", 2022, 9, 120.0), ("1", 2022, 10, 1010.0), ("1", 2022, 11, None)},
        *{("2", None, 9, None), ("2", None, 10, 0.0), ("2", None, 11, 80.0)},
    }
    assert findings.headings["enrolment, grade 9"] == "G09"
    assert not findings.problems


def test_the_sites_of_a_school_are_added_up() -> None:
    table = pd.DataFrame({"school_id": ["1", "1"], "G01": ["20", "30"], "G02": ["5", ""], "G03": ["", ""]})
    raw = read_table(table, role="schools", options=FileOptions(repeated="merge"))
    found = recognise_headings(raw.headings, table="schools.csv", role="schools", options=raw.options)
    findings = Findings(table=raw, role="schools", headings=found.headings)
    read_school_file(findings)
    students = read_grade_columns(findings).set_index("grade")["students"]
    assert students.dropna().to_dict() == {1: 50, 2: 5}


def test_a_cell_that_is_no_count_is_warned_of() -> None:
    rows, findings = read(school_id=["1", "2"], G09=["120", "many"], G10=["110", "90"], G11=["100", "80"])
    assert ("2", None, 9, None) in rows
    (warning,) = findings.problems
    assert warning.message.startswith("1 cells of the enrolment by grade")


@pytest.mark.parametrize("cells", [["Yes", "No"], ["1", "0"], ["X", ""]])
def test_flags_are_no_enrolment(cells: list[str]) -> None:
    rows, findings = read(school_id=["1", "2"], G09=cells, G10=cells, G11=cells)
    assert rows == []
    assert not findings.problems


def test_half_and_full_days_are_added_up_and_unknown_if_one_is() -> None:
    columns = {"KG (half day)": ["5", "*"], "KG (full day)": ["50", "40"], "G01": ["9", "9"], "G02": ["8", "8"]}
    rows, _ = read(school_id=["1", "2"], **columns)
    assert {(row[0], row[3]) for row in rows if row[2] == 0} == {("1", 55.0), ("2", None)}


def test_years_of_headings_are_kept() -> None:
    cells = {
        f"{year} Grade {grade}": [str(grade + add)]
        for year, add in (("2021-22", 10), ("2022-23", 20))
        for grade in (6, 7, 8)
    }
    rows, findings = read(school_id=["1"], **cells)
    assert set(rows) == {
        ("1", year, grade, float(grade + add)) for year, add in ((2021, 10), (2022, 20)) for grade in (6, 7, 8)
    }
    assert findings.headings["enrolment, grade 6"] == "2022-23 Grade 6"
    assert findings.headings["enrolment, grade 6, 2021-22"] == "2021-22 Grade 6"


def test_marks_for_none_are_no_strange_cells() -> None:
    rows, findings = read(school_id=["1"], G09=["120.00"], G10=["-"], G11=["\u2020"], G12=["n/a"])
    assert ("1", None, 9, 120.0) in rows
    assert not findings.problems


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            {"KG": "9", "G01": "20", "G02": "30", "Grade T9": "5"},
            "Columns speak of a grade and were not read: Grade T9.",
        ),
        ({"Pre-K": "9", "PK4": "9", "G01": "20", "G02": "30"}, "Several columns are of one grade: Pre-K, PK4."),
    ],
)
def test_columns_of_grades_that_are_not_read_are_named(columns: dict[str, str], message: str) -> None:
    _, findings = read(school_id=["1"], **{heading: [text] for heading, text in columns.items()})
    assert any(message in problem.message for problem in findings.problems)


@pytest.mark.parametrize(
    ("headings", "cells", "offered"),
    [
        (["K", "1", "2", "3"], [["X", "x", "", ""], ["", "", "", ""]], ["K-1", ""]),
        (["Grade K", "Grade 1", "Grade 2"], [["N", "Y", "Y"], ["Y", "Y", "N"]], ["1-2", "K-1"]),
        (["OFFER_K", "OFFER_1", "OFFER_2"], [["TRUE", "FALSE", "FALSE"], ["TRUE", "TRUE", "TRUE"]], ["K", "K-2"]),
        (["K", "1", "2", "3"], [["30", "1", "0", "1"], ["20", "0", "1", "1"]], ["", ""]),  # students
        (
            ["Grade K", "Grade 1", "Grade 9"],
            [["Y", "N", "N"], ["Y", "Y", "Y"]],
            ["", ""],
        ),  # columns between are not known
    ],
)
def test_grades_offered_are_read_from_columns_of_yes_and_no(
    headings: list[str], cells: list[list[str]], offered: list[str]
) -> None:
    _, findings = read(school_id=["1", "2"], **dict(zip(headings, map(list, zip(*cells, strict=True)), strict=True)))
    findings.problems.clear()
    masks = read_grade_flags(findings)
    assert [format_grades(int(mask)) for mask in masks] == offered
    assert len(findings.problems) == any(offered)
