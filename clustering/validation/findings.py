"""Marks on cells turned into problems that name row, column, value and remedy."""

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
from clustering.readers.text.columns import TextColumn, arrow_texts, blank_column, numpy_of
from clustering.readers.text.values import plain_numbers

MAXIMUM_LISTED = 1_000
MAXIMUM_SHOWN_CHARACTERS = 200
MAXIMUM_SET_ASIDE = 100_000


@dataclass
class Findings:
    """
    Problems gathered from one file while it is judged.

    Parameters
    ----------
    table
        The file.
    role
        What the file is given as: ``schools``, ``flows``, ``performance`` ...
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
        return plain_numbers(given) if given is not None and pa.types.is_string(given.type) else None

    def column(self, canonical: str) -> pd.Series:
        """Cells of a canonical column; blank text throughout where the file has no such column."""
        return self.texts(canonical).series()

    def places(self, canonical: str, ids: pa.StringArray) -> np.ndarray:
        """Place of each distinct text of a column among identifiers, -1 where it is not there; looked up once."""
        texts = self.texts(canonical).texts
        looked_up = self._places.get(canonical)
        if looked_up is None or looked_up[0] is not texts or looked_up[1] is not ids:
            looked_up = (texts, ids, positions_of(texts, ids))
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
        cells: TextColumn | None = None,
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
        cells
            The texts to show, for a column that has no canonical name.
        """
        marked = np.flatnonzero(np.asarray(rows, dtype=bool))
        if not len(marked):
            return
        heading = self.headings.get(canonical, canonical)
        above = self.texts(self.heading_columns[canonical]) if canonical in self.heading_columns else None
        ids = self.texts(
            {"flows": "origin", "travel_times": "origin", "crosswalk": "old_id"}.get(self.role, "school_id")
        )
        values = cells or self.texts(canonical)
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
        rows += [(row, reason) for reason, left_out in self._left_out().items() for row in left_out]
        return [SetAsideRow(file=self.table.name, row=row, reason=reason) for row, reason in rows]

    def _left_out(self) -> dict[str, tuple[int, ...]]:
        """Rows that are no records, by the reason."""
        told = {"A blank row.": self.table.blank_rows, "A note below the records.": self.table.footer_rows}
        return {reason: rows for reason, rows in told.items() if rows}

    def source_file(self, *, unused: Iterable[str]) -> SourceFile:
        """What was understood of the file, for the ingest report."""
        table = self.table
        reasons = {reason: int(marked.sum()) for reason, marked in self._aside.items()}
        reasons |= {reason: len(left_out) for reason, left_out in self._left_out().items()}
        rows = len(table) + sum(map(len, self._left_out().values()))
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


def positions_of(texts: pa.StringArray, ids: pa.StringArray) -> np.ndarray:
    """Place of each text among identifiers; -1 for those that are not there."""
    if len(texts) == len(ids) and texts.equals(ids):  # files often list the same schools in the same order
        return np.arange(len(ids), dtype="int32")
    return numpy_of(pc.fill_null(pc.index_in(texts, value_set=ids), -1))


def is_listed(ids: pd.Series, school_ids: pd.Index) -> pd.Series:
    """Whether each identifier is that of a listed school."""
    listed = pc.is_in(arrow_texts(ids), value_set=arrow_texts(school_ids))
    return pd.Series(numpy_of(listed), index=ids.index, dtype="bool")
