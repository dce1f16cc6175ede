"""Some columns of a delimited file, every cell as text; student ids one by one, other columns by distinct text."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv

from clustering.errors import InputError, Problem, ProblemTally
from clustering.readers.student_records.layout import RecordLayout, file_error
from clustering.readers.student_records.pieces import PIECE_BYTES, LineTooLongError, can_be_cut, read_pieces
from clustering.readers.text.delimited import MAXIMUM_LISTED_ROWS

_ANY_BYTES = {"utf-8": "latin-1"}


def read_delimited(layout: RecordLayout, headings: Mapping[str, str]) -> dict[str, pa.ChunkedArray]:
    """
    Read some columns of a file.

    Parameters
    ----------
    layout
        The file.
    headings
        Canonical name to heading of the columns wanted.

    Returns
    -------
    columns
        One for each canonical name: ``student_id`` as strings, the others dictionary-encoded.

    Raises
    ------
    InputError
        Records of the wrong length, lines of more than 8 MiB, no records, or another encoding. Messages quote no text
        of a record.
    """
    by_heading = {heading: canonical for canonical, heading in headings.items()}
    try:
        table = _read_pieces(layout, by_heading)
    except LineTooLongError as error:
        bad_records = _bad_records(layout, list(by_heading)).problems
        raise InputError([*bad_records, _long_line(layout, error.row)]) from None
    except (pa.ArrowInvalid, UnicodeError):
        raise InputError(_faults(layout, list(by_heading))) from None
    if table.num_rows == 0:
        raise file_error(layout.name, "The file has no records.", "Export it again with its records.")
    return {by_heading[heading]: table.column(heading) for heading in table.column_names}


def _read_pieces(layout: RecordLayout, by_heading: Mapping[str, str]) -> pa.Table:
    """Read the file piece by piece on all processors, with no more pieces in memory than these can work on."""
    encoded = pa.dictionary(pa.int32(), pa.string())
    types = {heading: pa.string() if name == "student_id" else encoded for heading, name in by_heading.items()}
    convert = pyarrow.csv.ConvertOptions(
        column_types=types, include_columns=list(by_heading), strings_can_be_null=False
    )
    parse = pyarrow.csv.ParseOptions(delimiter=layout.delimiter)
    if not can_be_cut(layout.encoding):
        return pyarrow.csv.read_csv(
            layout.path, read_options=_read_options(layout), parse_options=parse, convert_options=convert
        )

    def read(piece: memoryview, is_first: bool) -> pa.Table:
        options = _read_options(layout, has_header=layout.has_header and is_first)
        source = pa.BufferReader(piece)
        return pyarrow.csv.read_csv(source, read_options=options, parse_options=parse, convert_options=convert)

    tables: list[pa.Table] = []
    waiting: deque[Future[pa.Table]] = deque()
    with ThreadPoolExecutor(max_workers=pa.cpu_count()) as threads:
        for number, piece in enumerate(read_pieces(layout.path)):
            waiting.append(threads.submit(read, piece, number == 0))
            if len(waiting) > pa.cpu_count():
                tables.append(waiting.popleft().result())
        tables += [future.result() for future in waiting]
    return pa.concat_tables(tables)


def as_categorical(column: pa.ChunkedArray) -> pd.Categorical:
    """Codes and cleaned texts of a dictionary-encoded column."""
    unified = column.unify_dictionaries()
    codes = np.concatenate([chunk.indices.to_numpy(zero_copy_only=False) for chunk in unified.chunks])
    texts = pd.Index(clean_texts(unified.chunk(0).dictionary).to_pylist(), dtype="str")
    if not texts.is_unique:
        positions, texts = pd.factorize(texts)
        codes = positions[codes]
    return pd.Categorical.from_codes(codes, categories=texts, validate=False)


def clean_texts(texts: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Trim white space, and unwrap the ``="0100005"`` that keeps leading zeros in Excel."""
    trimmed = pa.compute.utf8_trim_whitespace(texts)
    if not pa.compute.any(pa.compute.starts_with(trimmed, '="')).as_py():
        return trimmed
    return pa.compute.replace_substring_regex(trimmed, pattern=r'^="([^"]*)"$', replacement=r"\1")


def _read_options(
    layout: RecordLayout, *, encoding: str | None = None, has_header: bool | None = None
) -> pyarrow.csv.ReadOptions:
    return pyarrow.csv.ReadOptions(
        use_threads=False,
        block_size=2 * PIECE_BYTES,
        column_names=layout.headings,
        skip_rows_after_names=int(layout.has_header if has_header is None else has_header),
        encoding=encoding or layout.encoding,
    )


def _long_line(layout: RecordLayout, row: int) -> Problem:
    return Problem(
        table=layout.name,
        row=row,
        message=f"The line is longer than {PIECE_BYTES >> 20} MiB.",
        remedy="Look for a quotation mark that is not closed, or take the long text out of the line.",
    )


def _faults(layout: RecordLayout, headings: list[str]) -> list[Problem]:
    """Why a file cannot be read."""
    bad_records = _bad_records(layout, headings)
    if bad_records.problems:
        return list(bad_records.problems)
    message, remedy = "The file is not delimited text.", "Export it again as CSV."
    if bad_records.is_read_to_end:
        message = f"The text is not {layout.encoding}."
        remedy = "Save it as UTF-8, or set its encoding, for example encoding=cp1252."
    return [Problem(table=layout.name, message=message, remedy=remedy)]


@dataclass(frozen=True, kw_only=True)
class _BadRecords:
    """Records of the wrong length, and whether the parser came to the end of the file."""

    problems: tuple[Problem, ...]
    is_read_to_end: bool


def _bad_records(layout: RecordLayout, headings: list[str]) -> _BadRecords:
    """Read again, more slowly, for the rows of bad records; the parser's own message would quote them."""
    problems = ProblemTally(MAXIMUM_LISTED_ROWS)

    def note_bad_record(record: pyarrow.csv.InvalidRow) -> str:
        message = f"The record has {record.actual_columns} cells instead of {record.expected_columns}."
        remedy = "Quote cells that contain the delimiter, and complete short records."
        problems.add(Problem(table=layout.name, row=record.number, message=message, remedy=remedy))
        return "skip"

    binary = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(headings, pa.binary()), include_columns=headings)
    try:
        pyarrow.csv.read_csv(
            layout.path,
            # The parser must be able to pass on a bad record as text, whatever its bytes are.
            read_options=_read_options(layout, encoding=_ANY_BYTES.get(layout.encoding)),
            parse_options=pyarrow.csv.ParseOptions(delimiter=layout.delimiter, invalid_row_handler=note_bad_record),
            convert_options=binary,
        )
        is_read_to_end = True
    except (pa.ArrowInvalid, UnicodeError):
        is_read_to_end = False
    return _BadRecords(problems=problems.problems(), is_read_to_end=is_read_to_end)
