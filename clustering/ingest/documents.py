"""Documents and tables of an ingest report, as plain values."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pandas as pd

from clustering.disclosure.protected_base import coarse_students
from clustering.model.ingest_report import FlowBasis, IngestReport, SourceFile
from clustering.model.records import kind_documents, problem_documents

# The number of the document's shape. Raise it when a key is added, renamed or dropped: stored documents keep theirs.
REPORT_FORMAT = 3

MAXIMUM_SET_ASIDE_SHOWN = 1_000


def report_document(report: IngestReport) -> dict[str, Any]:
    """
    Write an ingest report as plain values.

    Parameters
    ----------
    report
        Of a scenario.

    Returns
    -------
    document
        The fields of ``IngestReport``, and ``warning_kinds`` (``model.records.kind_documents``). Nothing in it reveals
        a small number of students: there is no hash of any file, rows of student records are in hundreds (missing
        below one hundred), and of the rows set aside it has the first 1,000 without those of students;
        :func:`set_aside_table` has all of them.
    """
    document = asdict(report)
    document["alarms"], document["unknown_promotions"] = list(report.alarms), list(report.unknown_promotions)
    document["warnings"] = problem_documents(report.warnings)
    document["warning_kinds"] = kind_documents(report.warning_kinds)
    document["files"] = [source_file_document(file) for file in report.files]
    document["basis"] = basis_document(report.basis)
    shown = set_aside_table(report, with_students=False).head(MAXIMUM_SET_ASIDE_SHOWN)
    document["set_aside"] = shown.to_dict("records")
    document["crosswalk"] = list(document["crosswalk"])
    return document


def source_file_document(source: SourceFile) -> dict[str, Any]:
    """What was understood of one file, as plain values that reveal no small number of students."""
    file = {**asdict(source), "unused_columns": list(source.unused_columns)}
    # A hash of exact counts would let a guess at a small one be tested, and any file may hold some: schools and rates
    # as well as flows. A keyed one would not help, since whoever may upload a guess could compare the two.
    del file["sha256"]
    if source.role == "students":  # where a row is about one student
        for name in ("rows_read", "rows_used", "rows_set_aside"):
            file[name] = _rounded(file[name])
        file["set_aside_reasons"] = {reason: _rounded(count) for reason, count in source.set_aside_reasons.items()}
    return file


def set_aside_table(report: IngestReport, *, with_students: bool) -> pd.DataFrame:
    """
    Write the rows that were read and not used as a flat table.

    Parameters
    ----------
    report
        Of a scenario.
    with_students
        Whether rows of student records are among them: their number can be a small number of students.

    Returns
    -------
    table
        ``file``, ``row``, ``reason``.
    """
    students = {file.name for file in report.files if file.role == "students"}
    rows = [asdict(row) for row in report.set_aside if with_students or row.file not in students]
    return pd.DataFrame(rows, columns=["file", "row", "reason"])


def _rounded(count: int) -> int | None:
    """A number of student records in hundreds, missing below one hundred: finer totals would narrow small flows."""
    return coarse_students(count) if count else 0


def crosswalk_table(report: IngestReport) -> pd.DataFrame:
    """Write the proposed crosswalk as a flat table; the user confirms rows and uploads it as a file."""
    rows = [dict(row) for row in report.crosswalk]
    return pd.DataFrame(rows) if rows else pd.DataFrame(columns=["confirmed", "old_id", "new_id", "share"])


def basis_document(basis: FlowBasis) -> dict[str, Any]:
    """How the flows are known, as JSON."""
    choice_schools = [{**asdict(school), "covered": list(school.covered)} for school in basis.choice_schools]
    lists = {"details": list(basis.details), "choice_schools": choice_schools}
    return {**asdict(basis), **lists, "is_estimated": basis.is_estimated}
