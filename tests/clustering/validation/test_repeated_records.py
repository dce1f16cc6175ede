"""Columns that tell repeated records of a school apart, and what of their cells is named."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from clustering.ingest.open_files import open_files
from clustering.validation import repeated_records
from clustering.validation.repeated_records import telling_choices


def told(**columns: Sequence[str]) -> list[str]:
    """Headings that tell the two records of each school apart."""
    table = pd.DataFrame({"school_id": ["1", "1", "2", "2"], "graduation_rate": ["50", "60", "70", "80"], **columns})
    findings = open_files({"performance": [table]}, {}, []).files["performance"][0]
    groups = np.array([0, 0, 1, 1])
    choices = telling_choices(findings, groups, left_out={"school_id", "graduation_rate"})
    return [each.heading for each in choices.choices]


@pytest.mark.parametrize(
    "heading",
    ["cohort_size", "students_in_grade_9", "grade_9_count", "student_name", "ssid", "things"],
)
def test_counts_and_students_are_never_named(heading: str) -> None:
    assert told(**{heading: ["7", "8*", "*", "3"]}) == []


def test_years_groups_and_codes_are() -> None:
    assert told(period=["2021-22", "2022-23"] * 2) == ["period"]
    assert told(student_group=["All", "Boys"] * 2) == ["student_group"]
    assert told(cohort=["4", "5"] * 2) == ["cohort"]


def test_of_too_many_columns_those_beside_the_identifier_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeated_records, "MAXIMUM_CANDIDATES", 2)
    same = {f"same {number}": ["a"] * 4 for number in range(2)}
    differs = ["All", "Boys"] * 2
    assert told(group=differs, **same) == ["group"]
    assert told(**same, group=differs) == []
