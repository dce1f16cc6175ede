"""Delimited text to columns, and where records are broken."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.csv

from clustering.errors import InputError, Problem
from clustering.readers.text.layout import TextLayout, unreadable

MAXIMUM_LISTED_ROWS = 1_000


class _BrokenRecord(NamedTuple):
    """A record of the wrong length: its row and width, and whether it has an odd number of quotation marks."""

    row: int  # until all are known, its number among the rows that are not empty, from 1
    width: int
    is_open: bool


def parse_records(
    text: bytes, name: str, layout: TextLayout, *, unread: Collection[str] = ()
) -> tuple[dict[str, pa.ChunkedArray], list[int]]:
    """
    Parse all records into columns of text.

    Parameters
    ----------
    text
        UTF-8.
    name
        What problems call the file.
    layout
        See ``text_layout.recognise_layout``.
    unread
        Headings of columns to leave out.

    Returns
    -------
    columns
        Heading to strings without nulls.
    footer_rows
        Rows below the last record, in a file with rows above its header, that hold notes and no record.

    Raises
    ------
    InputError
        Records of the wrong length, each with its row; no records at all.
    """
    broken: list[_BrokenRecord] = []
    kept = [heading for heading in layout.headings if heading not in unread]
    try:
        table = _read(text, layout, kept, note=None)
    except pa.ArrowInvalid:
        # Only one thread knows the number of a bad record: the slow way is taken when there is one.
        try:
            table = _read(text, layout, kept, note=broken)
        except pa.ArrowInvalid:
            message = "The file is not delimited text: its records do not come apart at the ends of lines."
            remedy = "Export it again as CSV, each quotation mark closed and no record longer than a megabyte."
            raise unreadable(name, message, remedy) from None
    broken = _with_rows(broken, text, layout)
    footer_rows = _footer(broken, layout, table.num_rows)
    if broken and not footer_rows:
        raise InputError(_told(broken, name, layout))
    if table.num_rows == 0:
        raise unreadable(name, "The file has a header but no records.", "Export it again with its records.")
    return {heading: table.column(heading) for heading in kept}, footer_rows


def record_rows(text: bytes, layout: TextLayout) -> list[int] | None:
    """Rows of the records where blank rows stand between them; ``None`` where every record follows the one before."""
    body = text[layout.start :]
    if not re.search(rb"(?:\r\n|\n|\r(?!\n))[ \t]*(?:\r\n|\n|\r)", body):
        return None
    rows = [row for row, is_blank in _rows_that_are_not_empty(text, layout) if not is_blank]
    return rows[1:] if layout.header_row is not None else rows


def _rows_that_are_not_empty(text: bytes, layout: TextLayout) -> list[tuple[int, bool]]:
    """Header and records, each with its row, and whether it is nothing but white space where cells are asked for."""
    body = text[layout.start :].decode("utf-8", "replace")
    first, asked = layout.header_row or layout.first_row, len(layout.headings)
    return [
        (first + number, len(record) == 1 < asked and not record[0].strip())
        for number, record in enumerate(csv.reader(io.StringIO(body, newline=""), delimiter=layout.delimiter))
        if record
    ]


def _with_rows(broken: Sequence[_BrokenRecord], text: bytes, layout: TextLayout) -> list[_BrokenRecord]:
    """Broken records with their rows: the parser numbers those that are not empty."""
    if not broken:
        return []
    try:
        rows = [row for row, _ in _rows_that_are_not_empty(text, layout)]
    except csv.Error:  # a quotation mark that is not closed; the number is the best there is
        rows = []
    first = layout.header_row or layout.first_row
    return [each._replace(row=rows[each.row - 1] if each.row <= len(rows) else first + each.row - 1) for each in broken]


def _read(text: bytes, layout: TextLayout, kept: Sequence[str], *, note: list[_BrokenRecord] | None) -> pa.Table:
    """Parse with all threads, or with one and note the row and width of every record of the wrong length."""

    def note_bad_record(record: pyarrow.csv.InvalidRow) -> str:
        typed = note if note is not None else []
        is_open = record.text.count('"') % 2 == 1
        if record.text.strip():  # a row of nothing but blanks is none
            typed.append(_BrokenRecord(record.number, record.actual_columns, is_open))
        return "skip"

    return pyarrow.csv.read_csv(
        pa.BufferReader(memoryview(text)[layout.start :]),
        read_options=pyarrow.csv.ReadOptions(
            use_threads=note is None,
            column_names=list(layout.headings),
            skip_rows_after_names=0 if layout.header_row is None else 1,
        ),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=layout.delimiter,
            # Without a quotation mark no cell can hold a line break, and parsing is quicker.
            newlines_in_values=text.find(b'"', layout.start) >= 0,
            invalid_row_handler=None if note is None else note_bad_record,
        ),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(kept, pa.string()),
            include_columns=list(kept),
            strings_can_be_null=False,
            check_utf8=False,
        ),
    )


def _footer(broken: Sequence[_BrokenRecord], layout: TextLayout, records: int) -> list[int]:
    """Rows of the notes below the records; only a file that has notes above its header may have them."""
    if layout.header_row is None or layout.header_row == 1 or not broken:
        return []
    last = layout.first_row + records - 1
    is_below = all(record.row > last and record.width == 1 for record in broken)
    return [record.row for record in broken] if is_below else []


def _told(broken: Sequence[_BrokenRecord], name: str, layout: TextLayout) -> list[Problem]:
    expected = len(layout.headings)
    what = "the header" if layout.header_row is not None else "the first record"
    return [
        Problem(
            table=name,
            row=record.row,
            message=f"The record has {record.width} cells, {what} {expected}"
            + ("; it has a quotation mark that is not closed." if record.is_open else "."),
            remedy="Close or double the quotation mark."
            if record.is_open
            else "Quote cells that contain the delimiter, and complete short records.",
        )
        for record in broken[:MAXIMUM_LISTED_ROWS]
    ]
