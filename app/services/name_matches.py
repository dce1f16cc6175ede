"""Matches of names proposed for uploads that name schools in words; nothing is kept."""

from __future__ import annotations

from dataclasses import replace

from app.jobs import file_tasks, run_isolated
from app.services.service import Service
from app.services.uploads import Uploads, saved

# The roles of files that may name schools in words.
ROLES_OF_NAMES = ("schools", "flows", "performance", "catchments", "travel_times", "plan")


def propose_matches(service: Service, uploads: Uploads, *, confirm_exact: bool, as_csv: bool) -> bytes:
    """
    Propose schools for the names in uploads, in an isolated process.

    Parameters
    ----------
    service
        The service; nothing is stored.
    uploads
        The files; those of other roles than ``ROLES_OF_NAMES`` are not looked at.
    confirm_exact
        Whether names that are those of one school exactly are confirmed.
    as_csv
        Whether the table is wanted as CSV rather than JSON.

    Returns
    -------
    matches
        The table of ``clustering.propose_name_matches``.

    Raises
    ------
    ServiceError
        413 if there are too many files, 422 with every problem of the files, 503 if too many uploads are being read.
    """
    named = replace(uploads, files={role: uploads.files.get(role, ()) for role in ROLES_OF_NAMES})
    with service.uploads.slot(), saved(named, service.settings) as files:
        work = (files, named.reading(), confirm_exact, as_csv)
        matches: bytes = run_isolated(file_tasks.match_names, *work, limits=service.upload_limits)
    return matches
