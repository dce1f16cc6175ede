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
        *[("14", 13), ("10th grade", 10), ("Grade K", 0), ("G09", 9), ("Gr. 9", 9), ("0K", 0), ("K5", 0), ("TK", -1)],
        *[("P", -1), ("EE", -2), ("PE", -2), ("EC", -2)],
        *[("UG", None), ("AE", None), ("SE", None), ("Adult", None), ("AO", None), ("", None), ("N", None)],
    ],
)
def test_published_forms_of_a_grade(text: str, grade: int | None) -> None:
    assert parse_grade(text) == grade


@pytest.mark.parametrize("text", ["15", "-3", "5.5", "ninth", "K6", "1e1", "five", "K-3", "K-5", "9-12", "8-Jun", "99"])
def test_other_text_is_no_grade(text: str) -> None:
    with pytest.raises(ValueError, match="not a grade"):
        parse_grade(text)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("01 02 03 KG PK PS", "PS-3"),
        ("PK-5", "PK-5"),
        ("9, 10, 11, 12", "9-12"),
        ("K to 2; 4", "K-2, 4"),
        ("A O", ""),
        ("09 10 11 12 UN", "9-12"),
        ("9 to 14", "9-13"),
        ("13", "13"),
        ("14", "13"),
        ("PE,PK,K-8", "PS-8"),
        ("EE,PK,KG", "PS-K"),
        ("0K-08", "K-8"),
        ("KG-05", "K-5"),
        ("0-5", "K-5"),
        ("-1-5", "PK-5"),
        ("TK-5", "PK-5"),
        ("P-12", "PK-12"),
        ("P-K-8", "PK-8"),
        ("P3-5", "PS-5"),
        ("K4-5", "PK-5"),
        ("K5-5", "K-5"),
        ("K3, K4, K5, 1", "PS-1"),
        ("K8", "K-8"),
        ("PK-12", "PK-12"),
        ("PK12", "PK-12"),
        ("PreK–8", "PK-8"),
        ("Pre-K - 5", "PK-5"),
        ("Pre-Kindergarten to Grade 5", "PK-5"),
        ("K thru 5", "K-5"),
        ("K through 5th", "K-5"),
        ("Kindergarten through 5th Grade", "K-5"),
        ("Grades 6 to 8", "6-8"),
        ("Gr. 6-8", "6-8"),
        ("6th-8th", "6-8"),
        ("6th to 8th grade", "6-8"),
        ("6.0-8.0", "6-8"),
        ("G09-G12", "9-12"),
        ("K, 1, 2", "K-2"),
        ("09;10;11;12", "9-12"),
        ("6, 7 & 8", "6-8"),
        ("9th, 10th, 11th and 12th", "9-12"),
        ("9-12, UG", "9-12"),
        ("K-5/6-8", "K-8"),
        ("6/7", "6-7"),
        ("N", ""),
        ("–", ""),
    ],
)
def test_sets_of_grades_as_lists_and_ranges(text: str, written: str) -> None:
    assert format_grades(parse_grade_set(text)) == written


@pytest.mark.parametrize(
    "text",
    [
        *("M-8", "UG-12", "K-UG", "PK-", "K-5-8", "12-9", "1-99", "912", "primary", "6 to what"),
        *("8-Jun", "Jun-8", "6/8/2024", "2024-06-08"),
        *("K5", "PK5", "6/8", "9/12"),  # of two meanings
    ],
)
def test_what_has_no_plain_meaning_is_no_set_of_grades(text: str) -> None:
    with pytest.raises(ValueError, match="grade"):
        parse_grade_set(text)


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
