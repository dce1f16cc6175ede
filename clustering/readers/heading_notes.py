"""Warnings about the headings of a file: joined from two rows, repeated, none at all, or behind markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from clustering.errors import Problem

_SHOWN = 5


def different_repeated(columns: Mapping[str, pa.Array | pa.ChunkedArray], repeated: Sequence[str]) -> tuple[str, ...]:
    """Headings that several columns have, if their cells differ; else it does not matter which of them counts."""
    return tuple(
        heading
        for heading in repeated
        if heading in columns and not all(columns[heading].equals(columns[each]) for each in _further(heading, columns))
    )


def notes_on_headings(
    name: str,
    headings: Sequence[str],
    *,
    row: int | None,
    repeated: Sequence[str],
    joined_rows: tuple[int, int] | None,
    markup: str = "",
) -> list[Problem]:
    """
    Warn of headings that are not read as they stand.

    Parameters
    ----------
    name
        What problems call the file.
    headings
        The names of its columns.
    row
        Row of the header.
    repeated
        Headings that several columns have.
    joined_rows
        The two rows that the headings were joined from.
    markup
        Tags before the first heading, which were left out.

    Returns
    -------
    warnings
        At most one of each kind.
    """
    notes: list[Problem] = []

    def warn(message: str, remedy: str, *, column: str | None = None) -> None:
        """Add a warning about the row of the headings."""
        problem = Problem(table=name, row=row, column=column, message=message, remedy=remedy, is_error=False)
        notes.append(problem)

    if joined_rows is not None:
        upper, lower = joined_rows
        warn(
            f"The headings stand in rows {upper} and {lower}. They were joined: {_shown(headings)}.",
            f"Set header_row={lower} if row {lower} alone holds the headings.",
        )
    if markup:
        warn(
            f"Before the first heading stands {markup}, which was left out.",
            "Nothing needs to be done if the columns below are right.",
        )
    for heading in repeated:
        further = _further(heading, headings)
        warn(
            f"The heading appears {1 + len(further)} times. The further columns are called {_shown(further)}.",
            f"Name a column, for example columns.school_id={further[0]}, if one of them is to be used.",
            column=heading,
        )
    return notes


def no_header(name: str, headings: Sequence[str], row: int) -> Problem:
    """Warn that the first record was taken for data."""
    message = f"The first record is data: the file has no header. Its columns are {', '.join(headings[:8])}..."
    remedy = (
        f"If it has a header, set header_row={row}, or the number of its row; to name a column, set for example"
        " columns.school_id=column 1."
    )
    return Problem(table=name, row=row, message=message, remedy=remedy, is_error=False)


def _further(heading: str, headings: Sequence[str] | Mapping[str, object]) -> list[str]:
    """The names of the second and further columns with a heading."""
    known = set(headings)
    numbered = (f"{heading} ({number})" for number in range(2, len(known) + 2))
    return [each for each in numbered if each in known]


def _shown(names: Sequence[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (" ..." if len(names) > _SHOWN else "")
