"""Delimited text as it comes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from clustering.errors import InputError
from clustering.readers.file_options import FileOptions
from clustering.readers.raw_table import NamedFile, NamedTable
from clustering.readers.read_table import read_table


def write(folder: Path, content: bytes) -> Path:
    path = folder / "input.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("delimiter", [b",", b"\t", b"|", b"^", b";"])
def test_line_ends_and_delimiters(tmp_path: Path, ending: bytes, delimiter: bytes) -> None:
    rows = [[b"id", b"name"], [b"0012", b"Oak"], [b"NA", b""]]
    table = read_table(write(tmp_path, ending.join(delimiter.join(row) for row in rows) + ending))
    assert table.cells.to_dict("list") == {"id": ["0012", "NA"], "name": ["Oak", ""]}
    assert table.delimiter == delimiter.decode()


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("id,name\n01,Chávez\n".encode(), "utf-8"),
        ("\ufeffid,name\n01,Chávez\n".encode(), "utf-8"),
        ("\ufeffid,name\n01,Chávez\n".encode("utf-16-le"), "utf-16-le"),
        ("\ufeffid,name\n01,Chávez\n".encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_unicode_with_and_without_a_byte_order_mark(tmp_path: Path, content: bytes, encoding: str) -> None:
    table = read_table(write(tmp_path, content))
    assert table.cells.to_dict("list") == {"id": ["01"], "name": ["Chávez"]}
    assert table.encoding == encoding


def test_an_encoding_can_be_named(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "id,name\n01,Chávez\n".encode("cp1252")), options=FileOptions(encoding="cp1252"))
    assert table.cells["name"].tolist() == ["Chávez"]


def test_cells_are_trimmed_unwrapped_and_otherwise_left_alone(tmp_path: Path) -> None:
    content = b'id,name,note\n="0100005", Oak ,"a ""b"", c"\n1.0,=cmd,"two\nlines"\n'
    cells = read_table(write(tmp_path, content)).cells
    assert cells["id"].tolist() == ["0100005", "1.0"]
    assert cells["name"].tolist() == ["Oak", "=cmd"]
    assert cells["note"].tolist() == ['a "b", c', "two\nlines"]


def problems_of(path: Path, **options: Any) -> list[tuple[int | None, str]]:
    with pytest.raises(InputError) as caught:
        read_table(NamedFile(path, "flows of Ohio.csv"), options=FileOptions(**options))
    assert all(problem.table == "flows of Ohio.csv" and problem.remedy for problem in caught.value.problems)
    return [(problem.row, problem.message) for problem in caught.value.problems]


def test_an_encoding_that_is_said_and_wrong_names_the_row(tmp_path: Path) -> None:
    path = write(tmp_path, b"id,name\n01,Oak\n02,Ch\xe1vez\n")
    ((row, message),) = problems_of(path, encoding="utf-8")
    assert row == 3
    assert "0xe1" in message
    assert "not utf-8" in message


@pytest.mark.parametrize(
    ("byte", "encoding", "name"), [(b"\xe1", "cp1252", "Chávez"), (b"\x81", "latin-1", "Ch\x81vez")]
)
def test_an_encoding_that_is_guessed_is_said(tmp_path: Path, byte: bytes, encoding: str, name: str) -> None:
    table = read_table(write(tmp_path, b"id,name\n01,Oak\n02,Ch" + byte + b"vez\n"))
    assert table.cells["name"].tolist() == ["Oak", name]
    assert table.encoding == encoding
    (problem,) = table.problems
    assert (problem.row, problem.is_error) == (3, False)
    assert encoding in problem.message


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(tmp_path: Path, codec: str) -> None:
    table = read_table(write(tmp_path, "id,name\n01,Oak\n".encode(codec)))
    assert table.cells.to_dict("list") == {"id": ["01"], "name": ["Oak"]}
    assert table.encoding == codec


def test_a_codec_that_does_not_exist(tmp_path: Path) -> None:
    ((_, message),) = problems_of(write(tmp_path, b"id\n1\n"), encoding="utf-9")
    assert "no encoding called 'utf-9'" in message


def test_every_record_of_the_wrong_length_is_named(tmp_path: Path) -> None:
    found = problems_of(write(tmp_path, b"id,name\n1\n2,b\n3,c,d\n"))
    assert [row for row, _ in found] == [2, 4]
    assert "1 cells, the header 2" in found[0][1]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"id,name\n", "no records"),
        (b"id,name\n1,a\0b\n", "NUL"),
        (b'id,"name\n1,2\n', "header row cannot be read"),
        (b"PK\x03\x04\x00\x00\x08", "archive is damaged"),
    ],
)
def test_files_that_are_no_tables(tmp_path: Path, content: bytes, message: str) -> None:
    found = problems_of(write(tmp_path, content))
    assert message in found[0][1]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    ((_, message),) = problems_of(tmp_path / "missing.csv")
    assert "No such file" in message


def test_a_data_frame_keeps_text_identifiers() -> None:
    frame = pd.DataFrame({"school_id": ["0012", "0013"], "enrollment": [300.0, None], "lat": [38.5, 39.25]})
    cells = read_table(frame).cells
    assert cells.to_dict("list") == {"school_id": ["0012", "0013"], "enrollment": ["300", ""], "lat": ["38.5", "39.25"]}


@pytest.mark.parametrize("codec", ["rot13", "base64", "unicode_escape", "punycode", "idna", "utf-7", "x" * 200, "a\0b"])
def test_codecs_that_are_no_character_sets_are_refused(tmp_path: Path, codec: str) -> None:
    with pytest.raises(InputError, match="no encoding called"):
        read_table(write(tmp_path, b"id\n1\n"), options=FileOptions(encoding=codec))


@pytest.mark.parametrize(
    "codec", ["utf-8", "UTF8", "latin-1", "cp1252", "iso-8859-15", "shift_jis", "gb18030", "mac-roman"]
)
def test_character_sets_are_taken(tmp_path: Path, codec: str) -> None:
    content = "id\nA\n".encode(codec)
    assert read_table(write(tmp_path, content), options=FileOptions(encoding=codec)).cells.to_dict("list") == {
        "id": ["A"]
    }


def test_a_heading_of_several_lines_is_typed_in_one(tmp_path: Path) -> None:
    path = write(tmp_path, '"My\nKey","Pct\u00a0Done"\r\n0012,61\r\n'.encode())
    assert read_table(path).headings == ("My Key", "Pct Done")
    frame = NamedTable(pd.DataFrame({"My\nKey": ["0012"]}), "schools")
    for typed in ("My Key", "My\nKey"):
        options = FileOptions(columns={"school_id": typed})
        assert options.columns["school_id"] in read_table(path, options=options).headings
        assert options.columns["school_id"] in read_table(frame, options=options).headings
