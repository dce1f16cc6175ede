"""Student ids become numbers: equal ids, equal numbers; no message shows an id."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustering.flows.records.promotions import derive_promotions
from clustering.readers.student_records import read_student_records
from clustering.readers.student_records.anonymise import number_students
from tests.examples.student_records import Record, errors_of, flows_of, promote, write_csv
from tests.oracles.promotions_by_definition import YEARS


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
    students = number_students(pa.chunked_array(chunks))
    assert students.is_blank.tolist() == [text == "" for text in ids]
    known = [(text, number) for text, number in zip(ids, students.numbers.tolist(), strict=True) if text]
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
def test_no_student_id_is_ever_shown(tmp_path: Path, text: str, options: Mapping[str, Any]) -> None:
    (tmp_path / "r.csv").write_text(text)
    problems = errors_of([tmp_path / "r.csv"], **options)
    shown = [(p.table, p.row, p.value, p.message, p.remedy) for p in problems]
    assert SECRET not in str(shown)
    if options.get("columns") != {"student_id": SECRET}:  # the caller's own word
        assert SECRET not in repr(problems)


def test_what_is_read_shows_no_student_id(tmp_path: Path) -> None:
    records = read_student_records([write_csv(tmp_path / "r.csv", [Record(SECRET, "2021-22", "A", "5")])])
    promotions = derive_promotions(records)
    assert SECRET not in repr(records) + repr(vars(records)) + repr(promotions) + repr(vars(promotions))
    assert records.student.tolist() == [0]
