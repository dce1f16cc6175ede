"""How much is read and computed at the same time while requests wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.jobs import MemoryBudget, busy


class ConcurrencyLimit:
    """
    Slots for what is read or computed while a request waits; a request that finds none free is refused at once.

    Parameters
    ----------
    slots
        How many, in this worker process.
    memory
        From which each takes its part, whatever worker process it is in.
    megabytes
        That each may use.
    keep_free_mb
        What must be free afterwards, for others.
    """

    def __init__(self, slots: int, memory: MemoryBudget, megabytes: int, *, keep_free_mb: int = 0) -> None:
        self._free = threading.BoundedSemaphore(slots)
        self._memory, self._megabytes, self._keep_free_mb = memory, megabytes, keep_free_mb
        self.taken = 0

    @contextmanager
    def slot(self) -> Iterator[None]:
        """
        Take a slot.

        Yields
        ------
        nothing
            While the slot is taken.

        Raises
        ------
        ServiceError
            503 if none is free, or if there is no memory for it.
        """
        if not self._free.acquire(blocking=False):
            raise busy()
        self.taken += 1
        try:
            with self._memory.reserved(self._megabytes, keep_free_mb=self._keep_free_mb):
                yield
        finally:
            self.taken -= 1
            self._free.release()
