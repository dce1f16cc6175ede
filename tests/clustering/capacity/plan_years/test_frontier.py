"""Need served against money, by hand."""

from __future__ import annotations

import pytest

from clustering.capacity.plan_years.frontier import trace_frontier
from clustering.errors import InputError
from tests.examples.capacity_tables import needs_of, register_of

# Two Zones of one school each for a year; A has 300 students, B 200; a school costs 100,000 dollars a year.
NEEDS = needs_of({"A1": {"students": 300}, "B1": {"students": 200}}, {"A": ["A1"], "B": ["B1"]})
REGISTER = register_of({"P": {"cost_per_school": 100_000, "contract_years": 1}})
PARAMETERS = {"years": 3, "planning_years": 0, "renewals": 0}


def test_the_default_budgets_end_where_more_money_serves_no_more() -> None:
    # Without a limit both start at once, for 200,000 dollars: the last of three even steps from 0.
    frontier = trace_frontier(NEEDS, REGISTER, PARAMETERS, points=3)
    assert frontier["budget_dollars"].tolist() == [0, 100_000, 200_000]
    assert frontier["need_served"].tolist() == [0, 500, 500]  # with 100,000 one after the other
    assert frontier["zones_started"].tolist() == [0, 2, 2]
    assert frontier["greatest_year_cost_dollars"].tolist() == [0, 100_000, 200_000]
    assert frontier["status"].tolist() == ["optimal"] * 3
    assert frontier["gap"].tolist() == [0, 0, 0]


def test_own_budgets_take_the_place_of_those_of_the_request() -> None:
    parameters = {**PARAMETERS, "budgets_dollars": [0, 0, 0]}
    frontier = trace_frontier(NEEDS, REGISTER, parameters, budgets=[200_000, 50_000])
    assert frontier["budget_dollars"].tolist() == [50_000, 200_000]
    assert frontier["need_served"].tolist() == [0, 500]


def test_locks_that_a_budget_cannot_pay_for_are_said() -> None:
    frontier = trace_frontier(NEEDS, REGISTER, {**PARAMETERS, "force_served": ("A",)}, budgets=[50_000, 100_000])
    assert frontier["status"].tolist() == ["infeasible", "optimal"]
    assert frontier["need_served"].isna().tolist() == [True, False]


def test_more_money_never_serves_less() -> None:
    frontier = trace_frontier(NEEDS, REGISTER, {**PARAMETERS, "carry_over": True}, points=5)
    assert frontier["need_served"].is_monotonic_increasing
    assert frontier["need_served"].iloc[-1] == 500


@pytest.mark.parametrize("arguments", [{"budgets": [-1.0]}, {"budgets": []}, {"budgets": [1, 1]}, {"points": 1}])
def test_budgets_that_cannot_be_used_are_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(InputError, match="budget|points"):
        trace_frontier(NEEDS, REGISTER, PARAMETERS, **arguments)  # type: ignore[arg-type]
