"""Commas that may separate decimals or thousands: asked, and each remedy works."""

from __future__ import annotations

import pandas as pd
import pytest

import clustering as cz

SCHOOLS = pd.DataFrame({"school_id": ["1", "2", "3"], "name": ["Oak", "Elm", "Ash"], "grades": "9-12"})


def scores(cells: list[str], *options: str) -> list[float]:
    points = pd.DataFrame({"school_id": ["1", "2", "3"], "index_score": cells})
    scenario = cz.read_scenario(schools=SCHOOLS, performance=points, require_flows=False, options=options)
    found = scenario.rates.set_index("school_id")["exact"].reindex(["1", "2", "3"])
    return [-1 if pd.isna(score) else score for score in found]


def test_a_column_with_both_kinds_of_commas_is_asked_about() -> None:
    with pytest.raises(cz.InputError) as caught:
        scores(["1,234", "61,5", "70"])
    (problem,) = caught.value.problems
    assert "decimals in 61,5, and perhaps thousands in 1,234" in problem.message
    assert "decimal=comma" in problem.remedy
    assert scores(["1,234", "61,5", "70"], "decimal=comma") == [1.234, 61.5, 70]
    assert scores(["1,234", "61,5", "70"], "decimal=point") == [1234, -1, 70]  # 61,5 is no number then


@pytest.mark.parametrize(
    ("cells", "expected"), [(["1,234", "615", "70"], [1234, 615, 70]), (["1,2", "61,5", "70"], [1.2, 61.5, 70])]
)
def test_commas_of_one_kind_are_read(cells: list[str], expected: list[float]) -> None:
    assert scores(cells) == expected
