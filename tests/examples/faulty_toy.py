"""The toy district with a fault written into it, and the problems that are found."""

from __future__ import annotations

import pandas as pd
import pytest

from clustering import InputError, Problem
from tests.examples.toy_district import toy_scenario


def problems_of(schools: pd.DataFrame | None = None, flows: pd.DataFrame | None = None) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        toy_scenario(schools, flows)
    for problem in caught.value.problems:
        assert problem.is_error
        assert problem.message.endswith((".", "?"))
        assert problem.remedy.endswith(".")
    return caught.value.problems


def with_cell(table: pd.DataFrame, place: int, column: str, value: str) -> pd.DataFrame:
    changed = table.copy()
    changed.loc[place, column] = value
    return changed
