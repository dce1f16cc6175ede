"""The sentences about matches and year plans: what they come to, and a first school year that is past."""

from __future__ import annotations

from datetime import date

import pytest

from app.queries.capacity_statements import describe_match, describe_year_plan, warn_of_first_year


@pytest.mark.parametrize(
    ("today", "warning"),
    [
        (date(2025, 7, 31), None),
        (date(2025, 8, 1), None),
        (date(2025, 8, 2), "past: today is 2025-08-02. Set start_year to 2026"),
        (date(2026, 7, 31), "past: today is 2026-07-31. Set start_year to 2026"),
        (date(2026, 11, 30), "past: today is 2026-11-30. Set start_year to 2027"),
    ],
)
def test_a_first_school_year_that_has_begun_is_warned_of(today: date, warning: str | None) -> None:
    for document in ({"fall": 2025, "parameters": {}}, {"first_fall": 2025, "parameters": {"first_month": 8}}):
        sentence = warn_of_first_year(document, today)
        assert sentence is None if warning is None else warning in str(sentence)


def test_an_unknown_first_year_is_not_warned_of() -> None:
    assert warn_of_first_year({"fall": None, "parameters": {}}, date(2026, 11, 30)) is None


@pytest.mark.parametrize(
    ("fall", "words"),
    [
        (2025, "which is past: today is 2026-11-30. Set start_year to 2026"),
        (2026, None),
        (2037, None),
        (2038, "12 years"),
    ],
)
def test_a_planning_year_that_runs_now_is_not_past(fall: int, words: str | None) -> None:
    plan = {"first_fall": fall, "parameters": {"first_month": 8, "planning_years": 1}}
    sentence = warn_of_first_year(plan, date(2026, 11, 30))
    assert sentence is None if words is None else words in str(sentence)


def test_a_match_that_serves_nothing_costs_nothing() -> None:
    figures = {"zones_in_all": 2, "need_in_all": 5_100.0, "need_served": 0.0, "schools_served": 0, "cost_dollars": 0.0}
    solution = {**figures, "zones_served": 0, "status": "optimal"}
    assert describe_match({"solution": solution, "parameters": {"need": "students"}, "fall": 2027}) == (
        "With a Lead Partner from the fall of 2027: 0 of 2 Zones, 0 of 5,100 students, in 0 schools. It costs nothing,"
        " because no Zone has a partner. Proved optimal: nothing else serves more need."
    )


def test_a_plan_that_starts_nothing_costs_nothing() -> None:
    solution = {"need": 0.0, "cost_dollars": 0.0, "first_three_years_cost_dollars": 0.0, "status": "optimal"}
    plan = {
        "parameters": {"need": "students", "count_by": "Zones reached"},
        "solution": solution,
        "starts": [],
        "never_started": [{"zone_id": "a"}, {"zone_id": "b"}],
        "years": [{}] * 5,
        "first_fall": 2027,
        "last_fall": 2031,
        "planning_is_free": True,
    }
    assert describe_year_plan(plan) == (
        "In the 5 school years from 2027-28, 0 of 2 Zones start: 0 students. It costs nothing, because no Zone starts."
        " Proved optimal: nothing else serves more need."
    )
    start = {"zone_id": "a", "school_count": 3}
    costs = {"need": 900.0, "cost_dollars": 5e6, "first_three_years_cost_dollars": 3e6}
    assert (
        "900 students, in 3 schools, for $5,000,000 in all, $3,000,000 of it in the first three school years, planning"
        in (describe_year_plan({**plan, "starts": [start], "never_started": [], "solution": {**solution, **costs}}))
    )
