"""The headings of a sheet of a workbook, found among its rows by the rule that holds for text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from clustering.readers.file_options import FileOptions
from clustering.readers.isolation.parent import ContainerTable
from clustering.readers.text.header import MAXIMUM_PREAMBLE_ROWS, FirstRow, choose_header
from clustering.readers.text.headings import checked_headings, in_one_line

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


def with_header(sheet: ContainerTable, name: str, rule: HeadingRule) -> ContainerTable:
    """
    Find the headings of a sheet.

    Parameters
    ----------
    sheet
        With all of its rows as records.
    name
        What problems call the file.
    rule
        How headings are found.

    Returns
    -------
    table
        With the headings that were found, and the records below them. Without a header, the columns are called ``column
        1``, ``column 2`` ...

    Raises
    ------
    InputError
        The headings are too many or too long, or there is no row ``header_row``.
    """
    options, columns = rule.options, list(sheet.columns.values())
    searched = max(_SEARCHED_ROWS, (options.header_row or 0) - sheet.first_row + 2)
    texts = zip(*(column[:searched].to_pylist() for column in columns), strict=True)
    all_rows = (FirstRow(number, list(map(in_one_line, cells))) for number, cells in enumerate(texts, sheet.first_row))
    rows = [row for row in all_rows if any(row.cells)]
    if options.header_row is None:
        rows = rows[: MAXIMUM_PREAMBLE_ROWS + 2]
    header = choose_header(rows, options, rule.is_known_heading, name=name) if rows else None
    if header is None:
        return sheet
    row = rows[header.position].row
    headings = checked_headings(header.headings, name, row)
    skipped = row - sheet.first_row + 1
    return replace(
        sheet,
        columns={heading: column[skipped:] for heading, column in zip(headings.names, columns, strict=True)},
        header_row=row,
        first_row=row + 1,
        repeated=headings.repeated,
        joined_rows=header.joined_rows,
    )
