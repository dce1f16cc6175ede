"""What went wrong with the database or the disk, in a sentence for the caller: such errors are translated here."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from app.errors import ServiceError

_NOTHING = "Nothing was stored."

# Extended result codes of SQLite end in the primary one (its documentation: Result and Error Codes).
_SQLITE_FULL, _SQLITE_READONLY, _SQLITE_CORRUPT, _SQLITE_NOTADB = 13, 8, 11, 26
_SQLITE_BUSY, _SQLITE_LOCKED, _SQLITE_IOERR, _SQLITE_CANTOPEN = 5, 6, 10, 14

# Classes and codes of PostgreSQL (its documentation: appendix A, Error Codes).
_POSTGRES = {
    "53100": "full",
    "53": "unreachable",
    "55P03": "busy",
    "40": "busy",
    "25006": "read-only",
    "22021": "text",
    "22P05": "text",
    "57P": "unreachable",
    "08": "unreachable",
    "XX001": "corrupt",
    "XX002": "corrupt",
    "58030": "corrupt",
}
_SQLITE = {
    _SQLITE_FULL: "full",
    _SQLITE_READONLY: "read-only",
    _SQLITE_CORRUPT: "corrupt",
    _SQLITE_NOTADB: "corrupt",
    _SQLITE_BUSY: "busy",
    _SQLITE_LOCKED: "busy",
    _SQLITE_CANTOPEN: "unreachable",
    _SQLITE_IOERR: "unreachable",
}
_DISK = {
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EFBIG: "full",
    errno.EROFS: "read-only",
    errno.EACCES: "read-only",
    errno.EPERM: "read-only",
}


def kind_of_fault(error: BaseException) -> str:
    """
    Say what kind of fault of the database or the disk an error is.

    Parameters
    ----------
    error
        Of SQLAlchemy, or of the operating system when the files next to the database were written.

    Returns
    -------
    kind
        ``full``, ``busy``, ``read-only``, ``corrupt``, ``unreachable``, or ``text`` that cannot be kept; blank if it is
        none of these.
    """
    if isinstance(error, NoConnectionError):
        return "busy"
    if isinstance(error, DBAPIError):
        return _kind_of_driver(error)
    return _DISK.get(error.errno or 0, "") if isinstance(error, OSError) else ""


def _kind_of_driver(error: DBAPIError) -> str:
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return _SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF, "")
    code = getattr(cause, "sqlstate", None) or ""
    if not code and isinstance(error, DataError):
        return "text"  # psycopg refuses NUL before anything is sent
    found = next((_POSTGRES[code[:length]] for length in (5, 3, 2) if code[:length] in _POSTGRES), "")
    # Without a code it is the connection that failed, not a statement.
    return found or ("unreachable" if error.connection_invalidated or not code else "")


def storage_error(error: BaseException) -> ServiceError | None:
    """
    Translate an error of the database or the disk.

    Parameters
    ----------
    error
        As for :func:`kind_of_fault`.

    Returns
    -------
    error
        507 if the disk is full; 503 if the database is locked, unreachable or read-only, for it may come back; 500 if
        it is damaged; 422 for a text with NUL, which PostgreSQL cannot keep; ``None`` if it is none of these, which is
        a fault of the program.
    """
    kind = kind_of_fault(error)
    return _ERRORS[kind]() if kind in _ERRORS else None


def _error(status: int, detail: str, *, wait_s: int) -> Callable[[], ServiceError]:
    return lambda: ServiceError(status, detail, headers={"Retry-After": str(wait_s)})


def full_disk() -> ServiceError:
    """507: the disk is full, and what to do."""
    what_to_do = "Delete what is not needed, or run zones prune."
    return ServiceError(507, f"The disk of the service is full. {_NOTHING} {what_to_do}")


def damaged_database(fault: str = "") -> ServiceError:
    """500: the database is damaged, and what to do."""
    what_to_do = "Stop the service, run zones verify, and restore a backup (zones restore)."
    return ServiceError(500, f"The database is damaged{f' ({fault})' if fault else ''}. {what_to_do}")


def unkeepable_text() -> ServiceError:
    """422 for a text that PostgreSQL cannot hold."""
    detail = f"A text has a character that the database cannot keep, such as NUL. {_NOTHING} Remove the character."
    return ServiceError(422, detail, type_name="unreadable-text")


_ERRORS: dict[str, Callable[[], ServiceError]] = {
    "full": full_disk,
    "busy": _error(503, f"The database is busy. {_NOTHING} Try again soon.", wait_s=10),
    "read-only": _error(
        503, f"The service cannot write to its disk or database: it is read-only. {_NOTHING}", wait_s=60
    ),
    "unreachable": _error(
        503,
        f"The database cannot be reached. {_NOTHING} Try again when it is back.",
        wait_s=10,
    ),
    "corrupt": damaged_database,
    "text": unkeepable_text,
}

# What can be raised while the database or the files next to it are read and written.
STORAGE_ERRORS = (SQLAlchemyError, OSError)


@contextmanager
def explained() -> Iterator[None]:
    """Raise a ServiceError in the place of an error of the database or the disk that :func:`storage_error` knows."""
    try:
        yield
    except STORAGE_ERRORS as error:
        explanation = storage_error(error)
        if explanation is None:
            raise
        raise explanation from error
