"""The sentences about matches and year plans that depend on the date of today."""

from __future__ import annotations

from datetime import date

import pytest

from app.queries.capacity_statements import warn_of_first_year


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
        told = warn_of_first_year(document, today)
        assert told is None if warning is None else warning in str(told)


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
    told = warn_of_first_year(plan, date(2026, 11, 30))
    assert told is None if words is None else words in str(told)
