"""Delimited text to a table in which every cell is still the text of the file."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import itertools
import re
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from clustering.errors import InputError, Problem

DELIMITERS = (",", "\t", "|", "^", ";")
MAXIMUM_BYTES = 2 * 1024**3
MAXIMUM_COLUMNS = 2_000
MAXIMUM_HEADING_CHARACTERS = 200
MAXIMUM_LISTED_ROWS = 1_000

_ARCHIVES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Of Python's codecs those that are character sets; others run escapes, or take a long time.
_CHARACTER_SETS = re.compile(r"utf-(8|8-sig|16|32)(-[lb]e)?$|ascii|iso|cp\d|mac-|koi8|kz1048|big5|gb|euc|shift|tis-620")


@dataclass(frozen=True)
class NamedFile:
    """
    A file together with the name its owner knows it by.

    Parameters
    ----------
    path
        Where the bytes are.
    name
        What problems and reports call it, such as the name of an upload.
    """

    path: Path
    name: str


Source = str | Path | NamedFile | pd.DataFrame


@dataclass(frozen=True, kw_only=True)
class RawTable:
    """
    A file's cells as text, with what was recognised on the way.

    Parameters
    ----------
    name
        What problems call the table.
    cells
        One text column per heading, white space around values removed; row ``i`` is record ``i + 2`` of the file.
    sha256, encoding, delimiter
        See ``model.SourceFile``.
    """

    name: str
    cells: pd.DataFrame
    sha256: str
    encoding: str
    delimiter: str
    geometry: np.ndarray | None = None


def read_table(source: Source, *, encoding: str | None = None) -> RawTable:
    """
    Read one delimited file, or take a DataFrame, without interpreting any value.

    Parameters
    ----------
    source
        A path, a :class:`NamedFile` or a DataFrame. Records may end in LF, CRLF or a bare CR.
    encoding
        A Python codec name where the file is neither UTF-8 nor UTF-16 with a byte order mark.

    Returns
    -------
    table
        Identifiers keep their leading zeros; ``NA`` is text.

    Raises
    ------
    InputError
        Unreadable, empty, not text, unknown encoding, headings missing or twice, records of the wrong length.
    """
    if isinstance(source, pd.DataFrame):
        return _table_of_frame(source)
    if isinstance(source, NamedFile):
        path, name = source.path, source.name
    else:
        path, name = Path(source), Path(source).name
    content = _read_bytes(path, name)
    text, used_encoding = _decode(content, name, encoding)
    headings, delimiter = _read_headings(text, name)
    cells = _parse_cells(text, name, headings, delimiter)
    return RawTable(
        name=name,
        cells=cells,
        sha256=hashlib.sha256(content).hexdigest(),
        encoding=used_encoding,
        delimiter=delimiter,
    )


def _table_of_frame(frame: pd.DataFrame) -> RawTable:
    plain = frame.reset_index() if frame.index.name is not None else frame
    geometry = None
    if isinstance(plain, gpd.GeoDataFrame):
        geometry = plain.geometry.to_crs("EPSG:4326").to_numpy()
        plain = pd.DataFrame(plain.drop(columns=plain.geometry.name))
    cells = pd.DataFrame({str(name): _as_text(column) for name, column in plain.items()}).reset_index(drop=True)
    digest = hashlib.sha256(pd.util.hash_pandas_object(cells, index=False).to_numpy().tobytes()).hexdigest()
    return RawTable(name="DataFrame", cells=cells, sha256=digest, encoding="", delimiter="", geometry=geometry)


def _as_text(column: pd.Series) -> pd.Series:
    """Text of any column; whole numbers stored as floats (a missing value among integers) lose their ``.0``."""
    if pd.api.types.is_float_dtype(column) and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")
    return column.astype("str").where(column.notna(), "").str.strip().reset_index(drop=True)


def _read_bytes(path: Path, name: str) -> bytes:
    try:
        if path.stat().st_size > MAXIMUM_BYTES:
            raise _unreadable(name, "The file is larger than 2 GiB.", "Split it by year or by district.")
        content = path.read_bytes()
    except OSError as error:
        message = f"The file cannot be opened ({error.strerror})."
        raise _unreadable(name, message, "Check the path and the permissions.") from None
    if content.startswith(_ARCHIVES):
        message = "The file is an Excel workbook or an archive, not text."
        raise _unreadable(name, message, "Open it and save the sheet as CSV (UTF-8).")
    if not content.strip():
        raise _unreadable(name, "The file is empty.", "Export it again, with a header row and at least one record.")
    return content


def _decode(content: bytes, name: str, encoding: str | None) -> tuple[bytes, str]:
    """Return the text as UTF-8 bytes without byte order mark, and the encoding it had."""
    marked = next(((mark, codec) for mark, codec in _BYTE_ORDER_MARKS if content.startswith(mark)), None)
    codec = encoding or (marked[1] if marked else "utf-8")
    body = content[len(marked[0]) :] if marked else content
    if not _is_character_set(codec):
        message = f"There is no encoding called {codec!r}."
        raise _unreadable(name, message, "Name one such as utf-8, cp1252 or latin-1.")
    try:
        text = body.decode(codec)
    except UnicodeDecodeError as error:
        row = body[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
        message = f"The text is not {codec} (byte 0x{body[error.start]:02x} at offset {error.start:,})."
        remedy = "Save the file as UTF-8, or say its encoding, for example cp1252."
        raise InputError([Problem(table=name, row=row, message=message, remedy=remedy)]) from None
    if "\0" in text:
        row = text[: text.index("\0")].count("\n") + 1
        remedy = "Export it again as CSV in UTF-8; a spreadsheet or archive must not be renamed to .csv."
        raise InputError([Problem(table=name, row=row, message="The file has NUL bytes.", remedy=remedy)])
    return (body if codec == "utf-8" else text.encode()), codec


def _is_character_set(codec: str) -> bool:
    try:
        return _CHARACTER_SETS.match(codecs.lookup(codec).name) is not None
    except (LookupError, ValueError):
        return False


def _read_headings(text: bytes, name: str) -> tuple[list[str], str]:
    head = text[: 1 << 20].decode("utf-8", errors="ignore")
    first_line = head.splitlines()[0] if head.strip() else ""
    delimiter = max(DELIMITERS, key=first_line.count)
    try:
        record = next(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise _unreadable(name, f"The header row cannot be read ({error}).", "Check its quotes.") from None
    headings = [heading.strip() for heading in record]
    if len(headings) > MAXIMUM_COLUMNS:
        remedy = "Keep the columns that are needed."
        raise _unreadable(name, f"The file has more than {MAXIMUM_COLUMNS:,} columns.", remedy)
    if any(len(heading) > MAXIMUM_HEADING_CHARACTERS for heading in headings):
        message = f"The header row has cells of more than {MAXIMUM_HEADING_CHARACTERS} characters."
        raise _unreadable(name, message, "Check that the first row holds the names of the columns.")
    problems = [
        Problem(
            table=name,
            row=1,
            column=heading,
            message=f"The heading stands {headings.count(heading)} times.",
            remedy="Give every column a name of its own.",
        )
        for heading in sorted(set(headings))
        if headings.count(heading) > 1 and heading
    ]
    if problems:
        raise InputError(problems)
    blank = (f"unnamed column {number}" for number in itertools.count(1))
    free = (name for name in blank if name not in headings)
    return [heading or next(free) for heading in headings], delimiter


def _parse_cells(text: bytes, name: str, headings: list[str], delimiter: str) -> pd.DataFrame:
    problems: list[Problem] = []

    def note_bad_record(record: pyarrow.csv.InvalidRow) -> str:
        if len(problems) < MAXIMUM_LISTED_ROWS:
            message = f"The record has {record.actual_columns} cells, the header {record.expected_columns}."
            remedy = "Quote cells that contain the delimiter, and complete short records."
            problems.append(Problem(table=name, row=record.number, message=message, remedy=remedy))
        return "skip"

    try:
        table = pyarrow.csv.read_csv(
            io.BytesIO(text),
            # One thread: only then does the parser know the number of a bad record.
            read_options=pyarrow.csv.ReadOptions(use_threads=False, column_names=headings, skip_rows_after_names=1),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=note_bad_record
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(headings, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        raise _unreadable(name, f"The file is not delimited text ({error}).", "Export it again as CSV.") from None
    if problems:
        raise InputError(problems)
    if table.num_rows == 0:
        raise _unreadable(name, "The file has a header but no records.", "Export it again with its records.")
    return pd.DataFrame({heading: _clean(table.column(heading)) for heading in headings})


def _clean(column: pa.ChunkedArray) -> pd.Series:
    """White space trimmed, and the ``="0100005"`` that keeps zeros alive in Excel unwrapped."""
    trimmed = pa.compute.utf8_trim_whitespace(column)
    unwrapped = pa.compute.replace_substring_regex(trimmed, pattern=r'^="([^"]*)"$', replacement=r"\1")
    return pd.Series(pd.array(unwrapped, dtype="str"))


def _unreadable(name: str, message: str, remedy: str) -> InputError:
    return InputError([Problem(table=name, message=message, remedy=remedy)])
