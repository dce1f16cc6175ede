"""Flows with a column for each grade, ``Grade 5 to 6`` or ``KG, 1, 2 ... 12``, turned into a record for each grade."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from clustering.errors import Problem
from clustering.readers.raw_table import SAMPLED_RECORDS, RawTable
from clustering.readers.recognition.feeder_columns import find_feeder_columns
from clustering.readers.recognition.file_kinds import PLAIN_KINDS
from clustering.readers.recognition.grades_in_headings import columns_by_grade, doubled_grades
from clustering.readers.recognition.headings import heading_key, recognise_headings
from clustering.readers.recognition.likely_columns import holds_likely_cells
from clustering.readers.text.columns import TextColumn, from_arrow

_ORDINAL = r"(?:st|nd|rd|th)?(?:_grade)?"
_STEP = re.compile(
    rf"(?:(?:grade|gr|g)_?)?(?P<grade>\d\d?|kg?){_ORDINAL}_to_(?:(?:grade|gr|g)_?)?(?P<next>\d\d?){_ORDINAL}"
)
_SHOWN = 4


@dataclass(frozen=True)
class _Grades:
    """The grade that a column of students is of, and the grade a year later or blank."""

    grade: str
    next_grade: str = ""


def grades_to_rows(table: RawTable, role: str) -> RawTable:
    """
    Turn each filled cell of columns of students by grade into a record.

    Parameters
    ----------
    table
        A table of text.
    role
        What the file is used as.

    Returns
    -------
    long
        The same table, if it is no file of flows with origins, destinations and at least two columns of the step from
        a grade to the next, or three of a grade. Otherwise it has the columns ``grade``, ``next_grade`` if the headings
        tell it, and ``students``, as text, in place of those. Blank cells are no flows.
    """
    if role != "flows" or table.options.kind not in (None, PLAIN_KINDS["flows"]):
        return table
    grades = _grades_of_headings(table)
    if not grades or not _has_both_ends(table):
        return table
    columns = {heading: table.column(heading) for heading in grades}
    if not all(_are_counts(table, heading) for heading in grades):
        return table
    long = _long(table, columns, grades)
    shown = ", ".join(list(grades)[:_SHOWN]) + (" ..." if len(grades) > _SHOWN else "")
    message = f"Columns of students by grade are read as a record for each grade: {shown}."
    remedy = "Nothing needs to be done. Set columns.students=HEADING to read one column alone."
    problem = Problem(table=table.name, column=next(iter(grades)), message=message, remedy=remedy, is_error=False)
    return replace(long, problems=(*table.problems, problem))


def _grades_of_headings(table: RawTable) -> dict[str, _Grades]:
    """Headings of the columns by grade, those of steps before others; none where they are not clear."""
    steps = {}
    for heading in table.headings:
        match = _STEP.fullmatch(heading_key(heading))
        grade = 0 if match and match["grade"].startswith("k") else int(match["grade"]) if match else None
        if match and grade is not None and int(match["next"]) == grade + 1:
            steps[heading] = _Grades(str(grade or "KG"), match["next"])
    if len(steps) > 1:
        return steps
    columns = columns_by_grade(table.headings)
    if doubled_grades(columns) or any(column.year or column.part for column in columns):
        return {}
    return {column.heading: _Grades(str(column.grade)) for column in columns}


def _has_both_ends(table: RawTable) -> bool:
    """Whether a file has columns of origins and destinations, and neither of grades nor of students."""
    options = table.options
    found = recognise_headings(table.headings, table=table.name, role="flows", options=options).headings
    if {"students", "grade"} & found.keys():
        return False
    feeders = find_feeder_columns(table.headings, options.columns)
    return {"origin", "destination"} <= found.keys() or (feeders is not None and len(feeders.chain) == 2)


def _are_counts(table: RawTable, heading: str) -> bool:
    sample = from_arrow(table.encoded[heading][:SAMPLED_RECORDS])
    return holds_likely_cells("enrolment", sample.texts.to_pylist()) is not False


def _long(table: RawTable, columns: Mapping[str, TextColumn], grades: Mapping[str, _Grades]) -> RawTable:
    filled = {heading: np.flatnonzero(~column.is_blank()) for heading, column in columns.items()}
    records = np.concatenate(list(filled.values()))
    number = np.repeat(np.arange(len(columns)), [len(each) for each in filled.values()])
    order = np.lexsort((number, records))
    cells = [columns[heading].texts.take(pa.array(columns[heading].codes[each])) for heading, each in filled.items()]
    taken, number = pa.array(records[order]), pa.array(number[order])
    encoded = {heading: texts.take(taken) for heading, texts in table.encoded.items() if heading not in columns}
    for name in ("grade", "next_grade"):
        texts = [getattr(each, name) for each in grades.values()]
        if any(texts):
            encoded[name] = pa.array(texts, type=pa.string()).take(number)
    encoded["students"] = pa.concat_arrays([pa.array([], type=pa.string()), *cells]).take(pa.array(order))
    rows = table.rows_of_records()[records[order]]
    return replace(table, encoded=encoded, rows=rows, geometry=None, _trimmed={})
