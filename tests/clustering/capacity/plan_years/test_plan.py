"""Plans worked out by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.plan_years.documents import year_plan_document
from clustering.capacity.plan_years.plan import plan_years
from clustering.capacity.plan_years.year_plan import YearPlan
from clustering.capacity.register.register import Register
from clustering.capacity.solver import AssignmentSolution
from clustering.errors import InfeasibleError, InputError
from tests.examples.capacity_tables import needs_of, register_of

ROOT = Path(__file__).resolve().parents[4]


def three_zones() -> ZoneNeeds:
    """Zones of three schools with 300, 200 and 100 students each: A 900, B 600, C 300."""
    schools = {
        f"{zone}{number}": {"students": size}
        for zone, size in zip("ABC", (300, 200, 100), strict=True)
        for number in "123"
    }
    return needs_of(schools, {zone: [f"{zone}{number}" for number in "123"] for zone in "ABC"})


def planned(register: Register, needs: ZoneNeeds | None = None, **settings: Any) -> YearPlan:
    settings = {"planning_years": 0, "years": 3, **settings}
    return plan_years(needs or three_zones(), register, settings)


def starts(plan: YearPlan) -> dict[str, tuple[str, int]]:
    rows = plan.starts[["variant_id", "partner_id", "start_fall"]].to_numpy().tolist()
    return {variant: (partner, fall) for variant, partner, fall in rows}


def reasons(plan: YearPlan) -> dict[str, str]:
    return dict(zip(plan.never_started["zone_id"], plan.never_started["kind"], strict=True))


def test_growth_lets_the_third_zone_start_in_the_third_year() -> None:
    # P and Q run three schools each. P may run one school more for each school that it has run for two years, so that
    # from 2027 it has six: C, the least Zone, waits for that. A and B start at once: 3 * 900 + 3 * 600 + 300 = 4800.
    register = register_of(
        {"P": {"maximum_schools": 3, "growth_share": 1, "growth_ceiling": 6}, "Q": {"maximum_schools": 3}}
    )
    plan = planned(register)
    assert plan.solution.need == 4800
    assert {zone: fall for zone, (_, fall) in starts(plan).items()} == {"A": 2025, "B": 2025, "C": 2027}
    assert starts(plan)["C"][0] == "P"
    reason = plan.starts.set_index("zone_id").loc["C"]
    zone = plan.starts.set_index("partner_id").loc["P", "zone_name"].iloc[0]
    assert reason["reason_kind"] == "capacity"
    assert reason["reason"] == (
        "Not a year earlier. Partner P has no room for 3 more schools in fall 2026: of the 3 that it can take on,"
        f" {zone} takes 3."
    )
    of_p = plan.partners[plan.partners["partner_id"] == "P"]
    assert of_p["schools_free"].tolist() == [3, 3, 6]
    assert of_p["schools_grown"].tolist() == [0, 0, 3]
    assert of_p["schools_used"].tolist() == [3, 3, 6]


def test_without_growth_the_third_zone_never_starts() -> None:
    register = register_of({"P": {"maximum_schools": 3, "growth_share": 1}, "Q": {"maximum_schools": 3}})
    plan = planned(register, growth=False)
    assert reasons(plan) == {"C": "partners full"}
    assert plan.solution.need == 4500


def test_a_zone_that_lacks_money_names_the_least_that_would_do() -> None:
    # A Zone costs 3 * 200,000 a year, and two of three Zones do not fit into a million: 200,000 lack for one more.
    register = register_of({"P": {"cost_per_school": 200_000, "maximum_schools": 9}})
    plan = planned(register, budget_dollars=1e6)
    assert list(starts(plan)) == ["A"]
    assert reasons(plan) == {"B": "budget", "C": "budget"}
    assert plan.never_started["reason"].iloc[0] == (
        "The best start would be with Partner P in fall 2025. It does not fit beside the others. The budget of"
        " fall 2025, $1,000,000, would be exceeded by $200,000, and likewise in fall 2026 and 2027. With $200,000 more"
        " a year it could start beside the others."
    )
    enough = planned(register, budget_dollars=1.2e6)
    assert list(starts(enough)) == ["A", "B"]
    assert "more a year" not in planned(register, budget_dollars=1e6, carry_over=True).never_started["reason"].iloc[0]


def test_the_kind_of_a_zone_without_room_is_that_of_its_reason() -> None:
    # P runs one Zone for 300,000 a year and is full. Q has room, and takes 600,000 where 300,000 are left.
    partners = {"P": {"cost_per_school": 100_000, "maximum_schools": 3}, "Q": {"cost_per_school": 200_000}}
    plan = planned(register_of(partners), budget_dollars=600_000)
    assert list(starts(plan)) == ["A"]
    for row in plan.never_started.itertuples():
        assert ("partners full" in row.kind) == ("no room" in row.reason)
        assert ("budget" in row.kind) == ("would be exceeded" in row.reason)
        assert row.reason.endswith(" more a year it could start with Partner Q in fall 2025 beside the others.")


def test_schools_of_today_do_not_grow() -> None:
    register = register_of({"P": {"schools_now": 5, "maximum_schools": 8, "growth_share": 1}})
    plan = planned(register)
    assert starts(plan)["A"] == ("P", 2025)
    assert plan.partners["schools_free"].tolist() == [3, 3, 6]


def test_the_ceiling_of_growth_counts_the_schools_of_today() -> None:
    register = register_of({"P": {"schools_now": 5, "maximum_schools": 8, "growth_share": 1, "growth_ceiling": 10}})
    assert planned(register).partners["schools_free"].tolist() == [3, 3, 5]


def test_an_exit_frees_capacity_and_ends_growth() -> None:
    # A contract of two years: A runs in 2025 and 2026, B from 2027, after the exit, though growth would need A.
    register = register_of({"P": {"maximum_schools": 3, "growth_share": 1, "contract_years": 2}})
    plan = planned(register, years=4, renewals=0)
    assert starts(plan) == {"A": ("P", 2025), "B": ("P", 2027)}
    assert plan.partners["schools_free"].tolist() == [3, 3, 3, 3]
    assert plan.years["zones_leaving"].tolist() == [0, 0, 1, 0]
    assert plan.years["schools_leaving"].tolist() == [0, 0, 3, 0]
    ends = "3 of 6 schools lose their partner in fall 2027, because contracts end. The request allows no renewal."
    assert ends in plan.notes
    assert plan.starts["end_reason"].fillna("").tolist() == ["The request allows no renewal.", ""]
    at_once = "At most 3 schools with 900 students are served at once, in 2025-26."
    assert f"{at_once} In 2028-29, the last year, 3 schools with 600 students are served." in plan.notes
    assert "Contracts for 3 schools end with the plan, before fall 2029." in plan.notes


def test_a_named_exit_ends_a_contract_early() -> None:
    plan = planned(register_of({"P": {"maximum_schools": 3}}), exits=("A=2026",))
    # A for one year and B for two (900 + 2 * 600) are more than B for three or A alone.
    assert starts(plan) == {"A": ("P", 2025), "B": ("P", 2026)}
    assert plan.starts.set_index("zone_id").loc["A", ["exit_fall", "years_served"]].tolist() == [2026, 1]
    assert plan.starts.set_index("zone_id").loc["A", "review_18_months"] is not None


def test_the_planning_year_comes_first_and_may_use_capacity() -> None:
    register = register_of({"P": {"maximum_schools": 3, "contract_years": 1}})
    plan = planned(register, planning_years=1, years=4, renewals=0)
    assert starts(plan) == {"A": ("P", 2026), "B": ("P", 2027), "C": ("P", 2028)}
    assert plan.starts["planning_fall"].tolist() == [2025, 2026, 2027]
    assert plan.starts["reason_kind"].tolist() == ["first fall", "capacity", "capacity"]
    careful = planned(register, planning_years=1, years=4, planning_uses_capacity=True, renewals=0)
    assert starts(careful) == {"A": ("P", 2026), "B": ("P", 2028)}


def test_costs_change_from_phase_to_phase() -> None:
    # Three schools: planning 3 * 50,000, two years at 3 * 200,000, then 3 * 80,000; the contract goes on for one year.
    plan = planned(
        register_of({"P": {"cost_per_school": 200_000, "maximum_schools": 3}}),
        years=5,
        planning_years=1,
        planning_cost_per_school_dollars=50_000,
        intensive_years=2,
        later_cost_per_school_dollars=80_000,
    )
    assert plan.years["cost_dollars"].tolist() == [150_000, 600_000, 600_000, 240_000, 240_000]
    assert plan.years["cumulative_cost_dollars"].tolist() == [150_000, 750_000, 1_350_000, 1_590_000, 1_830_000]
    assert not any("counted without cost" in note for note in plan.notes)
    assert plan.years["planning_cost_dollars"].tolist() == [150_000, 0, 0, 0, 0]
    assert plan.years["later_cost_dollars"].tolist() == [0, 0, 0, 240_000, 240_000]
    assert plan.starts.loc[0, ["cost_dollars", "cost_afterwards_dollars"]].tolist() == [1_830_000, 240_000]
    assert plan.costs["phase"].tolist() == ["planning", "intensive", "intensive", "later", "later"]


def test_a_budget_delays_and_money_carried_over_brings_forward() -> None:
    # Each Zone costs 300,000 a year. With 300,000 a year only A fits; carried over, 900,000 pay for A in three years.
    register = register_of({"P": {"cost_per_school": 100_000}})
    lapsing = planned(register, budgets_dollars=[300_000, 300_000, 600_000])
    assert starts(lapsing) == {"A": ("P", 2025), "B": ("P", 2027)}
    assert lapsing.starts["reason"].iloc[1] == (
        "Not a year earlier. The budget of fall 2026, $300,000, would be exceeded by $300,000."
    )
    carried = planned(register, budgets_dollars=[500_000, 500_000, 500_000], carry_over=True)
    # 1,500,000 dollars are five years of Zones: A for three, B for the last two.
    assert starts(carried) == {"A": ("P", 2025), "B": ("P", 2026)}
    assert carried.years["left_dollars"].tolist() == [200_000, 100_000, 0]
    assert carried.years["available_dollars"].tolist() == [500_000, 700_000, 600_000]


def test_reached_zones_count_once() -> None:
    # In two of three years P can run one Zone for a year each: reaching three counts for more than A for three years.
    register = register_of({"P": {"maximum_schools": 3}})
    assert starts(planned(register)) == {"A": ("P", 2025)}
    plan = planned(register, exits=("A=2026", "B=2027"), count_by="Zones reached")
    assert starts(plan) == {"A": ("P", 2025), "B": ("P", 2026), "C": ("P", 2027)}
    assert plan.solution.need == 1800


def test_preferences_never_cost_need_and_decide_before_cost() -> None:
    statement = {"partner_id": "Q", "district_id": "D1", "choice": "prefer", "stated_by": "district"}
    partners = {"P": {"maximum_schools": 3}, "Q": {"maximum_schools": 3, "cost_per_school": 900_000}}
    register = register_of(partners, statements=[statement])
    only_a = planned(register, force_unserved=("B", "C"))
    assert starts(only_a) == {"A": ("Q", 2025)}
    later = register_of({**partners, "Q": {"maximum_schools": 3, "earliest_start": 2026}}, statements=[statement])
    assert starts(planned(later, force_unserved=("B", "C"))) == {"A": ("P", 2025)}


def test_the_timeline_has_reviews_and_exits() -> None:
    plan = planned(register_of({"P": {"maximum_schools": 3}}), planning_years=1, contract_years=3, years=3)
    assert plan.timeline[["date", "fall", "event", "is_within_plan"]].to_numpy().tolist() == [
        ["2025-08", 2025, "planning", True],
        ["2026-08", 2026, "start", True],
        ["2028-02", 2027, "review at 18 months", True],
        ["2029-08", 2029, "review at 36 months", False],
        ["2029-08", 2029, "exit", False],
    ]


def test_a_zone_of_unknown_need_starts_only_by_a_lock() -> None:
    needs = needs_of({"A1": {"students": 100}, "B1": {}}, {"A": ["A1"], "B": ["B1"]})
    register = register_of({"P": {}})
    assert reasons(planned(register, needs)) == {"B": "unknown need"}
    plan = planned(register, needs, force_served=("B",))
    assert starts(plan) == {"A": ("P", 2025), "B": ("P", 2025)}
    assert plan.solution.need == 300
    assert pd.isna(plan.starts.set_index("zone_id").loc["B", "need_years"])
    assert plan.years["students_in_service"].tolist() == [100, 100, 100]
    only_b = planned(register, needs, force_served=("B",), force_unserved=("A",))
    assert only_b.years["students_in_service"].isna().all()
    assert only_b.years["need_served"].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("partner", "settings", "kind"),
    [
        ({"maximum_schools": 2}, {}, "size"),
        ({"maximum_schools": float("nan")}, {}, "size"),
        ({"earliest_start": 2031}, {}, "too late"),
        ({}, {"budget_dollars": 1000.0}, "cost"),
        ({"approval": "not approved"}, {}, "no partner"),
        ({}, {"force_unserved": ("A", "B", "C")}, "lock"),
        ({}, {"exits": ("A=2025", "B=2025", "C=2025")}, "too late"),
    ],
)
def test_a_zone_that_cannot_start_says_why(partner: dict[str, Any], settings: dict[str, Any], kind: str) -> None:
    plan = planned(register_of({"P": partner}), **settings)
    assert set(plan.never_started["kind"]) == {kind}
    assert plan.never_started["reason"].str.endswith(".").all()
    assert plan.starts.empty
    json.dumps(year_plan_document(plan))


def large_and_small(**more: Any) -> ZoneNeeds:
    """A with three schools of 300 students, B with two of 100."""
    schools = {
        **{f"A{number}": {"students": 300} for number in "123"},
        "B1": {"students": 100},
        "B2": {"students": 100},
    }
    return needs_of(schools, {"A": ["A1", "A2", "A3"], "B": ["B1", "B2"]}, **more)


def test_growth_that_the_grown_schools_take_up_makes_no_room_for_a_larger_zone() -> None:
    # P takes on two schools, and one more for each that it has run for two years. With B from 2025 it may run four from
    # 2027, of which B takes two: never three for A.
    register = register_of({"P": {"maximum_schools": 2, "growth_share": 1}})
    plan = planned(register, large_and_small(), years=5)
    assert starts(plan) == {"B": ("P", 2025)}
    assert reasons(plan) == {"A": "size"}
    assert plan.never_started["reason"].iloc[0] == (
        "It has 3 schools. The partners that may run it can take on 2 at most, growth included. A smaller variant may"
        " fit: allow smaller Zones (allow_smaller) to look for one."
    )
    # With two more for each it may run six from 2027: B and A.
    register = register_of({"P": {"maximum_schools": 2, "growth_share": 2}})
    assert starts(planned(register, large_and_small(), years=5)) == {"A": ("P", 2027), "B": ("P", 2025)}
    # In a plan of two years of service, growth comes too late.
    late = planned(register, large_and_small(), years=3, planning_years=1)
    assert reasons(late) == {"A": "size"}


def test_a_smaller_variant_that_would_fit_is_named() -> None:
    needs = large_and_small(smaller={"A/2": ("A", ["A1", "A2"])})
    plan = planned(register_of({"P": {"maximum_schools": 2}}), needs)
    (reason,) = plan.never_started["reason"]
    assert reason.endswith("A smaller variant would fit (A/2, 2 schools): allow smaller Zones or parts to serve it.")
    (reason,) = planned(register_of({"P": {"maximum_schools": 1}}), needs).never_started["reason"].iloc[:1]
    assert reason == "It has 3 schools. The partners that may run it can take on 1 at most."


def test_capacity_that_may_be_used_stands_beside_that_of_the_register() -> None:
    register = register_of({"P": {"maximum_schools": 3}, "Q": {"maximum_schools": 4, "approval": "not approved"}})
    plan = planned(register)
    assert plan.years["schools_free"].tolist() == [7, 7, 7]
    assert plan.years["schools_eligible"].tolist() == [3, 3, 3]
    assert plan.partners.groupby("partner_id")["is_eligible"].all().to_dict() == {"P": True, "Q": False}


def test_a_first_year_before_the_newest_data_is_warned_of() -> None:
    register = register_of({"P": {}})
    early = planned(register, start_year=2024)
    assert early.notes[0].startswith("start_year is 2024, which lies before 2025-26, the first school year after")
    assert not any("start_year" in note for note in planned(register, start_year=2025).notes)
    assert early.never_started.empty
    left_out = planned(register, force_unserved=("A",)).never_started
    assert left_out[["first_fall", "last_fall"]].to_numpy().tolist() == [[2025, 2027]]


def test_a_contract_that_goes_on_is_counted_in_the_singular() -> None:
    # Three schools at 750,000 dollars for two more years.
    plan = planned(register_of({"P": {"maximum_schools": 3}}), planning_years=1, years=4)
    assert "1 contract goes on after fall 2028. After the plan it costs $4,500,000." in plan.notes
    assert "The planning year is counted without cost, because no source gives a figure." in plan.notes


def test_locks_that_cannot_be_kept_are_named() -> None:
    register = register_of({"P": {"maximum_schools": 3, "contract_years": 3}})
    with pytest.raises(InfeasibleError, match="force_served=A, force_served=B cannot be kept together"):
        planned(register, force_served=("A", "B"))
    with pytest.raises(InfeasibleError, match=r"A has 3 schools and costs \$2,250,000 a year.*: Partner P \(3\)"):
        planned(register, force_served=("A", "B"))
    growing = register_of({"P": {"maximum_schools": 2, "growth_share": 1}})
    with pytest.raises(
        InfeasibleError, match=r"force_served=A cannot be kept. It has 3 schools.*can take on 2 at most"
    ):
        planned(growing, large_and_small(), force_served=("A",))
    with pytest.raises(InfeasibleError, match=r"force_served=A cannot be kept. It costs \$2,250,000 a year"):
        planned(register, force_served=("A",), budget_dollars=1000.0)


def test_every_fault_of_a_request_is_said_at_once() -> None:
    with pytest.raises(InputError) as caught:
        plan_years(
            replace(three_zones(), first_fall=None),
            register_of({"P": {}}),
            {"exits": ("D=2026", "A", "A=26"), "force_match": ("A=Z",)},
        )
    assert [(problem.column, problem.value) for problem in caught.value.problems] == [
        ("exits", "D=2026"),
        ("exits", "A"),
        ("exits", "A=26"),
        ("start_year", None),
        ("force_match", "A=Z"),
    ]


def test_the_document_has_every_table() -> None:
    document = year_plan_document(planned(register_of({"P": {"maximum_schools": 3}})))
    assert [cost["fall"] for cost in document["starts"][0]["costs"]] == [2025, 2026, 2027]
    assert {len(document[name]) for name in ("years", "partners")} == {3}
    assert document["parameters"]["years"] == 3
    assert document["provenance"]["software"].startswith("feeder-zones")
    json.dumps(document, allow_nan=False)


def shuffled_plan(order: int) -> str:
    """A plan with many ties, its tables in some order of rows, as text."""
    schools = {f"S{number}": {"students": 100} for number in range(6)}
    needs = needs_of(schools, {f"Z{number}": [f"S{number}"] for number in range(6)})
    register = register_of({name: {"maximum_schools": 1} for name in "PQRS"})
    mixed = replace(
        needs,
        zones=needs.zones.sample(frac=1, random_state=order),
        variants=needs.variants.sample(frac=1, random_state=order),
        schools=needs.schools.sample(frac=1, random_state=order),
    )
    partners = register.partners.sample(frac=1, random_state=order)
    plan = plan_years(mixed, replace(register, partners=partners), {"contract_years": 2})
    return json.dumps(year_plan_document(plan))


def test_the_order_of_rows_does_not_change_a_plan() -> None:
    assert shuffled_plan(2) == shuffled_plan(1)


def test_a_plan_that_time_did_not_suffice_for_has_a_finite_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing_yet(model: Any, objectives: Any, **_: Any) -> AssignmentSolution:
        none = np.zeros(len(model.values), dtype=bool)
        prices = np.zeros(len(model.upper))
        return AssignmentSolution(chosen=none, value=0.0, bound=np.inf, status="time limit", dual_prices=prices)

    monkeypatch.setattr("clustering.capacity.plan_years.plan.solve_in_order", nothing_yet)
    plan = planned(register_of({"P": {}}))
    # At best all three Zones are served for three years: 3 * (900 + 600 + 300).
    assert plan.solution.ties_status == "time limit"
    assert (plan.solution.status, plan.solution.need, plan.solution.bound) == ("time limit", 0, 5400)
    assert plan.solution.gap == 1
    assert reasons(plan) == dict.fromkeys("ABC", "not chosen")
