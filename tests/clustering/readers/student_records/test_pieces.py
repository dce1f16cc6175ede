"""Pieces of whole lines: nothing is lost or divided, whatever the line ends and the quotation marks."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustering.flows.records.promotions import derive_promotions
from clustering.readers.student_records import pieces, read_student_records
from tests.examples.student_records import errors_of, flows_of

PIECE = 64


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "PIECE_BYTES", PIECE)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pieces") / "r.csv"


@given(
    rows=st.lists(st.lists(st.text('ab"\n,', max_size=6), min_size=3, max_size=3), max_size=40),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
def test_each_piece_has_whole_records(path: Path, rows: list[list[str]], line_end: str) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator=line_end).writerows(rows)
    found = [bytes(piece).decode() for piece in pieces.read_pieces(path)]
    assert "".join(found).encode() == path.read_bytes()
    read_apart = [row for text in found for row in csv.reader(io.StringIO(text, newline="")) if row]
    assert read_apart == rows


def test_lines_that_end_with_carriage_returns_are_cut_too(path: Path) -> None:
    path.write_bytes(b"1,2,3\r" * 50)
    found = [bytes(piece) for piece in pieces.read_pieces(path)]
    assert len(found) > 1
    assert all(len(piece) % 6 == 0 for piece in found)


def test_a_stray_quotation_mark_does_not_hold_up_the_file(path: Path) -> None:
    path.write_bytes(b'1,5" pipe,3\n' + b"1,2,3\n" * 50)
    found = [bytes(piece) for piece in pieces.read_pieces(path)]
    assert b"".join(found) == path.read_bytes()
    assert all(piece.endswith(b"\n") for piece in found)


def test_a_line_longer_than_a_piece_is_refused(path: Path) -> None:
    path.write_bytes(b"1" * (3 * PIECE))
    with pytest.raises(pieces.LineTooLongError) as caught:
        list(pieces.read_pieces(path))
    assert caught.value.row == 1


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_the_row_of_a_line_longer_than_a_piece_is_found(path: Path, line_end: bytes) -> None:
    # 41 rows of some pieces, then the long one.
    path.write_bytes((b"1,2,3" + line_end) * 41 + b"1" * (2 * PIECE) + line_end + b"1,2,3" + line_end)
    with pytest.raises(pieces.LineTooLongError) as caught:
        list(pieces.read_pieces(path))
    assert caught.value.row == 42


def test_a_long_line_is_told_apart_from_another_encoding(tmp_path: Path) -> None:
    rows = ["1,2021-22,A,5", "2,2021-22,A", f"3,2021-22,{'A' * 100},5", "4,2021-22,A,5"]
    (tmp_path / "r.csv").write_text("\n".join(["student_id,school_year,school_id,grade", *rows, ""]))
    problems = errors_of([tmp_path / "r.csv"])
    assert [problem.row for problem in problems] == [3, 4]
    assert problems[0].message == "The record has 3 cells instead of 4."
    assert "The line is longer than" in problems[1].message
    assert "quotation mark" in problems[1].remedy


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_records_of_many_pieces_are_those_of_one(tmp_path: Path, encoding: str) -> None:
    records = [(student, year) for student in range(30) for year in ("2021-22", "2022-23")]
    text = "student_id,school_year,school_id,grade,note\r\n"
    text += "".join(f'{student:04},{year},é{year[3]},0{year[3]},"two\r\nlines"\r\n' for student, year in records)
    (tmp_path / "r.csv").write_bytes(text.encode(encoding))
    found = read_student_records([tmp_path / "r.csv"], encoding=None if "utf" in encoding else encoding)
    assert found.files[0].rows == 60
    assert flows_of(derive_promotions(found)) == {("é1", "é2", 1, 2, 2021): 30}


def test_bad_records_are_named_by_their_row_in_the_file(tmp_path: Path) -> None:
    good = "1,2021-22,A,5\n" * 20
    (tmp_path / "r.csv").write_text(f"student_id,school_year,school_id,grade\n{good}2,2021-22,A\n{good}")
    assert [(problem.row, problem.message) for problem in errors_of([tmp_path / "r.csv"])] == [
        (22, "The record has 3 cells instead of 4.")
    ]
