"""Which right a request needs, by its method and path; every route has exactly one."""

from __future__ import annotations

import re

from app.services.other_sites import SAFE_METHODS
from app.store import ADMIN, ANALYST, VIEWER, Caller, beyond_datasets

# Nothing of any agency is in these; metrics, which count over agencies, have a key of their own.
_PUBLIC = re.compile(r"/(healthz|readyz|metrics|openapi\.json|docs|sign-in|sign-out|problems(/[^/]*)?|static/.*)")
# What only those may see or do who answer for the agency; also all that counts over agencies.
_ADMIN = re.compile(r"/(audit|ledger|keys(/.*)?|datasets/[^/]+/releases(/.*)?|browse/datasets/[^/]+/releases(/.*)?)")
_RELEASES = re.compile(r"/releases(/.*)?")


def right_of(method: str, path: str) -> str | None:
    """
    Say which right a request needs.

    Parameters
    ----------
    method
        Of the request.
    path
        Of the request, or of a route.

    Returns
    -------
    right
        One of the roles; ``None`` where nobody has to sign in.
    """
    if _PUBLIC.fullmatch(path):
        return None
    if _ADMIN.fullmatch(path):
        return ADMIN
    return VIEWER if method in SAFE_METHODS else ANALYST


def is_release(method: str, path: str) -> bool:
    """Whether a request reads what was released to the public."""
    return method in ("GET", "HEAD") and _RELEASES.fullmatch(path) is not None


def is_page(method: str, path: str) -> bool:
    """Whether a request is for a page, so that a browser is sent to sign in."""
    return method in ("GET", "HEAD") and (path == "/" or path.startswith("/browse/"))


def refuse_single_datasets(caller: Caller) -> None:
    """Refuse a key for single datasets to add what it could not see, before any work is done: 403."""
    if caller.dataset_ids is not None:
        raise beyond_datasets()
