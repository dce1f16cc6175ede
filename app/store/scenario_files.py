"""
The inputs of datasets as files next to the database: written once, named by their content, never changed.

The folder ``scenarios`` has a folder for each content, named by the SHA-256 of the packed inputs. It holds the tables
as Parquet (``schools.parquet`` is GeoParquet) and ``manifest.json``, which lists every file with its size and SHA-256
in the order in which they are packed. Whatever is no archive is kept as it is, in ``content``.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from app.errors import ServiceError

_MANIFEST, _WHOLE = "manifest.json", "content"
_NEW = ".new-"
# As in the archives of the library, so that the packed bytes come back the same.
_FIRST_DATE = (1980, 1, 1, 0, 0, 0)
_WIPED_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class StagedScenario:
    """
    Inputs that are on the disk under a temporary name.

    Parameters
    ----------
    hash
        SHA-256 of the inputs.
    folder
        Where they are.
    """

    hash: str
    folder: Path


class ScenarioFiles:
    """
    The files of a data directory.

    Parameters
    ----------
    directory
        The data directory.
    """

    def __init__(self, directory: Path) -> None:
        self.folder = directory / "scenarios"
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def stage(self, content: bytes) -> StagedScenario:
        """Write inputs to the disk under a temporary name."""
        staged = StagedScenario(hash=hash_of(content), folder=self.folder / f"{_NEW}{uuid4()}")
        members = _unpack(content)
        listed = {name: {"bytes": len(data), "sha256": hash_of(data)} for name, data in members.items()}
        manifest = {"sha256": staged.hash, "files": listed}
        staged.folder.mkdir(mode=0o700)
        try:
            for name, data in {**members, _MANIFEST: json.dumps(manifest, indent=1).encode()}.items():
                _write(staged.folder / name, data)
            sync_folder(staged.folder)
        except OSError:
            self.discard(staged)
            raise
        return staged

    def keep(self, staged: StagedScenario) -> str:
        """
        Give staged inputs their name.

        Parameters
        ----------
        staged
            What :meth:`stage` wrote. Call this under the write lock of the database, in the transaction that writes
            the row: then a deletion of the last other dataset with the same inputs cannot take the files with it.

        Returns
        -------
        hash
            Of the inputs.
        """
        target = self.folder / staged.hash
        if target.exists():
            self.discard(staged)
        else:
            staged.folder.rename(target)
            sync_folder(self.folder)
        return staged.hash

    def discard(self, staged: StagedScenario) -> None:
        """Remove staged inputs, if they are still there."""
        if staged.folder.exists():
            _wipe(staged.folder)

    def read(self, scenario_hash: str) -> bytes:
        """Read inputs; 500 if they are missing or damaged."""
        fault, content = self._checked(scenario_hash)
        if content is None:
            raise damaged_error(fault)
        return content

    def check(self, scenario_hash: str) -> str:
        """Say what is wrong with stored inputs; blank if every file has the hash that it was written with."""
        return self._checked(scenario_hash)[0]

    def _checked(self, scenario_hash: str) -> tuple[str, bytes | None]:
        folder = self.folder / scenario_hash
        try:
            listed = json.loads((folder / _MANIFEST).read_bytes())["files"] if scenario_hash else {}
            members = {name: (folder / name).read_bytes() for name in listed}
        except FileNotFoundError as error:
            return f"{Path(error.filename).relative_to(self.folder)} is missing", None
        except (ValueError, KeyError, TypeError):
            return f"{scenario_hash}/{_MANIFEST} cannot be read", None
        changed = next((name for name, data in members.items() if hash_of(data) != listed[name]["sha256"]), None)
        if changed is not None:
            return f"{scenario_hash}/{changed} does not have the hash that it was written with", None
        content = _pack(members)
        if hash_of(content) != scenario_hash:
            return f"{scenario_hash or 'a dataset'} does not have the content of its name", None
        return "", content

    def hashes(self) -> set[str]:
        """Names of all that is kept."""
        return {each.name for each in self.folder.iterdir() if not each.name.startswith(_NEW)}

    def remove_unused(self, used: Iterable[str]) -> list[str]:
        """
        Remove inputs that no dataset has.

        Parameters
        ----------
        used
            Hashes of the inputs of every dataset, read under the write lock of the database, which is still held.

        Returns
        -------
        removed
            Hashes.
        """
        removed = sorted(self.hashes() - set(used))
        for each in removed:
            _wipe(self.folder / each)
        return removed

    def remove_unfinished(self, older_than: float) -> list[str]:
        """Remove what killed processes left under temporary names before a time (seconds since 1970)."""
        left = [each for each in self.folder.glob(f"{_NEW}*") if each.stat().st_mtime < older_than]
        for each in left:
            _wipe(each)
        return sorted(each.name for each in left)


def damaged_error(fault: str) -> ServiceError:
    """500: stored inputs are damaged, and what to do."""
    what_to_do = "Restore a backup (zones restore), or delete the dataset and upload its files again."
    return ServiceError(500, f"The stored files of this dataset are damaged: {fault}. {what_to_do}")


def _unpack(content: bytes) -> dict[str, bytes]:
    """The files of an archive; the content as it is if packing them again would not give the same bytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError):
        members = {}
    is_safe = all(name == Path(name).name and name not in ("", _MANIFEST, _WHOLE, "..", ".") for name in members)
    return members if members and is_safe and _pack(members) == content else {_WHOLE: content}


def _pack(members: Mapping[str, bytes]) -> bytes:
    if list(members) == [_WHOLE]:
        return members[_WHOLE]
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, _FIRST_DATE), data)
    return whole.getvalue()


def hash_of(data: bytes) -> str:
    """The SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _write(path: Path, data: bytes) -> None:
    path.touch(mode=0o600, exist_ok=False)
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Let the names in a folder outlive a power cut."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _wipe(folder: Path) -> None:
    """Remove a folder whose files are overwritten first, as the database overwrites what is deleted."""
    for path in folder.iterdir():
        left = path.stat().st_size
        with path.open("r+b") as file:
            while left > 0:
                left -= file.write(bytes(min(left, _WIPED_AT_ONCE)))
            file.flush()
            os.fsync(file.fileno())
    shutil.rmtree(folder)
