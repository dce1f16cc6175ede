"""The assumptions of the gravity model are checked when they are made."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from clustering import InputError
from clustering.flows.gravity.parameters import GravityParameters


@pytest.mark.parametrize(
    ("values", "columns"),
    [
        ({"scale_km": 0}, ["scale_km"]),
        ({"scale_km": float("nan")}, ["scale_km"]),
        ({"nearest_schools": 1.5, "tolerance": 1}, ["nearest_schools", "tolerance"]),
        ({"exponent": True}, ["exponent"]),
        ({"decay": "linear"}, ["decay"]),
        ({"minimum_km": 90.0}, ["minimum_km"]),
        ({"scale": 2}, ["scale"]),
        ({"decay": "linear", "minimum_km": 90.0}, ["decay", "minimum_km"]),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(values: dict[str, Any], columns: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        GravityParameters(**values)
    assert [problem.column for problem in caught.value.problems] == columns


def test_numpy_numbers_are_numbers() -> None:
    parameters = GravityParameters(nearest_schools=np.int64(5), scale_km=np.float64(2))  # type: ignore[arg-type]
    assert parameters == GravityParameters(nearest_schools=5, scale_km=2.0)
    assert parameters.with_changes(nearest_schools=12, scale_km=1) == GravityParameters()
