"""Promotions of student records, worked out by hand: flows, outcomes and the account of every record."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from clustering.errors import InputError
from clustering.flows.records.promotions import derive_promotions
from clustering.readers.student_records import read_student_records
from tests.examples.student_records import Record, counts_of, flows_of, promote, write_csv


def test_promoted_retained_left_and_not_followed(tmp_path: Path) -> None:
    rows = [
        Record("1", "2021-22", "A", "05"),
        Record("1", "2022-23", "B", "06"),
        Record("2", "2021-22", "A", "05"),
        Record("2", "2022-23", "A", "05"),
        Record("3", "2021-22", "A", "05"),
        Record("4", "2021-22", "A", "KG"),
        Record("4", "2022-23", "A", "02"),
        Record("5", "2022-23", "B", "UG"),
    ]
    promotions = promote(tmp_path, rows)
    assert flows_of(promotions) == {
        ("A", "B", 5, 6, 2021): 1,
        ("A", "A", 5, 5, 2021): 1,
        ("A", None, 5, None, 2021): 1,
        ("A", "A", 0, 2, 2021): 1,
    }
    assert counts_of(promotions, "student-years") == {
        "promoted": 2,
        "retained": 1,
        "left": 1,
        "not followed: the files end with this year": 4,
    }
    assert counts_of(promotions, "records") == {"used": 8}
    assert counts_of(promotions, "of these") == {"only record": 8, "promoted by more than one grade": 1}


def test_years_with_a_gap_between_them_are_never_joined(tmp_path: Path) -> None:
    rows = [Record("1", "2019-20", "A", "05"), Record("1", "2021-22", "B", "07"), Record("1", "2022-23", "B", "08")]
    promotions = promote(tmp_path, rows)
    assert flows_of(promotions) == {("B", "B", 7, 8, 2021): 1}
    assert counts_of(promotions, "student-years") == {
        "promoted": 1,
        "not followed: the files end with this year": 1,
        "not followed: the next year is not in the files": 1,
    }
    assert [problem.message for problem in promotions.problems] == [
        "A school year is missing between two others: nobody is followed across it."
    ]


def test_a_student_who_comes_back_after_a_year_has_left(tmp_path: Path) -> None:
    rows = [
        Record("1", "2020-21", "A", "05"),
        Record("1", "2022-23", "B", "07"),
        Record("2", "2021-22", "A", "05"),
    ]
    assert flows_of(promote(tmp_path, rows)) == {("A", None, 5, None, 2020): 1, ("A", None, 5, None, 2021): 1}


def test_repeats_further_stints_and_two_grades_are_accounted(tmp_path: Path) -> None:
    stint = Record("1", "2021-22", "A", "05", "2021-08-15", "2021-12-10", "", "Y")
    rows = [
        stint,
        stint,
        stint,
        Record("1", "2021-22", "A", "06", "2022-01-10", "2022-06-10", "", "Y"),
        Record("1", "2022-23", "A", "06", "2022-08-15"),
    ]
    promotions = promote(tmp_path, rows)
    assert flows_of(promotions) == {("A", "A", 5, 6, 2021): 1}
    assert counts_of(promotions, "records") == {
        "used": 2,
        "repeats another record": 2,
        "further record at the same school": 1,
    }
    assert counts_of(promotions, "of these") == {
        "only record": 1,
        "same school in every record": 1,
        "more than one grade in the year": 1,
        "a record given more than once": 1,
    }
    listed = promotions.rows_set_aside
    assert set(listed["row"]) < {2, 3, 4, 5}
    assert listed.loc[listed["row"] == 5, "reason"].tolist() == ["further record at the same school"]


def test_records_that_are_no_enrolment_are_set_aside_with_their_rows(tmp_path: Path) -> None:
    rows = [
        Record("1", "2021-22", "A", "05"),
        Record("", "2021-22", "A", "05"),
        Record("2", "2021-22", "", "05"),
        Record("3", "", "A", "05"),
        Record("4", "2021-22", "A", "05", "2021-09-01", "2021-08-31"),
        Record("5", "2021-22", "A", "05", code="No Show"),
        Record("6", "2021-22", "A", "05", code="N420"),
    ]
    promotions = promote(tmp_path, rows)
    assert counts_of(promotions, "records") == {
        "used": 1,
        "no student id": 1,
        "no school id": 1,
        "no school year": 1,
        "exit date before entry date": 1,
        "no-show": 2,
    }
    listed = promotions.rows_set_aside
    assert dict(zip(listed["row"], listed["reason"], strict=True)) == {
        3: "no student id",
        4: "no school id",
        5: "no school year",
        6: "exit date before entry date",
        7: "no-show",
        8: "no-show",
    }
    assert promotions.rows_used == (1,)
    assert promotions.files[0].rows == 7
    assert set(promotions.set_aside["file"]) == {"r.csv"}
    assert promotions.set_aside["rows"].sum() == 6


def test_more_rows_are_set_aside_than_are_listed(tmp_path: Path) -> None:
    rows = [Record("1", "2021-22", "A", "05")] * 1_500 + [Record("2", "2021-22", "A", "05", code="N420")] * 1_200
    promotions = promote(tmp_path, rows)
    counted = promotions.set_aside.set_index("reason")["rows"]
    assert counted.to_dict() == {"repeats another record": 1_499, "no-show": 1_200}
    assert promotions.rows_set_aside["reason"].value_counts().to_dict() == {
        "repeats another record": 1_000,
        "no-show": 1_000,
    }


def test_a_file_of_no_shows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="all were set aside"):
        promote(tmp_path, [Record("1", "2021-22", "A", "05", code="N470")])


def test_several_files_are_one(tmp_path: Path) -> None:
    rows = [Record("1", "2021-22", "010", "05"), Record("1", "2022-23", "B", "06"), Record("2", "2021-22", "B", "11")]
    one = promote(tmp_path, rows)
    files = [write_csv(tmp_path / f"{number}.csv", [row]) for number, row in enumerate(rows)]
    several = derive_promotions(read_student_records(files))
    pd.testing.assert_frame_equal(one.flows, several.flows)
    assert several.rows_used == (1, 1, 1)
    assert [file.name for file in several.files] == ["0.csv", "1.csv", "2.csv"]


def test_grade_enrolment_counts_each_student_once_a_year(tmp_path: Path) -> None:
    rows = [
        Record("1", "2021-22", "A", "05"),
        Record("2", "2021-22", "A", "05"),
        Record("2", "2021-22", "A", "05"),
        Record("3", "2021-22", "B", "UG"),
        Record("1", "2022-23", "A", "06"),
    ]
    table = promote(tmp_path, rows).grade_enrolment
    expected = pd.DataFrame(
        {
            "school_id": pd.array(["A", "A", "B"], dtype="str"),
            "year": pd.array([2021, 2022, 2021], dtype="Int64"),
            "grade": pd.array([5, 6, None], dtype="Int64"),
            "students": [2.0, 1.0, 1.0],
        }
    )
    pd.testing.assert_frame_equal(table, expected)


def test_the_flow_table_is_typed_and_sorted(tmp_path: Path) -> None:
    rows = [
        Record("1", "2021-22", "B", "05"),
        Record("1", "2022-23", "A", "06"),
        Record("2", "2021-22", "B", "UG"),
        Record("2", "2022-23", "A", "06"),
        Record("3", "2021-22", "B", "05"),
        Record("4", "2021-22", "A", "05"),
        Record("4", "2022-23", "B", "06"),
    ]
    flows = promote(tmp_path, rows).flows
    assert [str(kind) for kind in flows.dtypes] == ["str", "str", *["Int64"] * 3, *["float64"] * 3]
    keys = ["origin", "destination", "grade", "next_grade", "year"]
    pd.testing.assert_frame_equal(flows, flows.sort_values(keys, ignore_index=True))
    assert flows["destination"].isna().sum() == 1
    assert not flows.duplicated(keys).any()
