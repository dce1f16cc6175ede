"""Flows and travel times with a column per destination to a row per origin and destination."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from clustering.readers.recognition.file_kinds import MATRICES, MATRIX_VALUES, TOTALS
from clustering.readers.recognition.headings import heading_key
from clustering.validation.findings import Findings


def is_matrix(kind: str) -> bool:
    """Whether a file of flows or of travel times has a column per destination."""
    return kind in (*MATRICES.values(), "matrix")


def unpivot(findings: Findings) -> Findings:
    """
    Give each cell of a matrix a record of its own.

    Parameters
    ----------
    findings
        A file of flows or of travel times, of any form.

    Returns
    -------
    long
        The same problems, over a table with a record for each cell that is not blank; other forms come back as they
        are. A heading that is no destination is known by its alias (origin, grade, next grade, year); a column of
        totals is left out, a row of totals set aside.
    """
    table = findings.table
    if not is_matrix(table.kind):
        return findings
    known = set(findings.headings.values())
    free = [heading for heading in table.headings if heading not in known]
    destinations = [heading for heading in free if heading_key(heading) not in TOTALS]
    if totals := [heading for heading in free if heading not in destinations]:
        remedy = "Nothing need be done; it only repeats the other columns."
        findings.note("The column holds totals and is left out.", remedy, column=totals[0])
    if not destinations:
        remedy = "Leave kind=matrix out for a file with a row per origin and destination."
        findings.note("The file has no column that could be a destination.", remedy, is_error=True)
    origin = findings.texts("origin")
    is_total = origin.spread(np.array([heading_key(text) in TOTALS for text in origin.texts.to_pylist()], dtype=bool))
    findings.set_aside(is_total, "A row of totals.")
    columns = {heading: table.column(heading) for heading in destinations}
    filled = [np.flatnonzero(~column.is_blank() & ~is_total) for column in columns.values()]
    places = np.concatenate(filled) if filled else np.empty(0, dtype="int64")
    number = np.repeat(np.arange(len(destinations)), [len(each) for each in filled])
    order = np.lexsort((number, places))
    records, number = pa.array(places[order]), number[order]
    cells = [
        column.texts.take(pa.array(column.codes[rows])) for column, rows in zip(columns.values(), filled, strict=True)
    ]
    texts = pa.concat_arrays([pa.array([], type=pa.string()), *cells]).take(pa.array(order))
    encoded = {heading: table.encoded[heading].take(records) for heading in table.headings if heading in known}
    encoded["destination"] = pa.DictionaryArray.from_arrays(pa.array(number, type=pa.int32()), pa.array(destinations))
    values = MATRIX_VALUES[findings.role]
    encoded[values] = texts.dictionary_encode()
    rows = np.array([table.row_of(int(place)) for place in range(len(table))])[places[order]]
    long = replace(table, encoded=encoded, rows=rows, _trimmed={})
    headings = {**findings.headings, "destination": "destination", values: values}
    return Findings(
        table=long,
        role=findings.role,
        headings=headings,
        problems=findings.problems,
        heading_columns={values: "destination"},
    )
