"""The generated country is one model for all, and greedy practice stays within its limits."""

from __future__ import annotations

import numpy as np
import pytest

from bench.capacity import GAP, by_cp_sat, by_highs, by_ours, greedy
from bench.capacity_country import generate_capacity_country
from bench.capacity_practices import practices_of_plan
from clustering.capacity.plan_years.model import build_year_model
from clustering.capacity.plan_years.request import build_year_request


def test_all_three_solve_the_same_model() -> None:
    needs, register = generate_capacity_country(25, 5, seed=3)
    years = build_year_model(build_year_request(needs, register, {"years": 3, "budget_dollars": 20e6}))
    model = years.assignment
    answers = [solve(model, 60.0) for solve in (by_ours, by_highs, by_cp_sat)]
    least_bound = min(bound for _, bound in answers)
    for value, bound in answers:
        assert 0 < value <= least_bound * (1 + 1e-9)
        assert bound - value <= 1.001 * GAP * bound
    for _, order, _ in practices_of_plan(years):
        assert sorted(order.tolist()) == list(range(len(model.values)))
        assert 0 < greedy(model, order) <= least_bound


def test_the_same_seed_gives_the_same_country() -> None:
    (first, partners), (second, again) = (generate_capacity_country(30, 6, seed=4) for _ in range(2))
    assert first.variants.equals(second.variants)
    assert partners.partners.equals(again.partners)
    other, _ = generate_capacity_country(30, 6, seed=5)
    assert not np.array_equal(first.variants["students"], other.variants["students"])


@pytest.mark.parametrize("column", ["school_count", "students"])
def test_every_zone_has_a_size(column: str) -> None:
    needs, _ = generate_capacity_country(50, 5, seed=1)
    assert (needs.variants[column] > 0).all()
