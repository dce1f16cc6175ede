"""What is due, worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest

from clustering import InputError, due_table, list_due
from tests.examples.zone_records import record_after

CONTRACT = ("contract", {"partner": "Mastery", "starts_on": "2026-08-31", "ends_on": "2029-06-30"})
STORY = (
    CONTRACT,
    ("condition", {"condition_id": "hire", "state": "agreed", "until": "2028-02-29", "holder": "Union"}),
    ("condition", {"condition_id": "day", "state": "asked", "until": "2028-03-01"}),  # what is only asked cannot lapse
)
FIRST, LAST = date(2028, 1, 1), date(2031, 12, 31)


def told(*story: tuple[str, dict[str, object]], first: date = FIRST, last: date = LAST) -> list[tuple[str, str, str]]:
    due = list_due([record_after(*story)], today=first, until=last)
    return [(each.due_on.isoformat(), each.kind, each.what) for each in due]


def test_reviews_ends_and_lapses_by_day() -> None:
    # 18 months after 31 August 2026 is 29 February 2028; 36 months is after the contract's end, so there is no review.
    assert told(*STORY) == [
        ("2028-02-29", "review", "Review after 18 months"),
        ("2028-02-29", "condition lapses", "Hiring"),
        ("2029-06-30", "contract ends", "Contract with Mastery"),
    ]


def test_both_days_count_and_no_others() -> None:
    assert len(told(*STORY, first=date(2028, 2, 29), last=date(2028, 2, 29))) == 2
    assert told(*STORY, first=date(2028, 3, 1), last=date(2029, 6, 29)) == []


def test_reviews_as_set_take_the_place_of_those_worked_out() -> None:
    reviews = ("contract", {"reviews_on": ["2028-05-01"]})
    assert told(CONTRACT, reviews)[0] == ("2028-05-01", "review", "Review")


def test_nothing_is_due_of_a_zone_that_has_ended() -> None:
    assert told(*STORY, ("stage", {"to": "ended"})) == []


def test_the_table_says_the_same_and_a_turned_span_is_refused() -> None:
    table = due_table(list_due([record_after(*STORY)], today=FIRST, until=LAST))
    assert table["holder"].tolist() == ["Mastery", "Union", "Mastery"]
    assert list(due_table([]).columns) == list(table.columns)
    with pytest.raises(InputError, match="before the first day"):
        list_due([], today=LAST, until=FIRST)
