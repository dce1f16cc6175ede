"""The headings of a sheet of a workbook, found among its rows by the rule that holds for text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from clustering.readers.file_options import FileOptions
from clustering.readers.text.header import MAXIMUM_PREAMBLE_ROWS, FirstRow, choose_header
from clustering.readers.text.headings import CheckedHeadings, checked_headings

_SEARCHED_ROWS = 10 * MAXIMUM_PREAMBLE_ROWS  # with those that are blank


def _is_never_known(_: str) -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class HeadingRule:
    """
    How headings are found.

    Parameters
    ----------
    options
        The user's options of the file.
    is_known_heading
        Whether a cell is a known heading.
    """

    options: FileOptions = field(default_factory=FileOptions)
    is_known_heading: Callable[[str], bool] = _is_never_known


@dataclass(frozen=True, kw_only=True)
class SheetHeader:
    """
    The headings of a sheet, and where its records begin.

    Parameters
    ----------
    headings
        One a column.
    header_row
        Its row; ``None`` without a header.
    skipped
        Rows of the sheet before the first record.
    joined_rows
        The two rows that the headings were joined from, or ``None``.
    """

    headings: CheckedHeadings
    header_row: int | None
    skipped: int
    joined_rows: tuple[int, int] | None = None


def sheet_header(columns: Sequence[pa.StringArray], first_row: int, name: str, rule: HeadingRule) -> SheetHeader:
    """
    Find the headings of a sheet.

    Parameters
    ----------
    columns
        Its cells, from its first row on.
    first_row
        Number of that row.
    name
        What problems call the file.
    rule
        How headings are found.

    Returns
    -------
    header
        Without one, the columns are called ``column 1``, ``column 2`` ...

    Raises
    ------
    InputError
        The headings are too many or too long, or there is no row ``header_row``.
    """
    searched = max(_SEARCHED_ROWS, (rule.options.header_row or 0) - first_row + 2)
    texts = zip(*(column[:searched].to_pylist() for column in columns), strict=True)
    all_rows = (FirstRow(first_row + number, [cell.strip() for cell in cells]) for number, cells in enumerate(texts))
    rows = [row for row in all_rows if any(row.cells)]
    if rule.options.header_row is None:
        rows = rows[: MAXIMUM_PREAMBLE_ROWS + 2]
    header = choose_header(rows, rule.options, rule.is_known_heading, name=name) if rows else None
    if header is None:
        numbered = [f"column {number}" for number in range(1, len(columns) + 1)]
        return SheetHeader(headings=checked_headings(numbered, name, first_row), header_row=None, skipped=0)
    row = rows[header.position].row
    return SheetHeader(
        headings=checked_headings(header.headings, name, row),
        header_row=row,
        skipped=row - first_row + 1,
        joined_rows=header.joined_rows,
    )
