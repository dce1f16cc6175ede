"""Marks on cells turned into problems that name row, column, value and remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clustering.errors import Problem
from clustering.ingest_report import SetAsideRow, SourceFile
from clustering.io.tables import RawTable
from clustering.io.text_columns import TextColumn, arrow_texts, blank_column, numpy_of, texts_of
from clustering.io.values import plain_numbers

MAXIMUM_LISTED = 1_000
MAXIMUM_SHOWN_CHARACTERS = 200
MAXIMUM_IDENTIFIER_CHARACTERS = 64
MAXIMUM_CELL_CHARACTERS = 500
MAXIMUM_SET_ASIDE = 100_000
# Control characters, and those that are not seen or turn the direction of writing.
_INVISIBLE = r"[\x{0}-\x{1f}\x{7f}-\x{9f}\x{ad}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}-\x{206f}\x{feff}]"


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
    heading_columns
        Canonical names of what the file has in several columns, each to the column whose texts are their headings:
        the students of a matrix stand under the destinations.
    """

    table: RawTable
    role: str
    headings: dict[str, str]
    problems: list[Problem] = field(default_factory=list)
    heading_columns: Mapping[str, str] = field(default_factory=dict)
    _replaced: dict[str, TextColumn] = field(default_factory=dict)
    _aside: dict[str, np.ndarray] = field(default_factory=dict)
    _places: dict[str, tuple[pa.StringArray, pa.StringArray, np.ndarray]] = field(default_factory=dict)

    def texts(self, canonical: str) -> TextColumn:
        """A canonical column, every distinct text once; blank throughout where the file has no such column."""
        if canonical in self._replaced:
            return self._replaced[canonical]
        if canonical in self.headings:
            return self.table.column(self.headings[canonical])
        return blank_column(len(self.table))

    def plain_numbers(self, canonical: str) -> np.ndarray | None:
        """Numbers of a column in which every cell is a plain one; its distinct texts need not be known then."""
        heading = self.headings.get(canonical)
        given = None if heading is None or canonical in self._replaced else self.table.encoded[heading]
        return plain_numbers(given) if isinstance(given, pa.StringArray) else None

    def column(self, canonical: str) -> pd.Series:
        """Cells of a canonical column; blank text throughout where the file has no such column."""
        return self.texts(canonical).series()

    def places(self, canonical: str, ids: pa.StringArray) -> np.ndarray:
        """Place of each distinct text of a column among identifiers, -1 where it is not there; looked up once."""
        texts = self.texts(canonical).texts
        looked_up = self._places.get(canonical)
        if looked_up is None or looked_up[0] is not texts or looked_up[1] is not ids:
            looked_up = (texts, ids, places_of(texts, ids))
            self._places[canonical] = looked_up
        return looked_up[2]

    def replace(self, canonical: str, column: TextColumn) -> None:
        """Put another column in the place of one of the file, as when identifiers are translated."""
        self._replaced[canonical] = column

    def mark(
        self,
        rows: pd.Series | np.ndarray,
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
        marked = np.flatnonzero(np.asarray(rows, dtype=bool))
        if not len(marked):
            return
        heading = self.headings.get(canonical, canonical)
        above = self.texts(self.heading_columns[canonical]) if canonical in self.heading_columns else None
        ids = self.texts({"flows": "origin", "crosswalk": "old_id"}.get(self.role, "school_id"))
        values = self.texts(canonical)
        for place in marked[:MAXIMUM_LISTED]:
            value = values.at(place) if show_value else None
            self.problems.append(
                Problem(
                    table=self.table.name,
                    row=self.table.row_of(int(place)),
                    column=heading if above is None else above.at(place),
                    value=None if value is None else value[:MAXIMUM_SHOWN_CHARACTERS],
                    school_id=ids.at(place)[:MAXIMUM_SHOWN_CHARACTERS] or None,
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

    def mark_texts(
        self, texts: pd.Series | np.ndarray, canonical: str, *, message: str, remedy: str, is_error: bool = True
    ) -> None:
        """Note one problem for each record whose text is marked; ``texts`` is boolean, one per distinct text."""
        marked = np.asarray(texts, dtype=bool)
        if marked.any():
            rows = self.texts(canonical).spread(marked)
            self.mark(rows, canonical, message=message, remedy=remedy, is_error=is_error)

    def note(self, message: str, remedy: str, *, column: str | None = None, is_error: bool = False) -> None:
        """Note a problem of the whole file."""
        problem = Problem(table=self.table.name, column=column, message=message, remedy=remedy, is_error=is_error)
        self.problems.append(problem)

    def set_aside(self, rows: pd.Series | np.ndarray, reason: str) -> None:
        """Leave records out, for a reason; one that was left out before keeps its first reason."""
        marked = np.asarray(rows, dtype=bool) & self.kept()
        if marked.any():
            before = self._aside.get(reason, np.zeros(len(marked), dtype=bool))
            self._aside[reason] = before | marked

    def kept(self) -> np.ndarray:
        """Whether each record is still used."""
        kept = np.ones(len(self.table), dtype=bool)
        for marked in self._aside.values():
            kept &= ~marked
        return kept

    def rows_set_aside(self) -> list[SetAsideRow]:
        """Rows left out, with the reason."""
        places = sorted(
            (int(place), reason) for reason, marked in self._aside.items() for place in np.flatnonzero(marked)
        )
        rows = [(self.table.row_of(place), reason) for place, reason in places[:MAXIMUM_SET_ASIDE]]
        rows += [(row, "A note below the records.") for row in self.table.footer_rows]
        return [SetAsideRow(file=self.table.name, row=row, reason=reason) for row, reason in rows]

    def source_file(self, *, unused: Iterable[str]) -> SourceFile:
        """What was understood of the file, for the ingest report."""
        table = self.table
        reasons = {reason: int(marked.sum()) for reason, marked in self._aside.items()}
        if table.footer_rows:
            reasons["A note below the records."] = len(table.footer_rows)
        rows = len(table) + len(table.footer_rows)
        return SourceFile(
            role=self.role,
            name=table.name,
            kind=table.kind,
            container=table.container,
            sha256=table.sha256,
            encoding=table.encoding,
            delimiter=table.delimiter,
            header_row=table.header_row,
            columns=dict(self.headings),
            unused_columns=tuple(unused),
            rows_read=rows,
            rows_used=rows - sum(reasons.values()),
            rows_set_aside=sum(reasons.values()),
            set_aside_reasons=reasons,
        )


def mark_bad_identifiers(findings: Findings, canonical: str, *, blank_is_error: bool = True) -> None:
    """
    Note identifiers that cannot be what the agency assigned.

    Blank where one is required, mangled by a spreadsheet (``1.00005E+11``), too long, with control characters, or,
    under a heading of NCES, without the twelve digits that such an identifier has.
    """
    ids = findings.texts(canonical).texts
    if blank_is_error:
        findings.mark_texts(
            numpy_of(pc.equal(ids, "")),
            canonical,
            message="The school identifier is missing.",
            remedy="Give every record the identifier of its school.",
        )
    if re.search(r"ncessch|nces", findings.headings[canonical], re.IGNORECASE):
        findings.mark_texts(
            numpy_of(pc.and_(pc.equal(pc.binary_length(ids), 11), pc.ascii_is_decimal(ids))),
            canonical,
            message="The identifier has lost its leading zero: NCES school identifiers have 12 digits.",
            remedy="Format the column as text and write the zero back, or export the file again.",
        )
    overlong = _is_longer(ids, MAXIMUM_IDENTIFIER_CHARACTERS)
    # Most identifiers are digits alone, of which no pattern below is made.
    strange = pc.invert(pc.ascii_is_decimal(ids))
    if not overlong.any() and not pc.any(strange).as_py():
        return
    findings.mark_texts(
        numpy_of(pc.match_substring_regex(ids, r"^(\d(\.\d+)?[eE]\+?\d+|\d+\.0)$")),
        canonical,
        message="A spreadsheet has turned the identifier into a number.",
        remedy="Format the column as text before saving, or export the file again from its source.",
    )
    findings.mark_texts(
        overlong | numpy_of(pc.match_substring_regex(ids, _INVISIBLE)),
        canonical,
        message=f"The identifier is longer than {MAXIMUM_IDENTIFIER_CHARACTERS} characters or has control characters.",
        remedy="Check that the right column holds the identifiers.",
    )


def mark_overlong_cells(findings: Findings) -> None:
    """
    Note cells with line breaks, and cells too long to be what their column says.

    A quotation mark that is not closed swallows the records after it, and the table still looks sound. In a column that
    is used that is an error; elsewhere, where notes and addresses stand, a warning.
    """
    names = {heading: canonical for canonical, heading in findings.headings.items()}
    remedy = "Close or double the quotation mark that begins the cell, or take the line break out."
    for heading in findings.table.headings:
        canonical = names.get(heading)
        given = texts_of(findings.table.encoded[heading])
        # Only in delimited text does a line break tell of a quotation mark that was not closed.
        may_be_broken = findings.table.has_quotes and findings.table.container in ("text", "DataFrame")
        if may_be_broken and pc.any(pc.match_substring_regex(given, "[\n\r]")).as_py():
            column = findings.table.column(heading)
            is_broken = numpy_of(pc.match_substring_regex(column.texts, "[\n\r]"))
            count = int(column.spread(is_broken).sum())
            if canonical is not None:
                message = "The cell holds a line break; records may have been swallowed."
                findings.mark(column.spread(is_broken), canonical, message=message, remedy=remedy)
            elif count:
                message = f"{count:,} cells hold line breaks; records may be missing."
                findings.note(message, remedy, column=heading)
        _mark_overlong(findings, heading, canonical)


def _mark_overlong(findings: Findings, heading: str, canonical: str | None) -> None:
    if not _is_longer(texts_of(findings.table.encoded[heading]), MAXIMUM_CELL_CHARACTERS).any():
        return
    column = findings.table.column(heading)
    overlong = column.spread(_is_longer(column.texts, MAXIMUM_CELL_CHARACTERS))
    if canonical is None:
        message = f"{int(overlong.sum()):,} cells are longer than {MAXIMUM_CELL_CHARACTERS:,} characters; not used."
        findings.note(message, "Check that the file is the right one.", column=heading)
    else:
        message = f"The cell is longer than {MAXIMUM_CELL_CHARACTERS:,} characters."
        remedy = "Check that the right column stands under this heading."
        findings.mark(overlong, canonical, message=message, remedy=remedy)
        findings.replace(canonical, column.clipped(MAXIMUM_CELL_CHARACTERS))  # before anything else reads them


def _is_longer(texts: pa.StringArray, characters: int) -> np.ndarray:
    """Whether each text has more characters; counted only if one has more bytes."""
    sizes = numpy_of(pc.binary_length(texts))
    if not len(sizes) or sizes.max() <= characters:
        return np.zeros(len(sizes), dtype=bool)
    return numpy_of(pc.utf8_length(texts)) > characters


def places_of(texts: pa.StringArray, ids: pa.StringArray) -> np.ndarray:
    """Place of each text among identifiers; -1 for those that are not there."""
    if len(texts) == len(ids) and texts.equals(ids):  # files often list the same schools in the same order
        return np.arange(len(ids), dtype="int32")
    return numpy_of(pc.fill_null(pc.index_in(texts, value_set=ids), -1))


def is_listed(ids: pd.Series, school_ids: pd.Index) -> pd.Series:
    """Whether each identifier is that of a listed school."""
    listed = pc.is_in(arrow_texts(ids), value_set=arrow_texts(school_ids))
    return pd.Series(numpy_of(listed), index=ids.index, dtype="bool")
