"""Indicator sets: what ships, what a state gives, and every fault at once."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from clustering import (
    InputError,
    NamedFile,
    indicator_set_document,
    indicators_table,
    list_indicator_sets,
    parse_indicator_set,
    read_indicator_sets,
)

SMALL = {"set_id": "own", "title": "Our own", "indicators": [{"indicator_id": "a", "title": "A"}]}


def test_the_sets_that_ship_are_the_triangle_and_the_form_of_twelve_statements() -> None:
    triangle, district = list_indicator_sets()
    assert [each.domain for each in triangle.indicators] == (
        ["Ready to learn"] * 3 + ["Ready to teach"] * 3 + ["Ready to act"] * 3
    )
    assert (triangle.least, triangle.greatest, len(triangle.labels)) == (1, 4, 4)
    assert "Mass Insight" in triangle.source
    assert len(district.indicators) == 12
    assert all("supplied by the state" in each.title for each in district.indicators)
    assert [(band.label, band.least_total) for band in district.bands] == [
        ("ready", 43),
        ("plan with care", 32),
        ("not yet ready", 12),
    ]


def test_a_set_is_the_same_after_it_was_written_down() -> None:
    for each in list_indicator_sets():
        assert parse_indicator_set(json.loads(json.dumps(indicator_set_document(each)))) == each


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"least": 4, "greatest": 4}, "no length"),
        ({"gap_to": 3, "strength_from": 3}, "do not fit"),
        ({"strength_from": 5}, "do not fit"),
        ({"labels": ["low", "high"]}, "2 labels for 4 values"),
        ({"labels": ["a", "b", "c", "A"]}, "The same label"),
        ({"indicators": SMALL["indicators"] * 2}, "The same indicator_id"),
        ({"bands": [{"label": "x", "least_total": 1}, {"label": "y", "least_total": 2}]}, "not in order"),
        ({"titel": "x"}, "no such entry"),
        ({"subject_kinds": ["planet"]}, "no such choice"),
        ({"indicators": []}, "empty"),
    ],
)
def test_a_set_that_contradicts_itself_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_indicator_set({**SMALL, **changes})


@pytest.mark.parametrize("document", [None, [], "text", 3, {1: 2}])
def test_what_is_no_set_is_refused(document: object) -> None:
    with pytest.raises(InputError, match="no indicator set"):
        parse_indicator_set(document)


def test_a_table_is_read_as_a_set() -> None:
    table = pd.DataFrame(
        {
            "indicator": ["1.1", "1.2"],
            "title": ["Leaders are chosen", "Time is used"],
            "domain": ["People", "Time"],
            "set": "ours",
            "set_title": ["Our practices", ""],
            "least": ["0", ""],
            "greatest": ["2", "2"],
            "labels": ["none; some; full", ""],
        }
    )
    (found,) = read_indicator_sets(table)
    assert (found.set_id, found.title, found.least, found.greatest) == ("ours", "Our practices", 0, 2)
    assert found.labels == ("none", "some", "full")
    assert (found.gap_to, found.strength_from) == (0.5, 1.5)  # the halves of a scale from 0 to 2
    assert [each.domain for each in found.indicators] == ["People", "Time"]


def test_the_table_of_a_set_reads_back() -> None:
    triangle, _ = list_indicator_sets()
    (found,) = read_indicator_sets(indicators_table(triangle))
    assert (found.set_id, found.indicators, found.gap_to) == (triangle.set_id, triangle.indicators, triangle.gap_to)


def test_every_fault_of_a_table_is_told_at_once() -> None:
    table = pd.DataFrame(
        {
            "indicator": ["1.1", "1.1", "", "1.3"],
            "title": ["A", "B", "C", ""],
            "set": "ours",
            "least": ["1", "2", "", ""],
            "greatest": ["four", "", "", ""],
        }
    )
    with pytest.raises(InputError) as caught:
        read_indicator_sets(table)
    found = {(problem.row, problem.column) for problem in caught.value.problems}
    assert {(3, "indicator"), (4, "indicator"), (5, "title"), (2, "least"), (3, "least"), (2, "greatest")} <= found


def test_a_file_of_too_many_sets_is_refused_at_once(tmp_path: Path) -> None:
    table = pd.DataFrame({"set": [f"s{number}" for number in range(21)], "indicator": "a", "title": "A"})
    (tmp_path / "sets.json").write_text(json.dumps([{**SMALL, "set_id": f"s{number}"} for number in range(21)]))
    for source in (table, tmp_path / "sets.json"):
        with pytest.raises(InputError, match="21 indicator sets, more than 20"):
            read_indicator_sets(source)
    assert len(read_indicator_sets(table.head(20))) == 20


def test_json_of_several_sets_is_read(tmp_path: Path) -> None:
    path = tmp_path / "sets.json"
    path.write_text(json.dumps([SMALL, {**SMALL, "set_id": "other"}]), encoding="utf-8")
    assert [each.set_id for each in read_indicator_sets(path)] == ["own", "other"]
    path.write_text(json.dumps([SMALL, SMALL]), encoding="utf-8")
    with pytest.raises(InputError, match="Two sets"):
        read_indicator_sets(path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe\x00", b"[" * 100_000, b'{"set_id": 1e999}', b"3"])
def test_hostile_json_is_refused_and_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "upload"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_indicator_sets(NamedFile(path, "their sets.json"))
    assert {problem.table for problem in caught.value.problems} == {"their sets.json"}
