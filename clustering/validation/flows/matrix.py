"""Matrices, files with a column for each destination: turned into one row for each origin and destination."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from clustering.readers.recognition.file_kinds import MATRICES, MATRIX_VALUES, TOTALS
from clustering.readers.recognition.headings import heading_key
from clustering.validation.findings import Findings


def is_matrix(kind: str) -> bool:
    """Whether a file of flows or of travel times has a column for each destination."""
    return kind in (*MATRICES.values(), "matrix")


def unpivot(findings: Findings) -> Findings:
    """
    Turn each filled cell of a matrix into a record.

    Parameters
    ----------
    findings
        A file of flows or of travel times, matrix or not.

    Returns
    -------
    long
        The same problems, with one record for each filled cell; a file that is no matrix comes back unchanged.
        Recognised headings (origin, grade, next grade, year) are no destinations. A column of totals is left out.
    """
    table = findings.table
    if not is_matrix(table.kind):
        return findings
    known = set(findings.headings.values())
    other_headings = [heading for heading in table.headings if heading not in known]
    destinations = [heading for heading in other_headings if heading_key(heading) not in TOTALS]
    if totals := [heading for heading in other_headings if heading not in destinations]:
        remedy = "Nothing needs to be done: it only repeats the other columns."
        findings.note("The column holds totals and is left out.", remedy, column=totals[0])
    if not destinations:
        remedy = "Leave kind=matrix out if the file has one row for each origin and destination."
        findings.note("The file has no column for a destination.", remedy, is_error=True)
    columns = {heading: table.column(heading) for heading in destinations}
    filled = [np.flatnonzero(~column.is_blank()) for column in columns.values()]
    filled_records = np.concatenate(filled) if filled else np.empty(0, dtype="int64")
    number = np.repeat(np.arange(len(destinations)), [len(each) for each in filled])
    order = np.lexsort((number, filled_records))
    records, number = pa.array(filled_records[order]), number[order]
    cells = [
        column.texts.take(pa.array(column.codes[rows])) for column, rows in zip(columns.values(), filled, strict=True)
    ]
    texts = pa.concat_arrays([pa.array([], type=pa.string()), *cells]).take(pa.array(order))
    encoded = {heading: table.encoded[heading].take(records) for heading in table.headings if heading in known}
    encoded["destination"] = pa.DictionaryArray.from_arrays(pa.array(number, type=pa.int32()), pa.array(destinations))
    values = MATRIX_VALUES[findings.role]
    encoded[values] = texts.dictionary_encode()
    rows = np.array([table.row_of(record) for record in range(len(table))])[filled_records[order]]
    long = replace(table, encoded=encoded, rows=rows, _trimmed={})
    headings = {**findings.headings, "destination": "destination", values: values}
    return Findings(
        table=long,
        role=findings.role,
        headings=headings,
        problems=findings.problems,
        heading_columns={values: "destination"},
    )
