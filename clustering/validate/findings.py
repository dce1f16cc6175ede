"""Marks on cells turned into problems that name row, column, value and remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from clustering.errors import Problem
from clustering.io.tables import RawTable
from clustering.model import SourceFile

FIRST_RECORD_ROW = 2
MAXIMUM_LISTED = 1_000
MAXIMUM_SHOWN_CHARACTERS = 200
MAXIMUM_IDENTIFIER_CHARACTERS = 64
MAXIMUM_CELL_CHARACTERS = 500
# Control characters, and those that are not seen or turn the direction of writing.
_INVISIBLE = "[\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"


@dataclass
class Findings:
    """
    Problems gathered from one file while it is judged.

    Parameters
    ----------
    table
        The file.
    role
        ``schools``, ``flows`` or ``performance``.
    headings
        Canonical name to heading.
    """

    table: RawTable
    role: str
    headings: dict[str, str]
    problems: list[Problem] = field(default_factory=list)

    def column(self, canonical: str) -> pd.Series:
        """Cells of a canonical column; blank text throughout where the file has no such column."""
        if canonical in self.headings:
            return self.table.cells[self.headings[canonical]]
        return pd.Series("", index=self.table.cells.index, dtype="str")

    def mark(
        self,
        rows: pd.Series,
        canonical: str,
        *,
        message: str,
        remedy: str,
        is_error: bool = True,
        show_value: bool = True,
    ) -> None:
        """
        Note one problem for each marked record.

        Parameters
        ----------
        rows
            Boolean, one per record.
        canonical
            The column to blame.
        message, remedy
            What is wrong; what to do.
        is_error
            ``False`` for a warning.
        show_value
            ``False`` keeps the cell's text out of the problem, as for readable student counts.
        """
        marked = rows[rows].index
        heading = self.headings.get(canonical, canonical)
        ids = self.column("school_id") if self.role != "flows" else self.column("origin")
        values = self.column(canonical)
        for place in marked[:MAXIMUM_LISTED]:
            value = values[place] if show_value else None
            self.problems.append(
                Problem(
                    table=self.table.name,
                    row=int(place) + FIRST_RECORD_ROW,
                    column=heading,
                    value=None if value is None else value[:MAXIMUM_SHOWN_CHARACTERS],
                    school_id=ids[place][:MAXIMUM_SHOWN_CHARACTERS] or None,
                    message=message,
                    remedy=remedy,
                    is_error=is_error,
                )
            )
        if len(marked) > MAXIMUM_LISTED:
            self.note(
                f"{len(marked) - MAXIMUM_LISTED:,} more records have the same problem: {message}",
                remedy,
                column=heading,
                is_error=is_error,
            )

    def note(self, message: str, remedy: str, *, column: str | None = None, is_error: bool = False) -> None:
        """Note a problem of the whole file."""
        problem = Problem(table=self.table.name, column=column, message=message, remedy=remedy, is_error=is_error)
        self.problems.append(problem)

    def source_file(self, *, set_aside: int, unused: Iterable[str]) -> SourceFile:
        """What was understood of the file, for the ingest report."""
        rows = len(self.table.cells)
        return SourceFile(
            role=self.role,
            name=self.table.name,
            sha256=self.table.sha256,
            encoding=self.table.encoding,
            delimiter=self.table.delimiter,
            columns=dict(self.headings),
            unused_columns=tuple(unused),
            rows_read=rows,
            rows_used=rows - set_aside,
            rows_set_aside=set_aside,
        )


def mark_bad_identifiers(findings: Findings, canonical: str) -> None:
    """
    Note identifiers that cannot be what the agency assigned.

    Blank where one is required, mangled by a spreadsheet (``1.00005E+11``), too long, with control characters, or,
    under a heading of NCES, without the twelve digits that such an identifier has.
    """
    ids = findings.column(canonical)
    heading = findings.headings[canonical]
    findings.mark(
        ids == "",
        canonical,
        message="The school identifier is missing.",
        remedy="Give every record the identifier of its school.",
    )
    findings.mark(
        ids.str.fullmatch(r"\d(\.\d+)?[eE]\+?\d+") | ids.str.fullmatch(r"\d+\.0"),
        canonical,
        message="A spreadsheet has turned the identifier into a number.",
        remedy="Format the column as text before saving, or export the file again from its source.",
    )
    findings.mark(
        (ids.str.len() > MAXIMUM_IDENTIFIER_CHARACTERS) | ids.str.contains(_INVISIBLE),
        canonical,
        message=f"The identifier is longer than {MAXIMUM_IDENTIFIER_CHARACTERS} characters or has control characters.",
        remedy="Check that the right column holds the identifiers.",
    )
    if re.search(r"ncessch|nces", heading, re.IGNORECASE):
        findings.mark(
            ids.str.fullmatch(r"\d{11}"),
            canonical,
            message="The identifier has lost its leading zero: NCES school identifiers have 12 digits.",
            remedy="Format the column as text and write the zero back, or export the file again.",
        )


def mark_overlong_cells(findings: Findings) -> None:
    """
    Note cells with line breaks, and cells too long to be what their column says.

    A quotation mark that is not closed swallows the records after it, and the table still looks sound. In a column that
    is used that is an error; elsewhere, where notes and addresses stand, a warning.
    """
    names = {heading: canonical for canonical, heading in findings.headings.items()}
    remedy = "Close or double the quotation mark that begins the cell, or take the line break out."
    for heading, cells in findings.table.cells.items():
        broken = cells.str.contains("\n", regex=False) | cells.str.contains("\r", regex=False)
        canonical = names.get(str(heading))
        overlong = cells.str.len() > MAXIMUM_CELL_CHARACTERS
        if overlong.any():  # cut before anything else reads them
            findings.table.cells[heading] = cells.str.slice(0, MAXIMUM_CELL_CHARACTERS)
        if canonical is None:
            if overlong.any():
                message = f"{int(overlong.sum()):,} cells are longer than {MAXIMUM_CELL_CHARACTERS:,} characters; cut."
                findings.note(message, "Check that the file is the right one.", column=str(heading))
            if broken.any():
                message = f"{int(broken.sum()):,} cells hold line breaks; records may be missing."
                findings.note(message, remedy, column=str(heading))
            continue
        message = "The cell holds a line break; records may have been swallowed."
        findings.mark(broken, canonical, message=message, remedy=remedy)
        findings.mark(
            overlong,
            canonical,
            message=f"The cell is longer than {MAXIMUM_CELL_CHARACTERS:,} characters.",
            remedy="Check that the right column stands under this heading.",
        )


def is_listed(ids: pd.Series, school_ids: pd.Index) -> pd.Series:
    """Whether each identifier is that of a listed school; by hash, since ``isin`` is slow on Arrow text."""
    return pd.Series(school_ids.get_indexer(pd.Index(ids)) >= 0, index=ids.index, dtype="bool")
