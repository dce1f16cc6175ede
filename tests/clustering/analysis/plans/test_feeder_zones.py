"""Feeder tables given as plans: the Zone of an anchor is the chain of schools that the table sends to it."""

from __future__ import annotations

import io

import pytest

from clustering import InputError, Plan, Scenario, evaluate_plan, propose_name_matches, read_plan, read_scenario

SCHOOLS = """school_id,name,grades,graduation_rate
0001,Elm Elementary School,K-5,
0002,Fir Elementary School,K-5,
0011,Oak Middle School,6-8,
0012,Pine Middle School,6-8,
0013,Yew Middle School,6-8,
0020,Adams Ninth Grade Academy,9,90
0021,Adams High School,9-12,55
0022,Baker High School,9-12,90
0023,Clay High School,9-12,60
"""
FLOWS = "origin,destination,grade,students\n0001,0011,5,90\n0011,0021,8,80\n0002,0012,5,40\n"
HEAD = "School,Feeds To\n"
TO_ADAMS = "0011,0021\n0012,0022\n0013,0022\n"


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return read_scenario(schools=io.StringIO(SCHOOLS), flows=io.StringIO(FLOWS))


def read(table: str, scenario: Scenario, *options: str, **parameters: object) -> Plan:
    return read_plan(io.StringIO(table), scenario, parameters, options=options)


@pytest.mark.parametrize(
    ("table", "membership"),
    [
        (f"{HEAD}0001,0011\n0002,0012\n{TO_ADAMS}", {"0021": ("0001", "0011")}),
        (
            "Elementary,Middle,High\n0001,0011,0021\n0002,0012,0023\n",
            {"0021": ("0001", "0011"), "0023": ("0002", "0012")},
        ),
        (
            "School,Feeds To 1,Feeds To 2\n0001,0011,0012\n0011,0021,\n0012,0023,\n",
            {"0021": ("0001", "0011"), "0023": ("0012",)},
        ),
        # Most students of 0001 arrive at Baker, by two middle schools: 35% and 25% against 40%.
        (f"{HEAD}0001,0011 (40%) / 0012 (35%) / 0013 (25%)\n{TO_ADAMS}", {"0021": ("0011",)}),
        # Half of 0001 goes with 0011 to Adams, which takes 60% of it: 30%. The other half goes to Clay by 0012.
        (
            f"{HEAD}0001,0011 (50%) / 0012 (50%)\n0011,0021 (60%) / 0023 (40%)\n0012,0023\n",
            {"0021": ("0011",), "0023": ("0001", "0012")},
        ),
        # Equal halves: to the low-performing high school, though Baker's identifier comes before Clay's.
        (f"{HEAD}0001,0012;0013\n0012,0022\n0013,0023\n", {"0023": ("0001", "0013")}),
        # A ninth grade that is not low-performing is on the way to the anchor.
        ("School,Feeds To\n0011,0020\n0020,0021\n", {"0021": ("0011", "0020")}),
        # Of two school years the later one counts.
        ("School,Feeds To,Year\n0011,0021,2020-21\n0011,0023,2021-22\n", {"0023": ("0011",)}),
        # An unlisted middle school takes most of the students: nobody knows where they arrive.
        (f"{HEAD}0001,0011 (30%) / 9999 (70%)\n0011,0021\n", {"0021": ("0011",)}),
        # No low-performing high school: each high school at the end of a chain has a Zone.
        (f"{HEAD}0002,0012\n0012,0022\n", {"0022": ("0002", "0012")}),
    ],
)
def test_a_school_is_in_the_zone_where_most_of_its_students_arrive(
    scenario: Scenario, table: str, membership: dict[str, tuple[str, ...]]
) -> None:
    assert read(table, scenario).membership == membership


def test_a_split_feeder_is_in_both_zones_if_feeders_may_be_shared(scenario: Scenario) -> None:
    table = f"{HEAD}0001,0011;0012\n0011,0021\n0012,0023\n"
    plan = read(table, scenario, shared_feeders=True)
    assert plan.membership == {"0021": ("0001", "0011"), "0023": ("0001", "0012")}
    warnings = " ".join(warning.message for warning in plan.warnings)
    assert "in the Zones of all anchors" in warnings
    assert "0001 (0021 50%, 0023 50%)" in warnings


def test_what_the_table_leaves_open_is_said(scenario: Scenario) -> None:
    plan = read(f"{HEAD}0001,0011;0012\n0002,0012\n0001,0021\n{TO_ADAMS}", scenario)
    warnings = " ".join(warning.message for warning in plan.warnings)
    assert "is read as a feeder table" in warnings
    assert "gives no shares" in warnings
    assert "0001 (0021 50%, 0022 50%)" in warnings
    assert "3 are in no Zone" in warnings  # Fir, Pine and Yew
    assert "does not offer the grade after a last grade of the school: 0001 to 0021" in warnings


def test_it_is_scored_as_any_plan_is(scenario: Scenario) -> None:
    proposal = evaluate_plan(scenario, read(f"{HEAD}0001,0011\n0002,0011\n0011,0021\n", scenario))
    assert [zone.zone_id for zone in proposal.zones] == ["zone-0021"]
    assert any("no promotions lead to the anchor: 0002" in note for note in proposal.notes)
    assert any("feeder table" in note for note in proposal.notes)


def test_names_are_joined_by_confirmed_matches_alone(scenario: Scenario) -> None:
    table = f"{HEAD}Elm Elementary School,Oak Middle School\nOak Middle School,Adams High School\n"
    with pytest.raises(InputError, match="Run zones match-names"):
        read(table, scenario)
    matches = propose_name_matches(schools=io.StringIO(SCHOOLS), plan=io.StringIO(table), confirm_exact=True)
    plan = read_plan(io.StringIO(table), scenario, name_matches=matches)
    assert plan.membership == {"0021": ("0001", "0011")}


@pytest.mark.parametrize("heading", ["students", "Enrolled"])
def test_a_plan_that_may_be_flows_is_asked_about_and_the_remedy_works(scenario: Scenario, heading: str) -> None:
    table = f"{HEAD[:-1]},{heading}\n0001,0011,40\n0011,0021,50\n"
    with pytest.raises(InputError, match=f"may count students, as flows do: {heading}. Set plan:kind=feeder table"):
        read(table, scenario)
    assert read(table, scenario, "plan:kind=feeder table").membership == {"0021": ("0001", "0011")}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (f"{HEAD}0001,0011\n", "leads to no open high school"),
        (f"{HEAD}7777,8888\n", "names two schools that follow each other"),
    ],
)
def test_a_table_without_a_chain_to_a_high_school_is_an_error(scenario: Scenario, table: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(table, scenario)
