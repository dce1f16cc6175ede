"""Layout of a delimited file: its delimiter, and which record is the header."""

from __future__ import annotations

import csv
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from clustering.errors import InputError, Problem
from clustering.readers.file_options import FileOptions

DELIMITERS = (",", "\t", "|", "^", ";")
MAXIMUM_COLUMNS = 2_000
MAXIMUM_HEADING_CHARACTERS = 200
MAXIMUM_PREAMBLE_ROWS = 20
_SAMPLED_BYTES = 1 << 18
_SAMPLED_RECORDS = 40
_LINE = r"[^\r\n]*(?:\r\n|\r|\n|$)"
_DATA_CELL = re.compile(r"[+-]?[\d.,]+|\d{4}-\d\d-\d\d|\d{4}-\d\d(\d\d)?")


@dataclass(frozen=True, kw_only=True)
class HeaderlessLayout:
    """
    A published layout without a header.

    Parameters
    ----------
    kind
        Name of the kind of file.
    delimiter
        The sign between cells.
    first_cell
        Pattern of the first cell of a record.
    headings
        Names of its columns, in order.
    """

    kind: str
    delimiter: str
    first_cell: re.Pattern[str]
    headings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TextLayout:
    """
    How a delimited file is laid out.

    Parameters
    ----------
    headings
        Names of the columns.
    delimiter
        The sign between cells.
    header_row
        Row of the header, the first row of the file being 1; ``None`` without one.
    start
        Byte at which the header, or without one the first record, begins.
    first_row
        Row of the first record.
    kind
        Kind of the recognised layout without header, or ``None``.
    """

    headings: tuple[str, ...]
    delimiter: str
    header_row: int | None
    start: int
    first_row: int
    kind: str | None = None


def recognise_layout(
    text: bytes,
    name: str,
    *,
    options: FileOptions,
    is_known_heading: Callable[[str], bool],
    headerless: Sequence[HeaderlessLayout] = (),
) -> TextLayout:
    """
    Find delimiter and header.

    Parameters
    ----------
    text
        UTF-8.
    name
        What problems call the file.
    options
        The user's options; they count before anything recognised.
    is_known_heading
        Whether a cell is a known heading.
    headerless
        Layouts without header to recognise.

    Returns
    -------
    layout
        The header is the first record with a known heading among the first rows. Failing that, there is no header if
        the first record fits a known layout without header or has numbers or dates; else the first record is it.

    Raises
    ------
    InputError
        The header cannot be read, has too many or overlong names, or a name twice.
    """
    head = text[:_SAMPLED_BYTES].decode("utf-8", errors="ignore")
    delimiter = options.delimiter or _most_even_delimiter(head)
    records = _first_records(head, delimiter, name)
    header = _header_position(records, options, is_known_heading, name)
    if header is None:
        headerless_layout = (
            _headerless_layout(records, delimiter, headerless) if options.has_header is not False else None
        )
        if headerless_layout is None and options.has_header is not False and not _looks_like_data(records[0].cells):
            header = 0
    if header is None:
        first = records[0]
        numbered = tuple(f"column {number + 1}" for number in range(len(first.cells)))
        headings = headerless_layout.headings if headerless_layout else numbered
        return TextLayout(
            headings=checked_headings(headings, name, first.row),
            delimiter=delimiter,
            header_row=None,
            start=first.start,
            first_row=first.row,
            kind=headerless_layout.kind if headerless_layout else None,
        )
    row = records[header].row
    headings = checked_headings(records[header].cells, name, row)
    return TextLayout(
        headings=headings, delimiter=delimiter, header_row=row, start=records[header].start, first_row=row + 1
    )


def _most_even_delimiter(head: str) -> str:
    """The sign that splits most records into the same number of cells; of equals, the one with most cells."""
    found = (match.group().rstrip("\r\n") for match in re.finditer(_LINE, head))
    lines = [line for line in itertools.islice(found, _SAMPLED_RECORDS) if line.strip()]
    best, best_score = DELIMITERS[0], (0.0, 0)
    for delimiter in DELIMITERS:
        try:
            widths = [len(record) for record in csv.reader(lines, delimiter=delimiter) if record]
        except csv.Error:
            continue
        width, count = max(Counter(widths).items(), key=lambda each: (each[1], each[0])) if widths else (1, 0)
        score = (round(count / max(1, len(widths)), 2), width)
        if width > 1 and score > best_score:
            best, best_score = delimiter, score
    return best


