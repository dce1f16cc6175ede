"""Decoded records of all files to one table, sorted by student and year; and a list of those set aside."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.errors import InputError, Problem
from clustering.readers.student_records.anonymise import StudentNumbers
from clustering.readers.student_records.decode import MAXIMUM_LISTED, DecodedRecords
from clustering.readers.student_records.enrolments import RecordFile, StudentRecords
from clustering.readers.student_records.sorting import sort_numbers

MAXIMUM_SCHOOLS = 1_000_000
WITHOUT_ID = "no student id"


def assemble_records(
    decoded: Sequence[DecodedRecords],
    students: StudentNumbers,
    files: tuple[RecordFile, ...],
    problems: tuple[Problem, ...],
) -> StudentRecords:
    """
    Join the records of all files and sort them.

    Parameters
    ----------
    decoded
        Records of each file.
    students
        Number of the student of each record of all files.
    files
        How each file was read, in the same order.
    problems
        Warnings.

    Returns
    -------
    records
        Without those that are set aside, which are counted and listed.

    Raises
    ------
    InputError
        There are more school ids than there can be schools.
    """
    schools = _join_schools([records.school for records in decoded])
    if len(schools.ids) > MAXIMUM_SCHOOLS:
        message = f"The records have more than {MAXIMUM_SCHOOLS:,} school ids."
        remedy = "Set columns.school_id=HEADING to the column that has the school."
        raise InputError([Problem(table=files[0].name, column="school_id", message=message, remedy=remedy)])
    reason = _join([records.reason for records in decoded])
    without_id = students.is_blank & (reason == 0)
    set_aside = _list_set_aside(decoded, without_id, files)
    year = _join([records.year for records in decoded])
    order = _sort_students(students.numbers, year, (reason == 0) & ~without_id)
    with ThreadPoolExecutor(max_workers=2) as threads:
        grade = threads.submit(lambda: _join([records.grade for records in decoded])[order.position])
        return StudentRecords(
            student=order.student,
            year=order.year,
            school=schools.positions[order.position],
            grade=grade.result(),
            entry=_join([records.entry for records in decoded]),
            exit=_join([records.exit for records in decoded]),
            primary=_join([records.primary for records in decoded]),
            position=order.position,
            school_ids=schools.ids,
            files=files,
            set_aside=set_aside.counts,
            rows_set_aside=set_aside.rows,
            problems=problems,
        )


def _join(arrays: Sequence[np.ndarray]) -> np.ndarray:
    return np.concatenate(arrays) if len(arrays) > 1 else arrays[0]


@dataclass(frozen=True)
class _Schools:
    """Position of each record's school among the sorted school ids of all files."""

    positions: np.ndarray
    ids: pd.Index


def _join_schools(columns: Sequence[pd.Categorical]) -> _Schools:
    school_ids = pd.Index(sorted({text for column in columns for text in column.categories}), dtype="str")
    positions = [school_ids.get_indexer(column.categories).astype(np.int32)[column.codes] for column in columns]
    return _Schools(_join(positions), school_ids)


@dataclass(frozen=True)
class _Order:
    """Number of the student, from 0, school year and position of each record, sorted by these three."""

    student: np.ndarray
    year: np.ndarray
    position: np.ndarray


def _sort_students(numbers: np.ndarray, year: np.ndarray, is_kept: np.ndarray) -> _Order:
    """Sort records by one packed number each, which is faster than by three columns."""
    position = np.flatnonzero(is_kept)
    if len(position) == 0:
        return _Order(np.zeros(0, np.int32), np.zeros(0, np.int16), position)
    if len(position) < len(numbers):
        numbers, year = numbers[position], year[position]
    first_year = year.min()
    years = (year - first_year).view(np.uint16)
    year_bits, position_bits = int(years.max()).bit_length(), int(position[-1]).bit_length()
    if int(numbers.max()).bit_length() + year_bits + position_bits > 64:
        numbers = np.unique(numbers, return_inverse=True)[1].astype(np.uint64)
    packed = numbers << np.uint64(year_bits)
    packed |= years
    packed <<= np.uint64(position_bits)
    packed |= position.view(np.uint64)
    del position, years
    packed = sort_numbers(packed)
    position = (packed & np.uint64((1 << position_bits) - 1)).view(np.int64)
    packed >>= np.uint64(position_bits)
    year = (packed & np.uint64((1 << year_bits) - 1)).astype(np.int16) + first_year
    packed >>= np.uint64(year_bits)
    student = np.zeros(len(packed), dtype=np.int32)
    student[1:] = np.cumsum(packed[1:] != packed[:-1], dtype=np.int32)
    return _Order(student, year, position)


@dataclass(frozen=True)
class _SetAside:
    """Records set aside, counted and listed by file and reason."""

    counts: pd.DataFrame
    rows: pd.DataFrame


def _list_set_aside(
    decoded: Sequence[DecodedRecords], without_id: np.ndarray, files: Sequence[RecordFile]
) -> _SetAside:
    counts, listed = [], []
    start = 0
    for records, file in zip(decoded, files, strict=True):
        masks = {reason: records.reason == number for number, reason in enumerate(records.reasons, start=1)}
        masks[WITHOUT_ID] = without_id[start : start + file.rows]
        for reason, mask in masks.items():
            if rows := int(mask.sum()):
                counts.append((file.name, reason, rows))
                listed += [
                    (file.name, int(row) + file.first_row, reason) for row in np.flatnonzero(mask)[:MAXIMUM_LISTED]
                ]
        start += file.rows
    return _SetAside(
        pd.DataFrame(counts, columns=["file", "reason", "rows"]).astype(
            {"file": "str", "reason": "str", "rows": "int64"}
        ),
        pd.DataFrame(listed, columns=["file", "row", "reason"]).astype(
            {"file": "str", "row": "int64", "reason": "str"}
        ),
    )
