"""
CCD membership files of up to several gigabytes, to the rows of text that are needed for enrolment.

From 2016-17 on the file is long: every student is in it four or five times, once in each aggregation of
``TOTAL_INDICATOR``. Before that it is wide and delimited by tabs, with a total and a column for each grade. Either is
read block by block, and rows that are not needed are dropped at once.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv

from clustering.errors import InputError, Problem, ProblemTally
from clustering.readers.published.ccd_membership_columns import (
    MembershipColumns,
    MembershipHeader,
    membership_error,
    read_header,
    recognise_columns,
)
from clustering.readers.raw_table import NamedTable, RawTable, Readable, name_of, path_of
from clustering.readers.read_table import read_table

TOTAL_WITHOUT_ADULTS = "Derived - Education Unit Total minus Adult Education Count"
TOTAL = "Education Unit Total"
BY_GRADE = "Subtotal 4 - By Grade"
KEPT_AGGREGATIONS = (TOTAL_WITHOUT_ADULTS, TOTAL, BY_GRADE)
BLOCK_BYTES = 1024**2
MAXIMUM_LISTED_ROWS = 1_000


@dataclass(frozen=True, kw_only=True)
class RawMembership:
    """
    The rows of a membership file that are needed for enrolment, as text.

    Parameters
    ----------
    name, kind, sha256, encoding, delimiter
        See ``model.ingest_report.SourceFile``.
    layout
        ``long`` or ``wide``.
    headings
        What each column holds, to its heading.
    rows
        ``row`` (as a spreadsheet counts), ``school_id``, ``grade`` (blank for a total in a wide file), ``students``,
        ``aggregation``, ``flag``, ``year``: categories of text, except ``row``.
    rows_read
        Records after the header.
    aggregations
        Long files: records of each ``TOTAL_INDICATOR``. Wide files: empty.
    rows_of_other_schools
        Records of schools that were not requested.
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
    rows_of_other_schools: int


def stream_membership(
    source: Readable | RawTable, *, encoding: str | None = None, school_ids: Collection[str] | None = None
) -> RawMembership:
    """
    Read a membership file block by block.

    Parameters
    ----------
    source
        A path, a named file, or a table that is already in memory.
    encoding
        Needed only if the identifiers themselves are not ASCII, as in UTF-16 without a mark; names are not read.
    school_ids
        Keep only these schools; all by default.

    Returns
    -------
    membership
        The rows of ``KEPT_AGGREGATIONS``, or every row of a wide file.

    Raises
    ------
    InputError
        The file is unreadable or too large, columns are missing, or records have the wrong length.
    """
    if isinstance(source, pd.DataFrame | pa.Table | NamedTable):
        source = read_table(source, role="membership")
    if isinstance(source, RawTable):
        header = MembershipHeader(source.name, list(source.headings), source.delimiter, source.encoding, source.kind)
        columns = recognise_columns(header)
        plain = pa.table({heading: source.column(heading).series() for heading in columns.meanings})
        blocks = iter(plain.to_batches(max_chunksize=65_536))
        gathered = _gather(blocks, columns, school_ids, first_row=source.first_row)
        return _raw(header, source.sha256, columns, gathered)
    path, name = path_of(source), name_of(source)
    header = read_header(path, name, encoding)
    columns = recognise_columns(header)
    problems = ProblemTally(MAXIMUM_LISTED_ROWS)
    try:
        gathered = _gather(_open_blocks(path, header, list(columns.meanings), problems), columns, school_ids)
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except (pa.ArrowInvalid, UnicodeError):
        raise membership_error(
            name,
            f"The file is not delimited text in {header.encoding}.",
            "Set its encoding, for example encoding=cp1252.",
        ) from None
    if found := problems.problems():
        raise InputError(found)
    return _raw(header, sha256, columns, gathered)


