"""Ends of bands by size, counted through for every size of a class by a counter of this file's own."""

from __future__ import annotations

from itertools import pairwise

import pytest

from clustering.disclosure.rates import STANDARD_RATE_PROTECTION, RateProtection
from clustering.disclosure.rates.band_edges import band_edges

MOST_OF_CLASS = (19, 39, 99, 299, 800)
STRICT = RateProtection(minimum_students=15, least_possible_values=7)


def test_the_bands_of_small_groups() -> None:
    # Of ten students 0 to 4 are below half and 5 to 10 are not; a third band would hold fewer than five counts.
    assert band_edges(0, 0.0, STANDARD_RATE_PROTECTION) == (0, 50, 100)
    # Of twenty, 0 to 5, 6 to 13 and 14 to 20: the federal line of 67 is an end.
    assert band_edges(1, 0.0, STANDARD_RATE_PROTECTION) == (0, 30, 67, 100)


def test_nothing_and_everybody_are_coded_by_size() -> None:
    ends = [band_edges(number, 0.0, STANDARD_RATE_PROTECTION) for number in range(5)]
    assert [(each[1], each[-2]) for each in ends] == [(50, 50), (30, 67), (15, 90), (6, 96), (2, 98)]


@pytest.mark.parametrize("half", [0.0, 0.5, 0.05])
@pytest.mark.parametrize("protection", [STANDARD_RATE_PROTECTION, STRICT])
def test_every_small_count_keeps_its_values_at_every_size(protection: RateProtection, half: float) -> None:
    minimum, needed = protection.minimum_students, protection.least_possible_values
    for number, (least, _) in enumerate(protection.classes):
        # In thousandths of a per cent, so that no digit is lost.
        inner = [round(1000 * edge) for edge in band_edges(number, half, protection)[1:-1]]
        for size in range(least, MOST_OF_CLASS[number] + 1):
            first = [0, *(-(-edge * size // 100_000) for edge in inner), size + 1]
            for start, end in pairwise(first):
                assert start < end, size  # a band without a count would tell the size
                if start < minimum or size - end + 1 < minimum:
                    assert end - start >= needed, (size, start)


def test_the_line_of_the_law_is_an_end_from_twenty_students_on() -> None:
    for number in range(1, 5):
        assert 67.0 in band_edges(number, 0.0, STANDARD_RATE_PROTECTION)


def test_bands_are_as_wide_as_the_ladder_asks_but_beside_the_lines_of_the_law() -> None:
    for number, (_, points) in enumerate(STANDARD_RATE_PROTECTION.classes):
        edges = band_edges(number, 0.0, STANDARD_RATE_PROTECTION)
        narrow = [pair for pair in pairwise(edges) if pair[1] - pair[0] < points]
        assert all(set(pair) & set(STANDARD_RATE_PROTECTION.kept_ends) for pair in narrow)
