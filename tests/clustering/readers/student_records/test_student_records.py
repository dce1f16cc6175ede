"""Student enrolment records: forms, years, one school a year, and the account of every record."""

from __future__ import annotations

import contextlib
import csv
import json
import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clustering.errors import InputError, Problem
from clustering.flows.records.promotions import Promotions, derive_promotions
from clustering.readers.published.school_years import settle_years
from clustering.readers.raw_table import NamedFile
from clustering.readers.student_records import read_student_records
from clustering.readers.student_records.anonymise import number_students
from clustering.readers.student_records.dates import NO_DATE, parse_date
from clustering.readers.student_records.formats import EDFI, ONEROSTER, Form, is_personal, read_grade
from clustering.readers.student_records.layout import recognise_form
from clustering.readers.student_records.sorting import sort_numbers

HEADINGS = ("student_id", "school_year", "school_id", "grade", "entry_date", "exit_date", "exit_code", "primary_flag")


class Record(NamedTuple):
    """One line of a generic extract."""

    student: str
    year: str
    school: str
    grade: str
    entry: str = ""
    exit: str = ""
    code: str = ""
    primary: str = ""


def write_csv(path: Path, rows: Sequence[Sequence[str]], headings: Sequence[str] = HEADINGS) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([headings, *rows])
    return path


def promote(
    folder: Path,
    rows: Sequence[Sequence[str]],
    headings: Sequence[str] = HEADINGS,
    *,
    snapshot: str | None = "10-01",
) -> Promotions:
    records = read_student_records([write_csv(folder / "r.csv", rows, headings)])
    return derive_promotions(records, snapshot=snapshot)


def flows_of(promotions: Promotions) -> dict[tuple[Any, ...], int]:
    """Flows as a dictionary; missing is None."""
    frame = promotions.flows
    keys = frame[["origin", "destination", "grade", "next_grade", "year"]].astype(object)
    keys = keys.where(keys.notna(), None)
    return dict(zip(keys.itertuples(index=False, name=None), frame["students"].astype(int), strict=True))


def counts_of(promotions: Promotions, counted: str) -> dict[str, int]:
    table = promotions.accounting
    chosen = table[(table["counted"] == counted) & (table["count"] > 0)]
    return dict(zip(chosen["reason"], chosen["count"], strict=True))


def errors_of(sources: Sequence[Path | NamedFile], **options: Any) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        read_student_records(sources, **options)
    return list(caught.value.problems)


# ------------------------------------------------------------------------------------------------- worked by hand


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


YEAR_AFTER = Record("1", "2022-23", "Z", "06")


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


# ---------------------------------------------------------------------------------------- an independent derivation

STUDENTS = ["0012", "12", "NA", "0", ""]
YEARS = {2018: "2018-19", 2019: "2019-2020", 2021: "2021/22", 2022: "2022-23"}
SCHOOLS = ["A", "B", "NA", "010", "10", ""]
GRADES = {"PK": -1, "KG": 0, "01": 1, "1": 1, "2": 2, "UG": None, "": None}
FLAGS = {"Y": True, "N": False, "": False}


@st.composite
def generated_records(draw: st.DrawFn) -> list[Record]:
    def day(year: int) -> str:
        offset = draw(st.sampled_from([None, -400, -20, 0, 40, 91, 92, 93, 150, 200, 340, 365, 500]))
        return "" if offset is None else (date(year, 7, 1) + timedelta(days=offset)).isoformat()

    rows = []
    for _ in range(draw(st.integers(1, 14))):
        year = draw(st.sampled_from(sorted(YEARS)))
        rows.append(
            Record(
                draw(st.sampled_from(STUDENTS[: draw(st.sampled_from([2, 5]))])),
                YEARS[year],
                draw(st.sampled_from(SCHOOLS)),
                draw(st.sampled_from(sorted(GRADES))),
                day(year),
                day(year),
                draw(st.sampled_from(["", "", "", "END", "no-show"])),
                draw(st.sampled_from(sorted(FLAGS))),
            )
        )
    repeated = draw(st.lists(st.sampled_from(rows), max_size=3))
    return rows + repeated


