"""Plans that name schools in words: joined by matches that a person has confirmed, never in silence."""

from __future__ import annotations

import io

import pytest

from clustering import InputError, Scenario, propose_name_matches, read_plan, read_scenario

SCHOOLS = """school_id,name,grades,graduation_rate
0001,Elm Elementary School,K-5,
0011,Oak Middle School,6-8,
0021,Adams High School,9-12,55
"""
PLAN = "School,Zone\nAdams High School,A\nOak Middle School,A\nOak Middle School,A\nElm Elementary School,A\n"


def scenario() -> Scenario:
    return read_scenario(schools=io.StringIO(SCHOOLS), require_flows=False)


def test_a_plan_of_names_is_refused_with_the_way_to_match_them() -> None:
    with pytest.raises(InputError, match="3 of 3 are the name of one school exactly. Run zones match-names"):
        read_plan(io.StringIO(PLAN), scenario())


def test_a_plan_is_read_by_confirmed_matches_and_same_rows_count_once() -> None:
    matches = propose_name_matches(schools=io.StringIO(SCHOOLS), plan=io.StringIO(PLAN), confirm_exact=True)
    plan = read_plan(io.StringIO(PLAN), scenario(), name_matches=matches)
    assert plan.membership == {"0021": ("0001", "0011")}
    assert any("count once" in warning.message for warning in plan.warnings)


def test_an_anchor_named_in_words_is_matched_too() -> None:
    table = "school_id,zone,anchor\n0011,A,Adams High School\n0021,A,Adams High School\n"
    matches = propose_name_matches(schools=io.StringIO(SCHOOLS), plan=io.StringIO(table), confirm_exact=True)
    plan = read_plan(io.StringIO(table), scenario(), name_matches=matches)
    assert plan.membership == {"0021": ("0011",)}


def test_a_name_that_is_not_confirmed_is_an_error_and_no_school() -> None:
    matches = propose_name_matches(schools=io.StringIO(SCHOOLS), plan=io.StringIO(PLAN))
    matches.loc[matches["school_name"] != "Elm Elementary School", "confirmed"] = "yes"
    with pytest.raises(InputError, match="There is no school with this identifier"):
        read_plan(io.StringIO(PLAN), scenario(), name_matches=matches)
