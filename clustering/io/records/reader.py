"""Files of student records to one table of numbers, sorted by student and year."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from clustering.errors import InputError, Problem
from clustering.io.records.delimited import as_categorical, read_delimited
from clustering.io.records.edfi import read_edfi_json
from clustering.io.records.judge import MAXIMUM_LISTED, JudgedRecords, judge_records
from clustering.io.records.layout import RecordLayout, find_columns, recognise_layout
from clustering.io.records.oneroster import read_oneroster
from clustering.io.records.sorting import sort_numbers
from clustering.io.records.students import number_students
from clustering.io.records.table import RecordTable
from clustering.io.school_years import YearConvention
from clustering.io.tables import NamedFile

UNREADABLE_STUDENT = "no student id"


@dataclass(frozen=True, kw_only=True)
class RecordFile:
    """
    What was understood of one file of student records.

    Parameters
    ----------
    name, form, sha256, encoding, delimiter
        The file's own name; one of ``forms.FORMS``; hash of its bytes; as recognised or stated.
    columns
        Canonical name to heading or place.
    unused_columns
        Headings that nothing was taken from; those that name a student were not read at all.
    rows
        Records read.
    """

    name: str
    form: str
    sha256: str
    encoding: str
    delimiter: str
    columns: Mapping[str, str]
    unused_columns: tuple[str, ...]
    rows: int


@dataclass(frozen=True, kw_only=True, repr=False)
class StudentRecords:
    """
    Enrolments of students, sorted by student, school year and place in the files.

    Parameters
    ----------
    student
        int32: number of the student, which says nothing of the id.
    year
        int16: fall of the school year.
    school
        int32: place in ``school_ids``.
    grade
        int8; ``judge.NO_GRADE`` where it is ungraded or blank.
    entry, exit
        int32: days since 1970-01-01; ``dates.NO_DATE``.
    primary
        Whether flagged as primary.
    place
        Number of the record, from 0, counted through all files in their order.
    school_ids
        Sorted.
    files
        One for each file read.
    set_aside
        ``file``, ``reason``, ``rows``: records that are no enrolment.
    rows_set_aside
        ``file``, ``row``, ``reason`` of these; at most ``judge.MAXIMUM_LISTED`` for each file and reason.
    problems
        Warnings; they show no student id.
    """

    student: np.ndarray
    year: np.ndarray
    school: np.ndarray
    grade: np.ndarray
    entry: np.ndarray
    exit: np.ndarray
    primary: np.ndarray
    place: np.ndarray
    school_ids: pd.Index
    files: tuple[RecordFile, ...]
    set_aside: pd.DataFrame
    rows_set_aside: pd.DataFrame
    problems: tuple[Problem, ...]
    first_rows: tuple[int, ...]


def read_student_records(
    sources: Sequence[NamedFile | Path],
    *,
    form: str | None = None,
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
    form
        One of ``forms.FORMS`` where it is not to be recognised.
    columns
        Canonical column (``forms.COLUMNS``) to heading; to the place, from ``1``, in files without a header row.
    delimiter, encoding
        Where they are not to be recognised.
    year_convention
        What a bare school year names: ``fall`` (2022 is 2022-23) or ``spring`` (2023 is). Needed where there are
        neither full school years nor dates.
    school_years
        Name of a file to its school year, such as ``2022-23``, for files that have no such column.

    Returns
    -------
    records
        Names, dates of birth and the like are never read; student ids become numbers here.

    Raises
    ------
    InputError
        All that is wrong in all files, without any student id.
    """
    if not sources:
        message = "No file was given."
        raise InputError([Problem(table="student records", message=message, remedy="Name at least one file.")])
    tables = _read_tables(sources, form, columns, delimiter, encoding)
    with ThreadPoolExecutor(max_workers=2) as threads:
        numbered = threads.submit(
            number_students,
            pa.chunked_array([chunk for table in tables for chunk in table.student_ids.chunks], type=pa.string()),
        )
        paths = {source.name: source.path if isinstance(source, NamedFile) else source for source in sources}
        hashes = [threads.submit(_sha256, paths[table.name]) for table in tables]
        judged = [
            judge_records(table, convention=year_convention, stated_year=(school_years or {}).get(table.name))
            for table in tables
        ]
        numbers, is_blank, is_mangled = numbered.result()
        problems = [problem for one in judged for problem in one.problems]
        problems += _mangled_ids(tables, is_mangled)
        if any(problem.is_error for problem in problems):
            raise InputError([problem for problem in problems if problem.is_error])
        files = tuple(_file_of(table, digest.result()) for table, digest in zip(tables, hashes, strict=True))
    first_rows = tuple(table.first_row for table in tables)
    # The texts are no longer needed; what Arrow keeps of their memory would be missed when the numbers are sorted.
    del tables
    pa.default_memory_pool().release_unused()
    return _sorted_records(judged, numbers, is_blank, files, first_rows, tuple(problems))


def _read_tables(
    sources: Sequence[NamedFile | Path],
    form: str | None,
    columns: Mapping[str, str] | None,
    delimiter: str | None,
    encoding: str | None,
) -> list[RecordTable]:
    problems: list[Problem] = []
    tables: list[RecordTable] = []
    rosters: list[RecordLayout] = []
    for source in sources:
        try:
            layout = recognise_layout(source, form=form, delimiter=delimiter, encoding=encoding)
            if layout.form.name == "oneroster":
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
        message, remedy = "Two files have this name.", "Give each file once, under a name of its own."
        problems.append(Problem(table=name, message=message, remedy=remedy))
    if problems:
        raise InputError(problems)
    return tables


