"""The state's picture, added up by hand (see tests/examples/served_state.py)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from clustering import (
    PlanYearsParameters,
    SolverError,
    YearsToReachAll,
    json_bytes,
    match_zones,
    picture_document,
    plan_years,
    state_picture,
)
from clustering.capacity.picture.audit import audit_picture
from clustering.capacity.picture.headlines import dollars_text
from clustering.capacity.picture.picture import StatePicture
from clustering.outputs.capacity.picture_page import draw_picture
from tests.examples.served_state import ACME, BRIGHT, served_match, served_needs, served_plan, served_register


def picture() -> StatePicture:
    return state_picture(served_needs(), served_match(), served_register())


def plan_picture() -> StatePicture:
    return state_picture(served_needs(), served_plan(), served_register())


def test_need_is_parted_into_served_and_unserved() -> None:
    totals = picture().totals
    assert totals["zones"].to_dict() == {"all": 4, "served": 3, "unserved": 1}
    assert totals["schools"].to_dict() == {"all": 12, "served": 8, "unserved": 4}
    assert totals["students"].to_dict() == {"all": 5330, "served": 4350, "unserved": 980}
    assert totals["students_below"].to_dict() == {"all": 2797, "served": 2500, "unserved": 297}
    assert totals["students_unknown_count"].to_dict() == {"all": 1, "served": 0, "unserved": 1}
    assert totals["students_below_unknown_count"].to_dict() == {"all": 2, "served": 1, "unserved": 1}


def test_districts_add_up_to_the_state() -> None:
    districts = picture().districts.set_index("district_id")
    assert districts["schools"].to_dict() == {"01": 3, "02": 6, "03": 3}
    assert districts["schools_served"].to_dict() == {"01": 3, "02": 5, "03": 0}
    assert districts["students"].to_dict() == {"01": 1800, "02": 2850, "03": 680}
    assert districts["students_served"].to_dict() == {"01": 1800, "02": 2550, "03": 0}
    assert districts["zones"].to_dict() == {"01": 1, "02": 2, "03": 1}
    assert districts["zones_served"].to_dict() == {"01": 1, "02": 2, "03": 0}


def test_a_school_of_two_levels_counts_in_both() -> None:
    levels = picture().levels.set_index("level")
    # N K-8 is elementary and middle: 4 elementary schools, 5 middle schools, 4 high schools.
    assert levels["schools"].to_dict() == {"elementary": 4, "middle": 5, "high": 4}
    assert levels["schools_served"].to_dict() == {"elementary": 2, "middle": 4, "high": 3}
    assert levels["students"].to_dict() == {
        "elementary": 400 + 300 + 250 + 280,
        "middle": 500 + 400 + 450 + 350 + 400,
        "high": 900 + 800 + 700,
    }


def test_a_partner_that_holds_most_is_named() -> None:
    drawn = picture()
    partners = drawn.partners.set_index("partner_id")
    assert partners.index.tolist() == [BRIGHT, ACME]
    assert partners["share_of_served_schools"].to_dict() == {BRIGHT: 0.625, ACME: 0.375}
    assert partners["schools_free"].to_dict() == {BRIGHT: 6, ACME: 3}
    assert partners["cost_dollars"].to_dict() == {BRIGHT: 3_750_000, ACME: 2_250_000}
    assert any("Bright Futures runs 62% of the schools served" in line for line in drawn.headlines)


def test_a_match_is_one_year_of_cost() -> None:
    falls = picture().falls
    assert falls[["fall", "zones", "schools", "students", "cost_dollars"]].to_numpy().tolist() == [
        [2025, 3, 8, 4350, 6_000_000]
    ]
    assert falls["schools_free"].tolist() == [6 + 3 + 5]
    assert falls["schools_eligible"].tolist() == [6 + 3]
    assert (
        "Partners that may run a Zone here can take on 9 schools in 2025-26, as far as the register says. The match"
        " uses 8 of them. Partners that may run no Zone here have room for 5 more."
    ) in picture().headlines


def test_a_plan_has_the_cost_of_every_year() -> None:
    drawn = plan_picture()
    assert drawn.falls["cost_dollars"].tolist() == [1.5e6, 4e6, 4e6]
    assert drawn.falls["cumulative_cost_dollars"].tolist() == [1.5e6, 5.5e6, 9.5e6]
    assert drawn.falls["schools"].tolist() == [3, 8, 8]
    assert drawn.planning_is_free
    assert any("Planning is counted without cost." in line for line in drawn.headlines)
    at_once = (
        "At most 8 schools with 4,350 students are served at once, in 2026-27 and still in 2027-28, the last year."
    )
    assert at_once in drawn.headlines
    assert drawn.totals.loc["served", "students"] == 4350
    # South and East: 5 schools for 4 years beyond 2027-28, North 3 schools for 2: 0.5 * (5 * 3 + 3 * 2) million.
    assert any("$9.5 million" in line and "$10.5 million more" in line for line in drawn.headlines)


def test_the_first_three_years_have_a_cost_of_their_own() -> None:
    # North alone, from the first fall on: the same cost in each of four years.
    needs, register = served_needs(), served_register()
    settings = {"years": 4, "planning_years": 0, "force_unserved": ("East", "South", "West")}
    plan = plan_years(needs, register, settings)
    cost = plan.starts["cost_dollars"].sum()
    assert plan.years["cost_dollars"].tolist() == [cost / 4] * 4
    (line,) = [line for line in state_picture(needs, plan, register).headlines if "it costs" in line]
    assert f"it costs {dollars_text(cost)}, {dollars_text(0.75 * cost)} of it in the first three school years." in line
    assert f"No school year costs more than {dollars_text(cost / 4)}." in line


def test_a_plan_of_which_nothing_starts_costs_nothing() -> None:
    needs, register = served_needs(), served_register()
    drawn = state_picture(needs, plan_years(needs, register, {"budget_dollars": 1000.0}), register)
    assert drawn.headlines[0].startswith("In the 5 school years from 2025-26, 0 of 4 Zones start:")
    assert drawn.headlines[-1] == "It costs nothing, because no Zone starts."


def test_unserved_zones_come_with_their_reason_the_largest_first() -> None:
    needs = served_needs()
    match = served_match()
    without_north = replace(match, matches=match.matches[match.matches["zone_id"] != "North"])
    unserved = state_picture(needs, without_north, served_register()).unserved
    assert unserved["zone_id"].tolist() == ["North", "West"]
    assert unserved["students"].tolist() == [1800, 680]
    assert unserved["reason"].tolist() == ["The answer gives no reason.", "Every partner that may run it is full."]


def test_each_zone_of_a_plan_has_its_start_and_partner() -> None:
    started = plan_picture().started
    columns = ["zone_id", "start_fall", "partner_name", "schools", "schools_of_zone", "students"]
    # South runs in a variant of 2 of its 3 schools.
    assert started[columns].to_numpy().tolist() == [
        ["North", 2025, "Bright Futures", 3, 3, 1800],
        ["East", 2026, "Acme Schools", 3, 3, 1300],
        ["South", 2026, "Bright Futures", 2, 3, 1250],
    ]
    page = draw_picture(plan_picture())
    assert "Which Zone starts when" in page
    assert '<td>2026-27</td><th scope="row">South</th><td>Bright Futures</td><td class="number">2 of 3</td>' in page


def test_nothing_served_is_a_picture_too() -> None:
    match = served_match()
    nothing = replace(match, matches=match.matches.iloc[:0])
    drawn = state_picture(served_needs(), nothing, served_register())
    assert drawn.totals.loc["served", ["zones", "schools"]].tolist() == [0, 0]
    assert drawn.partners.empty
    assert len(drawn.unserved) == 4


def test_the_years_to_reach_all_are_told_as_given() -> None:
    sentence = "At this growth every Zone is reached in 2031-32."
    drawn = state_picture(served_needs(), served_plan(), served_register(), years_to_reach_all=sentence)
    assert sentence in drawn.headlines


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "could reach all 4 Zones by 2030-31, in 6 years"),
        ({}, "This plan starts 3, the last in 2026-27."),
        ({"zones_reachable": 3}, "could reach all 3 Zones that a partner can run by"),
        ({"zones_reachable": 3}, "1 of 4 Zones can never start"),
        ({"status": "not reached", "fall": None, "years": None}, "Even 30 years do not reach every Zone"),
        ({"status": "time limit", "fall": None, "years": None}, "not found within the time limit"),
        ({"zones_reachable": 0}, "None of the 4 Zones can ever start."),
    ],
)
def test_the_way_to_all_zones_in_words(changes: dict[str, Any], words: str) -> None:
    reach = YearsToReachAll(
        **{
            "parameters": PlanYearsParameters(),
            "status": "optimal",
            "years": 6,
            "fall": 2030,
            "zones_in_all": 4,
            "zones_reachable": 4,
            "by_year": pd.DataFrame(),
            "never": pd.DataFrame(),
            "longest": 30,
            "provenance": {},
            **changes,
        }
    )
    drawn = state_picture(served_needs(), served_plan(), served_register(), years_to_reach_all=reach)
    assert words in str(drawn.years_to_reach_all)


@pytest.mark.parametrize("allow_smaller", [False, True])
def test_what_is_solved_adds_up(allow_smaller: bool) -> None:
    needs, register = served_needs(), served_register()
    match = match_zones(needs, register, {"allow_smaller": allow_smaller})
    drawn = state_picture(needs, match, register)
    assert drawn.totals.loc["served", "schools"] == match.solution.schools_served
    plan = plan_years(needs, register, {"allow_smaller": allow_smaller, "planning_years": 0, "budget_dollars": 4e6})
    by_years = state_picture(needs, plan, register)
    assert by_years.falls["cost_dollars"].sum() == plan.solution.cost_dollars
    assert by_years.totals.loc["served", "zones"] == plan.starts["zone_id"].nunique()


@pytest.mark.parametrize(
    ("table", "column"),
    [("totals", "students"), ("totals", "zones"), ("districts", "schools"), ("districts", "students_below_served")],
)
def test_the_audit_finds_sums_that_differ(table: str, column: str) -> None:
    drawn = picture()
    assert audit_picture(drawn) == ()
    wrong = getattr(drawn, table).copy()
    wrong.loc[wrong.index[0], column] += 1
    assert audit_picture(replace(drawn, **{table: wrong}))


def test_an_answer_of_other_costs_is_refused() -> None:
    plan = served_plan()
    starts = plan.starts.assign(cost_dollars=plan.starts["cost_dollars"] * 2)
    with pytest.raises(SolverError, match="does not add up"):
        state_picture(served_needs(), replace(plan, starts=starts), served_register())


def test_what_is_no_answer_is_refused() -> None:
    with pytest.raises(TypeError, match="match_zones answers"):
        state_picture(served_needs(), {}, served_register())  # type: ignore[arg-type]


def test_the_document_holds_plain_values_only() -> None:
    drawn = picture()
    document = picture_document(drawn)
    assert json_bytes(document) == json_bytes(picture_document(picture()))
    assert document["totals"][0] == {
        "part": "all",
        "zones": 4,
        "schools": 12,
        "students": 5330,
        "students_below": 2797,
        "students_unknown_count": 1,
        "students_below_unknown_count": 2,
    }
    assert document["unserved"][0]["anchor_rate"] is None


def test_small_counts_do_not_show_in_any_sum() -> None:
    # W Middle has 8 students below the mark: with 2 the picture is the same.
    needs = served_needs()
    assert pd.isna(needs.schools.loc["w2", "students_below"])
    assert 8 not in needs.schools["students_below"].to_list()
    assert picture().districts.set_index("district_id").loc["03", "students_below"] == 140 + 7


def test_words_for_money() -> None:
    assert [dollars_text(750_000), dollars_text(2_250_000), dollars_text(63_000_000)] == [
        "$750,000",
        "$2.25 million",
        "$63 million",
    ]
