"""Parameters of the multi-year plan: bounds, texts and contradictions."""

from __future__ import annotations

from typing import Any

import pytest

from clustering.capacity.plan_years.documents import plan_years_schema
from clustering.capacity.plan_years.parameters import PlanYearsParameters
from clustering.errors import InputError


def test_budgets_may_repeat_and_may_be_text() -> None:
    assert PlanYearsParameters(budgets_dollars="1,1,2,2,2").budgets_dollars == (1, 1, 2, 2, 2)
    assert PlanYearsParameters(budgets_dollars=" none ").budgets_dollars == ()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"years": 2}, "from 3 to 10"),
        ({"years": 11}, "from 3 to 10"),
        ({"planning_years": 2}, "from 0 to 1"),
        ({"contract_years": 0}, "from 1 to 10"),
        ({"first_month": 13}, "from 1 to 12"),
        ({"budgets_dollars": [1, 2, 3]}, "There are 3 budgets for 5 years"),
        ({"budgets_dollars": [1] * 5, "budget_dollars": 1}, "There is a budget_dollars too"),
        ({"budgets_dollars": ["x"] * 5}, "This is not a number"),
        ({"budgets_dollars": 5}, "budgets_dollars"),
        ({"count_by": "schools"}, "years served or Zones reached"),
        ({"later_cost_per_school_dollars": -1}, "later_cost_per_school_dollars"),
    ],
)
def test_values_that_cannot_be_used_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        PlanYearsParameters(**values)


def test_every_parameter_has_a_description_and_every_number_a_unit() -> None:
    fields = plan_years_schema()["properties"]
    assert all(field["description"] for field in fields.values())
    own = set(PlanYearsParameters.__annotations__)
    numbers = [name for name in own if name.endswith(("_dollars", "_years")) or name in ("years", "first_month")]
    assert [name for name in sorted(numbers) if "unit" not in fields[name]] == []