def derive_slowly(rows: Sequence[Record], snapshot: tuple[int, int] | None) -> dict[str, Counter[Any]]:
    """The same by the definitions, with dictionaries."""
    fall_of = {text: fall for fall, text in YEARS.items()}
    fates: Counter[str] = Counter()
    kept: dict[tuple[str, int], list[Record]] = defaultdict(list)
    for row in rows:
        reason = reason_to_set_aside(row)
        if reason is None:
            kept[row.student, fall_of[row.year]].append(row)
        else:
            fates[reason] += 1
    best: dict[tuple[str, int], Record] = {}
    for (student, fall), records in kept.items():
        best[student, fall] = max(records, key=lambda row: preference(row, fall, snapshot))
        fates.update(fates_of_others(records, best[student, fall], fall))
    present = {fall for _, fall in best}
    flows: Counter[tuple[Any, ...]] = Counter()
    outcomes: Counter[str] = Counter()
    for (student, fall), record in best.items():
        after = best.get((student, fall + 1))
        outcomes[outcome_of(record, after, fall, present)] += 1
        if after is not None:
            flows[record.school, after.school, GRADES[record.grade], GRADES[after.grade], fall] += 1
        elif fall + 1 in present:
            flows[record.school, None, GRADES[record.grade], None, fall] += 1
    enrolment = Counter((record.school, fall, GRADES[record.grade]) for (_, fall), record in best.items())
    return {"flows": flows, "outcomes": outcomes, "fates": fates + Counter(used=len(best)), "enrolment": enrolment}


def reason_to_set_aside(row: Record) -> str | None:
    if row.code == "no-show":
        return "no-show"
    if row.school == "":
        return "no school id"
    if row.entry and row.exit and row.exit < row.entry:
        return "exit date before entry date"
    return "no student id" if row.student == "" else None


def outcome_of(record: Record, after: Record | None, fall: int, present: set[int]) -> str:
    if after is None:
        if fall + 1 in present:
            return "left"
        end = "the files end with this year" if fall == max(present) else "the next year is not in the files"
        return f"not followed: {end}"
    grade, next_grade = GRADES[record.grade], GRADES[after.grade]
    if grade is None or next_grade is None:
        return "grade not known"
    return "promoted" if next_grade > grade else "retained"


def span(row: Record, fall: int) -> tuple[date, date] | None:
    """First and last day within the school year; None where neither is known."""
    if not row.entry and not row.exit:
        return None
    opening = date(fall, 7, 1)
    closing = opening + timedelta(days=366)
    first = date.fromisoformat(row.entry) if row.entry else opening
    last = date.fromisoformat(row.exit) if row.exit else closing
    return min(max(first, opening), closing), min(max(last, opening), closing)


def preference(row: Record, fall: int, snapshot: tuple[int, int] | None) -> tuple[Any, ...]:
    days = span(row, fall)
    grade = GRADES[row.grade]
    tail = (row.school, -9 if grade is None else grade)
    if days is None:
        return (False, FLAGS[row.primary], 0, date.min, date.min, *tail)
    covers = False
    if snapshot is not None:
        month, day = snapshot
        covers = days[0] <= date(fall if month >= 7 else fall + 1, month, day) <= days[1]
    return (covers, FLAGS[row.primary], (days[1] - days[0]).days, *days, *tail)


def fates_of_others(records: list[Record], chosen: Record, fall: int) -> Counter[str]:
    """Of each distinct record one copy counts, by its school and days; the chosen one is used; others are repeats."""

    def identity(row: Record) -> tuple[Any, ...]:
        return row.school, GRADES[row.grade], span(row, fall), FLAGS[row.primary]

    fates: Counter[str] = Counter()
    ours = span(chosen, fall)
    seen = {identity(chosen)}
    others = list(records)
    others.remove(chosen)
    for row in others:
        theirs = span(row, fall)
        if identity(row) in seen:
            fates["repeats another record"] += 1
        elif row.school == chosen.school:
            fates["further record at the same school"] += 1
        elif ours and theirs and theirs[0] < ours[1] and theirs[1] > ours[0]:
            fates["another school at the same time"] += 1
        else:
            fates["another school in the same year"] += 1
        seen.add(identity(row))
    return fates


@example(  # both stints lie before the year: nothing but having dates sets the second above the first
    rows=[Record("12", "2018-19", "B", "01"), Record("12", "2018-19", "A", "01", "2018-06-01", "2018-06-20")],
    snapshot=(10, 1),
    shuffled=random.Random(1),
)
@settings(max_examples=100)
@given(rows=generated_records(), snapshot=st.sampled_from([None, (10, 1), (4, 1)]), shuffled=st.randoms())
def test_the_derivation_equals_one_by_definition(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[Record],
    snapshot: tuple[int, int] | None,
    shuffled: random.Random,
) -> None:
    folder = tmp_path_factory.mktemp("records")
    expected = derive_slowly(rows, snapshot)
    text = None if snapshot is None else "-".join(map(str, snapshot))
    if expected["fates"]["used"] == 0:
        with pytest.raises(InputError, match="all were set aside"):
            promote(folder, rows, snapshot=text)
        return
    promotions = promote(folder, rows, snapshot=text)
    assert flows_of(promotions) == expected["flows"]
    assert counts_of(promotions, "student-years") == expected["outcomes"]
    assert counts_of(promotions, "records") == expected["fates"]
    enrolment = promotions.grade_enrolment.astype(object)
    enrolment = enrolment.where(enrolment.notna(), None)
    found = {(school, year, grade): students for school, year, grade, students in enrolment.itertuples(index=False)}
    assert found == expected["enrolment"]
    # Every record is accounted for, and the flows hold every student-year that can be followed.
    assert sum(counts_of(promotions, "records").values()) == len(rows)
    assert sum(counts_of(promotions, "student-years").values()) == promotions.rows_used[0]
    unfollowed = sum(count for reason, count in expected["outcomes"].items() if reason.startswith("not followed"))
    assert promotions.flows["students"].sum() == promotions.rows_used[0] - unfollowed
    shuffled.shuffle(rows)
    again = promote(folder, rows, snapshot=text)
    pd.testing.assert_frame_equal(again.flows, promotions.flows)
    pd.testing.assert_frame_equal(again.accounting, promotions.accounting)


