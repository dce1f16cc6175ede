"""Sheets of Excel and OpenDocument workbooks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet
import pytest

from clustering.readers.file_options import FileOptions
from clustering.readers.isolation.sheet_header import HeadingRule
from tests.examples.container_files import parquet, problem_of, read, texts, workbook, written
from tests.faulty_files.lures import archive

# Parsers in forks: see ``test_warm_children.py``.
pytestmark = pytest.mark.usefixtures("warm_children")


@pytest.mark.usefixtures("real_children")
def test_cells_of_a_workbook_become_text(tmp_path: Path) -> None:
    rows = [["id", "n", "share", "flag", "day"], ["0012", 300.0, 0.25, True, dt.date(2022, 9, 1)], ["NA"]]
    table = read(workbook(tmp_path, Data=rows))
    assert texts(table) == {
        "id": ["0012", "NA"],
        "n": ["300", ""],
        "share": ["0.25", ""],
        "flag": ["true", ""],
        "day": ["2022-09-01", ""],
    }


def test_a_title_above_and_blank_rows_around_a_sheets_table_keep_its_row_numbers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    cells = {"C3": "A title", "C5": "id", "D5": "name", "C6": "01", "D6": "Oak", "C8": "02", "D8": "Elm"}
    for place, value in cells.items():
        book.active[place] = value
    book.save(tmp_path / "book.xlsx")
    table = read(tmp_path / "book.xlsx")
    assert (table.header_row, table.first_row) == (5, 6)
    assert texts(table) == {"id": ["01", "", "02"], "name": ["Oak", "", "Elm"]}


def test_several_sheets_are_asked_about_and_one_beside_notes_is_not(tmp_path: Path) -> None:
    table = [["id", "name"], ["1", "Oak"]]
    two = workbook(tmp_path, First=table, Second=[["id", "name"], ["2", "Elm"]])
    assert "First, Second" in problem_of(two)
    assert texts(read(two, sheet="Second"))["id"] == ["2"]
    assert "'Third'" in problem_of(two, sheet="Third")
    assert read(workbook(tmp_path, Notes=[["Read me"], ["first"]], Schools=table)).layer == "Schools"


def test_headings_in_two_rows_of_merged_cells_are_joined(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    rows = [["Rates"], ["School", None, "Graduation Rate", None], ["ID", "Name", 2022, 2023], ["01", "Oak", 61, 62]]
    for row in rows:
        book.active.append(row)
    for cells in ("A1:D1", "A2:B2", "C2:D2"):
        book.active.merge_cells(cells)
    book.save(tmp_path / "book.xlsx")
    table = read(tmp_path / "book.xlsx")
    assert list(table.columns) == ["School ID", "School Name", "Graduation Rate 2022", "Graduation Rate 2023"]
    assert (table.header_row, table.first_row, table.joined_rows) == (3, 4, (2, 3))


def test_the_row_that_the_user_names_is_the_header_of_a_sheet(tmp_path: Path) -> None:
    path = workbook(tmp_path, Data=[["a", "b"], ["id", "name"], ["01", "Oak"]])
    rule = HeadingRule(options=FileOptions(header_row=2))
    assert list(read(path, rule=rule).columns) == ["id", "name"]
    rule = HeadingRule(options=FileOptions(columns={"school_id": "id"}))
    assert list(read(path, rule=rule).columns) == ["id", "name"]
    assert list(read(path).columns) == ["a", "b"]
    unnamed = read(path, rule=HeadingRule(options=FileOptions(has_header=False)))
    assert (list(unnamed.columns), unnamed.header_row, unnamed.first_row) == (["column 1", "column 2"], None, 1)


def test_a_blank_heading_gets_a_name_and_a_doubled_one_a_number(tmp_path: Path) -> None:
    blank = workbook(tmp_path, Data=[["id", None, "grade"], ["1", "Oak", "9"]])
    assert texts(read(blank)) == {"id": ["1"], "unnamed column 1": ["Oak"], "grade": ["9"]}
    doubled = workbook(tmp_path, Data=[["id", " name", "name "], ["1", "Oak", "Elm"]])
    assert texts(read(doubled)) == {"id": ["1"], "name": ["Oak"], "name (2)": ["Elm"]}
    assert read(doubled).repeated == ("name",)
    assert read(parquet(tmp_path, pa.table([["1"], ["2"]], names=["id", "id"]))).repeated == ("id",)


def open_document(folder: Path, *rows: str) -> Path:
    names = ("office", "table", "text")
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="Schools">{"".join(rows)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    members = {"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content.encode()}
    return written(folder, "schools.ods", archive(members))


def open_document_row(*cells: str, times: int = 1, cell_times: int = 1) -> str:
    repeated = f'table:number-columns-repeated="{cell_times}" office:value-type="string"'
    inside = "".join(f"<table:table-cell {repeated}><text:p>{cell}</text:p></table:table-cell>" for cell in cells)
    return f'<table:table-row table:number-rows-repeated="{times}">{inside}</table:table-row>'


def test_an_open_document_is_read_and_one_that_repeats_without_end_is_not(tmp_path: Path) -> None:
    rows = [open_document_row("school_id", "name"), open_document_row("0012", "Oak"), open_document_row("NA", "Elm")]
    assert texts(read(open_document(tmp_path, *rows))) == {"school_id": ["0012", "NA"], "name": ["Oak", "Elm"]}
    problem_of(open_document(tmp_path, *rows, open_document_row("x", times=1 << 20, cell_times=1 << 14)))
