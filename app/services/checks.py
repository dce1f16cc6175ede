"""Files of any kind, looked at and not kept."""

from __future__ import annotations

from app.jobs import file_tasks, run_isolated
from app.services.service import Service
from app.services.uploads import Uploads, saved


def check_uploads(service: Service, uploads: Uploads) -> bytes:
    """
    Say of uploads what each is, what it holds, and what is missing to propose.

    Parameters
    ----------
    service
        The service; nothing is stored.
    uploads
        The files, under ``files``.

    Returns
    -------
    document
        ``clustering.check_document`` as JSON.

    Raises
    ------
    ServiceError
        413 if there are too many files, 422 if an option is wrong, 503 if too many uploads are being read.
    """
    with service.uploads.slot(), saved(uploads, service.settings) as files:
        document: bytes = run_isolated(file_tasks.check, files, uploads.reading(), limits=service.upload_limits)
    return document
