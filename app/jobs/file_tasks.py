"""What isolated processes do with files that are looked at and not kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.jobs.dataset_tasks import Files
from app.queries.analysis import Progress
from clustering import check_document, check_files, json_bytes, propose_name_matches, table_bytes, table_records


def check(progress: Progress, files: Files, reading: Mapping[str, Any]) -> bytes:
    """
    Say of uploads what each is, what it holds, and what is missing to propose.

    Parameters
    ----------
    progress
        Called with the stage and the fraction done, 0 to 1.
    files
        Files under ``files``, whatever their roles.
    reading
        ``encoding`` and ``options``, as for ``clustering.check_files``.

    Returns
    -------
    document
        As JSON; nothing is kept.
    """
    progress("Reading the files", 0.0)
    checked = check_files(files.get("files", ()), encoding=reading["encoding"], options=reading["options"])
    return json_bytes(check_document(checked))


def match_names(
    progress: Progress, files: Files, reading: Mapping[str, Any], confirm_exact: bool, as_csv: bool
) -> bytes:
    """
    Propose schools for the names in uploads without identifiers.

    Parameters
    ----------
    progress
        Called with the stage and the fraction done, 0 to 1.
    files
        Role to files; roles that name no schools in words have none.
    reading
        ``encoding`` and ``options``, as for ``clustering.propose_name_matches``.
    confirm_exact
        Whether names that are those of one school exactly are confirmed.
    as_csv
        Whether the table is wanted as CSV rather than JSON.

    Returns
    -------
    matches
        As CSV, or as JSON under ``matches``; nothing is kept.
    """
    progress("Comparing the names", 0.0)
    sources: dict[str, Any] = {"schools": [], **files}
    matches = propose_name_matches(
        **sources, confirm_exact=confirm_exact, encoding=reading["encoding"], options=reading["options"]
    )
    return table_bytes(matches) if as_csv else json_bytes({"matches": table_records(matches)})
