"""Enrolments of students as numbers: what the readers give and the derivation of flows takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.errors import Problem


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
    first_row
        Row of the first of them.
    companions
        Further files that the records point to (users and schools of OneRoster), with the hash of their bytes.
    """

    name: str
    form: str
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
