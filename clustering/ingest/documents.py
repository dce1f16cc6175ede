"""Documents and tables of an ingest report, as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

import pandas as pd

from clustering.errors import Problem, problem_kinds
from clustering.model.ingest_report import ROLES_OF_STUDENTS, FlowBasis, IngestReport, SourceFile
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
        Of a scenario, completed by ``report_with_counts`` or not.

    Returns
    -------
    document
        The fields of ``IngestReport``, without ``student_records`` and with ``warning_kinds``
        (``model.records.kind_documents``). Nothing in it says more than the base that the report was completed from:
        there is no hash of a file, and of student records and flows (``ROLES_OF_STUDENTS``) there is neither a number
        of rows nor the row of a warning. Of the rows set aside it has the first 1,000 without those of such files;
        :func:`set_aside_table` has all of them.
    """
    document = asdict(report)
    document["alarms"], document["unknown_promotions"] = list(report.alarms), list(report.unknown_promotions)
    warnings = _without_rows(report.warnings, _names_of_students(report))
    document["warnings"] = problem_documents(warnings)
    document["warning_kinds"] = kind_documents(problem_kinds(warnings))
    document["files"] = [source_file_document(file) for file in report.files]
    del document["student_records"]
    document["basis"] = basis_document(report.basis)
    shown = set_aside_table(report, with_students=False).head(MAXIMUM_SET_ASIDE_SHOWN)
    document["set_aside"] = shown.to_dict("records")
    document["crosswalk"] = list(document["crosswalk"])
    return document


def source_file_document(source: SourceFile) -> dict[str, Any]:
    """What was understood of one file, as plain values; of files of ``ROLES_OF_STUDENTS`` without numbers of rows."""
    file = {**asdict(source), "unused_columns": list(source.unused_columns)}
    # A hash of exact counts would let a guess at a small one be tested, and any file may hold some: schools and rates
    # as well as flows. A keyed one would not help, since whoever may upload a guess could compare the two.
    del file["sha256"]
    if source.role in ROLES_OF_STUDENTS:
        file |= dict.fromkeys(("rows_read", "rows_used", "rows_set_aside"))
        file["set_aside_reasons"] = dict.fromkeys(source.set_aside_reasons)
    return file


def set_aside_table(report: IngestReport, *, with_students: bool) -> pd.DataFrame:
    """
    Write the rows that were read and not used as a flat table.

    Parameters
    ----------
    report
        Of a scenario.
    with_students
        Whether rows of student records and of flows are among them.

    Returns
    -------
    table
        ``file``, ``row``, ``reason``.
    """
    students = _names_of_students(report)
    rows = [asdict(row) for row in report.set_aside if with_students or row.file not in students]
    return pd.DataFrame(rows, columns=["file", "row", "reason"])


def _names_of_students(report: IngestReport) -> set[str]:
    return {file.name for file in report.files if file.role in ROLES_OF_STUDENTS}


def _without_rows(problems: Iterable[Problem], names: set[str]) -> list[Problem]:
    """Problems of which those of files of students name no row: it would count the rows above."""
    return [replace(each, row=None) if each.table in names else each for each in problems]


def crosswalk_table(report: IngestReport) -> pd.DataFrame:
    """Write the proposed crosswalk as a flat table; the user confirms rows and uploads it as a file."""
    rows = [dict(row) for row in report.crosswalk]
    return pd.DataFrame(rows) if rows else pd.DataFrame(columns=["confirmed", "old_id", "new_id", "share"])


def basis_document(basis: FlowBasis) -> dict[str, Any]:
    """How the flows are known, as JSON."""
    choice_schools = [{**asdict(school), "covered": list(school.covered)} for school in basis.choice_schools]
    lists = {"details": list(basis.details), "choice_schools": choice_schools}
    return {**asdict(basis), **lists, "is_estimated": basis.is_estimated}
