"""Uploads: their files, and where these are while they are read."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import UploadFile

from app.errors import ServiceError
from app.settings import Settings
from clustering import NamedFile

MAXIMUM_NAME_CHARACTERS = 200
MAXIMUM_WHO_CHARACTERS, MAXIMUM_WHY_CHARACTERS = 300, 5_000


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
        Whether flows may be estimated where no file has any.
    exclude_receivers
        Schools that take no students in an estimate; empty for the default.
    capture
        Who attends the school of the address, in an estimate; blank for the default.
    """

    files: Mapping[str, Sequence[UploadFile]]
    encoding: str = ""
    options: tuple[str, ...] = ()
    estimate: bool = False
    exclude_receivers: tuple[str, ...] = ()
    capture: str = ""

    def reading(self) -> dict[str, Any]:
        """How the files are to be read, as plain values."""
        excluded = {"exclude_receivers": list(self.exclude_receivers)} if self.exclude_receivers else {}
        capture = {"capture": self.capture} if self.capture else {}
        reading = {"encoding": self.encoding or None, "options": list(self.options), "estimate": self.estimate}
        return reading | excluded | capture


def uploads_directory(settings: Settings) -> Path:
    """Folder that holds uploads while they are read; only the service's user can read it."""
    folder = settings.data_directory / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def sweep_uploads(settings: Settings) -> None:
    """Remove the uploads that a killed service left behind."""
    shutil.rmtree(uploads_directory(settings))


@contextmanager
def saved(uploads: Uploads, settings: Settings) -> Iterator[dict[str, list[NamedFile]]]:
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
        By role; the files are deleted afterwards.

    Raises
    ------
    ServiceError
        413 if there are too many.
    """
    sent = {role: [each for each in files if each.filename] for role, files in uploads.files.items()}
    if sum(map(len, sent.values())) > settings.maximum_files:
        raise ServiceError(413, f"A request may hold at most {settings.maximum_files} files.")
    with tempfile.TemporaryDirectory(dir=uploads_directory(settings)) as folder:
        written: dict[str, list[NamedFile]] = {}
        for role, files in sent.items():
            for number, upload in enumerate(files):
                path = Path(folder) / f"{role}-{number}"
                with path.open("wb") as target:
                    shutil.copyfileobj(upload.file, target)
                written.setdefault(role, []).append(NamedFile(path, _displayed_name(upload.filename or "")))
        yield written


def _displayed_name(filename: str) -> str:
    """Last part of an upload's name, for display only: it never becomes a path."""
    last = filename.replace("\\", "/").rsplit("/", maxsplit=1)[-1]
    return "".join(sign if sign.isprintable() else " " for sign in last)[:MAXIMUM_NAME_CHARACTERS] or "upload"
