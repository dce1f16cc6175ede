"""An archive whose directory is read once, and the faults that may show while its members are read."""

from __future__ import annotations

import errno
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from clustering.errors import InputError, Problem
from clustering.model.plain_text import plain_text
from clustering.readers.recognition.containers import (
    ARCHIVE_FAULTS,
    MAXIMUM_MEMBERS,
    has_giant_directory,
    recognise_container,
)


@dataclass(frozen=True)
class OpenArchive:
    """
    An archive that is open.

    Parameters
    ----------
    container
        As :func:`~clustering.readers.recognition.containers.recognise_container` returns.
    file
        The archive.
    members
        Its files, without folders and hidden files.
    """

    container: str
    file: zipfile.ZipFile
    members: Sequence[zipfile.ZipInfo]

    def named(self, wanted: str) -> list[zipfile.ZipInfo]:
        """Members of this path; else those of this name in any folder, signs that do not show not counted."""
        if exact := [each for each in self.members if each.filename == wanted]:
            return exact
        paths = ((each, plain_text(each.filename)) for each in self.members)
        return [each for each, path in paths if wanted in (path, path.strip(), PurePosixPath(path).name.strip())]


@contextmanager
def open_archive(path: Path, name: str, container: str | None = None) -> Iterator[OpenArchive]:
    """
    Open an archive.

    Parameters
    ----------
    path
        The archive.
    name
        What problems call it.
    container
        What it was recognised as, if that is known.

    Yields
    ------
    archive
        The archive with its members.

    Raises
    ------
    InputError
        The archive is damaged, or has too many members.
    """
    if has_giant_directory(path):
        raise _too_many(name)
    with archive_faults(name):
        file = zipfile.ZipFile(path)
    with file:
        members = file.infolist()
        if len(members) > MAXIMUM_MEMBERS:
            raise _too_many(name)
        named = [each for each in members if each.filename]  # zipfile cannot say of a blank name whether it is a folder
        shown = [each for each in named if not each.is_dir() and not PurePosixPath(each.filename).name.startswith(".")]
        yield OpenArchive(container or recognise_container(path), file, shown)


@contextmanager
def archive_faults(name: str) -> Iterator[None]:
    """Say of an archive that it is damaged when reading it fails."""
    try:
        yield
    except ARCHIVE_FAULTS as error:
        # Of the operating system's errors only one is the archive's fault: a position before the start of the file.
        if isinstance(error, InputError) or (isinstance(error, OSError) and error.errno != errno.EINVAL):
            raise
        raise archive_error(
            name, "The archive is damaged or encrypted.", "Pack it again, without a password."
        ) from None


def archive_error(name: str, message: str, remedy: str) -> InputError:
    """An error of an archive; names of its members are shown without signs that do not show."""
    return InputError([Problem(table=name, message=plain_text(message), remedy=plain_text(remedy))])


def _too_many(name: str) -> InputError:
    return archive_error(
        name, f"The archive has more than {MAXIMUM_MEMBERS:,} members.", "Pack only the file that is needed."
    )
