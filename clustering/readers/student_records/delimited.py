"""The columns asked for of a delimited file, every cell as text: each distinct text once, student ids one by one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv

from clustering.errors import InputError, Problem
from clustering.readers.student_records.layout import RecordLayout, refused
from clustering.readers.text.delimited import MAXIMUM_LISTED_ROWS

# Large blocks see each text of an unsorted file more often, so that fewer dictionaries have to be made one.
BLOCK_BYTES = 16 << 20
_ANY_BYTES = {"utf-8": "latin-1"}


def read_delimited(layout: RecordLayout, headings: Mapping[str, str]) -> pa.Table:
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
    cells
        One column for each canonical name: ``student_id`` as strings, the others dictionary-encoded.

    Raises
    ------
    InputError
        Records of the wrong length, no records, not in the encoding named. No text of a record is repeated.
    """
    by_heading = {heading: canonical for canonical, heading in headings.items()}
    encoded = pa.dictionary(pa.int32(), pa.string())
    convert = pyarrow.csv.ConvertOptions(
        column_types={
            heading: pa.string() if by_heading[heading] == "student_id" else encoded for heading in by_heading
        },
        include_columns=list(by_heading),
        strings_can_be_null=False,
    )
    try:
        table = pyarrow.csv.read_csv(
            layout.path,
            read_options=_read_options(layout),
            parse_options=pyarrow.csv.ParseOptions(delimiter=layout.delimiter),
            convert_options=convert,
        )
    except (pa.ArrowInvalid, UnicodeError):
        raise InputError(_faults(layout, list(by_heading))) from None
    if table.num_rows == 0:
        raise refused(layout.name, "The file has no records.", "Export it again with its records.")
    return table.rename_columns([by_heading[heading] for heading in table.column_names])


def as_categorical(column: pa.ChunkedArray) -> pd.Categorical:
    """Codes and cleaned texts of a dictionary-encoded column."""
    unified = column.unify_dictionaries()
    codes = np.concatenate([chunk.indices.to_numpy(zero_copy_only=False) for chunk in unified.chunks])
    texts = pd.Index(clean(unified.chunk(0).dictionary).to_pylist(), dtype="str")
    if not texts.is_unique:
        places, texts = pd.factorize(texts)
        codes = places[codes]
    return pd.Categorical.from_codes(codes, categories=texts, validate=False)


def clean(texts: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """White space trimmed, and the ``="0100005"`` that keeps zeros alive in Excel unwrapped."""
    trimmed = pa.compute.utf8_trim_whitespace(texts)
    if not pa.compute.any(pa.compute.starts_with(trimmed, '="')).as_py():
        return trimmed
    return pa.compute.replace_substring_regex(trimmed, pattern=r'^="([^"]*)"$', replacement=r"\1")


def _read_options(
    layout: RecordLayout, *, encoding: str | None = None, use_threads: bool = True
) -> pyarrow.csv.ReadOptions:
    return pyarrow.csv.ReadOptions(
        use_threads=use_threads,
        block_size=BLOCK_BYTES,
        column_names=layout.headings,
        skip_rows_after_names=int(layout.has_header),
        encoding=encoding or layout.encoding,
    )


def _faults(layout: RecordLayout, headings: list[str]) -> list[Problem]:
    """Read again, slowly, for the numbers of the records that stopped the parser; its own message quotes them."""
    problems: list[Problem] = []

    def note_bad_record(record: pyarrow.csv.InvalidRow) -> str:
        if len(problems) < MAXIMUM_LISTED_ROWS:
            message = f"The record has {record.actual_columns} cells instead of {record.expected_columns}."
            remedy = "Quote cells that contain the delimiter, and complete short records."
            problems.append(Problem(table=layout.name, row=record.number, message=message, remedy=remedy))
        return "skip"

    binary = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(headings, pa.binary()), include_columns=headings)
    try:
        pyarrow.csv.read_csv(
            layout.path,
            # Whatever the bytes of a bad record are, the parser must be able to hand it over as text.
            read_options=_read_options(layout, encoding=_ANY_BYTES.get(layout.encoding), use_threads=False),
            parse_options=pyarrow.csv.ParseOptions(delimiter=layout.delimiter, invalid_row_handler=note_bad_record),
            convert_options=binary,
        )
    except (pa.ArrowInvalid, UnicodeError):
        pass
    else:
        if not problems:
            message = f"The text is not {layout.encoding}."
            return [Problem(table=layout.name, message=message, remedy="Save it as UTF-8, or say its encoding.")]
    message = "The file is not delimited text."
    return problems or [Problem(table=layout.name, message=message, remedy="Export it again as CSV.")]
