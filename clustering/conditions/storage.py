"""Assessments and progress values as bytes and back, for storing them; nothing is unpickled."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from clustering.conditions.progress.progress_values import VALUE_COLUMNS, ProgressValues
from clustering.conditions.readiness.assessments import ASSESSMENT_COLUMNS, Assessments
from clustering.conditions.readiness.indicator_sets import indicator_set_document, parse_indicator_set
from clustering.errors import InputError, Problem
from clustering.model.ingest_report import SourceFile

_ASSESSMENTS, _PROGRESS = "feeder-zones assessments 1", "feeder-zones progress 1"
_FIRST_DATE = (1980, 1, 1, 0, 0, 0)  # a constant, so that equal values are equal bytes


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
    return tuple(SourceFile(**{**file, "unused_columns": tuple(file["unused_columns"])}) for file in head["files"])


def _warnings(head: dict[str, Any]) -> tuple[Problem, ...]:
    return tuple(Problem(**problem) for problem in head["warnings"])


def _packed(form: str, rows: pd.DataFrame, head: dict[str, Any]) -> bytes:
    table = io.BytesIO()
    rows.to_parquet(table)
    members = {
        "format.txt": form.encode(),
        "rows.parquet": table.getvalue(),
        "head.json": json.dumps(head, ensure_ascii=False).encode(),
    }
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, _FIRST_DATE), data)
    return whole.getvalue()


def _unpacked(data: bytes, form: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zipfile.LargeZipFile) as error:
        raise _damaged(f"The stored values cannot be opened ({error}).") from None
    if members.get("format.txt") != form.encode():
        raise _damaged("The stored values are of another format.")
    head: dict[str, Any] = json.loads(members["head.json"])
    return pd.read_parquet(io.BytesIO(members["rows.parquet"])), head


def _damaged(message: str) -> InputError:
    return InputError([Problem(table="stored values", message=message, remedy="Upload the file again.")])
