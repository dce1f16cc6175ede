"""Whether the service can do its work: its database, the disk, the folder of its data, what runs its jobs."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from app.errors import ServiceError
from app.services.file_check import damaged_datasets
from app.services.service import Service

# Below this an upload can no longer be kept.
LEAST_FREE_BYTES = 64 * 1024 * 1024


def check_service(service: Service) -> dict[str, str]:
    """
    Look at everything that a request may need.

    Parameters
    ----------
    service
        The service.

    Returns
    -------
    checks
        ``ok`` by the name of each check, or a sentence on what is wrong.
    """
    checks: dict[str, Callable[[], str]] = {
        "database": lambda: _database(service),
        "disk": lambda: _disk(service),
        "data_directory": lambda: _data_directory(service),
        "jobs": lambda: _jobs(service),
        "files": lambda: _files(service),
    }
    return {name: check() for name, check in checks.items()}


def _database(service: Service) -> str:
    try:
        service.store.check()
    except (SQLAlchemyError, ServiceError):
        return "The database does not answer."
    return "ok"


def _disk(service: Service) -> str:
    free = shutil.disk_usage(service.settings.data_directory).free
    return "ok" if free >= LEAST_FREE_BYTES else f"The disk has only {free // 1024 // 1024} MB left."


def _data_directory(service: Service) -> str:
    try:
        with tempfile.TemporaryFile(dir=service.settings.data_directory) as file:
            file.write(b"x")
    except OSError as error:
        return f"The data folder cannot be written: {error.strerror}."
    return "ok"


def _jobs(service: Service) -> str:
    return service.queue.fault or "ok"


def _files(service: Service) -> str:
    try:
        damaged = len(damaged_datasets(service.store, service.settings.data_directory))
    except (SQLAlchemyError, ServiceError):
        return "ok"  # the database is a check of its own
    what = "The files of one dataset are" if damaged == 1 else f"The files of {damaged:,} datasets are"
    return f"{what} damaged; the log and zones verify name them." if damaged else "ok"
