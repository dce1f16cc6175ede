"""Judged records of all files to one table, sorted by student and year, and the account of those set aside."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

from clustering.errors import InputError, Problem
from clustering.readers.student_records.decode import MAXIMUM_LISTED, JudgedRecords
from clustering.readers.student_records.enrolments import RecordFile, StudentRecords
from clustering.readers.student_records.sorting import sort_numbers

MAXIMUM_SCHOOLS = 1_000_000
WITHOUT_ID = "no student id"


def assemble_records(
    judged: Sequence[JudgedRecords],
    numbers: np.ndarray,
    is_blank: np.ndarray,
    files: tuple[RecordFile, ...],
    problems: tuple[Problem, ...],
) -> StudentRecords:
    """
    Unite the records of all files and sort them.

    Parameters
    ----------
    judged
        Of each file.
    numbers, is_blank
        Of the student of each record of all files; whether it has none.
    files
        What was understood of each file, in the same order.
    problems
        Warnings.

    Returns
    -------
    records
        Without those that are set aside; these are counted and listed.

    Raises
    ------
    InputError
        More school ids than there can be schools.
    """
    school, school_ids = _unite_schools([one.school for one in judged])
    if len(school_ids) > MAXIMUM_SCHOOLS:
        message = f"The records have more than {MAXIMUM_SCHOOLS:,} school ids."
        remedy = "Check which column gives the school."
        raise InputError([Problem(table=files[0].name, column="school_id", message=message, remedy=remedy)])
    reason = _join([one.reason for one in judged])
    without_id = is_blank & (reason == 0)
    set_aside, rows_set_aside = _account(judged, without_id, files)
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
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Count and list the records set aside, file by file and reason by reason."""
    counts, listed = [], []
    start = 0
    for one, file in zip(judged, files, strict=True):
        masks = {reason: one.reason == number for number, reason in enumerate(one.reasons, start=1)}
        masks[WITHOUT_ID] = without_id[start : start + file.rows]
        for reason, mask in masks.items():
            if rows := int(mask.sum()):
                counts.append((file.name, reason, rows))
                listed += [
                    (file.name, int(row) + file.first_row, reason) for row in np.flatnonzero(mask)[:MAXIMUM_LISTED]
                ]
        start += file.rows
    return (
        pd.DataFrame(counts, columns=["file", "reason", "rows"]).astype(
            {"file": "str", "reason": "str", "rows": "int64"}
        ),
        pd.DataFrame(listed, columns=["file", "row", "reason"]).astype(
            {"file": "str", "row": "int64", "reason": "str"}
        ),
    )
