"""Counting students by many columns at once: each combination is one packed number."""

from __future__ import annotations

import numpy as np

from clustering.readers.student_records.sorting import sort_numbers


def pack_numbers(radices: tuple[int, ...], first: np.ndarray, *others: np.ndarray) -> np.ndarray:
    """
    Write several numbers as one.

    Parameters
    ----------
    radices
        One for each further number, which is at least 0 and less than it.
    first, *others
        The numbers.

    Returns
    -------
    packed
        int64; sorts like the numbers, the first one first.
    """
    packed = first.astype(np.int64)
    for radix, values in zip(radices, others, strict=True):
        packed *= radix
        packed += values
    return packed


def count_numbers(packed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """
    Count how often each number stands.

    Parameters
    ----------
    packed
        Numbers of 0 or more.

    Returns
    -------
    numbers, counts
        Distinct numbers in order, and how often each of them stands.
    """
    if len(packed) and packed.max() < 4 * len(packed):
        counts = np.bincount(packed)
        cells = np.flatnonzero(counts)
        return cells, counts[cells]
    packed = sort_numbers(packed)
    starts = np.flatnonzero(np.append(True, packed[1:] != packed[:-1])) if len(packed) else np.zeros(0, np.int64)
    return packed[starts], np.diff(starts, append=len(packed))
