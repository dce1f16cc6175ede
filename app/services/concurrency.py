"""How much is read and computed at the same time while requests wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import ServiceError


class ConcurrencyLimit:
    """
    Slots for what is read or computed while a request waits; a request that finds none free is refused at once.

    Parameters
    ----------
    slots
        How many.
    """

    def __init__(self, slots: int) -> None:
        self._free = threading.BoundedSemaphore(slots)
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
            503 if none is free.
        """
        if not self._free.acquire(blocking=False):
            detail = "The service is reading and computing as much as it can. Try again soon."
            raise ServiceError(503, detail, headers={"Retry-After": "5"})
        self.taken += 1
        try:
            yield
        finally:
            self.taken -= 1
            self._free.release()
