"""All files of student records to one table of numbers, sorted by student and year."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa

from clustering.errors import InputError, Problem
from clustering.readers.published.school_years import YearConvention
from clustering.readers.raw_table import NamedFile
from clustering.readers.student_records.anonymise import number_students
from clustering.readers.student_records.assemble import assemble_records
from clustering.readers.student_records.decode import MAXIMUM_LISTED, decode_records
from clustering.readers.student_records.delimited import as_categorical, read_delimited
from clustering.readers.student_records.edfi import read_edfi_json
from clustering.readers.student_records.enrolments import RecordFile, StudentRecords
from clustering.readers.student_records.found_columns import find_columns
from clustering.readers.student_records.layout import RecordLayout, recognise_layout
from clustering.readers.student_records.oneroster import read_oneroster
from clustering.readers.student_records.raw_records import RecordTable


def read_student_records(
    sources: Sequence[NamedFile | Path],
    *,
    record_format: str | None = None,
    columns: Mapping[str, str] | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    year_convention: YearConvention | None = None,
    school_years: Mapping[str, str] | None = None,
) -> StudentRecords:
    """
    Read student-level enrolment records of any number of school years.

    Parameters
    ----------
    sources
        Extracts of a state data system, Ed-Fi StudentSchoolAssociations (CSV or a JSON array), CALPADS SENR files, or
        OneRoster CSV sets; one year or several in each file, rows in any order.
    record_format
        One of ``formats.FORMATS`` if it should not be recognised.
    columns
        Canonical column (``formats.COLUMNS``) to heading; in files without a header row to the position, from ``1``.
    delimiter, encoding
        If they should not be recognised.
    year_convention
        What a bare school year is: ``fall`` (2022 is 2022-23) or ``spring`` (2023 is). Needed if there are neither full
        school years nor dates.
    school_years
        Name of a file to its school year, such as ``2022-23``, for files that have no such column.

    Returns
    -------
    records
        Names, dates of birth and the like are never read; student ids become numbers here.

    Raises
    ------
    InputError
        All errors of all files, without any student id.
    """
    if not sources:
        message = "There is no file."
        raise InputError([Problem(table="student records", message=message, remedy="Name at least one file.")])
    named = _named(sources)
    tables = _read_tables(named, record_format, columns, delimiter, encoding)
    with ThreadPoolExecutor(max_workers=2) as threads:
        numbering = threads.submit(
            number_students,
            pa.chunked_array([chunk for table in tables for chunk in table.student_ids.chunks], type=pa.string()),
        )
        paths = {file.name: file.path for file in named}
        hashed = {
            name: threads.submit(_sha256, paths[name]) for table in tables for name in (table.name, *table.companions)
        }
        decoded = [
            decode_records(table, convention=year_convention, stated_year=(school_years or {}).get(table.name))
            for table in tables
        ]
        students = numbering.result()
        problems = [problem for records in decoded for problem in records.problems]
        problems += _rounded_ids(tables, students.is_rounded)
        if any(problem.is_error for problem in problems):
            raise InputError([problem for problem in problems if problem.is_error])
        hashes = {name: digest.result() for name, digest in hashed.items()}
        files = tuple(_record_file(table, hashes) for table in tables)
    # The texts are no longer needed, and sorting the numbers needs the memory that Arrow still holds for them.
    del tables
    pa.default_memory_pool().release_unused()
    return assemble_records(decoded, students, files, tuple(problems))


def _named(sources: Sequence[NamedFile | Path]) -> list[NamedFile]:
    """Files with their names; files of the same name also have that of their folder."""
    names = [source.name for source in sources]
    return [
        source
        if isinstance(source, NamedFile)
        else NamedFile(source, source.name if names.count(source.name) == 1 else f"{source.parent.name}/{source.name}")
        for source in sources
    ]


def _read_tables(
    sources: Sequence[NamedFile],
    record_format: str | None,
    columns: Mapping[str, str] | None,
    delimiter: str | None,
    encoding: str | None,
) -> list[RecordTable]:
    problems: list[Problem] = []
    tables: list[RecordTable] = []
    rosters: list[RecordLayout] = []
    for source in sources:
        try:
            layout = recognise_layout(source, record_format=record_format, delimiter=delimiter, encoding=encoding)
            if layout.record_format.name == "oneroster":
                rosters.append(layout)
            else:
                tables.append(_read_table(layout, columns))
        except InputError as error:
            problems += error.problems
    try:
        tables += read_oneroster(rosters)
    except InputError as error:
        problems += error.problems
    names = [source.name for source in sources]
    for name in sorted({name for name in names if names.count(name) > 1}):
        message, remedy = "Two files have this name.", "Name each file once, and give each its own name."
        problems.append(Problem(table=name, message=message, remedy=remedy))
    if problems:
        raise InputError(problems)
    return tables


def _read_table(layout: RecordLayout, columns: Mapping[str, str] | None) -> RecordTable:
    if layout.delimiter == "":
        return read_edfi_json(layout)
    found = find_columns(layout, columns)
    if any(problem.is_error for problem in found.problems):
        raise InputError([problem for problem in found.problems if problem.is_error])
    columns = read_delimited(layout, found.headings)
    with ThreadPoolExecutor(max_workers=2) as threads:
        # Each column is let go once it is converted: as text and as numbers together they would need twice the memory.
        names = [name for name in columns if name != "student_id"]
        cells = dict(zip(names, threads.map(lambda name: as_categorical(columns.pop(name)), names), strict=True))
    return RecordTable(
        name=layout.name,
        record_format=layout.record_format,
        first_row=layout.first_row,
        cells=cells,
        student_ids=columns["student_id"],
        headings=found.headings,
        unused=tuple(heading for heading in layout.headings if heading not in found.headings.values()),
        encoding=layout.encoding,
        delimiter=layout.delimiter,
        problems=tuple(found.problems),
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _record_file(table: RecordTable, hashes: Mapping[str, str]) -> RecordFile:
    return RecordFile(
        name=table.name,
        record_format=table.record_format.name,
        sha256=hashes[table.name],
        encoding=table.encoding,
        delimiter=table.delimiter,
        columns=dict(table.headings),
        unused_columns=table.unused,
        rows=table.rows,
        first_row=table.first_row,
        companions={name: hashes[name] for name in table.companions},
    )


def _rounded_ids(tables: Sequence[RecordTable], is_rounded: np.ndarray) -> list[Problem]:
    problems = []
    start = 0
    for table in tables:
        rows = np.flatnonzero(is_rounded[start : start + table.rows])
        listed, further = rows[:MAXIMUM_LISTED], max(0, len(rows) - MAXIMUM_LISTED)
        problems += [
            Problem(
                table=table.name,
                row=int(row) + table.first_row,
                column=table.headings.get("student_id", "student_id"),
                message="A spreadsheet has turned the student id into a rounded number.",
                remedy="Export the file again, and do not open it in a spreadsheet program.",
                further_records=further if row == listed[-1] else 0,
            )
            for row in listed
        ]
        start += table.rows
    return problems