# ----------------------------------------------------------------------------------------------------- student ids


@given(
    st.lists(
        st.one_of(
            st.sampled_from(["", "0", "00", "12", "0012", "NA", "na", "9" * 17, "9" * 18, "-1", "1e5x", "é"]),
            st.text("0123456789", min_size=1, max_size=17),
            st.text("0123456789abcdef", min_size=8, max_size=8),
        ),
        min_size=1,
        max_size=30,
    ),
    st.integers(1, 30),
)
def test_equal_numbers_stand_for_equal_ids(ids: list[str], cut: int) -> None:
    chunks = [pa.array(ids[:cut], pa.string()), pa.array(ids[cut:], pa.string())]
    numbers, is_blank, _ = number_students(pa.chunked_array(chunks))
    assert is_blank.tolist() == [text == "" for text in ids]
    known = [(text, number) for text, number in zip(ids, numbers.tolist(), strict=True) if text]
    assert len(set(known)) == len({text for text, _ in known}) == len({number for _, number in known})


def test_ids_of_many_digits_are_told_apart(tmp_path: Path) -> None:
    """Together with year and row their numbers do not fit into 64 bits as they are."""
    ids = ["10000000000000000", "99999999999999998", "99999999999999999"]
    rows = [Record(one, year, school, "05") for one, school in zip(ids, "ABC", strict=True) for year in YEARS.values()]
    flows = flows_of(promote(tmp_path, rows))
    assert flows == {(school, school, 5, 5, fall): 1 for school in "ABC" for fall in (2018, 2021)}


def test_an_id_rounded_by_a_spreadsheet_is_refused_without_showing_it(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "r.csv", [Record("A7", "2021-22", "A", "05"), Record("1.00005E+11", "2021-22", "A", "05")]
    )
    (problem,) = errors_of([path])
    assert (problem.row, problem.column, problem.value) == (3, "student_id", None)


def test_excels_way_of_keeping_zeros_and_white_space_are_undone(tmp_path: Path) -> None:
    text = 'student_id,school_year,school_id,grade\n="0012",2021-22,="0100005", 05\n 0012 ,2022-23,0100005 ,06\n'
    (tmp_path / "r.csv").write_text(text)
    promotions = derive_promotions(read_student_records([tmp_path / "r.csv"]))
    assert flows_of(promotions) == {("0100005", "0100005", 5, 6, 2021): 1}


SECRET = "S3CRET-77"


@pytest.mark.parametrize(
    ("text", "options"),
    [
        (f"student_id,school_year,school_id,grade\n{SECRET},2021-22,A\n", {}),
        (f"student_id,school_year,school_id,grade\n{SECRET},2021-22,A,5,{SECRET}\n", {}),
        (f"student_id,school_year,school_id,grade\n{SECRET},2021-22,A,{SECRET}\n", {}),
        (f"student_id,school_year,school_id,grade\n{SECRET},{SECRET},A,5\n", {}),
        (f"student_id,school_year,school_id,grade\n{SECRET},2021,A,5\n", {}),
        (f"student_id,school_year,school_id,grade,entry_date\n{SECRET},2021-22,A,5,{SECRET}\n", {}),
        (f"student_id,school_year,school_id,grade\n{SECRET},2021-22,A,5\n", {"columns": {"grade": "student_id"}}),
        (f"student_id,school_year,school_id,grade\n{SECRET},2021-22,A,5\n", {"columns": {"student_id": SECRET}}),
        (f"{SECRET},2021-22,A,5\n", {}),
        (f'student_id,school_year,school_id,grade\n"{SECRET},2021-22,A,5\n', {}),
        (f'[{{"studentUniqueId": "{SECRET}", "schoolId": 1,', {}),
        (f'[{{"studentUniqueId": "{SECRET}"}}, "{SECRET}"]', {}),
        (f'[{{"studentUniqueId": "{SECRET}", "schoolId": 1, "entryGradeLevelDescriptor": "{SECRET}"}}]', {}),
    ],
)
def test_no_student_id_is_ever_told(tmp_path: Path, text: str, options: Mapping[str, Any]) -> None:
    (tmp_path / "r.csv").write_text(text)
    problems = errors_of([tmp_path / "r.csv"], **options)
    told = [(p.table, p.row, p.value, p.message, p.remedy) for p in problems]
    assert SECRET not in str(told)
    if options.get("columns") != {"student_id": SECRET}:  # the caller's own word
        assert SECRET not in repr(problems)


