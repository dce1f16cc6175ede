"""Sorting many numbers with two threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

# With fewer numbers a second thread costs more time than it saves.
_WORTHWHILE = 1_000_000
_SAMPLE = 1_001


def sort_numbers(numbers: np.ndarray) -> np.ndarray:
    """Sort whole numbers; one thread takes those below the median of a sample, the other takes the rest."""
    if len(numbers) < _WORTHWHILE:
        return np.sort(numbers)
    pivot = np.sort(numbers[:: len(numbers) // _SAMPLE])[_SAMPLE // 2]
    is_low = numbers < pivot
    ordered = np.empty_like(numbers)
    lows = int(np.count_nonzero(is_low))
    parts = ((is_low, ordered[:lows]), (~is_low, ordered[lows:]))

    with ThreadPoolExecutor(max_workers=2) as threads:
        list(threads.map(lambda part: _sort_part(numbers, *part), parts))
    return ordered


def _sort_part(numbers: np.ndarray, mask: np.ndarray, target: np.ndarray) -> None:
    np.compress(mask, numbers, out=target)
    target.sort()
