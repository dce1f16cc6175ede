"""
Which of the first rows of a table holds its headings: one rule for delimited text and for sheets of workbooks.

Headings that the user names (``columns``) settle it. Else it is the row with most known headings, as long as no records
have begun above it; and if nothing is known, the first row that is filled like the records below it.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from clustering.readers.file_options import FileOptions
from clustering.readers.text.headings import MAXIMUM_COLUMNS, unreadable
from clustering.readers.text.two_row_header import joined_headings

MAXIMUM_PREAMBLE_ROWS = 60
_DATA_CELL = re.compile(r"[<>=+-]*[\d.,]+ ?%?|\d{4}-\d\d-\d\d|\d{4}-\d\d(\d\d)?|\d{1,2}/\d{1,2}/\d{2,4}")
_YEAR = re.compile(r"(19|20)\d\d([-/](\d\d|\d{4}))?")
_NUMBERED = re.compile(r" \(\d+\)$")
_LEAST_LIKE_WIDTH = 0.1  # of the first rows must be as wide as the table
_LEAST_DATA = 0.8  # of the cells below a heading, where they tell that it is one

IsKnown = Callable[[str], bool]


@dataclass(frozen=True)
class FirstRow:
    """One of the first rows that are not blank: its number, its cells without white space, the byte of its start."""

    row: int
    cells: Sequence[str]
    start: int = 0


@dataclass(frozen=True, kw_only=True)
class Header:
    """
    The headings of a table.

    Parameters
    ----------
    position
        Of the row among the first rows; of two rows the lower one.
    headings
        As they stand, or joined from two rows.
    joined_rows
        Numbers of the two rows, if they were joined.
    """

    position: int
    headings: tuple[str, ...]
    joined_rows: tuple[int, int] | None = None


def choose_header(
    rows: Sequence[FirstRow],
    options: FileOptions,
    is_known_heading: IsKnown,
    *,
    name: str,
    is_headerless: bool = False,
) -> Header | None:
    """
    Choose the row of the headings.

    Parameters
    ----------
    rows
        The first rows that are not blank, at least one.
    options
        The user's options: ``has_header``, ``header_row`` and the headings in ``columns`` are obeyed.
    is_known_heading
        Whether a cell is a known heading.
    name
        What problems call the file.
    is_headerless
        Whether the rows have a published layout without header.

    Returns
    -------
    header
        ``None`` without one: then the first row is a record.

    Raises
    ------
    InputError
        The file has no row ``header_row``, or not so near its start.
    """
    if options.has_header is False:
        return None
    if options.header_row is not None:
        return _header_in_row(rows, options.header_row, name)
    wanted = {text for heading in options.columns.values() for text in (heading, _NUMBERED.sub("", heading))}
    named = _named_row(rows, wanted, is_known_heading)
    position = named if named is not None else _row_of_known_headings(rows, is_known_heading)
    if position is None and not is_headerless:
        position = _likely_row(rows, has_header=options.has_header is True or options.kind == "matrix")
    return None if position is None else _with_groups(rows, position, is_known_heading, wanted)


def _header_in_row(rows: Sequence[FirstRow], wanted: int, name: str) -> Header:
    found = next((position for position, row in enumerate(rows) if row.row >= wanted), None)
    if found is None:
        message = f"There is no header at row {wanted}: only rows up to {rows[-1].row} can be the header."
        raise unreadable(name, message, "Set header_row=NUMBER to the row of the header; the first row is 1.")
    return Header(position=found, headings=tuple(rows[found].cells))


def _likely_row(rows: Sequence[FirstRow], *, has_header: bool) -> int | None:
    """Position of the header where no heading is known: the first row that is filled like the records, if no record."""
    first = _first_full_row(rows)
    if has_header or _may_hold_headings(rows, first) or _are_years_below_groups(rows, first):
        return first
    # A header that is narrower than the records is an error that names both; it is no note.
    is_narrower = len(rows[0].cells) != len(rows[first].cells) and _filled(rows[0]) > 1
    return 0 if is_narrower and _may_hold_headings(rows, 0) else None


def _first_full_row(rows: Sequence[FirstRow]) -> int:
    """Position of the first row that is filled like the records: as wide as most, and with half as many cells."""
    width = _width(rows)
    most = max(_filled(row) for row in rows if len(row.cells) == width)
    return next(number for number, row in enumerate(rows) if len(row.cells) == width and 2 * _filled(row) > most)


def _may_hold_headings(rows: Sequence[FirstRow], position: int) -> bool:
    """Whether a row without a known heading may be the header: it holds no data, or only years above numbers."""
    data = [cell for cell in rows[position].cells if _is_data(cell)]
    if not data:
        return True
    return all(map(_YEAR.fullmatch, data)) and _stands_above_data(rows, position)


def _are_years_below_groups(rows: Sequence[FirstRow], position: int) -> bool:
    """Whether a row has years alone, and completes the headings of the row above it."""
    below = rows[position]
    if not all(map(_YEAR.fullmatch, filter(None, below.cells))):
        return False
    above = rows[position - 1] if position else None
    if above is None or below.row != above.row + 1 or any(map(_is_data, above.cells)):
        return False
    return joined_headings(above.cells, below.cells, is_kept=_is_never, is_known_heading=_is_never) is not None


def _is_never(_: str) -> bool:
    return False


def _with_groups(rows: Sequence[FirstRow], position: int, is_known_heading: IsKnown, wanted: Collection[str]) -> Header:
    """Take in a row of group headings above the headings, or of headings below the groups, if there is one."""

    def is_kept(cell: str) -> bool:
        return cell in wanted or is_known_heading(cell)

    for upper, lower in ((position - 1, position), (position, position + 1)):
        if upper < 0 or lower >= len(rows) or rows[lower].row != rows[upper].row + 1:
            continue
        above, below = rows[upper].cells, rows[lower].cells
        joined = joined_headings(above, below, is_kept=is_kept, is_known_heading=is_known_heading)
        if joined is not None and (lower == position or "" in below):
            return Header(position=lower, headings=joined, joined_rows=(rows[upper].row, rows[lower].row))
    return Header(position=position, headings=tuple(rows[position].cells))


def _named_row(rows: Sequence[FirstRow], wanted: set[str], is_known_heading: IsKnown) -> int | None:
    """Position of the row with most of the headings that the user names; of two rows joined, the lower one."""
    if not wanted:
        return None
    counts = [len(wanted.intersection(row.cells)) for row in rows]
    if max(counts) > 0:
        return counts.index(max(counts))
    joined = [_with_groups(rows, number, is_known_heading, wanted) for number in range(len(rows))]
    return next((each.position for each in joined if not wanted.isdisjoint(each.headings)), None)


def _row_of_known_headings(rows: Sequence[FirstRow], is_known_heading: IsKnown) -> int | None:
    """Position of the row with most known headings; the first of equals."""
    first = _first_full_row(rows)
    width = len(rows[first].cells)
    best, most = None, 0
    have_records_begun = False
    for position, row in enumerate(rows[:MAXIMUM_PREAMBLE_ROWS]):
        cells = [cell for cell in row.cells if cell]
        if have_records_begun:  # above a table of two columns, a note may look like a record
            if most > 1:
                break
            if len(cells) < 2 or not all(map(is_known_heading, cells)):
                continue
        known = _known_headings(rows, position, is_known_heading)
        is_full = len(row.cells) == width and position >= first
        is_likely = len(known) > 1 and 2 * len(known) >= len(cells)
        if (
            len(known) > most
            and (is_full or is_likely)
            and _is_header(rows, position, known, is_first=position == first)
        ):
            best, most = position, len(known)
        have_records_begun |= is_full and any(map(_is_data, cells))
    return best


def _known_headings(rows: Sequence[FirstRow], position: int, is_known_heading: IsKnown) -> list[int]:
    """Columns of the known headings of a row; a word that a column repeats is an entry of its records."""
    row = rows[position]
    columns = {cell: column for column, cell in enumerate(row.cells[:MAXIMUM_COLUMNS]) if cell and not _is_data(cell)}
    known = {cell: column for cell, column in columns.items() if is_known_heading(cell)}
    others = [other.cells for other in rows if known and other.cells != row.cells]
    elsewhere = set(known).intersection(itertools.chain.from_iterable(others))  # mostly none
    return [
        column
        for cell, column in known.items()
        if cell not in elsewhere or all(len(other) <= column or other[column] != cell for other in others)
    ]


def _is_header(rows: Sequence[FirstRow], position: int, known: Sequence[int], *, is_first: bool) -> bool:
    """Whether known words make a row the header, and do not stand in a record or a note."""
    cells = rows[position].cells
    data = sum(map(_is_data, cells))
    if is_first:
        return not data or 0 in known or len(known) > data or _stands_above_data(rows, position)
    return len(known) > data and (len(known) > 1 or 2 * len(known) >= _filled(rows[position]))


def _stands_above_data(rows: Sequence[FirstRow], position: int) -> bool:
    """Whether words of a row stand above columns of numbers."""
    below = rows[position + 1 :]
    for number, cell in enumerate(rows[position].cells):
        if not re.search(r"[A-Za-z]{2}", cell):
            continue
        texts = [row.cells[number] for row in below if len(row.cells) > number and row.cells[number]]
        if texts and sum(map(_is_data, texts)) >= _LEAST_DATA * len(texts):
            return True
    return False


def _width(rows: Sequence[FirstRow]) -> int:
    """Number of cells of most rows; rows of one cell count only if there is nothing else."""
    counts = Counter(len(row.cells) for row in rows)
    last = len(rows[-1].cells)
    wide = [
        width
        for width, count in counts.items()
        if width > 1 and (width == last or count >= _LEAST_LIKE_WIDTH * len(rows))
    ]
    return max(wide or counts, key=lambda width: (counts[width], width))


def _filled(row: FirstRow) -> int:
    return sum(map(bool, row.cells))


def _is_data(cell: str) -> bool:
    return _DATA_CELL.fullmatch(cell) is not None
