"""The audit accepts sound plans and rejects each kind of broken one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from clustering.capacity.plan_years.audit import audit_year_plan
from clustering.capacity.plan_years.parameters import PlanYearsParameters
from clustering.capacity.plan_years.plan import plan_years
from clustering.capacity.plan_years.year_plan import YearPlan
from tests.examples.capacity_tables import needs_of, register_of

SCHOOLS = {name: {"students": 100, "district_id": f"D{name[0]}"} for name in ("A1", "A2", "B1", "B2", "C1", "C2")}
NEEDS = needs_of(
    SCHOOLS,
    {"A": ["A1", "A2"], "B": ["B1", "B2"], "C": ["C1", "C2"]},
    smaller={"A-small": ("A", ["A1"])},
    parts={"B-1": ("B", ["B1"]), "B-2": ("B", ["B2"])},
)
REGISTER = register_of(
    {
        "P": {"maximum_schools": 2, "growth_share": 1, "growth_ceiling": 4},
        "Q": {"maximum_schools": 2, "earliest_start": 2030},
        "R": {"kind": "supporting partner"},
        "S": {"reach_districts": ("DA",)},
        "T": {"approval": "not approved"},
        "U": {"accountability": "missing"},
        "V": {"levels": ("elementary",)},
    },
    statements=[{"partner_id": "Q", "district_id": "DC", "choice": "exclude", "stated_by": "state"}],
)
PARAMETERS = PlanYearsParameters(budget_dollars=4_500_000.0, contract_years=3, force_served=("A",))


@pytest.fixture(scope="module")
def plan() -> YearPlan:
    return plan_years(NEEDS, REGISTER, PARAMETERS)


def with_cell(table: pd.DataFrame, row: int, **cells: Any) -> pd.DataFrame:
    changed = table.copy()
    for name, value in cells.items():
        changed.loc[changed.index[row], name] = value
    return changed


def with_start(**cells: Any) -> Callable[[YearPlan], YearPlan]:
    return lambda plan: replace(plan, starts=with_cell(plan.starts, 0, **cells))


def of_request_with(**changes: Any) -> Callable[[YearPlan], YearPlan]:
    """The same plan as an answer to another request."""
    return lambda plan: replace(plan, parameters=plan.parameters.with_changes(**changes))


def in_table(name: str, row: int, **cells: Any) -> Callable[[YearPlan], YearPlan]:
    return lambda plan: replace(plan, **{name: with_cell(getattr(plan, name), row, **cells)})


def without_row(name: str) -> Callable[[YearPlan], YearPlan]:
    return lambda plan: replace(plan, **{name: getattr(plan, name).iloc[1:]})


def with_solution(**changes: Any) -> Callable[[YearPlan], YearPlan]:
    return lambda plan: replace(plan, solution=replace(plan.solution, **changes))


def twice(plan: YearPlan) -> YearPlan:
    return replace(plan, starts=pd.concat([plan.starts, plan.starts.iloc[:1]], ignore_index=True))


def test_a_sound_plan_passes(plan: YearPlan) -> None:
    # S may run A, P runs C, and B two years later by growth.
    assert audit_year_plan(plan, NEEDS, REGISTER) == []
    starts = plan.starts[["zone_id", "partner_id", "start_fall"]].to_numpy().tolist()
    assert sorted(fall for _, _, fall in starts) == [2026, 2026, 2028]
    assert {zone: partner for zone, partner, _ in starts} == {"A": "S", "B": "P", "C": "P"}


BROKEN: list[tuple[str, Callable[[YearPlan], YearPlan]]] = [
    ("There is no variant X", with_start(variant_id="X")),
    ("There is no partner X", with_start(partner_id="X")),
    ("is not one of C", with_start(zone_id="C")),
    ("starts more than once", twice),
    ("School A1 is in 2 starts", twice),
    ("no variant of the kind smaller", with_start(variant_id="A-small", variant="smaller")),
    ("a supporting partner runs no Zones", with_start(partner_id="R")),
    ("the approval not approved is not accepted", with_start(partner_id="T")),
    ("the duty accountability is not", with_start(partner_id="U")),
    ("does not serve high schools", with_start(partner_id="V")),
    ("later than 2026", with_start(partner_id="Q")),
    ("does not work in district", in_table("starts", 1, partner_id="S")),
    ("planning would begin before the plan", with_start(start_fall=2025)),
    ("which is no fall of the plan", with_start(start_fall=2030)),
    ("zone_name is X", with_start(zone_name="X")),
    ("partner_name is X", with_start(partner_name="X")),
    ("variant is smaller and must be as proposed", with_start(variant="smaller")),
    ("review_18_months is 2028-03 and must be 2028-02", with_start(review_18_months="2028-03")),
    ("review_36_months is nan and must be 2029-08", with_start(review_36_months=None)),
    ("exit_fall is 2031 and must be", with_start(exit_fall=2031)),
    ("last_service_fall is 2030 and must be", with_start(last_service_fall=2030)),
    ("contract_years is 4 and must be", with_start(contract_years=4)),
    ("it has 1 renewals, and 0 are allowed", of_request_with(renewals=0)),
    ("a renewal begins after the plan", with_start(renewals=3)),
    ("renewal_falls is 2028 and must be", with_start(renewal_falls="2028")),
    ("zones_renewed is 5", in_table("years", 2, zones_renewed=5)),
    ("first_three_years_cost_dollars", with_solution(first_three_years_cost_dollars=3.0)),
    ("planning_fall is", with_start(planning_fall=2024)),
    ("school_count is 5", with_start(school_count=5)),
    ("students is 7", with_start(students=7.0)),
    ("need is 7", with_start(need=7.0)),
    ("need_years is 7", with_start(need_years=7.0)),
    ("years_served is 1 and", with_start(years_served=1)),
    ("cost_dollars is 7", with_start(cost_dollars=7.0)),
    ("cost_afterwards_dollars is 7", with_start(cost_afterwards_dollars=7.0)),
    ("is to run", of_request_with(growth=False)),
    ("Zones in fall", of_request_with(maximum_zones_per_partner=1)),
    ("in fall 2028, and there are", of_request_with(budget_dollars=4_000_000.0)),
    ("budget_dollars is 4500000.0 and must be 5000000.0", of_request_with(budget_dollars=5_000_000.0)),
    ("The lock force_match C=S is not kept", of_request_with(force_match=("C=S",))),
    ("The lock force_unserved A is not kept", of_request_with(force_unserved=("A",))),
    ("The lock forbid_match A=S is not kept", of_request_with(forbid_match=("A=S",))),
    ("exit_fall is 2032 and must be 2028", of_request_with(exits=("A=2028",))),
    ("The plan runs from fall 2025", of_request_with(years=6)),
    ("planning_fall", of_request_with(planning_years=0)),
    ("must be later", of_request_with(intensive_years=1)),
    ("The solution: need is", of_request_with(count_by="Zones reached")),
    ("The solution: need is", with_solution(need=1.0)),
    ("above its bound", with_solution(bound=1.0)),
    ("The solution: preferences", with_solution(preferences=3)),
    ("The solution: cost_dollars", with_solution(cost_dollars=3.0)),
    ("The table costs does not have one row", without_row("costs")),
    ("The cost of", in_table("costs", 1, cost_dollars=1.0)),
    ("phase is later", in_table("costs", 1, phase="later")),
    ("The table years does not have one row", without_row("years")),
    ("left_dollars is 1.0", in_table("years", 1, left_dollars=1.0)),
    ("cohort is B", in_table("years", 1, cohort="B")),
    ("need_served is 1.0", in_table("years", 2, need_served=1.0)),
    ("zones_leaving is 5", in_table("years", 2, zones_leaving=5)),
    ("intensive_cost_dollars is 1.0", in_table("years", 2, intensive_cost_dollars=1.0)),
    ("schools_used is 9", in_table("years", 2, schools_used=9)),
    ("The table partners does not have one row", without_row("partners")),
    ("schools_free is 9.0", in_table("partners", 2, schools_free=9.0)),
    ("schools_used is 9", in_table("partners", 2, schools_used=9)),
    ("The table partners does not have one row", in_table("partners", 2, partner_id="X")),
    ("schools_grown is 9.0", in_table("partners", 2, schools_grown=9.0)),
    ("partner_name is X", in_table("partners", 2, partner_name="X")),
    ("The timeline does not have", in_table("timeline", 1, partner_id="X")),
    ("The timeline does not have", in_table("timeline", 1, zone_id="X")),
    ("The timeline does not have", in_table("timeline", 1, fall=2000)),
    ("The status is optimal, the gap 0.5", with_solution(gap=0.5)),
    ("by the bound it is", with_solution(bound=1e6)),
    ("The timeline does not have", without_row("timeline")),
    ("The timeline does not have", in_table("timeline", 1, date="2026-09")),
    ("must either start or be among", lambda plan: replace(plan, starts=plan.starts.iloc[1:])),
    (
        "must either start or be among",
        lambda plan: replace(plan, never_started=pd.DataFrame({"zone_id": ["A"], "kind": ["budget"]})),
    ),
]


@pytest.mark.parametrize(
    ("message", "broken"), BROKEN, ids=[f"{number} {message}" for number, (message, _) in enumerate(BROKEN)]
)
def test_a_broken_plan_is_rejected(plan: YearPlan, message: str, broken: Callable[[YearPlan], YearPlan]) -> None:
    violations = audit_year_plan(broken(plan), NEEDS, REGISTER)
    assert any(message in violation for violation in violations), violations


def test_an_excluded_pair_is_rejected(plan: YearPlan) -> None:
    row = plan.starts.index[plan.starts["zone_id"] == "C"][0]
    broken = replace(plan, starts=with_cell(plan.starts, plan.starts.index.get_loc(row), partner_id="Q"))
    assert any("the pair is excluded" in violation for violation in audit_year_plan(broken, NEEDS, REGISTER))


@pytest.mark.parametrize(
    ("name", "value"),
    [("zone_name", "X"), ("school_count", 9), ("students", 1.0), ("need", 1.0), ("first_fall", 2026), ("last_fall", 9)],
)
def test_a_zone_that_never_starts_has_its_own_numbers(name: str, value: object) -> None:
    asked_for = PARAMETERS.with_changes(force_unserved=("C",))
    left = plan_years(NEEDS, REGISTER, asked_for)
    broken = replace(left, never_started=with_cell(left.never_started.astype({name: "object"}), 0, **{name: value}))
    assert audit_year_plan(left, NEEDS, REGISTER) == []
    assert any(
        f"The Zone C: {name} is {value} and must be" in each for each in audit_year_plan(broken, NEEDS, REGISTER)
    )
