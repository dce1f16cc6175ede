"""The protected base table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustering import suppress_flows


def flows_of(*cells: tuple[float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(cells, columns=["students", "students_low", "students_high"])


@pytest.mark.parametrize(
    ("students", "shown"), [(0, 0), (10, 10), (14, 10), (15, 20), (24, 20), (25, 30), (104, 100), (105, 110)]
)
def test_counts_of_ten_and_more_are_rounded_to_tens(students: float, shown: float) -> None:
    assert suppress_flows(flows_of((students, students, students))).iloc[0].tolist() == [shown, shown, shown]


@pytest.mark.parametrize("students", range(1, 10))
def test_small_counts_all_look_the_same(students: int) -> None:
    assert suppress_flows(flows_of((students, students, students))).iloc[0].tolist() == [
        pytest.approx(np.nan, nan_ok=True),
        1,
        9,
    ]


def test_an_exact_part_of_a_suppressed_sum_cannot_be_told() -> None:
    # 3 + (1 to 9) and 8 + (1 to 9) look the same.
    first = suppress_flows(flows_of((np.nan, 4, 12)))
    second = suppress_flows(flows_of((np.nan, 9, 17)))
    pd.testing.assert_frame_equal(first, second)
    assert first.iloc[0].tolist() == [pytest.approx(np.nan, nan_ok=True), 1, 20]


@given(st.integers(0, 5000))
def test_the_truth_lies_within_five_students_or_within_the_interval(students: int) -> None:
    shown = suppress_flows(flows_of((students, students, students))).iloc[0]
    if 0 < students < 10:
        assert shown["students_low"] <= students <= shown["students_high"]
    else:
        assert abs(shown["students"] - students) <= 5
        assert shown["students"] % 10 == 0
