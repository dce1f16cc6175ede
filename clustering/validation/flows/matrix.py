"""Matrices, files with a column for each destination: turned into one row for each origin and destination."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from clustering.readers.recognition.file_kinds import LEFT, MATRICES, MATRIX_VALUES, TOTALS
from clustering.readers.recognition.headings import heading_key
from clustering.readers.recognition.likely_columns import holds_likely_cells
from clustering.readers.text.columns import TextColumn
from clustering.validation.findings import Findings

_HEADING = "heading of the column"


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
        Recognised headings (origin, grade, next grade, year) are no destinations. A column of totals is left out, and
        so is one of words, such as the names of the schools of origin.
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
    destinations = _without_words(findings, destinations)
    if not destinations:
        remedy = "Leave kind=matrix out if the file has one row for each origin and destination."
        findings.note("The file has no column for a destination.", remedy, is_error=True)
    columns = {heading: table.column(heading) for heading in destinations}
    return _long(findings, columns, names=_destinations(findings, destinations), name="destination")


def _without_words(findings: Findings, headings: Sequence[str]) -> list[str]:
    """Columns without those that hold words and no number; a mark that another column has too is no word."""
    texts = {heading: {*findings.table.column(heading).distinct()} - {""} for heading in headings}
    named = Counter(text for each in texts.values() for text in each)
    words = [
        heading
        for heading, each in texts.items()
        if each and holds_likely_cells("name", each) and all(named[text] == 1 for text in each)
    ]
    if words and len(words) < len(headings):
        message = f"The column holds words, and no numbers, and is left out ({', '.join(words)[:200]})."
        findings.note(message, "Nothing needs to be done, unless it is a destination.", column=words[0])
        return [heading for heading in headings if heading not in words]
    return list(headings)


def years_to_rows(findings: Findings) -> Findings:
    """
    Turn each filled cell of columns of students by year into a record.

    Parameters
    ----------
    findings
        A file of flows.

    Returns
    -------
    long
        The same problems, with one record and its year for each filled cell; a file with one column of students comes
        back unchanged.
    """
    if "students" not in findings.by_year:
        return findings
    table, by_year = findings.table, findings.by_year["students"]
    if "year" in findings.headings:
        message = "The columns of students are each of a year; the years in this column are not used."
        remedy = "Check that the years in the headings are those in which the students were in their earlier grade."
        findings.note(message, remedy, column=findings.headings["year"])
    columns = {heading: table.column(heading) for heading in by_year.values()}
    return _long(findings, columns, names=tuple(by_year), name="year")


def _long(
    findings: Findings,
    columns: Mapping[str, TextColumn],
    *,
    names: Sequence[str],
    name: str,
) -> Findings:
    """A record for each filled cell of some columns, with the name of its column in a new column called ``name``."""
    table, values = findings.table, MATRIX_VALUES[findings.role]
    known = set(findings.headings.values()) - set(columns)
    filled = [np.flatnonzero(~column.is_blank()) for column in columns.values()]
    filled_records = np.concatenate(filled) if filled else np.empty(0, dtype="int64")
    number = np.repeat(np.arange(len(columns)), [len(each) for each in filled])
    order = np.lexsort((number, filled_records))
    records, number = pa.array(filled_records[order]), number[order]
    cells = [
        column.texts.take(pa.array(column.codes[rows])) for column, rows in zip(columns.values(), filled, strict=True)
    ]
    texts = pa.concat_arrays([pa.array([], type=pa.string()), *cells]).take(pa.array(order))
    encoded = {heading: table.encoded[heading].take(records) for heading in table.headings if heading in known}
    positions = pa.array(number, type=pa.int32())
    encoded[name] = pa.DictionaryArray.from_arrays(positions, pa.array(names, type=pa.string()))
    encoded[_HEADING] = pa.DictionaryArray.from_arrays(positions, pa.array(list(columns), type=pa.string()))
    encoded[values] = texts.dictionary_encode()
    rows = table.rows_of_records()[filled_records[order]]
    headings = {each: heading for each, heading in findings.headings.items() if heading in known}
    return Findings(
        table=replace(table, encoded=encoded, rows=rows, _trimmed={}),
        role=findings.role,
        headings=headings | {name: name, _HEADING: _HEADING, values: values},
        problems=findings.problems,
        by_year=findings.by_year if name == "year" else {},
        heading_columns={values: _HEADING},
    )


def _destinations(findings: Findings, headings: Sequence[str]) -> list[str]:
    """School of each column of a matrix; blank for a column of students who left, which is said."""
    if findings.role != "flows":
        return list(headings)
    left = [heading for heading in headings if heading_key(heading) in LEFT]
    if left:
        message = f"The column counts students who left ({', '.join(left)[:200]}): they have no destination."
        findings.note(message, "Rename the column if it is a school.", column=left[0])
    return ["" if heading in left else heading for heading in headings]
