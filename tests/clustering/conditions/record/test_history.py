"""What each change changed."""

from __future__ import annotations

import pytest

from clustering import InputError, follow_record, history_document, history_table
from tests.examples.zone_records import all_changes

CHANGES = all_changes(
    [
        ("condition", {"condition_id": "hire"}),
        ("condition", {"condition_id": "hire", "state": "agreed", "until": "2027-06-30"}),
        ("condition", {"condition_id": "hire", "until": None}),
        ("contract", {"partner": "M", "starts_on": "2026-08-01", "benchmarks": [{"measure": "Rate", "target": "60%"}]}),
        ("stage", {"to": "ended"}),
    ]
)


def test_each_entry_says_what_differs_from_before() -> None:
    history = follow_record(CHANGES)
    fields = [[(each.part, each.field, each.before, each.after) for each in entry.fields] for entry in history]
    assert ("zone", "school_ids", None, "0010; 0001") in fields[0]
    assert ("stage", "stage", None, "proposed") in fields[0]
    assert fields[1] == [
        ("condition hire", "condition_id", None, "hire"),
        ("condition hire", "area", None, "people"),
        ("condition hire", "name", None, "Hiring"),
        ("condition hire", "state", None, "asked"),
    ]
    assert fields[2] == [
        ("condition hire", "state", "asked", "agreed"),
        ("condition hire", "until", None, "2027-06-30"),
    ]
    assert fields[3] == [("condition hire", "until", "2027-06-30", None)]
    assert ("contract", "benchmarks", None, "Rate, 60%") in fields[4]
    assert fields[5] == [("stage", "stage", "proposed", "ended")]


def test_documents_and_tables_have_every_change() -> None:
    history = follow_record(CHANGES)
    assert [entry["revision"] for entry in history_document(history)] == [1, 2, 3, 4, 5, 6]
    assert history_document(history)[3]["content"] == {"condition_id": "hire", "until": None}
    table = history_table(history)
    assert len(table) == sum(len(entry.fields) for entry in history)
    assert set(table["record_id"]) == {"r-1"}
    assert table.loc[table["revision"] == 6, "after"].tolist() == ["ended"]


def test_two_outlines_are_told_apart() -> None:
    moved = {"type": "Polygon", "coordinates": [[[-98, 38], [-97, 38], [-97, 39.5], [-98, 38]]]}
    (field,) = follow_record(all_changes([("zone", {"outline": moved})]))[-1].fields
    assert field.field == "outline"
    assert field.before != field.after


def test_without_changes_there_is_no_history() -> None:
    with pytest.raises(InputError, match="no change"):
        follow_record([])
