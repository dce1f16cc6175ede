"""The multi-year plan equals the best of all plans, tried one by one."""

from __future__ import annotations

import random
from collections import Counter

import pandas as pd
import pytest

from clustering.capacity.plan_years.best_year_plans import find_best_year_plans
from clustering.capacity.plan_years.frontier import trace_frontier
from clustering.capacity.plan_years.model import build_year_model
from clustering.capacity.plan_years.plan import audited_plan, solve_year_model
from clustering.capacity.plan_years.request import build_year_request
from clustering.capacity.plan_years.years_to_reach_all import years_to_reach_all
from clustering.errors import InfeasibleError, InputError
from tests.oracles.year_plans import (
    Instance,
    Start,
    every_worth,
    find_best,
    greatest_number_of_zones,
    instance_of,
    keeps_all,
    random_instance,
    random_world,
    worth_of,
)

WORLDS, REQUESTS = 40, 5


def instances(first: int, count: int, *, requests: int = REQUESTS) -> list[Instance]:
    chances = [random.Random(seed) for seed in range(first, first + count)]
    worlds = [(chance, random_world(chance)) for chance in chances]
    return [random_instance(chance, world) for chance, world in worlds for _ in range(requests)]


def starts_of(table: pd.DataFrame) -> tuple[Start, ...]:
    names = ["variant_id", "partner_id", "start_fall", "renewals"]
    return tuple(Start(*row) for row in table[names].itertuples(index=False, name=None))


@pytest.mark.parametrize("first", range(0, WORLDS, 20))
def test_200_random_plans_are_the_best_of_all(first: int) -> None:
    seen = Counter[str]()
    for number, instance in enumerate(instances(first, 20)):
        best = find_best(instance)
        try:
            model = build_year_model(build_year_request(instance.needs, instance.register, instance.parameters))
            solution = solve_year_model(model)
        except (InfeasibleError, InputError):
            assert best is None, instance.parameters
            seen["refused"] += 1
            continue
        assert best is not None, instance.parameters
        table = model.options.table[solution.chosen]
        plan = starts_of(table)
        assert keeps_all(plan, instance), instance.parameters
        assert worth_of(plan, instance) == best[0], instance.parameters
        assert solution.status == "optimal"
        seen[f"{len(plan)} starts"] += 1
        seen["renewed"] += any(each.renewals for each in plan)
        if number % 20 == 0:  # the tables of some, with their reasons, pass the audit
            audited_plan(model, solution)
    assert min(seen[each] for each in ("refused", "renewed", *(f"{count} starts" for count in range(4)))) > 0


def test_the_five_best_plans_are_the_first_of_all() -> None:
    for instance in instances(500, 5, requests=1):
        try:
            found = find_best_year_plans(instance.needs, instance.register, instance.parameters, count=5)
        except (InfeasibleError, InputError):
            assert not every_worth(instance)
            continue
        worths = [worth_of(starts_of(plan.starts), instance) for plan in found]
        assert worths == every_worth(instance)[:5]


def test_every_point_of_the_frontier_is_the_best_for_its_budget() -> None:
    budgets = [0.0, 200_000.0, 450_000.0, 700_000.0]
    for instance in instances(700, 4, requests=1):
        needs, register = instance.needs, instance.register
        free = instance.parameters.with_changes(force_match=(), force_served=())
        frontier = trace_frontier(needs, register, free, budgets=budgets)
        for budget, served in zip(frontier["budget_dollars"], frontier["need_served"], strict=True):
            parameters = free.with_changes(budget_dollars=budget, budgets_dollars=())
            best = find_best(instance_of(needs, register, parameters))
            assert best is not None
            assert best[0].need == served


def test_the_years_to_reach_all_are_the_fewest_of_all_plans() -> None:
    reached = Counter[str]()
    for instance in instances(900, 6, requests=1):
        needs, register = instance.needs, instance.register
        parameters = instance.parameters.with_changes(
            years=10, budgets_dollars=(), budget_dollars=500_000.0, contract_years=3, exits=(), force_match=()
        ).with_changes(force_served=(), allow_parts=len(register.partners) == 1)
        answer = years_to_reach_all(needs, register, parameters, longest=4)
        whole = instance_of(needs, register, parameters)
        for years, zones in zip(answer.by_year["years"], answer.by_year["zones_started"], strict=True):
            assert greatest_number_of_zones(whole, 2024 + years) == zones
        if answer.status == "optimal" and answer.years:
            assert answer.by_year["zones_started"].iloc[-1] == answer.zones_reachable
            assert (answer.by_year["zones_started"].iloc[:-1] < answer.zones_reachable).all()
        reached[answer.status] += 1
    assert reached["optimal"] > 1
