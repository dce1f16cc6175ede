"""Disk space that is held back, so that work can be ended and datasets deleted on a disk that is full."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from app.storage_errors import full_disk

_MEGABYTE = 1 << 20
# A write that deletes or ends something needs room for SQLite's log at most.
_LITTLE_ROOM_BYTES = 8 * _MEGABYTE


@dataclass(frozen=True)
class Reserve:
    """
    A file that takes the space until it is needed.

    Parameters
    ----------
    path
        The file.
    size_bytes
        Its size; 0 for none.
    """

    path: Path
    size_bytes: int

    def make(self) -> bool:
        """Take the space, unless that would fill the disk; gives whether it is held."""
        if self.size_bytes == 0 or self._is_held():
            return True
        if self._free() < self.size_bytes + _LITTLE_ROOM_BYTES:
            return False
        self.path.touch(mode=0o600)
        try:
            with self.path.open("r+b") as file:
                os.posix_fallocate(file.fileno(), 0, self.size_bytes)
        except OSError:
            self.path.unlink(missing_ok=True)
            return False
        return True

    def refuse_without(self) -> None:
        """Raise a ServiceError, 507, if the space had to be given up and there is no room to take it again."""
        if not self.make():
            raise full_disk()

    def give_up_if_needed(self) -> None:
        """Give up the space if there is hardly any other."""
        if self.size_bytes and self._free() < _LITTLE_ROOM_BYTES:
            self.path.unlink(missing_ok=True)

    def _is_held(self) -> bool:
        return self.path.exists() and self.path.stat().st_size == self.size_bytes

    def _free(self) -> int:
        return shutil.disk_usage(self.path.parent).free
