"""Uploads: how many at once, and where their files lie while they are read."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import UploadFile

from app.errors import ServiceError
from app.settings import Settings

MAXIMUM_NAME_CHARACTERS = 200


@dataclass(frozen=True)
class Uploads:
    """
    Files of a request, and how they are to be read.

    Parameters
    ----------
    files
        By the role they are read in.
    encoding
        Of all files; blank leaves it to recognition.
    options
        As for ``clustering.parse_file_options``.
    estimate
        Whether flows may be estimated where no file gives any.
    """

    files: Mapping[str, Sequence[UploadFile]]
    encoding: str = ""
    options: tuple[str, ...] = ()
    estimate: bool = False

    def reading(self) -> dict[str, Any]:
        """How the files are to be read, as plain values."""
        return {"encoding": self.encoding or None, "options": list(self.options), "estimate": self.estimate}


def uploads_directory(settings: Settings) -> Path:
    """Folder in which uploads lie while they are read; readable by the service's user alone."""
    folder = settings.data_directory / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def sweep_uploads(settings: Settings) -> None:
    """Remove what a service that was killed left there."""
    shutil.rmtree(uploads_directory(settings))


class Desk:
    """
    Places for what is read or computed while a request waits; whoever finds none free is sent away at once.

    Parameters
    ----------
    places
        How many.
    """

    def __init__(self, places: int) -> None:
        self._free = threading.BoundedSemaphore(places)

    @contextmanager
    def place(self) -> Iterator[None]:
        """
        Take a place.

        Yields
        ------
        nothing
            While the place is taken.

        Raises
        ------
        ServiceError
            503 if none is free.
        """
        if not self._free.acquire(blocking=False):
            detail = "The service is reading and computing as much as it can. Try again soon."
            raise ServiceError(503, detail, headers={"Retry-After": "5"})
        try:
            yield
        finally:
            self._free.release()


@contextmanager
def saved(uploads: Uploads, settings: Settings) -> Iterator[dict[str, list[tuple[str, str]]]]:
    """
    Write uploads to files under names of our own.

    Parameters
    ----------
    uploads
        The files of a request.
    settings
        ``maximum_files`` and ``data_directory``.

    Yields
    ------
    files
        Role to pairs of path and shown name; the files are gone afterwards.

    Raises
    ------
    ServiceError
        413 if there are too many.
    """
    given = {role: [each for each in files if each.filename] for role, files in uploads.files.items()}
    if sum(map(len, given.values())) > settings.maximum_files:
        raise ServiceError(413, f"A request may hold at most {settings.maximum_files} files.")
    with tempfile.TemporaryDirectory(dir=uploads_directory(settings)) as folder:
        written: dict[str, list[tuple[str, str]]] = {}
        for role, files in given.items():
            for number, upload in enumerate(files):
                path = Path(folder) / f"{role}-{number}"
                with path.open("wb") as target:
                    shutil.copyfileobj(upload.file, target)
                written.setdefault(role, []).append((str(path), _shown_name(upload.filename or "")))
        yield written


def _shown_name(filename: str) -> str:
    """Last part of an upload's name, for showing only: it never becomes a path."""
    last = filename.replace("\\", "/").rsplit("/", maxsplit=1)[-1]
    return "".join(sign if sign.isprintable() else " " for sign in last)[:MAXIMUM_NAME_CHARACTERS] or "upload"