def test_what_is_read_shows_no_student_id(tmp_path: Path) -> None:
    records = read_student_records([write_csv(tmp_path / "r.csv", [Record(SECRET, "2021-22", "A", "5")])])
    promotions = derive_promotions(records)
    assert SECRET not in repr(records) + repr(vars(records)) + repr(promotions) + repr(vars(promotions))
    assert records.student.tolist() == [0]


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        *(
            (heading, True)
            for heading in ("First_Name", "lastName", "DOB", "birth_date", "SSN", "Student Name", "name")
        ),
        *((heading, True) for heading in ("givenName", "familyName", "email", "StudentLegalLastName", "parent_phone")),
        *((heading, False) for heading in ("school_name", "district_name", "LEA_NAME", "schoolName", "grade", "state")),
        *(
            (heading, False)
            for heading in ("student_id", "school_id", "entry_date", "parentSourcedId", "address_id_x")[:4]
        ),
    ],
)
def test_personal_headings(heading: str, expected: bool) -> None:
    assert is_personal(heading) is expected


def test_personal_columns_are_not_read_and_said_so(tmp_path: Path) -> None:
    headings = [*HEADINGS[:4], "First_Name", "DOB", "school_name"]
    path = tmp_path / "r.csv"
    # A date of birth that is not even text of the file's encoding: nobody looks.
    path.write_bytes(f"{','.join(headings)}\n7,2021-22,A,5,Ann,".encode() + b"\xff\xff,Oak\n")
    records = read_student_records([path])
    (problem,) = records.problems
    assert not problem.is_error
    assert "First_Name, DOB" in problem.message
    assert "school_name" not in problem.message


# ----------------------------------------------------------------------------------------------------- school years


def settled(
    texts: Sequence[str],
    convention: Literal["fall", "spring"] | None = None,
    dates: Sequence[tuple[str, int, int]] = (),
) -> list[int | None]:
    table = pd.DataFrame(dates, columns=["text", "year", "records"]) if dates else None
    years = settle_years(pd.Index(texts, dtype="str"), convention=convention, dates=table).years
    return [None if pd.isna(year) else year for year in years]


def test_full_school_years_need_no_convention() -> None:
    texts = ["2022-23", "2022-2023", "2022/23", "2022–23", "1999-00", "1999-2000", ""]
    assert settled(texts) == [2022, 2022, 2022, 2022, 1999, 1999, None]
    assert settled(texts, "spring") == settled(texts)


@pytest.mark.parametrize("text", ["2022-24", "2022-2123", "22-23", "SY2022", "1066", "2022-2022", "20222"])
def test_what_is_no_school_year_is_named(text: str) -> None:
    assert settle_years(pd.Index([text], dtype="str"), convention="fall").unreadable == (text,)


def test_a_bare_year_is_what_it_is_said_to_be() -> None:
    assert settled(["2022", "2023.0"], "fall") == [2022, 2023]
    assert settled(["2022", "2023.0"], "spring") == [2021, 2022]
    assert settled(["2022"]) == [None]
    assert settle_years(pd.Index(["2022"], dtype="str")).is_ambiguous


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ([("2023", 2022, 100)], 2022),  # all entries and exits in 2022-23: the spring of 2023
        ([("2023", 2023, 100)], 2023),
        ([("2023", 2022, 99), ("2023", 2023, 1)], 2022),  # one slip in a hundred
        ([("2023", 2021, 60), ("2023", 2022, 20), ("2023", 2023, 20)], 2023),  # entries carried over from earlier years
        ([("2023", 2022, 90), ("2023", 2023, 10)], None),  # neither here nor there
        ([("2023", 2015, 100)], None),
    ],
)
def test_dates_settle_a_bare_year(dates: list[tuple[str, int, int]], expected: int | None) -> None:
    assert settled(["2023"], dates=dates) == [expected]


def test_a_bare_year_without_dates_is_asked(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "r.csv", [("1", "2022", "A", "5"), ("1", "2023", "B", "6")], HEADINGS[:4])
    (problem,) = errors_of([path])
    assert problem.column == "school_year"
    assert 'year_convention: "fall"' in problem.remedy
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-08-15", date(2022, 8, 15)),
        ("2022-08-15T00:00:00", date(2022, 8, 15)),
        ("2022-08-15 00:00:00.000", date(2022, 8, 15)),
        ("8/5/2022", date(2022, 8, 5)),
        ("08/05/2022 0:00", date(2022, 8, 5)),
        ("20220815", date(2022, 8, 15)),
    ],
)
def test_dates(text: str, expected: date) -> None:
    assert date(1970, 1, 1) + timedelta(days=parse_date(text)) == expected


