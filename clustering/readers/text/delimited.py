"""Delimited text to columns; records of the wrong length are named with their row."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.csv

from clustering.errors import InputError, Problem, keep_examples
from clustering.readers.text.headings import unreadable
from clustering.readers.text.layout import TextLayout
from clustering.readers.text.notes import is_note

MAXIMUM_LISTED_ROWS = 1_000
MAXIMUM_FOOTER_ROWS = 100_000


@dataclass(frozen=True, kw_only=True)
class Records:
    """
    The records of a file.

    Parameters
    ----------
    columns
        Heading to strings without nulls.
    footer_rows
        Rows below the last record that hold notes.
    """

    columns: Mapping[str, pa.ChunkedArray]
    footer_rows: list[int]


@dataclass(frozen=True)
class _BrokenRecord:
    """A record of the wrong length: row, width, whether a quotation mark is left open, whether it reads as a note."""

    row: int  # until the rows are known, its number among the rows that are not empty, from 1
    width: int
    is_open: bool
    is_note: bool = False


class _BrokenRecords:
    """Records of the wrong length as the parser meets them: the first of each kind are kept, the others counted."""

    def __init__(self) -> None:
        self.kept: list[_BrokenRecord] = []
        self._counts: Counter[tuple[int, bool]] = Counter()

    def add(self, record: _BrokenRecord) -> None:
        """Keep a record, or count it; of records with one cell, which may be notes, many are kept."""
        kind = (record.width, record.is_open)
        if self._counts[kind] < (MAXIMUM_FOOTER_ROWS if record.width == 1 else MAXIMUM_LISTED_ROWS):
            self.kept.append(record)
        self._counts[kind] += 1

    def further(self) -> dict[tuple[int, bool], int]:
        """Records of each kind that are not kept, by width and whether a quotation mark is open."""
        listed = Counter((each.width, each.is_open) for each in self.kept)
        return dict(self._counts - listed)


def parse_records(text: bytes, name: str, layout: TextLayout, *, unread: Collection[str] = ()) -> Records:
    """
    Parse all records into columns of text.

    Parameters
    ----------
    text
        UTF-8.
    name
        What problems call the file.
    layout
        See ``layout.recognise_layout``.
    unread
        Headings of columns to leave out.

    Returns
    -------
    records
        Columns of text.

    Raises
    ------
    InputError
        Records of the wrong length, each with its row; or no records.
    """
    found = _BrokenRecords()
    kept = [heading for heading in layout.headings if heading not in unread]
    try:
        table = _read(text, layout, kept, note=None)
    except pa.ArrowInvalid:
        # Only a single thread knows the number of a bad record: parse again, more slowly, if there is one.
        try:
            table = _read(text, layout, kept, note=found)
        except pa.ArrowInvalid:
            message = "The file is not delimited text: its lines are not records."
            remedy = "Export it again as CSV, with every quotation mark closed and no record over a megabyte."
            raise unreadable(name, message, remedy) from None
    broken, further = _with_rows(found.kept, text, layout), found.further()
    footer_rows = [] if further else _footer(broken, layout, table.num_rows)
    if broken and not footer_rows and layout.header_row is not None and len(layout.headings) == 1:
        raise InputError(_problems_of_deep_header(broken, name, layout) or _problems_of(broken, further, name, layout))
    if broken and not footer_rows:
        raise InputError(_problems_of(broken, further, name, layout))
    if table.num_rows == 0:
        raise unreadable(name, "The file has a header but no records.", "Export it again with its records.")
    return Records(columns={heading: table.column(heading) for heading in kept}, footer_rows=footer_rows)


def record_rows(text: bytes, layout: TextLayout) -> list[int] | None:
    """Rows of the records if there are blank rows between them; ``None`` if every record follows the one before."""
    body = text[layout.start :]
    if not re.search(rb"(?:\r\n|\n|\r(?!\n))[ \t]*(?:\r\n|\n|\r)", body):
        return None
    rows = [each.row for each in _filled_rows(text, layout) if not each.is_blank]
    return rows[1:] if layout.header_row is not None else rows


@dataclass(frozen=True)
class _FilledRow:
    """A row that is not empty, and whether it holds only white space where there should be several cells."""

    row: int
    is_blank: bool


def _filled_rows(text: bytes, layout: TextLayout) -> Iterator[_FilledRow]:
    """Rows of the header and of the records, one by one: there may be millions."""
    body = text[layout.start :].decode("utf-8", "replace")
    first, width = layout.header_row or layout.first_row, len(layout.headings)
    for number, record in enumerate(csv.reader(io.StringIO(body, newline=""), delimiter=layout.delimiter)):
        if record:
            yield _FilledRow(first + number, len(record) == 1 < width and not record[0].strip())


def _with_rows(broken: Sequence[_BrokenRecord], text: bytes, layout: TextLayout) -> list[_BrokenRecord]:
    """Broken records with their rows; the parser numbers only rows that are not empty."""
    if not broken:
        return []
    try:
        wanted = {each.row for each in broken}
        filled = enumerate(_filled_rows(text, layout), start=1)
        rows = {number: each.row for number, each in filled if number in wanted}
    except csv.Error:  # a quotation mark that is not closed: use the parser's number
        rows = {}
    first = layout.header_row or layout.first_row
    return [replace(each, row=rows.get(each.row, first + each.row - 1)) for each in broken]


def _read(text: bytes, layout: TextLayout, kept: Sequence[str], *, note: _BrokenRecords | None) -> pa.Table:
    """Parse with all threads; or with one, which notes row and width of every record of the wrong length."""

    def note_bad_record(record: pyarrow.csv.InvalidRow) -> str:
        is_open = record.text.count('"') % 2 == 1
        if note is not None and record.text.strip():  # a blank row is no record
            note.add(_BrokenRecord(record.number, record.actual_columns, is_open, is_note(record.text.strip(' "'))))
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
            # Without quotation marks no cell can hold a line break, and parsing is faster.
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
    """Rows of notes below the records: the first reads as one, or there are notes above the header too."""
    if layout.header_row is None or not broken:
        return []
    last = layout.first_row + records - 1
    is_below = all(last < each.row and (each.is_note or each.width < len(layout.headings)) for each in broken)
    has_notes_above = layout.header_row > 1 and all(record.width == 1 for record in broken)
    return [record.row for record in broken] if is_below and (has_notes_above or broken[0].is_note) else []


def _problems_of_deep_header(broken: Sequence[_BrokenRecord], name: str, layout: TextLayout) -> tuple[Problem, ...]:
    """One problem if the records are wider than what was taken for the header; none if only some of them are."""
    width, count = Counter(each.width for each in broken).most_common(1)[0]
    if broken[-1].width != width or count < 2:
        return ()
    first = next(each.row for each in broken if each.width == width)
    message = (
        f"The records have {width} cells, and row {layout.header_row}, which was taken for the header, has one. The"
        f" headings are further down than they were looked for, perhaps in row {first}."
    )
    remedy = f"Set header_row={first}, or the number of the row that has the headings."
    return (Problem(table=name, row=layout.header_row, message=message, remedy=remedy),)


def _problems_of(
    broken: Sequence[_BrokenRecord], further: Mapping[tuple[int, bool], int], name: str, layout: TextLayout
) -> tuple[Problem, ...]:
    last = {(record.width, record.is_open): record for record in broken}
    expected = len(layout.headings)
    reference = "the header" if layout.header_row is not None else "the first record"
    problems = (
        Problem(
            table=name,
            row=record.row,
            message=f"The record has {record.width} cells, {reference} {expected}"
            + ("; it has a quotation mark that is not closed." if record.is_open else "."),
            remedy="Close or double the quotation mark."
            if record.is_open
            else "Quote cells that contain the delimiter, and complete short records.",
            further_records=further.get(kind, 0) if record is last[kind] else 0,
        )
        for record, kind in ((each, (each.width, each.is_open)) for each in broken)
    )
    return keep_examples(problems, MAXIMUM_LISTED_ROWS)
