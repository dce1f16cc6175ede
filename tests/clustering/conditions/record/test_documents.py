"""Records as JSON, as GeoJSON and as tables."""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO

import pandas as pd

from clustering import (
    conditions_table,
    json_bytes,
    missing_conditions,
    missing_table,
    record_document,
    records_geojson,
    records_table,
    table_bytes,
)
from tests.examples.zone_records import CHECKLIST, ZONE, record_after

TODAY = date(2026, 6, 1)
RECORD = record_after(
    (
        "condition",
        {"condition_id": "buses", "area": "money", "name": "=Buses", "until": "2026-05-01", "state": "agreed"},
    ),
    ("condition", {"condition_id": "hire", "state": "agreed", "document_name": "MOU", "document_link": "file 7"}),
    ("contract", {"partner": "Mastery", "starts_on": "2026-08-31"}),
    ("stage", {"to": "designated"}),
    ("stage", {"to": "protected", "exception": "The court ordered it"}),
)


def test_the_document_says_everything_by_area_and_as_of_the_day() -> None:
    document = json.loads(json_bytes(record_document(RECORD, TODAY)))
    assert document["stage"] == "protected"
    assert document["next_stages"] == ["under review", "ended"]
    assert [(each["condition_id"], each["state"], each["recorded_state"]) for each in document["conditions"]] == [
        ("hire", "agreed", "agreed"),
        ("buses", "lapsed", "agreed"),
    ]
    assert document["contract"]["reviews"] == ["2028-02-29", "2029-08-31"]
    assert document["contract"]["next_review_on"] == "2028-02-29"
    assert [each["item_id"] for each in document["missing"]] == ["day"]
    assert document["life"][-1]["exception"] == "The court ordered it"
    assert document["zone"]["school_ids"] == ["0010", "0001"]
    assert document["on"] == "2026-06-01"


def test_the_table_of_records_has_a_row_for_each() -> None:
    table = records_table([RECORD, record_after()], TODAY)
    assert table["stage"].tolist() == ["protected", "proposed"]
    assert table["missing_count"].tolist() == [1, 2]
    assert table["settled_count"].tolist() == [1, 0]
    assert table["next_review_on"].tolist()[0] == "2028-02-29"
    assert table["partner"].isna().tolist() == [False, True]
    assert table["anchor_ids"].tolist() == ["0010", "0010"]


def test_what_is_over_is_told_of_a_record() -> None:
    contract = ("contract", {"partner": "Mastery", "starts_on": "2021-07-01", "ends_on": "2026-06-30"})
    story = (contract, ("condition", {"condition_id": "hire", "state": "agreed", "until": "2026-06-30"}))
    given_up = ("condition", {"condition_id": "day", "state": "lapsed"})
    records = [record_after(*story, given_up), record_after(*story, ("stage", {"to": "ended"})), record_after()]
    last_day, next_day = date(2026, 6, 30), date(2026, 7, 1)
    over = "contract with Mastery, ended 2026-06-30; Hiring, until 2026-06-30; Longer day"
    assert records_table(records, next_day)["lapsed"].fillna("").tolist() == [over, "", ""]
    assert records_table(records, last_day)["lapsed"].fillna("").tolist() == ["Longer day", "", ""]


def test_empty_tables_have_their_columns_and_can_be_written() -> None:
    for table in (records_table([], TODAY), conditions_table([], TODAY), missing_table([])):
        assert len(table) == 0
        assert table_bytes(table).count(b"\n") == 1


def test_a_table_that_is_opened_in_a_spreadsheet_runs_nothing() -> None:
    body = table_bytes(conditions_table([RECORD], TODAY))
    read = pd.read_csv(BytesIO(body), dtype="str")
    assert read["name"].tolist() == ["Hiring", "'=Buses"]
    assert read["required"].tolist()[0] == "yes"
    assert read["required"].isna().tolist() == [False, True]


def test_the_missing_ones_as_a_table() -> None:
    table = missing_table(missing_conditions(RECORD, CHECKLIST, TODAY))
    assert table["item_id"].tolist() == ["day"]
    assert list(table.columns) == ["item_id", "area", "title", "state", "sentence"]


def test_stages_on_the_map_have_the_outline_that_the_record_keeps() -> None:
    collection = json.loads(json_bytes(records_geojson([RECORD, record_after(("zone", {"outline": None}))], TODAY)))
    first, second = collection["features"]
    assert first["geometry"] == ZONE["outline"]
    assert second["geometry"] is None
    assert (first["properties"]["stage"], first["properties"]["missing_count"]) == ("protected", 1)
    assert first["id"] == first["properties"]["record_id"] == "r-1"


def test_the_same_record_gives_the_same_bytes() -> None:
    assert json_bytes(record_document(RECORD, TODAY)) == json_bytes(record_document(RECORD, TODAY))