def test_no_dates() -> None:
    assert {parse_date(text) for text in ("", "9999-12-31", "1900-01-01")} == {NO_DATE}
    for text in ("2022-02-30", "15/8/2022", "2022", "8/15/22", "soon"):
        with pytest.raises(ValueError, match=r"."):
            parse_date(text)


# ------------------------------------------------------------------------------------------------------------ faults


def test_every_bad_text_is_named_with_row_column_and_value(tmp_path: Path) -> None:
    rows = [
        Record("1", "2021-22", "A", "05"),
        Record("2", "2021-23", "A", "05"),
        Record("3", "2021-22", "A", "99"),
        Record("4", "2021-22", "A", "05", "2021-02-30"),
        Record("5", "2021-22", "A", "05", "", "yesterday"),
        Record("6", "2021-22", "A", "05", primary="perhaps"),
        Record("7", "2021-22", "1.00005E+11", "05"),
    ]
    problems = errors_of([NamedFile(write_csv(tmp_path / "r.csv", rows), "Ohio.csv")])
    assert {(problem.table, problem.row, problem.column, problem.value) for problem in problems} == {
        ("Ohio.csv", 3, "school_year", "2021-23"),
        ("Ohio.csv", 4, "grade", "99"),
        ("Ohio.csv", 5, "entry_date", "2021-02-30"),
        ("Ohio.csv", 6, "exit_date", "yesterday"),
        ("Ohio.csv", 7, "primary_flag", "perhaps"),
        ("Ohio.csv", 8, "school_id", "1.00005E+11"),
    }


def test_records_of_the_wrong_length_are_named_by_row(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(
        "student_id,school_year,school_id,grade\n1,2021-22,A,5\n2,2021-22,A\n3,x,2021-22,A,5\n"
    )
    problems = errors_of([tmp_path / "r.csv"])
    assert [(problem.row, problem.message) for problem in problems] == [
        (3, "The record has 3 cells instead of 4."),
        (4, "The record has 5 cells instead of 4."),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"PK\x03\x04....", "workbook or an archive"),
        (b"student_id,school_id,grade,school_year\n", "no records"),
        (b"student_id,school_id,grade,school_year\n1,\xff\xfe,5,2021-22\n", "not utf-8"),
        (b"a,b,c\n1,2,3\n", "No form of student records is recognised"),
        (b"student_id,school_id,grade,grade,school_year\n1,A,5,6,2021-22\n", "more than once"),
        (b"student_id,school_id\0,grade,school_year\n1,A,5,2021-22\n", "NUL"),
        (b"[]", "not a JSON array"),
        (b"[" * 100_000, "not JSON"),
        (b'{"a": 1}', "not a JSON array"),
    ],
)
def test_files_that_are_none_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "r.csv").write_bytes(content)
    assert message in " ".join(problem.message for problem in errors_of([tmp_path / "r.csv"]))


@given(
    rows=st.lists(
        st.lists(
            st.one_of(st.sampled_from(["", "1", "2021-22", "05", "A", '"', "x\ny"]), st.text(max_size=8)), max_size=9
        ),
        max_size=5,
    ),
    is_quoted=st.booleans(),
)
def test_whatever_stands_in_the_cells_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], is_quoted: bool
) -> None:
    path = tmp_path_factory.mktemp("any") / "r.csv"
    lines = [",".join(row) for row in rows]
    if is_quoted:
        write_csv(path, rows)
    else:
        path.write_text("\n".join([",".join(HEADINGS), *lines]), encoding="utf-8", errors="surrogatepass")
    try:
        promotions = derive_promotions(read_student_records([path]))
    except InputError:
        return
    assert sum(counts_of(promotions, "records").values()) == sum(file.rows for file in promotions.files)


@given(
    content=st.binary(max_size=200), start=st.sampled_from([b"", b"[", b"SENR^", ",".join(HEADINGS).encode() + b"\n"])
)
def test_whatever_the_bytes_are_they_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, start: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "r.csv"
    path.write_bytes(start + content)
    with contextlib.suppress(InputError):
        read_student_records([path])


def test_school_ids_of_several_districts_are_warned_of(tmp_path: Path) -> None:
    headings = ("student_id", "school_year", "district_id", "school_id", "grade")
    rows = [("1", "2021-22", "D1", "010", "5"), ("2", "2021-22", "D2", "010", "5"), ("3", "2021-22", "D2", "011", "5")]
    messages = [problem.message for problem in promote(tmp_path, rows, headings).problems]
    assert "Some school ids stand in more than one district; each id is taken for one school." in messages
    messages = [problem.message for problem in promote(tmp_path, rows[1:], headings).problems]
    assert not any("district" in message for message in messages)


