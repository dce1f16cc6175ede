"""Enrolments of students as numbers: the readers return them, and promotions are derived from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.errors import Problem


@dataclass(frozen=True, kw_only=True)
class RecordFile:
    """
    How one file of student records was read.

    Parameters
    ----------
    name, record_format, sha256, encoding, delimiter
        Name of the file; one of ``formats.FORMATS``; hash of its bytes; encoding and delimiter as recognised or set.
    columns
        Canonical name to heading or position.
    unused_columns
        Headings that nothing was read from.
    rows
        Records read.
    first_row
        Row of the first of them.
    companions
        Further files that the records point to (users and schools of OneRoster), with the hash of their bytes.
    """

    name: str
    record_format: str
    sha256: str
    encoding: str
    delimiter: str
    columns: Mapping[str, str]
    unused_columns: tuple[str, ...]
    rows: int
    first_row: int
    companions: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, repr=False)
class StudentRecords:
    """
    Enrolments of students, sorted by student, school year and position in the files.

    Parameters
    ----------
    student
        int32: number of the student, which reveals nothing about the id.
    year
        int16: fall of the school year.
    school
        int32: position in ``school_ids``.
    grade
        int8; ``decode.NO_GRADE`` if ungraded or blank.
    position
        int64: position of the record, from 0, in all files one after the other.
    entry, exit
        int32: days since 1970-01-01; ``dates.NO_DATE``. They stay in the order of the files, ``entry[position]``, since
        few students have several records in a year, and only theirs are looked at.
    primary
        Whether flagged as primary, in the order of the files.
    school_ids
        Sorted.
    files
        One for each file read.
    set_aside
        ``file``, ``reason``, ``rows``: records that are no enrolment.
    rows_set_aside
        ``file``, ``row``, ``reason`` of these; at most ``decode.MAXIMUM_LISTED`` for each file and reason.
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
    position: np.ndarray
    school_ids: pd.Index
    files: tuple[RecordFile, ...]
    set_aside: pd.DataFrame
    rows_set_aside: pd.DataFrame
    problems: tuple[Problem, ...]
