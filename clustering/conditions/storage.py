"""Assessments and progress values as bytes and back, for storing them; nothing is unpickled."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from clustering.conditions.progress.progress_values import VALUE_COLUMNS, ProgressValues
from clustering.conditions.readiness.assessments import ASSESSMENT_COLUMNS, Assessments
from clustering.conditions.readiness.indicator_sets import indicator_set_document, parse_indicator_set
from clustering.errors import Problem
from clustering.model.ingest_report import SourceFile, parse_source_file
from clustering.model.stored_archive import pack_archive, unpack_archive

_ASSESSMENTS, _PROGRESS = "feeder-zones assessments 1", "feeder-zones progress 1"


def assessments_to_bytes(assessments: Assessments) -> bytes:
    """
    Pack assessments.

    Parameters
    ----------
    assessments
        As :func:`read_assessments` answers.

    Returns
    -------
    data
        A ZIP archive of a Parquet table and JSON.
    """
    head = {"sets": [indicator_set_document(each) for each in assessments.sets]}
    return _packed(_ASSESSMENTS, assessments.rows, head | _origin(assessments.files, assessments.warnings))


def assessments_from_bytes(data: bytes) -> Assessments:
    """
    Unpack assessments.

    Parameters
    ----------
    data
        What :func:`assessments_to_bytes` packed.

    Returns
    -------
    assessments
        Equal to those packed.

    Raises
    ------
    InputError
        The bytes are something else, or damaged.
    """
    rows, head = _unpacked(data, _ASSESSMENTS)
    sets = tuple(parse_indicator_set(each) for each in head["sets"])
    return Assessments(rows=rows[list(ASSESSMENT_COLUMNS)], sets=sets, files=_files(head), warnings=_warnings(head))


def progress_to_bytes(progress: ProgressValues) -> bytes:
    """
    Pack progress values.

    Parameters
    ----------
    progress
        As :func:`read_progress` answers: exact, so keep the bytes as confidential as the files they came from.

    Returns
    -------
    data
        A ZIP archive of a Parquet table and JSON.
    """
    return _packed(_PROGRESS, progress.rows, _origin(progress.files, progress.warnings))


def progress_from_bytes(data: bytes) -> ProgressValues:
    """
    Unpack progress values.

    Parameters
    ----------
    data
        What :func:`progress_to_bytes` packed.

    Returns
    -------
    progress
        Equal to those packed.

    Raises
    ------
    InputError
        The bytes are something else, or damaged.
    """
    rows, head = _unpacked(data, _PROGRESS)
    return ProgressValues(rows=rows[list(VALUE_COLUMNS)], files=_files(head), warnings=_warnings(head))


def _origin(files: Sequence[SourceFile], warnings: Sequence[Problem]) -> dict[str, Any]:
    return {"files": [asdict(file) for file in files], "warnings": [asdict(problem) for problem in warnings]}


def _files(head: dict[str, Any]) -> tuple[SourceFile, ...]:
    return tuple(map(parse_source_file, head["files"]))


def _warnings(head: dict[str, Any]) -> tuple[Problem, ...]:
    return tuple(Problem(**problem) for problem in head["warnings"])


def _packed(form: str, rows: pd.DataFrame, head: dict[str, Any]) -> bytes:
    table = io.BytesIO()
    rows.to_parquet(table)
    members = {"rows.parquet": table.getvalue(), "head.json": json.dumps(head, ensure_ascii=False).encode()}
    return pack_archive(form, members)


def _unpacked(data: bytes, form: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    members = unpack_archive(data, (form,), noun="file of values")
    head: dict[str, Any] = json.loads(members["head.json"])
    return pd.read_parquet(io.BytesIO(members["rows.parquet"])), head
