"""What is no rule is refused, every fault by its field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clustering import (
    list_presets,
    read_rule,
    write_rule,
)
from tests.examples.written_rules import NUMBERS, problems_of


@pytest.mark.parametrize("field", [*NUMBERS, "minimum_years_open", "entry_every_years"])
@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf"), 10**400, -(10**400)])
def test_numbers_that_are_none_are_refused(field: str, number: float) -> None:
    problems = problems_of({"measure": "index", field: number})
    assert field in [each.column for each in problems]
    assert all(len(each.value or "") <= 200 for each in problems)


@pytest.mark.parametrize(
    "text",
    [
        '{"measure": "index", "threshold": NaN}',
        '{"measure": "index", "threshold": Infinity}',
        '{"measure": "index", "threshold": 1e999}',
        '{"measure": "index", "threshold": 1' + "0" * 4500 + "}",
        '{"measure": "index", "threshold": 4, "exit": {"threshold": -1e999}}',
        'measure = "index"\nthreshold = nan',
        'measure = "index"\nthreshold = -inf',
        "bottom_share = nan",
    ],
)
def test_numbers_of_text_that_are_none_are_refused(text: str) -> None:
    assert problems_of(text)


def deep_texts() -> Iterator[str]:
    for depth in (9, 90, 900, 990, 4900):
        yield '{"id": ' + "[" * depth + "]" * depth + "}"
        yield '{"official": ' + '{"a":' * depth + "1" + "}" * depth + "}"
        yield "id = " + "[" * depth + "]" * depth
        yield "a." * depth + "b = 1"


@pytest.mark.parametrize("text", [*deep_texts()], ids=lambda text: f"{text[:6]} {len(text)}")
def test_deep_nesting_is_refused(text: str) -> None:
    assert problems_of(text)


def test_a_mapping_nested_without_end_is_refused() -> None:
    nested: dict[str, Any] = {}
    nested["official"] = nested
    (problem,) = problems_of(nested)
    assert problem.message == "Fields are nested too deeply."


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "\x00",
            "{",
            "{}}",
            "[1]",
            "null",
            "{'threshold': 0.5}",
            '{"threshold": 0.5,}',
            "threshold = ",
            "= 1",
        ),
        *("threshold = 0.5\nthreshold = 0.6", "[[also]", "below 67", "graduation_rate>0.67", "graduation_rate<67"),
        *("graduation_rate<", "graduation_rate<1e-1", "graduation_rate<0.67 or index<5", "official:", "official:=CSI"),
        *("official:designation", "official:designation=", "official:designation=|", "essa", "ESSA_CSI_GRADUATION"),
        *("<script>alert(1)</script>", "=HYPERLINK(1)", "../../etc/passwd", "graduation_rate<" + "9" * 19_000),
        "x = '" + "y" * 20_000 + "'",
    ],
)
def test_what_is_no_rule_is_refused_with_the_ways_to_write_one(text: str) -> None:
    (problem,) = problems_of(text)
    assert problem.column == "identification"
    assert "essa_csi_graduation" in problem.remedy
    assert len(problem.value or "") <= 202


def test_the_longest_rule_is_of_20_000_characters() -> None:
    fields = json.dumps({"threshold": 0.5})
    assert read_rule(fields + " " * (20_000 - len(fields))).criteria[0].threshold == 0.5
    (problem,) = problems_of(fields + " " * (20_001 - len(fields)))
    assert "more than 20,000 characters" in problem.message


@pytest.mark.parametrize("source", [None, 5, 0.67, b"essa_csi_graduation", ["essa_csi_graduation"]])
def test_other_types_are_no_rule(source: Any) -> None:
    (problem,) = problems_of(source)
    assert problem.column == "identification"


def test_a_file_that_is_no_rule_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in problems_of(tmp_path / "none.toml")[0].message
    assert "cannot be read" in problems_of(tmp_path)[0].message
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    assert "cannot be read" in problems_of(tmp_path / "binary.toml")[0].message


def test_hostile_text_stays_text_and_is_shown_in_part() -> None:
    hostile = "<img src=x onerror=alert(1)>"
    rule = read_rule({"title": hostile, "source": "=cmd|' /C calc'!A0"})
    assert (rule.title, rule.source) == (hostile, "=cmd|' /C calc'!A0")
    (problem,) = problems_of({hostile * 50: "y" * 5000})
    assert len(problem.column or "") <= 200
    assert len(problem.value or "") <= 200


def test_long_official_lists_are_limited() -> None:
    assert read_rule({"official": {"column": "x" * 200, "values": ["y" * 500]}}).official is not None
    assert [each.column for each in problems_of("official:" + "x" * 201 + "=CSI")] == ["official.column"]
    assert [each.column for each in problems_of("official:list=" + "|".join("ab" * 26))] == ["official.values"]


def test_presets_say_where_they_come_from() -> None:
    presets = list_presets()
    assert presets.index.is_unique
    for name, preset in presets.iterrows():
        assert len(preset["source"]) > 40, name
        rule = read_rule(str(name))
        assert (rule.id, rule.title, rule.source) == (name, preset["title"], preset["source"])
        assert read_rule(preset["fields"]) == rule == read_rule(write_rule(rule))


def test_a_preset_that_a_caller_changes_stays_as_it_ships() -> None:
    document = list_presets().loc["sig_tier_1", "fields"]
    document["also"][0]["threshold"] = 0.1
    assert read_rule("sig_tier_1").criteria[1].threshold == 0.6