def test_all_files_are_judged_before_any_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"")
    (tmp_path / "b.csv").write_text("a,b\n1,2\n")
    assert [problem.table for problem in errors_of([tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "c.csv"])] == [
        "a.csv",
        "b.csv",
        "c.csv",
    ]


def test_the_same_name_twice_is_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "r.csv", [YEAR_AFTER])
    assert [problem.message for problem in errors_of([path, path])] == ["Two files have this name."]


def test_names_override_what_is_recognised(tmp_path: Path) -> None:
    text = "pupil;sy;inst;lvl\n01;2021-22;Chávez;5\n01;2022-23;B;6\n"
    (tmp_path / "r.txt").write_bytes(text.encode("cp1252"))
    columns = {"student_id": "pupil", "school_year": "sy", "school_id": "inst", "grade": "lvl"}
    options = {"form": "generic", "columns": columns, "delimiter": ";", "encoding": "cp1252"}
    promotions = derive_promotions(read_student_records([tmp_path / "r.txt"], **options))
    assert flows_of(promotions) == {("Chávez", "B", 5, 6, 2021): 1}
    assert promotions.files[0].columns == columns
    assert "There is no form" in errors_of([tmp_path / "r.txt"], form="senr")[0].message
    assert "no encoding" in errors_of([tmp_path / "r.txt"], encoding="klingon")[0].message
    unknown = errors_of([tmp_path / "r.txt"], form="generic", columns={**columns, "colour": "hue"}, encoding="cp1252")
    assert [problem.message for problem in unknown] == ["There is no column called colour."]


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


# ------------------------------------------------------------------------------------------------------------- forms


def descriptor(kind: str, code: str) -> str:
    return f"uri://ed-fi.org/{kind}Descriptor#{code}"


EDFI_ROWS = [
    ("604822", "255901001", "2021-08-23", "Fifth grade", "2022-05-27", "End of school year", True),
    ("604822", "255901044", "2022-08-22", "Sixth grade", None, None, True),
    ("604823", "255901001", "2021-08-23", "Fifth grade", "2021-08-23", "No show", True),
    ("604824", "255901001", "2021-08-23", "Kindergarten", "2021-09-01", "Invalid enrollment", True),
    ("604825", "255901001", "2021-08-23", "Kindergarten", "2022-05-27", "Transferred", False),
]
EDFI_FLOWS = {("255901001", "255901044", 5, 6, 2021): 1, ("255901001", None, 0, None, 2021): 1}


def test_edfi_json_as_the_api_gives_it(tmp_path: Path) -> None:
    associations = [
        {
            "id": "0f3c",
            "schoolReference": {"schoolId": int(school), "link": {"rel": "School"}},
            "studentReference": {"studentUniqueId": student},
            "entryDate": entry,
            "entryGradeLevelDescriptor": descriptor("GradeLevel", grade),
            "exitWithdrawDate": left,
            "exitWithdrawTypeDescriptor": reason and descriptor("ExitWithdrawType", reason),
            "primarySchool": primary,
        }
        for student, school, entry, grade, left, reason, primary in EDFI_ROWS
    ]
    (tmp_path / "ssa.json").write_text(json.dumps(associations))
    promotions = derive_promotions(read_student_records([tmp_path / "ssa.json"]))
    assert flows_of(promotions) == EDFI_FLOWS
    assert counts_of(promotions, "records") == {"used": 3, "no-show": 1, "invalid enrolment": 1}
    assert promotions.rows_set_aside["row"].tolist() == [3, 4]


def test_an_edfi_array_without_a_required_property_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ssa.json").write_text('[{"studentUniqueId": "7", "entryDate": "2021-08-23"}]')
    assert [problem.column for problem in errors_of([tmp_path / "ssa.json"])] == [
        "schoolid",
        "entrygradeleveldescriptor",
    ]


@pytest.mark.parametrize("prefix", ["", "schoolReference."])
def test_edfi_csv(tmp_path: Path, prefix: str) -> None:
    headings = (
        *("studentUniqueId", f"{prefix}schoolId", "entryDate", "entryGradeLevelDescriptor", "exitWithdrawDate"),
        *("exitWithdrawTypeDescriptor", "primarySchool"),
    )
    rows = [(*row[:3], descriptor("GradeLevel", row[3]), row[4] or "", row[5] or "", str(row[6])) for row in EDFI_ROWS]
    promotions = promote(tmp_path, rows, headings)
    assert promotions.files[0].form == "edfi"
    assert flows_of(promotions) == EDFI_FLOWS


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        (EDFI, descriptor("GradeLevel", "Twelfth grade"), 12),
        (EDFI, "uri://state.gov/GradeLevelDescriptor#09", 9),
        (EDFI, "Ungraded", None),
        (ONEROSTER, "PS", None),  # CEDS: postsecondary
        (ONEROSTER, "PR", -2),
        (ONEROSTER, "KG", 0),
    ],
)
def test_grades_are_read_as_the_form_writes_them(form: Form, text: str, expected: int | None) -> None:
    assert read_grade(form, text) == expected


