"""How a delimited file is laid out: which sign parts the cells, and which record is the header."""

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
_LOOKED_AT_BYTES = 1 << 18
_LOOKED_AT_RECORDS = 40
_LINE = r"[^\r\n]*(?:\r\n|\r|\n|$)"
_DATA_CELL = re.compile(r"[+-]?[\d.,]+|\d{4}-\d\d-\d\d|\d{4}-\d\d(\d\d)?")


@dataclass(frozen=True, kw_only=True)
class HeadlessLayout:
    """
    A published form of file that comes without a header.

    Parameters
    ----------
    kind
        What it is.
    delimiter
        The sign between its cells.
    first_cell
        What the first cell of a record looks like.
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
        The headless form recognised, or ``None``.
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
    headless: Sequence[HeadlessLayout] = (),
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
        What the user says goes before what is found.
    is_known_heading
        Whether a cell is a name under which the wanted columns are known.
    headless
        Forms without header that may be met.

    Returns
    -------
    layout
        The header is the first record with a known heading among the first rows; else, where the first record is that
        of a known headless form or has numbers and dates in it, there is none; else it is the first record.

    Raises
    ------
    InputError
        The header cannot be read, has too many or overlong names, or a name twice.
    """
    head = text[:_LOOKED_AT_BYTES].decode("utf-8", errors="ignore")
    delimiter = options.delimiter or _most_even_delimiter(head)
    records = _first_records(head, delimiter, name)
    header = _header_place(records, options, is_known_heading, name)
    if header is None:
        form = _headless_form(records, delimiter, headless) if options.has_header is not False else None
        if form is None and options.has_header is not False and not _looks_like_data(records[0][1]):
            header = 0
    if header is None:
        row, cells, start = records[0]
        headings = form.headings if form else tuple(f"column {number + 1}" for number in range(len(cells)))
        return TextLayout(
            headings=checked_headings(headings, name, row),
            delimiter=delimiter,
            header_row=None,
            start=start,
            first_row=row,
            kind=form.kind if form else None,
        )
    row, cells, start = records[header]
    headings = checked_headings(cells, name, row)
    return TextLayout(headings=headings, delimiter=delimiter, header_row=row, start=start, first_row=row + 1)


def _most_even_delimiter(head: str) -> str:
    """The sign that parts the most records into the same number of cells; of equals, the one that makes most cells."""
    found = (match.group().rstrip("\r\n") for match in re.finditer(_LINE, head))
    lines = [line for line in itertools.islice(found, _LOOKED_AT_RECORDS) if line.strip()]
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


def _first_records(head: str, delimiter: str, name: str) -> list[tuple[int, list[str], int]]:
    """Row, cells and first byte of the first records that are not blank."""
    starts = [0]

    def lines() -> Iterator[str]:
        for match in re.finditer(_LINE, head):
            starts.append(starts[-1] + len(match.group().encode()))
            if match.group():
                yield match.group()

    records: list[tuple[int, list[str], int]] = []
    reader = csv.reader(lines(), delimiter=delimiter, strict=True)
    line_before = 0
    try:
        for row, record in enumerate(reader, start=1):
            if any(cell.strip() for cell in record):
                records.append((row, record, starts[line_before]))
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


def _header_place(
    records: Sequence[tuple[int, list[str], int]],
    options: FileOptions,
    is_known_heading: Callable[[str], bool],
    name: str,
) -> int | None:
    if options.has_header is False:
        return None
    if options.header_row is not None:
        found = next((place for place, record in enumerate(records) if record[0] >= options.header_row), None)
        if found is None:
            message = f"There is no header at row {options.header_row}: the rows looked at end with {records[-1][0]}."
            raise unreadable(name, message, "Say header_row=NUMBER with the row of the header, the first row being 1.")
        return found
    if options.has_header:
        return 0
    width = max(len(cells) for _, cells, _ in records)
    for place, (_, cells, _) in enumerate(records[:MAXIMUM_PREAMBLE_ROWS]):
        if (place == 0 or len(cells) == width > 1) and any(is_known_heading(cell.strip()) for cell in cells):
            return place
    return None


def _headless_form(
    records: Sequence[tuple[int, list[str], int]], delimiter: str, headless: Sequence[HeadlessLayout]
) -> HeadlessLayout | None:
    cells = records[0][1]
    for form in headless:
        if (
            delimiter == form.delimiter
            and len(cells) == len(form.headings)
            and form.first_cell.fullmatch(cells[0].strip())
        ):
            return form
    return None


def _looks_like_data(cells: Sequence[str]) -> bool:
    return any(_DATA_CELL.fullmatch(cell.strip()) for cell in cells)


def checked_headings(headings: Sequence[str], name: str, row: int | None) -> tuple[str, ...]:
    """
    Give every column a name.

    Parameters
    ----------
    headings
        As they stand in the file; white space around them is dropped.
    name
        What problems call the file.
    row
        Where they stand, for problems; ``None`` where they are no row.

    Returns
    -------
    headings
        With names of our own for blank ones.

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
        raise unreadable(name, message, "Check that the first row holds the names of the columns.")
    counts = Counter(headings)
    problems = [
        Problem(
            table=name,
            row=row,
            column=heading,
            message=f"The heading stands {counts[heading]} times.",
            remedy="Give every column a name of its own.",
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
