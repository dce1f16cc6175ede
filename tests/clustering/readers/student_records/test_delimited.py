"""Delimited student records: cells, delimiters, encodings, records of the wrong length."""

from __future__ import annotations

from pathlib import Path

import pytest

from clustering.flows.records.promotions import derive_promotions
from clustering.readers.student_records import read_student_records
from tests.examples.student_records import errors_of, flows_of


def test_excels_way_of_keeping_zeros_and_white_space_are_undone(tmp_path: Path) -> None:
    text = 'student_id,school_year,school_id,grade\n="0012",2021-22,="0100005", 05\n 0012 ,2022-23,0100005 ,06\n'
    (tmp_path / "r.csv").write_text(text)
    promotions = derive_promotions(read_student_records([tmp_path / "r.csv"]))
    assert flows_of(promotions) == {("0100005", "0100005", 5, 6, 2021): 1}


def test_records_of_the_wrong_length_are_named_by_row(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(
        "student_id,school_year,school_id,grade\n1,2021-22,A,5\n2,2021-22,A\n3,x,2021-22,A,5\n"
    )
    problems = errors_of([tmp_path / "r.csv"])
    assert [(problem.row, problem.message) for problem in problems] == [
        (3, "The record has 3 cells instead of 4."),
        (4, "The record has 5 cells instead of 4."),
    ]


@pytest.mark.parametrize("record", ["2,2021-22,{},5", "{},2021-22,A,5"])
def test_a_line_of_more_than_eight_mebibytes_is_refused_with_its_row(tmp_path: Path, record: str) -> None:
    head = "student_id,school_year,school_id,grade\n1,2021-22,A,5\n"
    (tmp_path / "r.csv").write_text(f"{head}{record.format('x' * (8 << 20))}\n3,2021-22,A,5\n")
    assert [(problem.row, problem.message) for problem in errors_of([tmp_path / "r.csv"])] == [
        (3, "The line is longer than 8 MiB.")
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", "|", "^", ";"])
def test_encodings_and_delimiters_are_recognised(tmp_path: Path, encoding: str, delimiter: str) -> None:
    lines = [
        delimiter.join(("Student ID", "School Year", "School ID", "Grade Level")),
        delimiter.join(("1", "2021-22", "é", "5")),
    ]
    (tmp_path / "r.txt").write_bytes("\r\n".join(lines).encode(encoding))
    promotions = derive_promotions(read_student_records([tmp_path / "r.txt"]))
    assert promotions.grade_enrolment["school_id"].tolist() == ["é"]
