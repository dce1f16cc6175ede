"""What files are and what they are together, as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from clustering.errors import Problem
from clustering.ingest.documents import source_file_document
from clustering.model.file_checks import FileCheck, FilesCheck, IdentifierMatch
from clustering.model.ingest_report import ROLES_OF_STUDENTS
from clustering.model.records import kind_documents, problem_documents

# The number of the document's shape. Raise it when a key is renamed or dropped.
CHECK_FORMAT = 1


def check_document(check: FilesCheck) -> dict[str, Any]:
    """
    Write what files are as plain values, the same for the command, over HTTP and in a notebook.

    Parameters
    ----------
    check
        Of :func:`check_files`.

    Returns
    -------
    document
        The fields of :class:`FilesCheck` and of its files, with ``format``, ``all_readable`` and ``is_complete``. Rows
        of student records and flows are not counted, nor named by their warnings, and there is no hash of counts.
    """
    students = {file.name for file in check.files if file.role in ROLES_OF_STUDENTS}

    def listed(problems: Iterable[Problem]) -> list[dict[str, Any]]:
        """Problems, those of files of students without the row of a warning: it would count the rows above."""
        return problem_documents(
            replace(each, row=None) if each.table in students and not each.is_error else each for each in problems
        )

    return {
        "format": CHECK_FORMAT,
        "all_readable": check.all_readable,
        "is_complete": check.is_complete,
        "files": [{**_file_document(file), "problems": listed(file.problems)} for file in check.files],
        "roles": {role: list(names) for role, names in check.roles.items()},
        "matches": [_match_document(match) for match in check.matches],
        "missing": list(check.missing),
        "command": check.command,
        "other_commands": list(check.other_commands),
        "notes": problem_documents(check.notes),
        "problems": listed(check.problems),
    }


def _file_document(file: FileCheck) -> dict[str, Any]:
    return {
        "name": file.name,
        "container": file.container,
        "role": file.role,
        "possible_roles": list(file.possible_roles),
        "reason": file.reason,
        "is_readable": file.is_readable,
        "layout": file.layout,
        "tables": [source_file_document(table) for table in file.tables],
        "years": list(file.years),
        "groups": list(file.groups),
        "lists": {name: list(entries) for name, entries in file.lists.items()},
        "crs": file.crs,
        "extent": None if file.extent is None else list(file.extent),
        "facts": dict(file.facts),
        "problem_kinds": kind_documents(file.kinds),
    }


def _match_document(match: IdentifierMatch) -> dict[str, Any]:
    share = match.share_listed
    return {
        "name": match.name,
        "identifiers": match.identifiers,
        "listed": match.listed,
        "share_listed": None if share is None else round(share, 4),
        "without_zeros": match.without_zeros,
        "of_the_state": match.of_the_state,
        "names": match.names,
        "examples": list(match.examples),
    }
