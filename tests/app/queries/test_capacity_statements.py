"""The sentences about matches and year plans that depend on the date of today."""

from __future__ import annotations

from datetime import date

import pytest

from app.queries.capacity_statements import describe_past_start


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
        warning_shown = describe_past_start(document, today)
        assert warning_shown is None if warning is None else warning in str(warning_shown)


def test_an_unknown_first_year_is_not_warned_of() -> None:
    assert describe_past_start({"fall": None, "parameters": {}}, date(2026, 11, 30)) is None
