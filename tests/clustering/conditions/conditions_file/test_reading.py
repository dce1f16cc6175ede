"""Conditions from a table: read into changes, with every fault at once; what is written is read again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from clustering import (
    InputError,
    RecordedZone,
    ZoneRecord,
    apply_change,
    conditions_table,
    read_conditions,
    record_of,
    table_bytes,
)
from tests.examples.zone_records import CHECKLIST, ZONE, change, created, record_after

ZONES = {"zone-0010": ["0010", "0001"], "zone-0020": ["0020"]}
AT = datetime(2026, 5, 1, tzinfo=UTC)


def table(*rows: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows).fillna("")


def faults(source: pd.DataFrame, zones: Any = ZONES) -> set[tuple[int | None, str | None, str]]:
    with pytest.raises(InputError) as caught:
        read_conditions(source, zones=zones, checklist=CHECKLIST)
    assert all(each.remedy for each in caught.value.problems)
    return {(each.row, each.column, each.message) for each in caught.value.problems}


def with_file(record: ZoneRecord, source: Any) -> ZoneRecord:
    (found,) = read_conditions(source, zones=[record], checklist=CHECKLIST)
    for each in found.changes_after(record.revision, at=AT, by="Ann", why="From the file"):
        record = apply_change(record, each)
    return record


def test_rows_become_changes_in_the_words_of_a_spreadsheet() -> None:
    source = table(
        {"Zone": "ZONE-0010", "Condition": "hire", "Status": "Signed", "Date agreed": "3/2/2026"},
        {"Anchor": "0020", "Condition": "Longer DAY", "Status": "in negotiation", "Authority": "District"},
        {"Anchor": "0010", "Condition": "Late buses", "Area": "Money", "Status": "in effect", "Until": "2027-06-30"},
        {"Zone": "zone-0010", "Lead Partner": "Mastery", "Contract start": "2026-08-31"},
    )
    found = read_conditions(source, zones=ZONES, checklist=CHECKLIST)
    assert [(each.zone_id, each.record_id) for each in found] == [("zone-0010", None), ("zone-0020", None)]
    assert found[0].contents == (
        ("condition", {"condition_id": "hire", "state": "agreed", "agreed_on": "2026-03-02"}),
        (
            "condition",
            {
                "condition_id": "Late buses",
                "area": "money",
                "state": "in force",
                "until": "2027-06-30",
                "name": "Late buses",
            },
        ),
        ("contract", {"partner": "Mastery", "starts_on": "2026-08-31"}),
    )
    assert found[1].contents == (("condition", {"condition_id": "day", "state": "negotiating", "holder": "District"}),)


def test_every_fault_is_told_at_once() -> None:
    source = table(
        {"zone_id": "nowhere", "condition": "hire", "state": "maybe", "until": "2026-13-01"},
        {"zone_id": "zone-0010", "condition": "Own", "state": "agreed"},
        {"zone_id": "zone-0010", "condition": "day", "state": "agreed"},
        {"zone_id": "zone-0010", "condition": "Longer day", "state": "asked"},
        {"zone_id": "zone-0010", "anchor_id": "0020", "condition": "meals", "state": "asked"},
        {"condition": "hire", "state": "asked"},
        {"zone_id": "zone-0020", "condition": "hire", "area": "time", "asked_on": "2026-02-01"},
        {
            "zone_id": "zone-0020",
            "condition": "day",
            "state": "asked",
            "agreed_on": "2026-01-01",
            "until": "2025-01-01",
        },
        {"zone_id": "zone-0020", "partner": "Mastery"},
        {"zone_id": "zone-0020", "partner": "Another"},
        {"zone_id": "zone-0020"},
    )
    assert faults(source) == {
        (2, "zone_id", "There is no such Zone."),
        (2, "state", "There is no such state."),
        (2, "until", "This is not a day."),
        (3, "area", "This is missing."),
        (5, "condition", "The file has this condition of the Zone twice."),
        (6, "anchor_id", "The school is in another Zone."),
        (7, "zone_id", "The row names no Zone."),
        (8, "area", "The checklist has this item under people."),
        (8, "state", "The condition has no state."),
        (9, "until", "This is before agreed_on, 2026-01-01."),
        (10, "contract_starts_on", "This is missing."),
        (11, "partner", "Another row of the Zone has Mastery."),
        (12, "condition", "The row has neither a condition nor a contract."),
    }


def test_a_state_must_follow_from_the_recorded_one() -> None:
    record = record_after(("condition", {"condition_id": "hire", "state": "asked"}))
    source = table({"zone_id": "zone-0010", "condition": "hire", "state": "in force"})
    assert faults(source, [record]) == {(2, "state", "The condition is asked, and cannot become in force.")}
    assert read_conditions(source, zones=[record.zone], checklist=CHECKLIST)[0].contents  # new: it may begin so


def test_a_record_keeps_what_the_file_leaves_blank_and_gets_what_is_new() -> None:
    record = record_after(("condition", {"condition_id": "hire", "state": "asked", "holder": "Union", "note": "Slow"}))
    source = table(
        {"zone_id": "zone-0010", "condition": "Hiring", "state": "agreed", "holder": "", "agreed_on": "2026-04-01"},
    )
    changed = with_file(record, source)
    condition = changed.conditions[0]
    assert (condition.state, condition.holder, condition.note) == ("agreed", "Union", "Slow")
    assert (changed.revision, changed.changed_by) == (3, "Ann")
    assert with_file(changed, source) == changed


LONG = "One line,\nand another. " * 40
RICH = (
    ("condition", {"condition_id": "hire", "state": "agreed", "until": "2026-05-01", "holder": "Union", "note": LONG}),
    ("condition", {"condition_id": "day", "state": "in force", "in_force_from": "2030-01-01", "document_name": "MOU"}),
    ("condition", {"condition_id": "b-1", "name": "Late buses", "area": "money", "asked_on": "2026-01-02"}),
    (
        "contract",
        {"partner": "Mastery", "partner_id": "LP-1", "starts_on": "2026-08-31", "ends_on": "2031-06-30"},
    ),
)


@pytest.mark.parametrize("story", [RICH, RICH[3:], RICH[:1]])
@pytest.mark.parametrize("form", ["frame", "csv", "xlsx", "json"])
def test_what_is_written_is_read_again(story: Sequence[Any], form: str, tmp_path: Path) -> None:
    record = record_after(*story)
    written = conditions_table([record], date(2028, 1, 1))  # hire has lapsed by then, and is recorded as agreed
    source: Any = written
    if form != "frame":
        source = tmp_path / f"conditions.{form}"
        if form == "csv":
            source.write_bytes(table_bytes(written))
        elif form == "xlsx":
            written.to_excel(source, index=False)
        else:
            source.write_text(json.dumps(json.loads(written.to_json(orient="records"))))
    again = with_file(record_of([created()]), source)
    assert {each.condition_id: each for each in again.conditions} == {
        each.condition_id: each for each in record.conditions
    }
    assert again.contract == record.contract
    assert with_file(record, source) == record


def test_hostile_texts_stay_texts_and_what_is_too_long_is_refused() -> None:
    name = "</td><script>alert(1)</script>{{7*7}}\u202e"
    source = table({"zone_id": "zone-0010", "condition": name, "area": "money", "state": "asked", "note": "=1+1"})
    ((_, content),) = read_conditions(source, zones=ZONES, checklist=CHECKLIST)[0].contents
    assert content["note"] == "=1+1"
    assert with_file(record_of([created()]), source).conditions[0].name == name.rstrip("\u202e")
    source["condition"] = "x" * 400
    assert {(row, column) for row, column, _ in faults(source)} >= {(2, "condition")}


def test_a_zone_may_be_named_by_its_name_unless_two_have_it() -> None:
    zones = [RecordedZone(zone_id=each, name="West Zone", school_ids=[each]) for each in ("a", "b")]
    source = table({"zone_name": "West Zone", "condition": "hire", "state": "asked"})
    assert faults(source, zones) == {(2, "zone_name", "Several Zones fit.")}
    assert read_conditions(source, zones=zones[:1], checklist=CHECKLIST)[0].zone_id == "a"


def test_two_records_of_one_zone_are_refused() -> None:
    other = record_of([change(1, "created", record_id="r-2", zone=ZONE, checklist=created().content["checklist"])])
    with pytest.raises(InputError, match="twice"):
        read_conditions(
            table({"zone_id": "zone-0010", "condition": "hire", "state": "asked"}),
            zones=[record_after(), other],
            checklist=CHECKLIST,
        )


def test_the_order_of_the_rows_does_not_matter_to_the_records() -> None:
    written = conditions_table([record_after(*RICH)], date(2026, 1, 1))
    turned = written.iloc[::-1].reset_index(drop=True)
    made = [with_file(record_of([created()]), each) for each in (written, turned)]
    assert sorted(made[0].conditions, key=lambda each: each.condition_id) == sorted(
        made[1].conditions, key=lambda each: each.condition_id
    )
    assert made[0].contract == made[1].contract
