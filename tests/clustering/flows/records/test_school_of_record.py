"""One school a year for each student: by the snapshot date, the primary flag, the longest stint, the last entry."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from clustering.errors import InputError
from tests.examples.student_records import YEAR_AFTER, Record, counts_of, flows_of, promote


@pytest.mark.parametrize(
    ("records", "origin", "decided", "left_out"),
    [
        (  # enrolled in B on the first of October
            [
                ("A", "2021-08-15", "2021-09-10", "Y"),
                ("B", "2021-09-11", "2022-01-10", "N"),
                ("C", "2022-01-11", "2022-06-10", "Y"),
            ],
            "B",
            "snapshot date",
            {"another school in the same year": 2},
        ),
        (  # in both on that day: the primary one
            [("A", "2021-08-15", "2022-06-10", "N"), ("B", "2021-09-11", "2022-06-10", "Y")],
            "B",
            "primary flag",
            {"another school at the same time": 1},
        ),
        (  # on that day in none: the longest
            [("A", "2021-10-02", "2022-03-01", ""), ("B", "2022-03-02", "2022-06-10", "")],
            "A",
            "longest stint",
            {"another school in the same year": 1},
        ),
        (  # equally long (60 days each), both after the snapshot: the last
            [("B", "2021-11-01", "2021-12-31", ""), ("A", "2022-01-01", "2022-03-02", "")],
            "A",
            "last entry",
            {"another school in the same year": 1},
        ),
        (  # no dates: the flag
            [("A", "", "", "Y"), ("B", "", "", "N")],
            "A",
            "primary flag",
            {"another school in the same year": 1},
        ),
        (  # no exit yet: still there on that day
            [("A", "2021-08-15", "", ""), ("B", "2021-12-01", "2022-06-10", "")],
            "A",
            "snapshot date",
            {"another school at the same time": 1},
        ),
        (  # the last day in A is the first in B, and it is the snapshot: the longer one; that is a move, no overlap
            [("A", "2021-08-15", "2021-10-01", ""), ("B", "2021-10-01", "2022-06-10", "")],
            "B",
            "longest stint",
            {"another school in the same year": 1},
        ),
    ],
)
def test_one_school_a_year(
    tmp_path: Path, records: list[tuple[str, ...]], origin: str, decided: str, left_out: dict[str, int]
) -> None:
    rows = [Record("1", "2021-22", school, "05", entry, left, "", flag) for school, entry, left, flag in records]
    for order in (rows, rows[::-1]):
        promotions = promote(tmp_path, [*order, YEAR_AFTER])
        assert list(flows_of(promotions)) == [(origin, "Z", 5, 6, 2021)]
        assert counts_of(promotions, "of these")[decided] == 1
        assert counts_of(promotions, "records") == {"used": 2, **left_out}


def test_the_snapshot_is_a_parameter(tmp_path: Path) -> None:
    rows = [
        Record("1", "2021-22", "A", "05", "2021-08-15", "2022-02-28"),
        Record("1", "2021-22", "B", "05", "2022-03-01", "2022-06-10"),
        YEAR_AFTER,
    ]
    for snapshot, origin in (("10-01", "A"), ("04-15", "B"), (None, "A"), ("3-1", "B")):
        assert list(flows_of(promote(tmp_path, rows, snapshot=snapshot))) == [(origin, "Z", 5, 6, 2021)]


@pytest.mark.parametrize("snapshot", ["2021-10-01", "10/01", "13-01", "02-30", ""])
def test_a_snapshot_that_is_no_day_is_refused(tmp_path: Path, snapshot: str) -> None:
    with pytest.raises(InputError, match="Write month and day"):
        promote(tmp_path, [YEAR_AFTER], snapshot=snapshot)


@pytest.mark.parametrize("records_at_once", [1, 2, 5])
def test_parts_of_the_students_in_several_threads_give_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, records_at_once: int
) -> None:
    records = [
        Record(str(student), year, school, grade)
        for student in range(7)
        for year, grade in (("2022-23", "05"), ("2023-24", "06"))
        for school in ("A", "B")[: 1 + student % 2]
    ]
    whole = promote(tmp_path, records)
    monkeypatch.setattr("clustering.flows.records.school_of_record._RECORDS_AT_ONCE", records_at_once)
    in_parts = promote(tmp_path, records)
    assert in_parts.rows_used == whole.rows_used == (14,)
    for table in ("flows", "grade_enrolment", "accounting", "set_aside", "rows_set_aside"):
        pd.testing.assert_frame_equal(getattr(in_parts, table), getattr(whole, table))
