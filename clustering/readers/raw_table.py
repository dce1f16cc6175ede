"""A file's cells as text, and the ways to name a file."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import IO, Any, Protocol, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clustering.errors import Problem
from clustering.readers.file_options import FileOptions
from clustering.readers.text.columns import ArrowTexts, TextColumn, from_arrow, numpy_of
from clustering.readers.text.delimited import record_rows
from clustering.readers.text.layout import TextLayout

SAMPLED_RECORDS = 2_000


@dataclass(frozen=True)
class NamedFile:
    """
    A file and the name by which its owner knows it.

    Parameters
    ----------
    path
        Where the bytes are.
    name
        Its name in problems and reports, such as the name of an upload.
    encoding
        A Python codec name, if the encoding of the bytes is known for certain; it goes before the option.
    """

    path: Path
    name: str
    encoding: str | None = None


class ArrowStream(Protocol):
    """A table with Arrow's capsule interface: of polars, pyarrow, DuckDB, Ibis and others."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Give the table as a stream of Arrow's record batches."""


class LazyTable(Protocol):
    """A table that is computed when it is collected, such as a LazyFrame of polars."""

    def collect(self) -> Any:
        """Give the table itself."""


MemoryTable: TypeAlias = pd.DataFrame | pa.Table


@dataclass(frozen=True)
class NamedTable:
    """
    A table in memory and its name in problems, reports and options.

    Parameters
    ----------
    table
        A DataFrame, a GeoDataFrame or an Arrow table.
    name
        Its role, such as ``flows``; the second is ``flows 2``.
    """

    table: MemoryTable
    name: str


NamedSource: TypeAlias = str | Path | NamedFile | NamedTable
Readable: TypeAlias = NamedSource | MemoryTable  # a table without a name is called by its role
Source: TypeAlias = NamedSource | os.PathLike[str] | pd.DataFrame | ArrowStream | LazyTable | IO[bytes] | IO[str]


@dataclass(frozen=True, kw_only=True)
class RawTable:
    """
    A file's cells as text, with its recognised kind and layout.

    Parameters
    ----------
    name
        What problems call the table.
    kind
        The recognised kind, see ``recognition.file_kinds.FILE_KINDS``.
    encoded
        Heading to strings as parsed, dictionary-encoded or not; :meth:`column` has them trimmed, each text once.
    sha256, encoding, delimiter
        See ``model.ingest_report.SourceFile``.
    container
        ``text``, ``workbook``, ``geojson`` ...; ``DataFrame`` for a table in memory.
    header_row
        Row of the header; ``None`` without one.
    first_row
        Row of the first record, as a spreadsheet shows it.
    geometry
        EPSG:4326, one per record; ``None`` for a file without geometry.
    crs
        Name of the reference system of the file's geometry, before it was converted; blank without geometry.
    options
        The user's options of the file.
    problems
        Warnings about reading, such as a guessed encoding.
    footer_rows
        Rows below the records that hold notes; set aside.
    blank_rows
        Rows in which every cell is blank; set aside (:func:`without_blank_records`).
    other_rows
        Rows that the user's option ``rows`` leaves out; set aside.
    no_schools
        Reason to the rows that are no schools; set aside (``validation.rows_without_school``).
    unread
        Headings of columns that were not parsed, since nothing is read from them in a file of this kind.
    has_quotes
        Whether a cell may hold a line break.
    rows
        Row of each record; ``None`` if the records are in the rows from ``first_row`` on.
    repeated
        Headings that several columns have, with other cells; the second of them is called ``NAME (2)``.
    """

    name: str
    kind: str
    encoded: Mapping[str, ArrowTexts]
    sha256: str
    encoding: str = ""
    delimiter: str = ""
    container: str = "text"
    header_row: int | None = 1
    first_row: int = 2
    geometry: np.ndarray | None = None
    crs: str = ""
    options: FileOptions = field(default_factory=FileOptions)
    problems: tuple[Problem, ...] = ()
    footer_rows: tuple[int, ...] = ()
    blank_rows: tuple[int, ...] = ()
    other_rows: tuple[int, ...] = ()
    no_schools: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    has_quotes: bool = True
    rows: np.ndarray | None = None
    repeated: tuple[str, ...] = ()
    _text: tuple[bytes, TextLayout] | None = field(default=None, repr=False)
    _trimmed: dict[str, TextColumn] = field(default_factory=dict, repr=False)

    @property
    def headings(self) -> tuple[str, ...]:
        """Names of the columns, in the order of the file."""
        return tuple(self.encoded)

    def __len__(self) -> int:
        return len(next(iter(self.encoded.values()), ()))

    def column(self, heading: str) -> TextColumn:
        """One column, trimmed; built when first needed."""
        if heading not in self._trimmed:
            self._trimmed[heading] = from_arrow(self.encoded[heading])
        return self._trimmed[heading]

    def has_few_texts(self, heading: str, limit: int) -> bool:
        """Whether the first records of a column have at most ``limit`` distinct texts, blank not counted."""
        sample = from_arrow(self.encoded[heading][:SAMPLED_RECORDS])
        return len(sample.texts) <= limit + 1

    @cached_property
    def cells(self) -> pd.DataFrame:
        """All columns, as categories of text."""
        return self.cells_of(self.headings)

    def cells_of(self, headings: Collection[str]) -> pd.DataFrame:
        """Those of some columns that the table has, as categories of text."""
        return pd.DataFrame({each: self.column(each).categorical() for each in self.headings if each in headings})

    def row_of(self, record: int) -> int:
        """Row of a record, as a spreadsheet shows it; ``record`` counts from 0."""
        rows = self.rows if self.rows is not None else self._rows_between_blanks
        return int(rows[record]) if rows is not None and record < len(rows) else self.first_row + record

    def rows_of_records(self) -> np.ndarray:
        """Row of every record (int64), as a spreadsheet shows it."""
        return np.array([self.row_of(record) for record in range(len(self))], dtype="int64")

    def taking(self, kept: np.ndarray) -> RawTable:
        """The marked records alone, each still in its row of the file; ``kept`` is boolean, one per record."""
        mask = pa.array(kept)
        return replace(
            self,
            encoded={heading: texts.filter(mask) for heading, texts in self.encoded.items()},
            geometry=None if self.geometry is None else self.geometry[kept],
            rows=self.rows_of_records()[kept],
            _trimmed={},
        )

    @cached_property
    def _rows_between_blanks(self) -> Sequence[int] | None:
        """Searched only when a problem needs a row: few files have blank rows, and fewer have problems."""
        return record_rows(*self._text) if self._text is not None else None


def name_of(source: NamedSource) -> str:
    """Name of a source in problems."""
    return source.name if isinstance(source, NamedFile | NamedTable) else Path(source).name


def with_name(source: Readable, name: str) -> NamedSource:
    """Give a table in memory a name, if it has none."""
    return NamedTable(source, name) if isinstance(source, pd.DataFrame | pa.Table) else source


def path_of(source: str | Path | NamedFile) -> Path:
    """Where the bytes of a file are."""
    return source.path if isinstance(source, NamedFile) else Path(source)


def without_blank_records(table: RawTable) -> RawTable:
    """Leave out records in which every cell is blank; spreadsheets write rows that look empty."""
    if table.geometry is not None:  # a point without attributes is a record
        return table
    is_blank = pa.array(np.ones(len(table), dtype=bool))
    for texts in table.encoded.values():
        plain = texts.cast(pa.string()) if pa.types.is_dictionary(texts.type) else texts
        is_blank = pc.and_(is_blank, pc.or_(pc.equal(plain, ""), pc.utf8_is_space(plain)))
        if not pc.any(is_blank).as_py():
            return table
    if pc.all(is_blank).as_py():
        return table
    blank = numpy_of(is_blank)
    blank_rows = tuple(table.row_of(int(record)) for record in np.flatnonzero(blank))
    return replace(table.taking(~blank), blank_rows=blank_rows)
