"""Sentences on the result of an analysis as a whole."""

from __future__ import annotations

import pytest

from app.queries.statements import describe_lone_plans, describe_missing_plans


@pytest.mark.parametrize(
    ("found", "difference", "statement"),
    [
        (3, 1000, None),
        (
            1,
            1000,
            (
                "There is only 1 plan of the 3 asked for: no other plan that keeps all limits and locks differs from it"
                " in at least 1,000 schools."
            ),
        ),
        (
            2,
            1,
            (
                "There are only 2 plans of the 3 asked for: no other plan that keeps all limits and locks differs from"
                " each of them in at least 1 school."
            ),
        ),
    ],
)
def test_fewer_plans_than_asked_for_are_explained(found: int, difference: int, statement: str | None) -> None:
    assert describe_missing_plans(found, count=3, minimum_difference=difference) == statement


def test_areas_with_one_plan_are_told() -> None:
    rows = [{"area_id": area, "plans": plans} for area, plans in [("a", 1), ("a", 1), ("b", 12), ("c", 1)]]
    statement = describe_lone_plans(rows, within_share=0.01)
    assert statement is not None
    assert statement.startswith("In 2 of 3 areas one plan is counted: no other loses at most 0.01 of the best score")
    only = describe_lone_plans(rows[:1], within_share=0.01)
    assert only is not None
    assert only.startswith("In the only area one plan is counted")
    assert describe_lone_plans(rows[2:3], within_share=0.01) is None
