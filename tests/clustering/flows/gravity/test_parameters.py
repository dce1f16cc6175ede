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
        ({"added_km": 0}, ["added_km"]),
        ({"added_km": float("nan")}, ["added_km"]),
        ({"nearest_schools": 1.5, "tolerance": 1}, ["nearest_schools", "tolerance"]),
        ({"exponent_per_school": True}, ["exponent_per_school"]),
        ({"crowding_limit": -1.0}, ["crowding_limit"]),
        ({"own_district_first": "perhaps"}, ["own_district_first"]),
        ({"exponent": 2}, ["exponent"]),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(values: dict[str, Any], columns: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        GravityParameters(**values)
    assert [problem.column for problem in caught.value.problems] == columns


def test_numpy_numbers_are_numbers() -> None:
    parameters = GravityParameters(nearest_schools=np.int64(5), added_km=np.float64(2))  # type: ignore[arg-type]
    assert parameters == GravityParameters(nearest_schools=5, added_km=2.0)
    assert parameters.with_changes(nearest_schools=12, added_km=0.3) == GravityParameters()
