"""Which worker processes live: each holds a locked file, whose lock the system gives back however the process ends."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

_FOLDER = "workers"


class Presence:
    """
    A worker process as others see it.

    Parameters
    ----------
    directory
        The data directory.
    """

    def __init__(self, directory: Path) -> None:
        self._folder = directory / _FOLDER
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._machine = f"{socket.gethostname()}-{_machine_id()}"
        self.owner = f"{self._machine}/{os.getpid()}-{uuid4().hex}"
        self._file = os.open(self._path(self.owner), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def gone(self, owners: Iterable[str]) -> frozenset[str]:
        """Which of these owners ended, as far as this machine can say: of others, only the lease tells."""
        return frozenset(each for each in owners if self._is_gone(each))

    def others(self) -> frozenset[str]:
        """Other worker processes on this machine that live and share the data directory."""
        owners = {f"{self._machine}/{path.name}" for path in self._folder.iterdir()} - {self.owner}
        return frozenset(owners - self.gone(owners))

    def end(self) -> None:
        """Say that this process takes no jobs any more."""
        self._path(self.owner).unlink(missing_ok=True)
        os.close(self._file)

    def _is_gone(self, owner: str) -> bool:
        if owner == self.owner or owner.rpartition("/")[0] != self._machine:
            return False
        try:
            file = os.open(self._path(owner), os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return True
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            self._path(owner).unlink(missing_ok=True)
            return True
        finally:
            os.close(file)

    def _path(self, owner: str) -> Path:
        return self._folder / owner.rpartition("/")[2]


def _machine_id() -> str:
    """What tells two machines, or two starts of one, from each other although they share a name."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return "unknown"
