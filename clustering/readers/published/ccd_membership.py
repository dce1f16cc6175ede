"""
CCD membership files, of up to several gigabytes, to the few rows of text that give enrolment.

From 2016-17 the file is long: every student stands in it four or five times, once in each aggregation named by
``TOTAL_INDICATOR``. Before, it is wide and delimited by tabs, with a total and a column per grade. Either is read
block by block; what is not needed is dropped as the blocks come.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv

from clustering.errors import InputError, Problem
from clustering.readers.raw_table import NamedFile, RawTable, Source
from clustering.readers.read_table import read_table
from clustering.readers.text.layout import DELIMITERS

TOTAL_WITHOUT_ADULTS = "Derived - Education Unit Total minus Adult Education Count"
TOTAL = "Education Unit Total"
BY_GRADE = "Subtotal 4 - By Grade"
KEPT_AGGREGATIONS = (TOTAL_WITHOUT_ADULTS, TOTAL, BY_GRADE)
BLOCK_BYTES = 1024**2
MAXIMUM_BYTES = 16 * 1024**3
MAXIMUM_LISTED_ROWS = 1_000
_HEADER_BYTES = 1024**2
_LONG_COLUMNS = {"NCESSCH": "school_id", "GRADE": "grade", "STUDENT_COUNT": "students"}
_LONG_COLUMNS |= {"TOTAL_INDICATOR": "aggregation", "DMS_FLAG": "flag"}
_YEAR_HEADINGS = ("SCHOOL_YEAR", "SURVYEAR")
_REQUIRED_LONG = ("NCESSCH", "GRADE", "STUDENT_COUNT", "TOTAL_INDICATOR")
# MEMBER, PK, KG, G01 ... G13, UG; with two digits of the year behind them in older files (MEMBER09, G0109).
_WIDE_TOTAL = re.compile(r"MEMBER(\d\d)?", re.IGNORECASE)
_WIDE_GRADE = re.compile(r"(PK|KG|UG|AE|G(?:0[1-9]|1[0-3]))(\d\d)?", re.IGNORECASE)
_BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True, kw_only=True)
class RawMembership:
    """
    Rows of a membership file that give enrolment, as text.

    Parameters
    ----------
    name, kind, sha256, encoding, delimiter
        See ``model.SourceFile``.
    layout
        ``long`` or ``wide``.
    headings
        What was taken from which column.
    rows
        ``row`` (as a spreadsheet counts), ``school_id``, ``grade`` (blank for a total in a wide file), ``students``,
        ``aggregation``, ``flag``, ``year``: categories of text, but for ``row``.
    rows_read
        Records after the header.
    aggregations
        Long files: records of each ``TOTAL_INDICATOR``. Wide files: empty.
    rows_of_others
        Records of schools that were not asked for.
    """

    name: str
    kind: str
    sha256: str
    encoding: str
    delimiter: str
    layout: str
    headings: Mapping[str, str]
    rows: pd.DataFrame
    rows_read: int
    aggregations: Mapping[str, int]
    rows_of_others: int


def stream_membership(
    source: Source | RawTable, *, encoding: str | None = None, school_ids: Collection[str] | None = None
) -> RawMembership:
    """
    Read a membership file block by block.

    Parameters
    ----------
    source
        A path, a named file, or a table that is already in memory.
    encoding
        Needed only where the identifiers themselves are not in ASCII's letters, as in UTF-16 without a mark; names in
        other encodings are not read.
    school_ids
        Keep these schools only; all by default.

    Returns
    -------
    membership
        The rows of ``KEPT_AGGREGATIONS``, or every row of a wide file.

    Raises
    ------
    InputError
        Unreadable, too large, columns missing, or records of the wrong length, which are all named.
    """
    if isinstance(source, pd.DataFrame):
        source = read_table(source, role="membership")
    if isinstance(source, RawTable):
        header = _Header(source.name, list(source.headings), source.delimiter, source.encoding, source.kind)
        columns, layout = _recognise(header)
        plain = pa.table({heading: source.column(heading).series() for heading in columns})
        blocks = iter(plain.to_batches(max_chunksize=65_536))
        gathered = _gather(blocks, columns, layout, school_ids, first_row=source.first_row)
        return _raw(header, source.sha256, columns, layout, gathered)
    path, name = (source.path, source.name) if isinstance(source, NamedFile) else (Path(source), Path(source).name)
    header = _read_header(path, name, encoding)
    columns, layout = _recognise(header)
    problems: list[Problem] = []
    try:
        gathered = _gather(_open_blocks(path, header, list(columns), problems), columns, layout, school_ids)
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except (pa.ArrowInvalid, UnicodeError):
        _refuse(name, f"The file is not delimited text in {header.encoding}.", "Say its encoding, as encoding=cp1252.")
    if problems:
        raise InputError(problems)
    return _raw(header, sha256, columns, layout, gathered)


@dataclass(frozen=True)
class _Header:
    """What the first line of a file tells."""

    name: str
    headings: list[str]
    delimiter: str
    encoding: str
    kind: str = ""


def _read_header(path: Path, name: str, encoding: str | None) -> _Header:
    try:
        if path.stat().st_size > MAXIMUM_BYTES:
            _refuse(name, "The file is larger than 16 GiB.", "Take the file of one year as NCES publishes it.")
        with path.open("rb") as file:
            head = file.read(_HEADER_BYTES)
    except OSError as error:
        _refuse(name, f"The file cannot be opened ({error.strerror}).", "Check the path and the permissions.")
    marked = next((codec for mark, codec in _BYTE_ORDER_MARKS.items() if head.startswith(mark)), None)
    codec = encoding or marked or "utf-8"
    try:
        line = re.split(r"\r\n|\n|\r", head.decode(codec, errors="replace"), maxsplit=1)[0]
    except LookupError:
        _refuse(name, f"There is no encoding called {codec!r}.", "Name one such as utf-8, cp1252 or latin-1.")
    delimiter = max(DELIMITERS, key=line.count)
    headings = [heading.strip() for heading in next(csv.reader([line.lstrip("\ufeff")], delimiter=delimiter), [])]
    if len(set(headings)) < len(headings):
        twice = next(heading for heading in headings if headings.count(heading) > 1)
        _refuse(name, f"The heading {twice!r} stands twice.", "Give every column a name of its own.")
    return _Header(name, headings, delimiter, codec)


def _recognise(header: _Header) -> tuple[dict[str, str], str]:
    """Headings to read with what each gives, and the layout."""
    headings = header.headings
    upper = {heading.upper(): heading for heading in headings}
    year = {upper[name]: "year" for name in _YEAR_HEADINGS if name in upper}
    if all(heading in upper for heading in _REQUIRED_LONG):
        return {upper[name]: meaning for name, meaning in _LONG_COLUMNS.items() if name in upper} | year, "long"
    totals = {heading: "total" for heading in headings if _WIDE_TOTAL.fullmatch(heading)}
    grades = {heading: _grade(match) for heading in headings if (match := _WIDE_GRADE.fullmatch(heading))}
    if "NCESSCH" not in upper or not (totals or grades):
        _refuse(
            header.name,
            f"This is no membership file of the Common Core of Data; it has {', '.join(headings[:20])}.",
            f"Give the file as published: long with {', '.join(_REQUIRED_LONG)}, or wide with NCESSCH, MEMBER, G01 ...",
        )
    return {upper["NCESSCH"]: "school_id", **totals, **grades} | year, "wide"


def _grade(match: re.Match[str]) -> str:
    return match[1].upper().removeprefix("G") if match[1][1:].isdigit() else match[1].upper()


def _open_blocks(
    path: Path, header: _Header, kept: Sequence[str], problems: list[Problem]
) -> pyarrow.csv.CSVStreamingReader:
    def note_bad_record(record: pyarrow.csv.InvalidRow) -> str:
        if len(problems) < MAXIMUM_LISTED_ROWS:
            message = f"The record has {record.actual_columns} cells, the header {record.expected_columns}."
            remedy = "Take the file as NCES publishes it; it may have been cut off."
            problems.append(Problem(table=header.name, row=record.number, message=message, remedy=remedy))
        return "skip"

    return pyarrow.csv.open_csv(
        path,
        # One thread: only then does the parser know the number of a bad record.
        read_options=pyarrow.csv.ReadOptions(
            use_threads=False,
            column_names=header.headings,
            skip_rows=1,
            block_size=BLOCK_BYTES,
            encoding=header.encoding,
        ),
        parse_options=pyarrow.csv.ParseOptions(delimiter=header.delimiter, invalid_row_handler=note_bad_record),
        convert_options=pyarrow.csv.ConvertOptions(
            include_columns=kept,
            column_types=dict.fromkeys(kept, pa.string()),
            strings_can_be_null=False,
        ),
    )


@dataclass
class _Gathered:
    """What the blocks gave so far."""

    kept: list[pa.Table]
    rows_read: int
    rows_of_others: int
    aggregations: Counter[str]


def _gather(
    blocks: Iterator[pa.RecordBatch],
    columns: Mapping[str, str],
    layout: str,
    school_ids: Collection[str] | None,
    *,
    first_row: int = 2,
) -> _Gathered:
    gathered = _Gathered(kept=[], rows_read=0, rows_of_others=0, aggregations=Counter())
    wanted = None if school_ids is None else pa.array(sorted(school_ids), pa.string())
    names = {meaning: heading for heading, meaning in columns.items()}
    for block in blocks:
        table = pa.Table.from_batches([block])
        trimmed = [pa.compute.utf8_trim_whitespace(column.cast(pa.string())) for column in table.columns]
        rows = pa.array(np.arange(table.num_rows) + gathered.rows_read + first_row)
        gathered.rows_read += table.num_rows
        table = pa.table([*trimmed, rows], names=[*table.column_names, "row"])
        if layout == "long":
            indicator = table.column(names["aggregation"])
            for counted in pa.compute.value_counts(indicator).to_pylist():
                gathered.aggregations[counted["values"]] += counted["counts"]
            table = table.filter(pa.compute.is_in(indicator, value_set=pa.array(KEPT_AGGREGATIONS, pa.string())))
        if wanted is not None:
            is_wanted = pa.compute.is_in(table.column(names["school_id"]), value_set=wanted)
            gathered.rows_of_others += table.num_rows - (pa.compute.sum(is_wanted).as_py() or 0)
            table = table.filter(is_wanted)
        if table.num_rows:
            # As numbered categories: thousands of rows share a few texts.
            coded = [column.dictionary_encode() for column in table.columns[:-1]]
            gathered.kept.append(pa.table([*coded, table.column("row")], names=table.column_names))
    return gathered


def _raw(header: _Header, sha256: str, columns: Mapping[str, str], layout: str, gathered: _Gathered) -> RawMembership:
    if gathered.rows_read == 0:
        _refuse(header.name, "The file has a header but no records.", "Take it as NCES publishes it.")
    frame = pd.DataFrame({heading: pd.Categorical([]) for heading in columns} | {"row": []})
    if gathered.kept:
        frame = pa.concat_tables(gathered.kept).unify_dictionaries().to_pandas()
    rows = frame.rename(columns=columns) if layout == "long" else _unpivot(frame, columns)
    for missing in ("flag", "year"):
        if missing not in rows.columns:
            rows[missing] = pd.Categorical([""] * len(rows))
    return RawMembership(
        name=header.name,
        kind=header.kind or f"CCD membership, {layout}",
        sha256=sha256,
        encoding=header.encoding,
        delimiter=header.delimiter,
        layout=layout,
        headings={meaning: heading for heading, meaning in columns.items()},
        rows=rows[["row", "school_id", "grade", "students", "aggregation", "flag", "year"]],
        rows_read=gathered.rows_read,
        aggregations=dict(gathered.aggregations),
        rows_of_others=gathered.rows_of_others,
    )


def _unpivot(frame: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    """A wide file in the shape of a long one."""
    shared = [heading for heading, meaning in columns.items() if meaning in ("school_id", "year")]
    long = frame.melt(id_vars=["row", *shared], var_name="heading", value_name="students")
    meaning = long["heading"].map(columns)
    long["grade"] = meaning.mask(meaning == "total", "").astype("category")
    long["aggregation"] = meaning.eq("total").map({True: TOTAL, False: BY_GRADE}).astype("category")
    long["students"] = long["students"].astype("category")
    return long.rename(columns=columns)


def _refuse(name: str, message: str, remedy: str) -> NoReturn:
    raise InputError([Problem(table=name, message=message, remedy=remedy)])