def _open_blocks(
    path: Path, header: MembershipHeader, kept: Sequence[str], problems: ProblemTally
) -> pyarrow.csv.CSVStreamingReader:
    def note_bad_record(record: pyarrow.csv.InvalidRow) -> str:
        message = f"The record has {record.actual_columns} cells, the header {record.expected_columns}."
        remedy = "Use the file as NCES publishes it; it may have been cut off."
        problems.add(Problem(table=header.name, row=record.number, message=message, remedy=remedy))
        return "skip"

    return pyarrow.csv.open_csv(
        path,
        # One thread, since only then the parser knows the number of a bad record.
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
    """What was read from the blocks so far."""

    kept: list[pa.Table]
    rows_read: int
    rows_of_other_schools: int
    aggregations: Counter[str]


def _gather(
    blocks: Iterator[pa.RecordBatch],
    columns: MembershipColumns,
    school_ids: Collection[str] | None,
    *,
    first_row: int = 2,
) -> _Gathered:
    gathered = _Gathered(kept=[], rows_read=0, rows_of_other_schools=0, aggregations=Counter())
    wanted = None if school_ids is None else pa.array(sorted(school_ids), pa.string())
    names = {meaning: heading for heading, meaning in columns.meanings.items()}
    for block in blocks:
        table = pa.Table.from_batches([block])
        trimmed = [pa.compute.utf8_trim_whitespace(column.cast(pa.string())) for column in table.columns]
        rows = pa.array(np.arange(table.num_rows) + gathered.rows_read + first_row)
        gathered.rows_read += table.num_rows
        table = pa.table([*trimmed, rows], names=[*table.column_names, "row"])
        if columns.layout == "long":
            indicator = table.column(names["aggregation"])
            for counted in pa.compute.value_counts(indicator).to_pylist():
                gathered.aggregations[counted["values"]] += counted["counts"]
            table = table.filter(pa.compute.is_in(indicator, value_set=pa.array(KEPT_AGGREGATIONS, pa.string())))
        if wanted is not None:
            is_wanted = pa.compute.is_in(table.column(names["school_id"]), value_set=wanted)
            gathered.rows_of_other_schools += table.num_rows - (pa.compute.sum(is_wanted).as_py() or 0)
            table = table.filter(is_wanted)
        if table.num_rows:
            # As categories: thousands of rows share a few texts.
            coded = [column.dictionary_encode() for column in table.columns[:-1]]
            gathered.kept.append(pa.table([*coded, table.column("row")], names=table.column_names))
    return gathered


def _raw(header: MembershipHeader, sha256: str, columns: MembershipColumns, gathered: _Gathered) -> RawMembership:
    if gathered.rows_read == 0:
        raise membership_error(
            header.name, "The file has a header but no records.", "Use the file as NCES publishes it."
        )
    frame = pd.DataFrame({heading: pd.Categorical([]) for heading in columns.meanings} | {"row": []})
    if gathered.kept:
        frame = pa.concat_tables(gathered.kept).unify_dictionaries().to_pandas()
    rows = frame.rename(columns=columns.meanings) if columns.layout == "long" else _unpivot(frame, columns.meanings)
    for missing in ("flag", "year"):
        if missing not in rows.columns:
            rows[missing] = pd.Categorical([""] * len(rows))
    return RawMembership(
        name=header.name,
        kind=header.kind or f"CCD membership, {columns.layout}",
        sha256=sha256,
        encoding=header.encoding,
        delimiter=header.delimiter,
        layout=columns.layout,
        headings={meaning: heading for heading, meaning in columns.meanings.items()},
        rows=rows[["row", "school_id", "grade", "students", "aggregation", "flag", "year"]],
        rows_read=gathered.rows_read,
        aggregations=dict(gathered.aggregations),
        rows_of_other_schools=gathered.rows_of_other_schools,
    )


def _unpivot(frame: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    """A wide file in the layout of a long one."""
    shared = [heading for heading, meaning in columns.items() if meaning in ("school_id", "year")]
    long = frame.melt(id_vars=["row", *shared], var_name="heading", value_name="students")
    meaning = long["heading"].map(columns)
    long["grade"] = meaning.mask(meaning == "total", "").astype("category")
    long["aggregation"] = meaning.eq("total").map({True: TOTAL, False: BY_GRADE}).astype("category")
    long["students"] = long["students"].astype("category")
    return long.rename(columns=columns)
