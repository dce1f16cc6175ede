"""Records as files: the tables, and the map that says the same as its table."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import pytest

from clustering import ZoneRecord, follow_record, record_of, render_records
from clustering.outputs.maps.conditions.record_map import STAGE_COLOURS
from tests.clustering.conditions.progress.test_evaluation import progress_of
from tests.examples.zone_records import ZONE, all_changes, change, created, record_after

EXACT_MAP = "map-exact-not-for-release.html"  # of progress that is worked out by hand
TODAY = date(2026, 6, 1)
HOSTILE = "</script><script>alert(1)</script>{{7*7}}{% raw %}"
STORY = (
    ("condition", {"condition_id": "hire", "state": "agreed"}),
    ("contract", {"partner": HOSTILE, "starts_on": "2026-08-31", "ends_on": "2031-06-30"}),
    ("stage", {"to": "designated"}),
)


def map_of(*records: ZoneRecord) -> str:
    return render_records(records, today=TODAY)["map.html"].decode()


def cells(document: str) -> list[list[str]]:
    """Texts of the table's rows."""
    body = document.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in body.split("</tr>") if "<tr>" in row]
    return [[re.sub(r"<button.*?</button>|<[^>]*>", " ", cell).strip() for cell in row] for row in rows]


def test_the_table_says_stage_what_is_missing_partner_end_and_review() -> None:
    document = map_of(record_after(*STORY[:1], ("contract", {"partner": "Mastery", **_DAYS}), STORY[2]))
    assert cells(document) == [
        ["West Zone", "designated", "1: Longer day", "Mastery", "2031-06-30", "2028-02-29"],
    ]
    assert "1 Zone on 2026-06-01: 1 designated." in document
    assert STAGE_COLOURS["designated"] in document


_DAYS = {"starts_on": "2026-08-31", "ends_on": "2031-06-30"}


def test_every_stage_has_a_colour_and_a_layer_of_its_own() -> None:
    steps = ["designated", "protected", "under review", "ended"]
    settled = (*STORY[:1], ("condition", {"condition_id": "day", "state": "agreed"}))
    records = [record_after(*settled, *(("stage", {"to": step}) for step in steps[:count])) for count in range(5)]
    document = map_of(*records)
    assert "5 Zones on 2026-06-01: 1 proposed, 1 designated, 1 protected, 1 under review, 1 ended." in document
    assert len(set(STAGE_COLOURS.values())) == 5
    for stage, colour in STAGE_COLOURS.items():
        assert f'"{stage.capitalize()}"' in document
        assert document.count(f"background:{colour}") == 2  # the legend and the row


def test_no_text_of_a_record_runs() -> None:
    document = map_of(record_after(*STORY, ("zone", {"name": HOSTILE})))
    assert "alert(1)</script>" not in document
    assert "{{7*7}}" not in document
    assert "49" not in cells(document)[0][0]


def test_records_without_an_outline_are_in_the_table_alone() -> None:
    flat = record_of([created(outline=None)])
    document = map_of(flat)
    assert "No Zone has an outline" in document
    assert cells(document)[0][0] == "West Zone"
    high = {"type": "Polygon", "coordinates": [[[*point, 500] for point in ZONE["outline"]["coordinates"][0]]]}
    assert "No Zone has an outline" not in map_of(record_of([created(outline=high)]))
    assert "0 Zones on 2026-06-01." in map_of()


def test_the_same_records_give_the_same_files() -> None:
    history = follow_record(all_changes(STORY))
    first, second = (render_records([history[-1].record], today=TODAY, history=history) for _ in range(2))
    assert first == second
    assert set(first) == {"records.csv", "conditions.csv", "history.csv", "records.geojson", "map.html"}
    rows = list(csv.DictReader(io.StringIO(first["history.csv"].decode("utf-8-sig"))))
    assert {row["revision"] for row in rows} >= {"2", "3", "4"}


def test_what_is_missing_is_a_count_to_open_beside_another_wide_column() -> None:
    record = record_after()
    alone = map_of(record)
    beside = render_records([record], today=TODAY, progress=progress_of())[EXACT_MAP].decode()
    count, _, names = cells(alone)[0][2].partition(": ")
    assert int(count) > 1
    assert f"<details><summary>{count} conditions</summary>{names}</details>" in beside
    assert "<details>" not in alone


def test_outcomes_are_never_told_without_persistence() -> None:
    zone = {**ZONE, "zone_id": "Z", "school_ids": ["A", "B"], "anchor_ids": [], "school_names": {}}
    record = record_of([change(1, "created", record_id="r", zone=zone, checklist=created().content["checklist"])])
    document = render_records([record], today=TODAY, progress=progress_of())[EXACT_MAP].decode()
    evidence = cells(document)[0][-1]
    # Chronic absence alone is measured: 40 of 100 at the entry, 20 of 100 of school A after 36 months.
    assert evidence == (
        "progress: At 36 months (2023-24) it met 1 of 1 benchmark and missed none. How many students stayed is not"
        " known: no evidence."
    )
    assert "Exact counts of students: not for release." in document


@pytest.mark.parametrize("count", [0, 1])
def test_tables_are_there_whatever_the_number_of_records(count: int) -> None:
    files = render_records([record_after()] * count, today=TODAY)
    assert len(files["records.csv"].decode().splitlines()) == 1 + count
