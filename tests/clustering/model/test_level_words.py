"""Levels in words, worked out by reading them."""

from __future__ import annotations

import pytest

from clustering.model.grades import parse_grade_set
from clustering.model.level_words import SaidLevel, contradicts, is_no_level, level_in_words, parse_level


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("elementary_boundaries", "elementary"),
        ("HS_2023", "high"),
        ("Middle School Attendance Areas", "middle"),
        ("JuniorHigh", "middle"),
        ("Jr. High Schools", "middle"),
        ("Senior High", "high"),
        ("2", "middle"),
        ("3.0", "high"),
        ("Primary", "elementary"),
        # Of two levels, or of none that it says.
        ("middle_high_2023", None),
        ("High Plains Elementary", None),
        ("boundaries_2023", None),
        ("highland_zones", None),
        ("2023", None),
        ("essex", None),
    ],
)
def test_one_level_is_found_in_words(text: str, level: str | None) -> None:
    assert level_in_words(text) == level


def test_words_for_no_level() -> None:
    assert all(map(is_no_level, ("Unknown", "Other", "4", "", " n/a ")))
    assert not any(map(is_no_level, ("upper", "3", "high")))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("high", SaidLevel(level="high")),
        ("Middle School", SaidLevel(level="middle")),
        ("9-12", SaidLevel(level="high", grades_offered=parse_grade_set("9-12"))),
        ("K-5", SaidLevel(level="elementary", grades_offered=parse_grade_set("K-5"))),
        ("7-9", SaidLevel(level="middle", grades_offered=parse_grade_set("7-9"))),
        ("K-12", SaidLevel(level="elementary", grades_offered=parse_grade_set("K-12"))),
        ("8-9", SaidLevel(level=None, grades_offered=parse_grade_set("8-9"))),
    ],
)
def test_a_level_is_said_in_words_or_grades(text: str, said: SaidLevel) -> None:
    assert parse_level(text) == said


@pytest.mark.parametrize("text", ["upper", "", "12-9", "middle and high"])
def test_what_is_no_level_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="grade"):
        parse_level(text)


@pytest.mark.parametrize(
    ("level", "grades", "is_wrong"),
    [("high", "K-5", True), ("high", "7-12", False), ("elementary", "9-12", True), ("middle", "", False)],
)
def test_grades_contradict_a_level_if_none_of_them_is_of_it(level: str, grades: str, is_wrong: bool) -> None:
    assert contradicts(level, parse_grade_set(grades)) is is_wrong