def senr(student: str, year: str, school: str, start: str, grade: str, **more: str) -> list[str]:
    cells = [""] * 35
    cells[0], cells[1], cells[3], cells[4], cells[6], cells[7] = (
        "SENR",
        more.get("kind", "A"),
        "0161119",
        school,
        year,
        student,
    )
    cells[9], cells[11], cells[16] = "Ann", "Smith", "20110203"
    cells[21], cells[22], cells[23] = start, more.get("status", "10"), grade
    cells[24], cells[25] = more.get("end", ""), more.get("reason", "")
    return cells


def write_senr(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    path.write_text("".join("^".join(row) + "\r\n" for row in rows))
    return path


def test_calpads_senr(tmp_path: Path) -> None:
    rows = [
        senr("1234567890", "2021-2022", "0130229", "20210816", "05", end="20220610", reason="E155"),
        senr("1234567890", "2021-2022", "6002000", "20210816", "05", end="20220610", reason="E170", status="20"),
        senr("1234567890", "2022-2023", "6002000", "20220815", "06"),
        senr("1234567891", "2021-2022", "0130229", "20210816", "05", end="20210815", reason="N420"),
        senr("1234567892", "2021-2022", "0130229", "20210816", "05", end="20210816", reason="N470"),
        senr("1234567893", "2021-2022", "0130229", "20210816", "05", kind="D"),
        senr("1234567894", "2021-2022", "0130229", "20210816", "UE"),
    ]
    promotions = derive_promotions(read_student_records([write_senr(tmp_path / "senr.txt", rows)]))
    assert promotions.files[0].form == "calpads"
    assert flows_of(promotions) == {
        ("0130229", "6002000", 5, 6, 2021): 1,
        ("0130229", None, None, None, 2021): 1,
    }
    assert counts_of(promotions, "records") == {
        "used": 3,
        "no-show": 2,
        "record that deletes another": 1,
        "another school at the same time": 1,
    }
    assert dict(zip(promotions.rows_set_aside["row"], promotions.rows_set_aside["reason"], strict=True)) == {
        2: "another school at the same time",
        4: "no-show",
        5: "no-show",
        6: "record that deletes another",
    }
    assert any("tells who its students are" in problem.message for problem in promotions.problems)


def test_calpads_cells_in_other_places_are_refused_until_named(tmp_path: Path) -> None:
    shifted = [
        [*row[:20], "x", *row[20:]]
        for row in [senr("1234567890", "2021-2022", "0130229", "20210816", "05", reason="E155")]
    ]
    path = write_senr(tmp_path / "senr.txt", shifted)
    problems = errors_of([path])
    assert {problem.column for problem in problems} == {"23", "25"}
    places = {"entry_date": "23", "primary_flag": "24", "grade": "25", "exit_date": "26", "exit_code": "27"}
    records = read_student_records([path], columns=places)
    assert (records.grade.tolist(), records.primary.tolist()) == ([5], [True])


def write_roster(
    folder: Path, begin: str, end: str, users: Sequence[Sequence[str]], enrollments: Sequence[Sequence[str]]
) -> list[NamedFile]:
    """Users: id, status, identifier, grade. Enrolments: user, school, class, role, status."""
    folder.mkdir()
    write_csv(
        folder / "users.csv",
        [
            (one, status, "", "true", "s1", "student", "Ann", "Smith", identifier, grade)
            for one, status, identifier, grade in users
        ],
        (
            *(
                "sourcedId",
                "status",
                "dateLastModified",
                "enabledUser",
                "orgSourcedIds",
                "role",
                "givenName",
                "familyName",
            ),
            *("identifier", "grades"),
        ),
    )
    write_csv(
        folder / "orgs.csv",
        [
            ("s1", "active", "Oak", "school", "060000100001", "d"),
            ("s2", "active", "Elm", "school", "060000100002", "d"),
            ("d", "", "D", "district", "", ""),
        ],
        ("sourcedId", "status", "name", "type", "identifier", "parentSourcedId"),
    )
    write_csv(
        folder / "enrollments.csv",
        [
            (str(number), status, lesson, school, user, role, "", begin, end)
            for number, (user, school, lesson, role, status) in enumerate(enrollments)
        ],
        (
            *("sourcedId", "status", "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "primary"),
            *("beginDate", "endDate"),
        ),
    )
    return [NamedFile(folder / name, f"{folder.name}/{name}") for name in ("users.csv", "orgs.csv", "enrollments.csv")]


def test_oneroster_sets_of_two_years(tmp_path: Path) -> None:
    first = write_roster(
        tmp_path / "2021",
        "2021-08-23",
        "2022-05-27",
        [("u1", "active", "077", "05"), ("u2", "", "78", "05"), ("u3", "tobedeleted", "79", "05")],
        [
            ("u1", "s1", "maths", "student", "active"),
            ("u1", "s1", "music", "student", ""),
            ("u1", "s2", "maths", "student", "tobedeleted"),
            ("u2", "s1", "maths", "student", ""),
            ("u3", "s1", "maths", "student", ""),
            ("t1", "s1", "maths", "teacher", ""),
            ("u9", "s1", "maths", "student", ""),
        ],
    )
    second = write_roster(
        tmp_path / "2022",
        "2022-08-22",
        "2023-05-26",
        [("x1", "", "077", "05,06")],  # another sourcedId, the same student
        [("x1", "s2", "maths", "student", ""), ("x1", "s2", "music", "student", "")],
    )
    promotions = derive_promotions(read_student_records([*first, *second]))
    assert flows_of(promotions) == {
        ("060000100001", "060000100002", 5, 6, 2021): 1,
        ("060000100001", None, 5, None, 2021): 1,
    }
    assert counts_of(promotions, "records") == {
        "used": 3,
        "marked to be deleted": 2,
        "role is not student": 1,
        "user is not in the users file": 1,
        "repeats another record": 2,
    }
    assert sum(file.rows for file in promotions.files) == 9
    warned = [problem for problem in promotions.problems if "givenName, familyName" in problem.message]
    assert {problem.table for problem in warned} == {"2021/users.csv", "2022/users.csv"}


def test_oneroster_without_dates_needs_its_year(tmp_path: Path) -> None:
    files = write_roster(tmp_path / "one", "", "", [("u1", "", "", "05")], [("u1", "s1", "maths", "student", "")])
    promotions = derive_promotions(read_student_records(files, school_years={"one/enrollments.csv": "2021-22"}))
    assert promotions.grade_enrolment["year"].tolist() == [2021]
    with pytest.raises(InputError, match="no school year"):
        derive_promotions(read_student_records(files))


def test_oneroster_sets_may_be_told_by_their_folders(tmp_path: Path) -> None:
    sources = []
    for fall in (2021, 2022):
        users = [("u1", "", "", f"{fall - 2016:02d}")]
        enrollments = [("u1", "s1", "maths", "student", "")]
        files = write_roster(tmp_path / str(fall), f"{fall}-08-23", "", users, enrollments)
        sources += [file.path for file in files]
    records = read_student_records(sources)
    assert [file.name for file in records.files] == ["2021/enrollments.csv", "2022/enrollments.csv"]
    assert list(records.files[0].companions) == ["2021/users.csv", "2021/orgs.csv"]
    assert records.files[0].columns["school_id"] == "orgs: identifier"
    assert records.files[0].columns["student_id"] == "userSourcedId"  # no user has an identifier
    assert flows_of(derive_promotions(records)) == {("060000100001", "060000100001", 5, 6, 2021): 1}


def test_a_oneroster_set_must_be_whole(tmp_path: Path) -> None:
    files = write_roster(tmp_path / "one", "", "", [("u1", "", "", "05")], [("u1", "s1", "maths", "student", "")])
    assert "There is no users file" in errors_of(files[1:])[0].message
    again = NamedFile(files[0].path, "one/users_2.csv")
    assert len(read_student_records(files, school_years={"one/enrollments.csv": "2021-22"}).student) == 1
    assert errors_of([*files, again])


def test_forms_are_told_by_headings() -> None:
    assert recognise_form(["STUDENT_ID", "School Year", "School-ID", "Grade"]) == "generic"
    assert recognise_form(["studentUniqueId", "schoolId", "entryDate", "entryGradeLevelDescriptor"]) == "edfi"
    assert recognise_form(["sourcedId", "classSourcedId", "schoolSourcedId", "userSourcedId", "role"]) == "oneroster"
    assert recognise_form(["origin", "destination", "grade", "students"]) is None
    assert recognise_form(["ncessch", "sch_name", "lat", "lon"]) is None


# ------------------------------------------------------------------------------------------------------------- speed


@pytest.mark.parametrize("kind", [np.uint64, np.int64])
def test_sorting_in_two_threads(kind: type) -> None:
    generator = np.random.default_rng(3)
    numbers: np.ndarray
    for numbers in (
        generator.integers(0, 1 << 60, 1_500_000).astype(kind),
        np.full(1_500_000, 7, dtype=kind),
        np.arange(1_500_000, 0, -1).astype(kind),
    ):
        np.testing.assert_array_equal(sort_numbers(numbers), np.sort(numbers))
