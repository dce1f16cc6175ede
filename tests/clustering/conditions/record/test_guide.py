"""The guide to conditions: its example runs, and its tables are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from clustering import (
    STAGES_AFTER,
    STATES_AFTER,
    Condition,
    Contract,
    RecordedZone,
    list_checklists,
)

GUIDE = (Path(__file__).resolve().parents[4] / "docs" / "conditions.md").read_text(encoding="utf-8")


def test_the_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    code = re.findall(r"```python\n(.*?)```", GUIDE, flags=re.DOTALL)[0]
    exec(compile(code, "<guide>", "exec"), {"__name__": "__main__"})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "designated (datetime.date(2028, 2, 29), datetime.date(2029, 8, 31))"
    assert "Longer school day (time): lapsed after 2027-06-30." in lines


def test_the_steps_are_those_of_the_code() -> None:
    rows = {
        left: set(right.split(", "))
        for left, right in re.findall(r"^\| ([a-z ]+) \| ([a-z, ]+) \|$", GUIDE, re.MULTILINE)
    }
    for steps in (STATES_AFTER, STAGES_AFTER):
        for name, allowed in steps.items():
            if allowed:
                assert rows[name] == set(allowed), name


def test_every_field_of_a_change_is_named() -> None:
    changes = GUIDE[: GUIDE.index("## Conditions from a file")]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", changes, re.MULTILINE))
    fields = {
        "zone": RecordedZone.model_fields,
        "condition": Condition.model_fields,
        "contract": Contract.model_fields,
    }
    for kind, names in fields.items():
        assert set(names) <= set(re.findall(r"`(\w+)`", rows[kind])), kind


def test_the_checklists_are_counted_right() -> None:
    rows = re.findall(r"^\| `(\w+_zone)` \| .+ \| (\d+) \| (\d+) \|$", GUIDE, re.MULTILINE)
    assert rows == [
        (each.checklist_id, str(len(each.items)), str(sum(item.required for item in each.items)))
        for each in list_checklists()
    ]
