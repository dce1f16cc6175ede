"""A state's own checklist: CSV, workbook, JSON, and every fault at once."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from clustering import (
    Checklist,
    InputError,
    checklist_document,
    checklist_table,
    json_bytes,
    list_checklists,
    read_checklist,
    table_bytes,
)
from clustering.conditions.checklists.checklist import MAXIMUM_ITEMS


@pytest.mark.parametrize("checklist", list_checklists(), ids=lambda each: each.checklist_id)
@pytest.mark.parametrize("form", ["csv", "xlsx", "json", "list"])
def test_what_is_written_is_read_back(tmp_path: Path, checklist: Checklist, form: str) -> None:
    path = tmp_path / f"own.{'json' if form == 'list' else form}"
    if form == "csv":
        path.write_bytes(table_bytes(checklist_table(checklist)))
    elif form == "xlsx":
        checklist_table(checklist).to_excel(path, index=False)
    elif form == "json":
        path.write_bytes(json_bytes(checklist_document(checklist)))
    else:
        checklist_table(checklist).to_json(path, orient="records")
    read = read_checklist(path, title="Our own")
    assert read.items == checklist.items
    assert (read.title, read.checklist_id, read.file_name) == ("Our own", "own", path.name)
    assert read.file_sha256 is not None


def test_other_headings_and_words_are_understood() -> None:
    table = pd.DataFrame({"Code": ["007"], "Domain": ["Programme"], "Condition": ["Curriculum"], "Mandatory": ["No"]})
    (item,) = read_checklist(table).items
    assert (item.item_id, item.area, item.title, item.required) == ("007", "program", "Curriculum", False)
    assert (item.asks, item.source) == (None, None)


def test_without_a_column_that_says_so_every_item_is_required() -> None:
    table = pd.DataFrame({"item_id": ["1", "2"], "area": ["time", "money"], "title": ["Day", "Pay"]})
    assert [item.required for item in read_checklist(table).items] == [True, True]


def test_all_faults_are_told_at_once_with_their_cells(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    long = "x" * 301
    path.write_text(
        f"item_id,area,title,required\n1,people,Hire,yes\n1,peeple,,maybe\n,time,{long},\n", encoding="utf-8"
    )
    with pytest.raises(InputError) as caught:
        read_checklist(path)
    found = {(each.row, each.column, (each.value or "")[:5]) for each in caught.value.problems}
    assert found == {
        (3, "item_id", "1"),
        (3, "area", "peepl"),
        (3, "title", ""),
        (3, "required", "maybe"),
        (4, "item_id", ""),
        (4, "title", "xxxxx"),
        (4, "required", ""),
    }
    assert all(each.table == "own.csv" and each.remedy for each in caught.value.problems)


@pytest.mark.parametrize("name", ["nosuch", "x" * 5_000, "miami", "no\0thing"])
def test_a_name_of_nothing_is_answered_with_the_names_that_ship(name: str) -> None:
    with pytest.raises(InputError, match="neither a checklist nor a file") as caught:
        read_checklist(name)
    (problem,) = caught.value.problems
    for checklist in list_checklists():
        assert checklist.checklist_id in problem.remedy
    assert "file of your own" in problem.remedy


def test_a_missing_column_is_told_with_what_there_is(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("item_id,colour\n1,red\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_checklist(path)
    assert [each.column for each in caught.value.problems] == ["area", "title"]


def test_too_many_items_are_refused() -> None:
    count = MAXIMUM_ITEMS + 1
    table = pd.DataFrame({"item_id": [str(each) for each in range(count)], "area": "time", "title": "Day"})
    with pytest.raises(InputError, match="201 items, more than 200"):
        read_checklist(table)
    assert len(read_checklist(table[:MAXIMUM_ITEMS]).items) == MAXIMUM_ITEMS


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"{}", b'{"items": {}}', b"[1]", b'{"items": []}'])
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "own.json"
    path.write_bytes(content)
    with pytest.raises(InputError):
        read_checklist(path)


def test_a_path_is_a_file_and_no_name() -> None:
    with pytest.raises(InputError, match="cannot be opened"):
        read_checklist(Path("delaware_partnership_zone"))


@pytest.mark.parametrize("name", ["\u200b.csv", " .csv", "x" * 240 + ".csv"])
def test_a_name_of_nothing_visible_is_no_obstacle(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("item_id,area,title\n1,time,Day\n", encoding="utf-8")
    read = read_checklist(tmp_path / name, title=" \u200b ")
    assert read.title == read.checklist_id == (name[:240] if "x" in name else "checklist")


def test_an_option_tells_a_column(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("nr;bereich;titel\n1;time;Day\n", encoding="utf-8")
    options = ["columns.item_id=nr", "columns.area=bereich", "columns.title=titel", "delimiter=semicolon"]
    assert read_checklist(path, options=options).items[0].title == "Day"