@dataclass(frozen=True)
class _FirstRecord:
    """One of the first records that are not blank: its row, its cells, and the byte at which it starts."""

    row: int
    cells: list[str]
    start: int


def _first_records(head: str, delimiter: str, name: str) -> list[_FirstRecord]:
    starts = [0]

    def lines() -> Iterator[str]:
        for match in re.finditer(_LINE, head):
            starts.append(starts[-1] + len(match.group().encode()))
            if match.group():
                yield match.group()

    records: list[_FirstRecord] = []
    reader = csv.reader(lines(), delimiter=delimiter, strict=True)
    line_before = 0
    try:
        for row, record in enumerate(reader, start=1):
            if any(cell.strip() for cell in record):
                records.append(_FirstRecord(row, record, starts[line_before]))
            line_before = reader.line_num
            if len(records) > MAXIMUM_PREAMBLE_ROWS + 1:
                break
    except csv.Error as error:
        if not records:
            message = f"The header row cannot be read ({error})."
            raise unreadable(name, message, "Check its quotes.") from None
    if not records:
        raise unreadable(name, "The file is empty.", "Export it again, with a header row and at least one record.")
    return records


def _header_position(
    records: Sequence[_FirstRecord],
    options: FileOptions,
    is_known_heading: Callable[[str], bool],
    name: str,
) -> int | None:
    if options.has_header is False:
        return None
    if options.header_row is not None:
        wanted = options.header_row
        found = next((position for position, record in enumerate(records) if record.row >= wanted), None)
        if found is None:
            message = f"There is no header at row {wanted}: only rows up to {records[-1].row} can be the header."
            raise unreadable(name, message, "Set header_row=NUMBER to the row of the header; the first row is 1.")
        return found
    if options.has_header:
        return 0
    width = max(len(record.cells) for record in records)
    for position, record in enumerate(records[:MAXIMUM_PREAMBLE_ROWS]):
        may_be_header = position == 0 or len(record.cells) == width > 1
        if may_be_header and any(is_known_heading(cell.strip()) for cell in record.cells):
            return position
    return None


def _headerless_layout(
    records: Sequence[_FirstRecord], delimiter: str, headerless: Sequence[HeaderlessLayout]
) -> HeaderlessLayout | None:
    cells = records[0].cells
    for layout in headerless:
        is_as_wide = delimiter == layout.delimiter and len(cells) == len(layout.headings)
        if is_as_wide and layout.first_cell.fullmatch(cells[0].strip()):
            return layout
    return None


def _looks_like_data(cells: Sequence[str]) -> bool:
    return any(_DATA_CELL.fullmatch(cell.strip()) for cell in cells)


def checked_headings(headings: Sequence[str], name: str, row: int | None) -> tuple[str, ...]:
    """
    Check the headings, and name columns with a blank one.

    Parameters
    ----------
    headings
        As in the file; white space around them is dropped.
    name
        What problems call the file.
    row
        Their row, for problems; ``None`` if they are not in a row.

    Returns
    -------
    headings
        With a name for each blank heading.

    Raises
    ------
    InputError
        Too many, too long to be headings, or the same one twice.
    """
    headings = [heading.strip() for heading in headings]
    if len(headings) > MAXIMUM_COLUMNS:
        remedy = "Keep the columns that are needed."
        raise unreadable(name, f"The file has more than {MAXIMUM_COLUMNS:,} columns.", remedy)
    if any(len(heading) > MAXIMUM_HEADING_CHARACTERS for heading in headings):
        message = f"The header row has cells of more than {MAXIMUM_HEADING_CHARACTERS} characters."
        raise unreadable(name, message, "Check that the first row has the names of the columns.")
    counts = Counter(headings)
    problems = [
        Problem(
            table=name,
            row=row,
            column=heading,
            message=f"The heading appears {counts[heading]} times.",
            remedy="Give each column its own name.",
        )
        for heading in sorted(counts)
        if counts[heading] > 1 and heading
    ]
    if problems:
        raise InputError(problems)
    blank = (f"unnamed column {number}" for number in itertools.count(1))
    free = (name for name in blank if name not in headings)
    return tuple(heading or next(free) for heading in headings)


def unreadable(name: str, message: str, remedy: str) -> InputError:
    """An error about a file as a whole."""
    return InputError([Problem(table=name, message=message, remedy=remedy)])
