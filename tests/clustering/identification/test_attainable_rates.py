"""The rates that cohorts of some sizes can have, beside every count of every size."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from clustering.identification.attainable_rates import Sizes, narrowed_ends


def narrow(percent: str, least: int, greatest: int) -> tuple[float, float]:
    """Ends of a rate published in whole per cents, or to the decimals of the text."""
    half = 0.5 * 10.0 ** -(len(percent.partition(".")[2]) + 2)
    number = float(percent) / 100
    low, high = np.array([round(number - half, 12)]), np.array([np.nextafter(round(number + half, 12), -1)])
    sizes = Sizes(least=np.array([float(least)]), greatest=np.array([float(greatest)]))
    ends = narrowed_ends(np.maximum(low, 0), np.minimum(high, 1), sizes)
    return float(ends.low[0]), float(ends.high[0])


def by_every_count(percent: int, sizes: range) -> tuple[float, float] | None:
    """Lowest and highest share of all counts that round, halves up, to whole per cents."""
    shares = [Fraction(count, size) for size in sizes for count in range(size + 1)]
    found = [share for share in shares if (share * 100 + Fraction(1, 2)).__floor__() == percent]
    return (float(min(found)), float(max(found))) if found else None


def test_67_of_12_students_is_two_thirds() -> None:
    assert narrow("67", 12, 12) == (8 / 12, 8 / 12)
    # 200, 201 and 202 of 300.
    assert narrow("67", 300, 300) == (200 / 300, 202 / 300)
    assert narrow("67", 1, 9) == (2 / 3, 2 / 3)
    assert narrow("66.7", 12, 12) == (8 / 12, 8 / 12)


def test_a_half_is_rounded_up() -> None:
    # 133 of 200 are 66.5 per cent, published as 67, and 135 are 67.5, published as 68.
    assert narrow("67", 200, 200) == (133 / 200, 134 / 200)
    assert narrow("68", 200, 200) == (135 / 200, 136 / 200)


def test_a_rate_that_no_such_cohort_can_have_keeps_its_ends() -> None:
    assert narrow("67", 10, 10) == (0.665, np.nextafter(0.675, -1))
    assert narrow("67", 1000, 2000) == (0.665, np.nextafter(0.675, -1))


@pytest.mark.parametrize("percent", range(0, 101, 3))
@pytest.mark.parametrize("sizes", [range(7, 8), range(29, 30), range(64, 65), range(1, 10), range(15, 26)])
def test_ends_are_those_of_all_counts(percent: int, sizes: range) -> None:
    expected = by_every_count(percent, sizes)
    if expected is not None:
        assert narrow(str(percent), sizes[0], sizes[-1]) == expected
