"""Layout of a delimited file: its delimiter, and which record is the header."""

from __future__ import annotations

import csv
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from clustering.readers.file_options import FileOptions
from clustering.readers.text.header import MAXIMUM_PREAMBLE_ROWS, FirstRow, Header, choose_header
from clustering.readers.text.headings import checked_headings, in_one_line, unreadable

DELIMITERS = (",", "\t", "|", "^", ";")
_SAMPLED_BYTES = 1 << 18
_FURTHEST_SAMPLED_BYTES = 1 << 24  # where the user names the row of the header
_MOST_CUT_OFF = 0.125  # of a sample may be the start of a line that is not whole
_SAMPLED_LINES = 40
_MOST_SAMPLED_LINES = 120
_LEAST_SPLIT_LINES = 0.2
_LINE = r"[^\r\n]*(?:\r\n|\r|\n|$)"
_DELIMITER_LINE = re.compile(r'"?sep=(.)"?(?:\r\n|\r|\n)', re.IGNORECASE)


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
        Row of the header, the first row of the file being 1; of a header in two rows the lower one; ``None`` without
        one.
    start
        Byte at which the header, or without one the first record, begins.
    first_row
        Row of the first record.
    kind
        Kind of the recognised layout without header, or ``None``.
    repeated
        Headings that stand there several times; the second is called ``NAME (2)``.
    joined_rows
        The two rows that the headings were joined from, or ``None``.
    """

    headings: tuple[str, ...]
    delimiter: str
    header_row: int | None
    start: int
    first_row: int
    kind: str | None = None
    repeated: tuple[str, ...] = ()
    joined_rows: tuple[int, int] | None = None


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
        See ``header.choose_header``. A line ``sep=;`` above the header, as Excel writes it, names the delimiter.

    Raises
    ------
    InputError
        The header cannot be read, or has too many or overlong names.
    """
    far = options.header_row is not None and options.header_row > MAXIMUM_PREAMBLE_ROWS
    head = _sample(text, _FURTHEST_SAMPLED_BYTES if far else _SAMPLED_BYTES).decode("utf-8", errors="ignore")
    told = _DELIMITER_LINE.match(head)
    of_file = told.group(1) if told and told.group(1) in DELIMITERS else None
    delimiter = options.delimiter or of_file or _most_even_delimiter(head)
    rows = _first_rows(head, delimiter, name, wanted=options.header_row or 0)
    rows = rows[1:] if told and len(rows) > 1 else rows
    headerless_layout = _headerless_layout(rows, delimiter, headerless) if options.has_header is not False else None
    header = choose_header(rows, options, is_known_heading, name=name, is_headerless=headerless_layout is not None)
    if header is not None:
        return _layout_below(header, rows, delimiter, name)
    first = rows[0]
    numbered = tuple(f"column {number + 1}" for number in range(len(first.cells)))
    headings = checked_headings(headerless_layout.headings if headerless_layout else numbered, name, first.row)
    return TextLayout(
        headings=headings.names,
        delimiter=delimiter,
        header_row=None,
        start=first.start,
        first_row=first.row,
        kind=headerless_layout.kind if headerless_layout else None,
    )


def _sample(text: bytes, size: int) -> bytes:
    """The start of a text in whole lines; more of it where a long line, perhaps the header, would be cut off."""
    while size < min(len(text), _FURTHEST_SAMPLED_BYTES):
        end = max(text.rfind(b"\n", 0, size), text.rfind(b"\r", 0, size)) + 1
        if size - end <= _MOST_CUT_OFF * size:
            return text[:end]
        size *= 2
    return text[:size]


def _layout_below(header: Header, rows: Sequence[FirstRow], delimiter: str, name: str) -> TextLayout:
    found = rows[header.position]
    headings = checked_headings(header.headings, name, found.row)
    return TextLayout(
        headings=headings.names,
        delimiter=delimiter,
        header_row=found.row,
        start=found.start,
        first_row=found.row + 1,
        repeated=headings.repeated,
        joined_rows=header.joined_rows,
    )


def _most_even_delimiter(head: str) -> str:
    """The sign that splits most lines into the same number of cells, notes above them left out; of equals the most."""
    found = (match.group().rstrip("\r\n") for match in re.finditer(_LINE, head))
    filled = (line for line in found if line.strip())
    lines = list(itertools.islice(filled, _SAMPLED_LINES))
    # Notes above the header may be longer than that; lines of a wide table say enough.
    while len(lines) < _MOST_SAMPLED_LINES and sum(map(len, lines)) < _MOST_SAMPLED_LINES * 200:
        if (line := next(filled, None)) is None:
            break
        lines.append(line)
    best, best_score = DELIMITERS[0], (0.0, 0)
    for delimiter in DELIMITERS:
        if not any(delimiter in line for line in lines):
            continue
        try:
            widths = [len(record) for record in csv.reader(lines, delimiter=delimiter)]
        except csv.Error:
            continue
        counts = Counter(width for width in widths if width > 1)
        if not counts:
            continue
        width, count = max(counts.items(), key=lambda each: (each[1], each[0]))
        share = round(count / len(lines), 2)
        is_at_the_end = widths[-2:] == [width, width]  # below many notes
        if (is_at_the_end or share >= _LEAST_SPLIT_LINES) and (share, width) > best_score:
            best, best_score = delimiter, (share, width)
    return best


def _first_rows(head: str, delimiter: str, name: str, *, wanted: int) -> list[FirstRow]:
    """The first rows that are not blank; as many as may stand above a header, or up to the row that is wanted."""
    starts = [0]

    def lines() -> Iterator[str]:
        for match in re.finditer(_LINE, head):
            line = match.group()
            starts.append(starts[-1] + (len(line) if line.isascii() else len(line.encode())))
            if line:
                yield line

    rows: list[FirstRow] = []
    reader = csv.reader(lines(), delimiter=delimiter, strict=True)
    line_before = 0
    try:
        for row, record in enumerate(reader, start=1):
            is_plain = "".join(record).isprintable()
            cells = [cell.strip() for cell in record] if is_plain else list(map(in_one_line, record))
            if any(cells):
                rows.append(FirstRow(row, cells, starts[line_before]))
            line_before = reader.line_num
            if len(rows) > MAXIMUM_PREAMBLE_ROWS + 1 and row > wanted:
                break
    except csv.Error as error:
        if not rows:
            message = f"The header row cannot be read ({error})."
            raise unreadable(name, message, "Check its quotes.") from None
    if not rows:
        raise unreadable(name, "The file is empty.", "Export it again, with a header row and at least one record.")
    return rows


def _headerless_layout(
    rows: Sequence[FirstRow], delimiter: str, headerless: Sequence[HeaderlessLayout]
) -> HeaderlessLayout | None:
    cells = rows[0].cells
    for layout in headerless:
        is_as_wide = delimiter == layout.delimiter and len(cells) == len(layout.headings)
        if is_as_wide and layout.first_cell.fullmatch(cells[0]):
            return layout
    return None