def _read_table(layout: RecordLayout, columns: Mapping[str, str] | None) -> RecordTable:
    if layout.delimiter == "":
        return read_edfi_json(layout)
    headings, problems = find_columns(layout, columns)
    if any(problem.is_error for problem in problems):
        raise InputError([problem for problem in problems if problem.is_error])
    table = read_delimited(layout, headings)
    names = [name for name in table.column_names if name != "student_id"]
    with ThreadPoolExecutor(max_workers=2) as threads:
        cells = dict(zip(names, threads.map(as_categorical, [table.column(name) for name in names]), strict=True))
    return RecordTable(
        name=layout.name,
        form=layout.form,
        first_row=layout.first_row,
        cells=cells,
        student_ids=table.column("student_id"),
        headings=headings,
        unused=tuple(heading for heading in layout.headings if heading not in headings.values()),
        encoding=layout.encoding,
        delimiter=layout.delimiter,
        problems=tuple(problems),
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _file_of(table: RecordTable, sha256: str) -> RecordFile:
    return RecordFile(
        name=table.name,
        form=table.form.name,
        sha256=sha256,
        encoding=table.encoding,
        delimiter=table.delimiter,
        columns=dict(table.headings),
        unused_columns=table.unused,
        rows=table.rows,
    )


def _mangled_ids(tables: Sequence[RecordTable], is_mangled: np.ndarray) -> list[Problem]:
    problems = []
    start = 0
    for table in tables:
        rows = np.flatnonzero(is_mangled[start : start + table.rows])[:MAXIMUM_LISTED]
        problems += [
            Problem(
                table=table.name,
                row=int(row) + table.first_row,
                column=table.headings.get("student_id", "student_id"),
                message="A spreadsheet has turned the student id into a rounded number.",
                remedy="Export the file again, and do not open it in a spreadsheet.",
            )
            for row in rows
        ]
        start += table.rows
    return problems


def _sorted_records(
    judged: Sequence[JudgedRecords],
    numbers: np.ndarray,
    is_blank: np.ndarray,
    files: tuple[RecordFile, ...],
    first_rows: tuple[int, ...],
    problems: tuple[Problem, ...],
) -> StudentRecords:
    school, school_ids = _unite_schools([one.school for one in judged])
    reason = _join([one.reason for one in judged])
    without_id = is_blank & (reason == 0)
    set_aside, rows_set_aside = _account(judged, without_id, files, first_rows)
    year = _join([one.year for one in judged])
    student, place = _sort_students(numbers, year, (reason == 0) & ~without_id)
    columns = {
        "year": year,
        "school": school,
        **{name: _join([getattr(one, name) for one in judged]) for name in ("grade", "entry", "exit", "primary")},
    }
    with ThreadPoolExecutor(max_workers=2) as threads:
        ordered = threads.map(lambda values: values[place], columns.values())
        return StudentRecords(
            student=student,
            place=place,
            **dict(zip(columns, ordered, strict=True)),
            school_ids=school_ids,
            files=files,
            set_aside=set_aside,
            rows_set_aside=rows_set_aside,
            problems=problems,
            first_rows=first_rows,
        )


def _join(arrays: Sequence[np.ndarray]) -> np.ndarray:
    return np.concatenate(arrays) if len(arrays) > 1 else arrays[0]


def _unite_schools(columns: Sequence[pd.Categorical]) -> tuple[np.ndarray, pd.Index]:
    """Place of every record's school among all school ids, in the order of the ids."""
    school_ids = pd.Index(sorted({text for column in columns for text in column.categories}), dtype="str")
    places = [school_ids.get_indexer(column.categories).astype(np.int32)[column.codes] for column in columns]
    return _join(places), school_ids


def _sort_students(numbers: np.ndarray, year: np.ndarray, is_kept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sort records by student, year and place; number the students from 0. One sort of one packed number each."""
    place = np.flatnonzero(is_kept)
    if len(place) == 0:
        return np.zeros(0, np.int32), place
    if len(place) < len(numbers):
        numbers, year = numbers[place], year[place]
    years = (year - year.min()).view(np.uint16)
    year_bits, place_bits = int(years.max()).bit_length(), int(place[-1]).bit_length()
    if int(numbers.max()).bit_length() + year_bits + place_bits > 64:
        numbers = np.unique(numbers, return_inverse=True)[1].astype(np.uint64)
    packed = numbers << np.uint64(year_bits)
    packed |= years
    packed <<= np.uint64(place_bits)
    packed |= place.view(np.uint64)
    packed = sort_numbers(packed)
    place = (packed & np.uint64((1 << place_bits) - 1)).view(np.int64)
    packed >>= np.uint64(year_bits + place_bits)
    student = np.zeros(len(packed), dtype=np.int32)
    student[1:] = np.cumsum(packed[1:] != packed[:-1], dtype=np.int32)
    return student, place


def _account(
    judged: Sequence[JudgedRecords],
    without_id: np.ndarray,
    files: Sequence[RecordFile],
    first_rows: Sequence[int],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Count and list the records set aside, file by file and reason by reason."""
    counts, listed = [], []
    start = 0
    for one, file, first_row in zip(judged, files, first_rows, strict=True):
        masks = {reason: one.reason == number for number, reason in enumerate(one.reasons, start=1)}
        masks[UNREADABLE_STUDENT] = without_id[start : start + file.rows]
        for reason, mask in masks.items():
            if rows := int(mask.sum()):
                counts.append((file.name, reason, rows))
                listed += [(file.name, int(row) + first_row, reason) for row in np.flatnonzero(mask)[:MAXIMUM_LISTED]]
        start += file.rows
    return (
        pd.DataFrame(counts, columns=["file", "reason", "rows"]).astype(
            {"file": "str", "reason": "str", "rows": "int64"}
        ),
        pd.DataFrame(listed, columns=["file", "row", "reason"]).astype(
            {"file": "str", "row": "int64", "reason": "str"}
        ),
    )
