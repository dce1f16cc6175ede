"""What is missing for protected, in the order of the checklist."""

from __future__ import annotations

from datetime import date

import pytest

from clustering import list_checklists, missing_conditions
from tests.examples.zone_records import CHECKLIST, record_after

TODAY = date(2026, 6, 1)


def test_everything_required_is_missing_at_first_and_nothing_else() -> None:
    missing = missing_conditions(record_after(), CHECKLIST, TODAY)
    assert [(each.item_id, each.state) for each in missing] == [("hire", None), ("day", None)]
    assert [each.sentence for each in missing] == [
        "Hiring (people): not asked for yet.",
        "Longer day (time): not asked for yet.",
    ]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Hiring (people): asked, not agreed yet."),
        ({"asked_on": "2026-05-01"}, "Hiring (people): asked on 2026-05-01, not agreed yet."),
        (
            {"asked_on": "2026-05-01", "holder": "the union"},
            "Hiring (people): asked of the union on 2026-05-01, not agreed yet.",
        ),
        ({"state": "negotiating"}, "Hiring (people): negotiated, not agreed yet."),
        (
            {"state": "negotiating", "holder": "the union"},
            "Hiring (people): negotiated with the union, not agreed yet.",
        ),
        ({"state": "lapsed"}, "Hiring (people): lapsed."),
        ({"state": "agreed", "until": "2026-05-31"}, "Hiring (people): lapsed after 2026-05-31."),
        ({"state": "agreed", "until": "2026-06-01"}, None),
        ({"state": "agreed"}, None),
        ({"state": "in force", "in_force_from": "2026-09-01"}, None),
        ({"state": "in force"}, None),
    ],
)
def test_the_sentence_says_how_far_a_condition_has_come(fields: dict[str, str], sentence: str | None) -> None:
    record = record_after(("condition", {"condition_id": "hire", **fields}))
    found = {each.item_id: each.sentence for each in missing_conditions(record, CHECKLIST, TODAY)}
    assert found.get("hire") == sentence


def test_another_checklist_than_the_records_own_can_be_asked_for() -> None:
    for checklist in list_checklists():
        required = [item.item_id for item in checklist.items if item.required]
        assert [each.item_id for each in missing_conditions(record_after(), checklist, TODAY)] == required
