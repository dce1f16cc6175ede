"""Grades, sets of grades and levels."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustering.model.grades import (
    format_grades,
    grade_mask,
    highest_grade,
    level_of,
    offers_grade,
    parse_grade,
    parse_grade_set,
)


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        *[
            ("PS", -2),
            ("PK", -1),
            ("Pre-Kindergarten", -1),
            ("-1", -1),
            ("KG", 0),
            ("K", 0),
            ("Kindergarten", 0),
            ("0", 0),
        ],
        *[("1", 1), ("01", 1), ("9.0", 9), ("Grade 10", 10), ("12th", 12), ("2nd", 2), ("13", 13)],
        *[("UG", None), ("AE", None), ("AO", None), ("", None), ("N", None)],
    ],
)
def test_published_forms_of_a_grade(text: str, grade: int | None) -> None:
    assert parse_grade(text) == grade


@pytest.mark.parametrize("text", ["14", "-3", "5.5", "ninth", "K5", "1e1", "five"])
def test_other_text_is_no_grade(text: str) -> None:
    with pytest.raises(ValueError, match="not a grade"):
        parse_grade(text)


@pytest.mark.parametrize(
    ("text", "grades"),
    [
        ("01 02 03 KG PK PS", [-2, -1, 0, 1, 2, 3]),
        ("PK-5", [-1, 0, 1, 2, 3, 4, 5]),
        ("9, 10, 11, 12", [9, 10, 11, 12]),
        ("K to 2; 4", [0, 1, 2, 4]),
        ("A O", []),
        ("09 10 11 12 UN", [9, 10, 11, 12]),
    ],
)
def test_sets_of_grades_as_lists_and_ranges(text: str, grades: list[int]) -> None:
    assert parse_grade_set(text) == sum(1 << (grade + 2) for grade in grades)


@pytest.mark.parametrize("text", ["12-9", "9-x", "1-2-3"])
def test_broken_sets_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="grade"):
        parse_grade_set(text)


@given(st.sets(st.integers(-2, 13), min_size=1))
def test_written_grades_read_back(grades: set[int]) -> None:
    mask = sum(1 << (grade + 2) for grade in grades)
    assert parse_grade_set(format_grades(mask)) == mask
    assert highest_grade(pd.Series([mask])).item() == max(grades)
    every = range(-2, 14)
    offered = offers_grade(pd.Series([mask] * len(every)), pd.Series(every, dtype="Int64"))
    assert dict(zip(every, offered, strict=True)) == {grade: grade in grades for grade in every}


def test_missing_masks_and_grades_offer_nothing() -> None:
    masks = pd.Series([None, grade_mask(0, 5)], dtype="Int64")
    assert offers_grade(masks, pd.Series([3, None], dtype="Int64")).tolist() == [False, False]
    assert highest_grade(pd.Series([0, None], dtype="Int64")).isna().all()


@pytest.mark.parametrize(
    ("text", "level"),
    [
        *[("PK-5", "elementary"), ("K-6", "elementary"), ("4-6", "elementary"), ("K-8", "elementary-middle")],
        *[("6-8", "middle"), ("5-6", "middle"), ("4-8", "middle"), ("6-12", "middle-high"), ("7-9", "middle-high")],
        *[("9", "high"), ("9-12", "high"), ("10-12", "high"), ("K-12", "all-grades"), ("PK", "other"), ("", "other")],
    ],
)
def test_level_follows_from_the_grades(text: str, level: str) -> None:
    assert level_of(parse_grade_set(text)) == level
