"""Cells of student records that cannot be read are named with file, row, column and value."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustering.errors import InputError
from clustering.flows.records.promotions import derive_promotions
from clustering.readers.raw_table import NamedFile
from clustering.readers.student_records import read_student_records
from tests.examples.student_records import HEADINGS, Record, counts_of, errors_of, promote, write_csv


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


def test_school_ids_of_several_districts_are_warned_of(tmp_path: Path) -> None:
    headings = ("student_id", "school_year", "district_id", "school_id", "grade")
    rows = [("1", "2021-22", "D1", "010", "5"), ("2", "2021-22", "D2", "010", "5"), ("3", "2021-22", "D2", "011", "5")]
    messages = [problem.message for problem in promote(tmp_path, rows, headings).problems]
    assert "Some school ids appear in more than one district; each id counts as one school." in messages
    messages = [problem.message for problem in promote(tmp_path, rows[1:], headings).problems]
    assert not any("district" in message for message in messages)
