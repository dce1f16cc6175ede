"""Answers that are kept in memory, so that what was worked out once is not worked out for every view."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

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
        self._lock = threading.Lock()

    def __contains__(self, key: Hashable) -> bool:
        with self._lock:
            return key in self._answers

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
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                kept: Answer = self._answers[key][0]  # type: ignore[assignment]
                return kept
        answer = make()
        with self._lock:
            self._answers[key] = (answer, size(answer))
            while sum(each for _, each in self._answers.values()) > self._maximum_bytes:
                self._answers.popitem(last=False)
        return answer
