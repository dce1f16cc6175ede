"""Answers that are kept in memory, so that what was worked out once is not worked out for every view."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Answer = TypeVar("Answer")

MAXIMUM_BYTES = 64 * 1024 * 1024


class KeptAnswers:
    """
    The answers that were used last, up to a size in all.

    Parameters
    ----------
    maximum_bytes
        Of all answers; one that is larger alone is not kept.
    """

    def __init__(self, maximum_bytes: int = MAXIMUM_BYTES) -> None:
        self._maximum_bytes = maximum_bytes
        self._answers: OrderedDict[Hashable, tuple[object, int]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Answer], *, size: Callable[[Answer], int]) -> Answer:
        """
        Look an answer up, or make and keep it.

        Parameters
        ----------
        key
            Everything that the answer rests on: with another content it must be another key.
        make
            Works it out. Two that ask at once both do.
        size
            Of the answer [bytes].

        Returns
        -------
        answer
            The same for the same key.
        """
        kept: Answer | None = self.find(key)
        if kept is not None:
            return kept
        answer = make()
        self.keep(key, answer, size(answer))
        return answer

    def find(self, key: Hashable) -> Any:
        """The answer that is kept under a key, which counts as used; ``None`` if there is none."""
        with self._lock:
            if key not in self._answers:
                return None
            self._answers.move_to_end(key)
            return self._answers[key][0]

    def keep(self, key: Hashable, answer: object, size: int) -> None:
        """Keep an answer of so many bytes, and forget those used longest ago where they no longer fit."""
        self.forget(key)
        with self._lock:
            self._answers[key] = (answer, size)
            self._bytes += size
            while self._bytes > self._maximum_bytes:
                _, (_, forgotten) = self._answers.popitem(last=False)
                self._bytes -= forgotten

    def forget(self, key: Hashable) -> None:
        """Drop what is kept under a key."""
        with self._lock:
            _, size = self._answers.pop(key, (None, 0))
            self._bytes -= size
