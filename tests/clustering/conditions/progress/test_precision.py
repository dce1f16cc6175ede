"""Changes at the precision that is shown: what is written as 0.0 is no change."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from clustering.conditions.progress.precision import directions, shown_number


@pytest.mark.parametrize(
    ("change", "unit", "better", "direction"),
    [
        (0.0004, "share", "higher", "no change"),  # 0.04 percentage points are written as 0.0
        (-0.0004, "share", "lower", "no change"),
        (0.0006, "share", "higher", "better"),  # 0.06 are written as 0.1
        (0.0006, "share", "lower", "worse"),
        (-0.04, "points", "higher", "no change"),
        (-0.06, "points", "higher", "worse"),
        (-0.06, "points", "lower", "better"),
        (0.0, "points", "higher", "no change"),
    ],
)
def test_a_change_is_judged_as_it_is_shown(change: float, unit: str, better: str, direction: str) -> None:
    (found,) = directions(pd.Series([change]), pd.Series([unit]), pd.Series([better]))
    assert found == direction


def test_an_unknown_change_has_no_direction() -> None:
    (found,) = directions(pd.Series([math.nan]), pd.Series(["share"]), pd.Series(["higher"]))
    assert found is None


def test_what_is_shown_is_what_text_would_say() -> None:
    for value in (0.0005, 0.0015, 0.0025, -0.0005, 0.12345, 1.0):
        assert f"{shown_number(value, 'share'):.1f}" == f"{100 * value:z.1f}"
