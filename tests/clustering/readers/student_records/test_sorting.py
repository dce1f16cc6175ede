"""Sorting of many numbers on two threads."""

from __future__ import annotations

import numpy as np
import pytest

from clustering.readers.student_records.sorting import sort_numbers


@pytest.mark.parametrize("kind", [np.uint64, np.int64])
def test_sorting_in_two_threads(kind: type) -> None:
    generator = np.random.default_rng(3)
    numbers: np.ndarray
    for numbers in (
        generator.integers(0, 1 << 60, 1_500_000).astype(kind),
        np.full(1_500_000, 7, dtype=kind),
        np.arange(1_500_000, 0, -1).astype(kind),
    ):
        np.testing.assert_array_equal(sort_numbers(numbers), np.sort(numbers))
