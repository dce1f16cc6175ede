"""School years of student records: bare ones are settled by dates or by the caller."""

from __future__ import annotations

from pathlib import Path

from clustering.flows.records.promotions import derive_promotions
from clustering.readers.student_records import read_student_records
from tests.examples.student_records import HEADINGS, Record, errors_of, flows_of, promote, write_csv


def test_a_bare_year_without_dates_is_asked(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "r.csv", [("1", "2022", "A", "5"), ("1", "2023", "B", "6")], HEADINGS[:4])
    (problem,) = errors_of([path])
    assert problem.column == "school_year"
    assert "Set r.csv:year_convention=fall if 2022 is 2022-23" in problem.remedy
    for convention, fall in (("fall", 2022), ("spring", 2021)):
        promotions = derive_promotions(read_student_records([path], year_convention=convention))
        assert flows_of(promotions) == {("A", "B", 5, 6, fall): 1}


def test_a_bare_year_with_dates_is_settled_and_said_so(tmp_path: Path) -> None:
    rows = [
        Record("1", "2023", "A", "5", "2022-08-20", "2023-06-05"),
        Record("1", "2024", "B", "6", "2023-08-20", "2024-06-05"),
    ]
    promotions = promote(tmp_path, rows)
    assert flows_of(promotions) == {("A", "B", 5, 6, 2022): 1}
    (problem,) = promotions.problems
    assert "year of its spring" in problem.message


def test_a_file_without_a_year_takes_the_one_stated_or_that_of_its_dates(tmp_path: Path) -> None:
    first = write_csv(tmp_path / "fall21.csv", [("1", "A", "5")], ("student_id", "school_id", "grade"))
    second = write_csv(tmp_path / "fall22.csv", [("1", "B", "6")], ("student_id", "school_id", "grade"))
    problems = errors_of([first, second])
    assert {problem.table for problem in problems} == {"fall21.csv", "fall22.csv"}
    years = {"fall21.csv": "2021-22", "fall22.csv": "2022-23"}
    promotions = derive_promotions(read_student_records([first, second], school_years=years))
    assert flows_of(promotions) == {("A", "B", 5, 6, 2021): 1}
    headings = ("student_id", "school_id", "grade", "entry_date")
    dated = write_csv(tmp_path / "r.csv", [("1", "A", "5", "8/20/2021"), ("1", "B", "6", "1/9/2023")], headings)
    assert flows_of(derive_promotions(read_student_records([dated]))) == {("A", "B", 5, 6, 2021): 1}
