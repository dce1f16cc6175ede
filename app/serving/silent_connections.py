"""Connections that have sent no whole head of a request yet: those that wait longest give way."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol


class Connection(Protocol):
    """What can be closed."""

    def give_way(self) -> None:
        """Close it: others need the room."""


class SilentConnections:
    """
    Connections from which nothing whole has come yet, by client address, the oldest first.

    Somebody who opens hundreds and sends nothing takes room from themselves first, and from others never: one that
    sends its request at once is not among them for longer than that takes.

    Parameters
    ----------
    maximum
        Of one address.
    grace_s
        Seconds for which none has to give way.
    clock
        Seconds, ever growing.
    """

    def __init__(self, maximum: int, grace_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._maximum = maximum
        self._grace_s = grace_s
        self._clock = clock
        self._by_address: dict[str, OrderedDict[Connection, float]] = {}

    def add(self, address: str, connection: Connection) -> None:
        """Take a connection in; the oldest of its address gives way if there are too many."""
        own = self._by_address.setdefault(address, OrderedDict())
        own[connection] = self._clock()
        if len(own) > self._maximum:
            self._close_oldest(own)

    def remove(self, address: str, connection: Connection) -> None:
        """Forget a connection: it has sent a request, or is gone."""
        own = self._by_address.get(address)
        if own is None:
            return
        own.pop(connection, None)
        if not own:
            del self._by_address[address]

    def make_room(self) -> bool:
        """Let the oldest connection of the address that has most give way; whether there was one."""
        fullest = max(self._by_address.values(), key=len, default=None)
        return fullest is not None and self._close_oldest(fullest)

    def _close_oldest(self, own: OrderedDict[Connection, float]) -> bool:
        oldest, since = next(iter(own.items()))
        if self._clock() - since < self._grace_s:
            return False
        oldest.give_way()
        return True

    def __len__(self) -> int:
        """Count all of them."""
        return sum(map(len, self._by_address.values()))
