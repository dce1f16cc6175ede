"""Files of student records that are none, are named twice or are read by the caller's names."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustering.errors import InputError
from clustering.flows.records.promotions import derive_promotions
from clustering.readers.student_records import read_student_records
from tests.examples.student_records import HEADINGS, YEAR_AFTER, errors_of, flows_of, write_csv


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"PK\x03\x04....", "workbook or an archive"),
        (b"student_id,school_id,grade,school_year\n", "no records"),
        (b"student_id,school_id,grade,school_year\n1,\xff\xfe,5,2021-22\n", "not utf-8"),
        (b"a,b,c\n1,2,3\n", "no known format of student records"),
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
    content=st.binary(max_size=200), start=st.sampled_from([b"", b"[", b"SENR^", ",".join(HEADINGS).encode() + b"\n"])
)
def test_whatever_the_bytes_are_they_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, start: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "r.csv"
    path.write_bytes(start + content)
    with contextlib.suppress(InputError):
        read_student_records([path])


def test_all_files_are_read_before_any_error_is_raised(tmp_path: Path) -> None:
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
    options = {"record_format": "generic", "columns": columns, "delimiter": ";", "encoding": "cp1252"}
    promotions = derive_promotions(read_student_records([tmp_path / "r.txt"], **options))
    assert flows_of(promotions) == {("Chávez", "B", 5, 6, 2021): 1}
    assert promotions.files[0].columns == columns
    assert "There is no format" in errors_of([tmp_path / "r.txt"], record_format="senr")[0].message
    assert "no encoding" in errors_of([tmp_path / "r.txt"], encoding="klingon")[0].message
    unknown = errors_of(
        [tmp_path / "r.txt"], record_format="generic", columns={**columns, "colour": "hue"}, encoding="cp1252"
    )
    assert [problem.message for problem in unknown] == ["There is no column called colour."]
