"""Renewals and early starts, by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from tests.clustering.capacity.plan_years.test_plan import planned, starts
from tests.examples.capacity_tables import register_of


def test_a_contract_is_renewed_as_long_as_that_serves_most() -> None:
    # P runs three schools. A for six years, 6 * 900, is more than A and B in turn; both renewals begin within the plan.
    register = register_of({"P": {"maximum_schools": 3, "contract_years": 2, "cost_per_school": 100_000}})
    plan = planned(register, years=6, later_cost_per_school_dollars=40_000)
    assert starts(plan) == {"A": ("P", 2025)}
    row = plan.starts.iloc[0]
    assert row[["renewals", "last_service_fall", "exit_fall", "years_served"]].tolist() == [2, 2030, 2031, 6]
    assert row["renewal_falls"] == "2027; 2029"
    assert pd.isna(row["end_reason"])
    assert plan.years["zones_renewed"].tolist() == [0, 0, 1, 0, 1, 0]
    assert plan.years["zones_leaving"].sum() == 0
    # Three years at full cost from the start, whatever the contract; then later cost.
    assert plan.years["cost_dollars"].tolist() == [300_000] * 3 + [120_000] * 3
    assert plan.solution.first_three_years_cost_dollars == 900_000
    assert "1 contract is renewed in fall 2027 and 1 in fall 2029." in " ".join(plan.notes)
    dates = plan.timeline[["date", "event"]].to_numpy().tolist()
    assert dates == [
        ["2025-08", "start"],
        ["2027-02", "review at 18 months"],
        ["2027-08", "renewal"],
        ["2029-02", "review at 18 months"],
        ["2029-08", "renewal"],
        ["2031-02", "review at 18 months"],
        ["2031-08", "exit"],
    ]


def test_a_renewed_contract_is_paid_for_to_its_end() -> None:
    # Four years of service within the plan, and two more of the renewed contract.
    plan = planned(register_of({"P": {"maximum_schools": 3, "contract_years": 3}}), years=4)
    assert plan.starts.loc[0, ["renewals", "cost_dollars", "cost_afterwards_dollars"]].tolist() == [1, 9e6, 4.5e6]
    closing = "The review at 36 months of one contract falls in the month in which the contract ends: decide before it."
    assert closing in plan.notes


@pytest.mark.parametrize(
    ("partner", "settings", "reason"),
    [
        ({}, {"renewals": 1}, "The request allows 1 renewal."),
        ({}, {"exits": ("A=2027",)}, "The request names its exit in fall 2027."),
        ({"maximum_schools": 3}, {"budgets_dollars": [1e6] * 3 + [0] * 2}, "Even without other Zones, Partner P"),
    ],
)
def test_a_contract_that_ends_says_why(partner: dict[str, Any], settings: dict[str, Any], reason: str) -> None:
    register = register_of({"P": {"contract_years": 1, "cost_per_school": 100_000, **partner}})
    plan = planned(register, **{"years": 5, "force_unserved": ("B", "C"), **settings})
    assert plan.starts["end_reason"].iloc[0].startswith(reason)


def test_a_renewal_gives_way_to_greater_need() -> None:
    # P runs three schools and may plan A only from 2027: B leaves for it, though a renewal would fit without A.
    statement = {"partner_id": "Q", "district_id": "D1", "choice": "exclude", "stated_by": "state"}
    register = register_of({"P": {"maximum_schools": 3, "contract_years": 2}, "Q": {}}, statements=[statement])
    early = planned(register, years=4, force_served=("A", "B"))
    assert early.solution.need == 2 * 900 + 2 * 600
    first = early.starts.iloc[0]
    assert first["end_reason"].startswith("It is not renewed. Partner P has no room for 3 more schools in fall 2027")


def test_of_plans_of_equal_need_the_one_that_starts_earlier_is_taken() -> None:
    # Q's contract of one year is cheaper and preferred, in any year; the Zone starts in the first fall all the same.
    statement = {"partner_id": "Q", "district_id": "D1", "choice": "prefer", "stated_by": "district"}
    partners = {"P": {"contract_years": 1}, "Q": {"contract_years": 1, "cost_per_school": 10, "earliest_start": 2027}}
    register = register_of(partners, statements=[statement])
    for count_by in ("years served", "Zones reached"):
        plan = planned(register, renewals=0, count_by=count_by)
        assert set(starts(plan).values()) == {("P", 2025)}


def test_reached_zones_are_served_as_long_as_they_can_be() -> None:
    # Each Zone counts once, and still no contract ends before it has to.
    plan = planned(register_of({"P": {"contract_years": 1}}), count_by="Zones reached", years=4)
    assert plan.solution.need == 1800
    assert plan.starts["years_served"].tolist() == [4, 4, 4]
