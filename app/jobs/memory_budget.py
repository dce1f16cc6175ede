"""One budget of memory for all worker processes: slots of a file that are locked while an isolated process runs."""

from __future__ import annotations

import fcntl
import os
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.errors import ServiceError

_SLOT_MB = 64
_SHARE = 0.75
_LOOK_AGAIN_S = 0.5
# Byte 0 is held while slots are counted and taken, so that two processes do not each get a part of what both need.
_FIRST_SLOT = 1
# Open file description locks (Linux 3.15) are given back when the process ends, however it ends.
_SET, _SET_AND_WAIT = getattr(fcntl, "F_OFD_SETLK", None), getattr(fcntl, "F_OFD_SETLKW", None)


class MemoryBudget:
    """
    How much all isolated processes of a service may use together.

    Parameters
    ----------
    directory
        The data directory, which all worker processes share.
    megabytes
        In all.
    """

    def __init__(self, directory: Path, megabytes: int) -> None:
        self.megabytes = megabytes
        self._slots = max(1, megabytes // _SLOT_MB)
        self._path = directory / "memory.lock"
        self._own_free = self._slots
        self._lock = threading.Lock()

    def reserve(self, megabytes: int, *, keep_free_mb: int = 0) -> Reservation | None:
        """
        Take a part of the budget.

        Parameters
        ----------
        megabytes
            How much; never more than the whole budget.
        keep_free_mb
            How much must be free afterwards, for others.

        Returns
        -------
        reservation
            To be given back; ``None`` if so much is not free.
        """
        wanted = min(self._slots, -(-megabytes // _SLOT_MB))
        kept = min(self._slots - wanted, -(-keep_free_mb // _SLOT_MB))
        return self._reserve_alone(wanted, kept) if _SET is None else self._lock_slots(wanted, kept)

    @contextmanager
    def reserved(self, megabytes: int, *, keep_free_mb: int = 0) -> Iterator[None]:
        """
        Take a part of the budget while a request waits.

        Yields
        ------
        nothing
            While it is taken.

        Raises
        ------
        ServiceError
            503 if so much is not free.
        """
        reservation = self.reserve(megabytes, keep_free_mb=keep_free_mb)
        if reservation is None:
            raise busy()
        try:
            yield
        finally:
            reservation.give_back()

    @contextmanager
    def waited_for(self, megabytes: int) -> Iterator[None]:
        """
        Take a part of the budget as soon as it is free.

        Yields
        ------
        nothing
            While it is taken.
        """
        while (reservation := self.reserve(megabytes)) is None:
            time.sleep(_LOOK_AGAIN_S)
        try:
            yield
        finally:
            reservation.give_back()

    @property
    def whole_mb(self) -> int:
        """All slots together."""
        return self._slots * _SLOT_MB

    def free_mb(self) -> int:
        """How much is free now."""
        if _SET is None:
            return self._own_free * _SLOT_MB
        with _opened(self._path) as file:
            _lock(file, 0, wait=True)  # a process that reserves slots meanwhile must not find them locked
            return _SLOT_MB * sum(_lock(file, _FIRST_SLOT + slot) for slot in range(self._slots))

    def _lock_slots(self, wanted: int, kept: int) -> Reservation | None:
        own = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            with _opened(self._path) as counting:
                _lock(counting, 0, wait=True)
                free = [slot for slot in range(self._slots) if _lock(own, _FIRST_SLOT + slot)]
                if len(free) >= wanted + kept:
                    for slot in free[wanted:]:
                        _unlock(own, _FIRST_SLOT + slot)
                    return Reservation(file=own)
        except BaseException:
            os.close(own)
            raise
        os.close(own)
        return None

    def _reserve_alone(self, wanted: int, kept: int) -> Reservation | None:
        """Count within this process, on systems without such locks."""
        with self._lock:
            if self._own_free < wanted + kept:
                return None
            self._own_free -= wanted
        return Reservation(budget=self, slots=wanted)

    def give_back(self, slots: int) -> None:
        """Count slots as free again, on systems without such locks."""
        with self._lock:
            self._own_free += slots


class Reservation:
    """
    A part of the budget that is taken.

    Parameters
    ----------
    file
        Whose locks it holds.
    budget, slots
        Where there are no such locks: the budget, and how much is taken of it.
    """

    def __init__(self, *, file: int | None = None, budget: MemoryBudget | None = None, slots: int = 0) -> None:
        self._file, self._budget, self._slots = file, budget, slots

    def give_back(self) -> None:
        """Make it free for others."""
        if self._file is not None:
            os.close(self._file)
        elif self._budget is not None:
            self._budget.give_back(self._slots)
        self._file = self._budget = None


def busy() -> ServiceError:
    """503 for a request that finds no room now."""
    detail = "The service is reading and computing as much as it can. Try again soon."
    return ServiceError(503, detail, type_name="busy", headers={"Retry-After": "5"})


def default_budget_mb() -> int:
    """Three quarters of the memory that this machine, or the container (cgroup 2 or 1), has [MB]."""
    found = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            text = Path(path).read_text("ascii").strip()
        except OSError:
            continue
        found += [int(text)] if text.isdigit() else []
    return max(_SLOT_MB, int(_SHARE * min(found)) // 2**20)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    file = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        yield file
    finally:
        os.close(file)


def _lock(file: int, byte: int, *, wait: bool = False) -> bool:
    """Lock a byte of a file; ``False`` if another holds it."""
    try:
        fcntl.fcntl(file, _SET_AND_WAIT if wait else _SET, _flock(fcntl.F_WRLCK, byte))  # type: ignore[arg-type]
    except BlockingIOError:
        return False
    return True


def _unlock(file: int, byte: int) -> None:
    fcntl.fcntl(file, _SET, _flock(fcntl.F_UNLCK, byte))  # type: ignore[arg-type]


def _flock(kind: int, byte: int) -> bytes:
    """The C structure ``flock``: kind, whence, start, length, and a process that must be 0."""
    return struct.pack("@hhqqi0q", kind, os.SEEK_SET, byte, 1, 0)
