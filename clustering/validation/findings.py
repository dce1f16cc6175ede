"""Problems of one file while it is validated: each names row, column, value and remedy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clustering.errors import Problem
from clustering.model.ingest_report import SetAsideRow, SourceFile
from clustering.readers.raw_table import RawTable
from clustering.readers.recognition.columns_of_students import cell_for_message, is_count_of_students
from clustering.readers.text.columns import TextColumn, arrow_texts, blank_column, numpy_of
from clustering.readers.text.values import plain_numbers

MAXIMUM_LISTED = 1_000
MAXIMUM_SHOWN_CHARACTERS = 200
MAXIMUM_SET_ASIDE = 100_000


@dataclass(frozen=True)
class _LookUp:
    """Positions of a column's distinct texts among identifiers, -1 for those that are not among them."""

    texts: pa.StringArray
    ids: pa.StringArray
    positions: np.ndarray


@dataclass
class Findings:
    """
    One file while it is validated: its columns, its problems, its records set aside.

    Parameters
    ----------
    table
        The file.
    role
        What the file is used as: ``schools``, ``flows``, ``performance`` ...
    headings
        Canonical name to heading.
    by_year
        Canonical name to year (``2021-22``, or a bare ``2022``) to heading, for columns of several years.
    heading_columns
        For a matrix: canonical name of its cells to the column that holds their headings (``students`` to
        ``destination``).
    likely
        Heading to the canonical column that it looks like, of columns that were not used.
    """

    table: RawTable
    role: str
    headings: dict[str, str]
    problems: list[Problem] = field(default_factory=list)
    by_year: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    heading_columns: Mapping[str, str] = field(default_factory=dict)
    likely: dict[str, str] = field(default_factory=dict)
    _replaced: dict[str, TextColumn] = field(default_factory=dict)
    _set_aside: dict[str, np.ndarray] = field(default_factory=dict)
    _looked_up: dict[str, _LookUp] = field(default_factory=dict)

    def texts(self, canonical: str) -> TextColumn:
        """A canonical column, each distinct text once; all blank if the file has no such column."""
        if canonical in self._replaced:
            return self._replaced[canonical]
        if canonical in self.headings:
            return self.table.column(self.headings[canonical])
        return blank_column(len(self.table))

    def values(self, canonical: str) -> pd.Series:
        """Distinct texts of a column of values; marks that the user names are ``*`` or blank."""
        return self.table.options.marks.plain(self.texts(canonical).distinct())

    def plain_numbers(self, canonical: str) -> np.ndarray | None:
        """Numbers of a column in which every cell is a plain number, else ``None``; faster than by distinct text."""
        heading = self.headings.get(canonical)
        cells = None if heading is None or canonical in self._replaced else self.table.encoded[heading]
        return plain_numbers(cells) if cells is not None and pa.types.is_string(cells.type) else None

    def column(self, canonical: str) -> pd.Series:
        """Cells of a canonical column; all blank if the file has no such column."""
        return self.texts(canonical).series()

    def positions(self, canonical: str, ids: pa.StringArray) -> np.ndarray:
        """Position of each distinct text of a column among identifiers, -1 if it is not there; looked up once."""
        texts = self.texts(canonical).texts
        looked_up = self._looked_up.get(canonical)
        if looked_up is None or looked_up.texts is not texts or looked_up.ids is not ids:
            looked_up = _LookUp(texts, ids, positions_of(texts, ids))
            self._looked_up[canonical] = looked_up
        return looked_up.positions

    def replace(self, canonical: str, column: TextColumn) -> None:
        """Replace a column of the file, for example by translated identifiers."""
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
        cells: TextColumn | None = None,
    ) -> None:
        """
        Note one problem for each marked record; of more than 1,000 the last one listed counts the others.

        Parameters
        ----------
        rows
            Boolean, one per record.
        canonical
            The column with the fault.
        message, remedy
            What is wrong; what to do.
        is_error
            ``False`` for a warning.
        show_value
            ``False`` keeps the cell's text out of the problem, as for readable student counts. Of columns of student
            counts a text with a digit is never shown.
        cells
            The texts to show, for a column that has no canonical name.
        """
        marked = np.flatnonzero(np.asarray(rows, dtype=bool))
        if not len(marked):
            return
        heading = self.headings.get(canonical, canonical)
        above = self.texts(self.heading_columns[canonical]) if canonical in self.heading_columns else None
        ids = self.texts(
            {"crosswalk": "old_id", **dict.fromkeys(("flows", "feeder_table", "travel_times"), "origin")}.get(
                self.role, "school_id"
            )
        )
        values = cells or self.texts(canonical)
        further = len(marked) - MAXIMUM_LISTED
        listed = marked[:MAXIMUM_LISTED]
        is_count = is_count_of_students(canonical)
        for record in listed:
            value = values.at(record) if show_value else None
            value = None if value is None else cell_for_message(value, is_count=is_count)
            self.problems.append(
                Problem(
                    table=self.table.name,
                    row=self.table.row_of(int(record)),
                    column=heading if above is None else above.at(record),
                    value=None if value is None else value[:MAXIMUM_SHOWN_CHARACTERS],
                    school_id=ids.at(record)[:MAXIMUM_SHOWN_CHARACTERS] or None,
                    message=message,
                    remedy=remedy,
                    is_error=is_error,
                    further_records=further if record == listed[-1] and further > 0 else 0,
                )
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

    def note_row(self, record: int, message: str, remedy: str, *, column: str | None = None) -> None:
        """Note an error of the whole file, with a record as an example."""
        row = self.table.row_of(record)
        self.problems.append(Problem(table=self.table.name, row=row, column=column, message=message, remedy=remedy))

    def records_set_aside(self) -> Mapping[str, np.ndarray]:
        """Reason to whether each record was left out for it."""
        return self._set_aside

    def set_aside(self, rows: pd.Series | np.ndarray, reason: str) -> None:
        """Leave records out; a record that was left out before keeps its first reason."""
        marked = np.asarray(rows, dtype=bool) & self.kept()
        if marked.any():
            before = self._set_aside.get(reason, np.zeros(len(marked), dtype=bool))
            self._set_aside[reason] = before | marked

    def kept(self) -> np.ndarray:
        """Whether each record is still used."""
        kept = np.ones(len(self.table), dtype=bool)
        for marked in self._set_aside.values():
            kept &= ~marked
        return kept

    def rows_set_aside(self) -> list[SetAsideRow]:
        """Rows that were left out, with the reason."""
        records = sorted(
            (int(record), reason) for reason, marked in self._set_aside.items() for record in np.flatnonzero(marked)
        )
        rows = [(self.table.row_of(record), reason) for record, reason in records[:MAXIMUM_SET_ASIDE]]
        rows += [(row, reason) for reason, skipped in self._skipped_rows().items() for row in skipped]
        return [SetAsideRow(file=self.table.name, row=row, reason=reason) for row, reason in rows]

    def _skipped_rows(self) -> dict[str, tuple[int, ...]]:
        """Rows that are no records, by reason."""
        skipped: dict[str, tuple[int, ...]] = {
            "A blank row.": self.table.blank_rows,
            "A note below the records.": self.table.footer_rows,
            "The option rows leaves the row out.": self.table.other_rows,
        }
        skipped |= self.table.no_schools
        return {reason: rows for reason, rows in skipped.items() if rows}

    def _rows_without_record_kept(self, rows: np.ndarray) -> dict[str, int]:
        """Reason to the number of rows of which no record is used, where a row holds several records."""
        counted = set(rows[self.kept()].tolist())
        reasons: dict[str, int] = {}
        for reason, marked in self._set_aside.items():
            left_out = set(rows[marked].tolist()) - counted
            counted |= left_out
            reasons |= {reason: len(left_out)} if left_out else {}
        return reasons

    def unused_headings(self) -> list[str]:
        """Headings of the file that no canonical column was recognised by."""
        used = set(self.headings.values())
        return [heading for heading in self.table.headings if heading not in used]

    def source_file(self, *, unused: Iterable[str]) -> SourceFile:
        """How the file was read, for the ingest report."""
        table = self.table
        records, reasons = len(table), {reason: int(marked.sum()) for reason, marked in self._set_aside.items()}
        if table.rows is not None and len(np.unique(table.rows)) < records:
            records, reasons = len(np.unique(table.rows)), self._rows_without_record_kept(table.rows)
        reasons |= {reason: len(skipped) for reason, skipped in self._skipped_rows().items()}
        rows = records + sum(map(len, self._skipped_rows().values()))
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
            likely_columns=dict(self.likely),
            rows_read=rows,
            rows_used=rows - sum(reasons.values()),
            rows_set_aside=sum(reasons.values()),
            set_aside_reasons=reasons,
        )


def positions_of(texts: pa.StringArray, ids: pa.StringArray) -> np.ndarray:
    """Position of each text among identifiers; -1 for a text that is not among them."""
    if len(texts) == len(ids) and texts.equals(ids):  # files often list the same schools in the same order
        return np.arange(len(ids), dtype="int32")
    return numpy_of(pc.fill_null(pc.index_in(texts, value_set=ids), -1))


def is_listed(ids: pd.Series, school_ids: pd.Index) -> pd.Series:
    """Whether each identifier is that of a listed school."""
    listed = pc.is_in(arrow_texts(ids), value_set=arrow_texts(school_ids))
    return pd.Series(numpy_of(listed), index=ids.index, dtype="bool")
