"""Numbers, student counts and school years."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustering.readers.text.numbers import shown_decimal
from clustering.readers.text.values import parse_numbers, parse_school_year, parse_students


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12.0),
        ("1,234.0", 1234.0),
        ("1 234", 1234.0),
        ("1\u00a0234", 1234.0),
        ("1'234", 1234.0),
        ("(12)", -12.0),
        ("−3", -3.0),
        ("1,234", 1234.0),
        ("-76.5", -76.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("+7", 7.0),
    ],
)
def test_numbers(text: str, number: float) -> None:
    numbers, bad = parse_numbers(pd.Series([text], dtype="str"))
    assert numbers.tolist() == [number]
    assert bad.tolist() == [False]


@pytest.mark.parametrize("text", ["inf", "NaN", "1e400", "0x10", "1_000", "twelve", "1,23", "--5", "1 2", "١٢"])
def test_other_text_is_marked_not_guessed(text: str) -> None:
    numbers, bad = parse_numbers(pd.Series([text], dtype="str"))
    assert numbers.isna().all()
    assert bad.tolist() == [True]


def test_blank_is_missing_and_not_bad() -> None:
    numbers, bad = parse_numbers(pd.Series([""], dtype="str"))
    assert numbers.isna().all()
    assert bad.tolist() == [False]


@pytest.mark.parametrize(
    "text",
    [
        *("-1", "*", "***", "<10", "n<10", "S", "PS", "DS", "1-9", "1 to 4", "<5", "≤9", "fewer than 10", "N<10"),
        *("~", "TFS", "Too few students", "Suppressed", "Redacted", "less than 5", "4 or fewer students"),
    ],
)
def test_suppressed_counts_are_one_to_nine_students(text: str) -> None:
    counts, bad = parse_students(pd.Series([text], dtype="str"))
    assert bad.tolist() == [False]
    assert counts["students"].isna().all()
    assert (counts["students_low"].item(), counts["students_high"].item()) == (1, 9)


def test_zero_is_a_count() -> None:
    counts, bad = parse_students(pd.Series(["0"], dtype="str"))
    assert counts.iloc[0].tolist() == [0, 0, 0]
    assert bad.tolist() == [False]


@pytest.mark.parametrize("text", ["", "-2", "-9", "many", "1000001", "inf", "<20", "n<16", "--", "NC", "12*"])
def test_what_is_no_count_is_marked(text: str) -> None:
    counts, bad = parse_students(pd.Series([text], dtype="str"))
    assert bad.tolist() == [True]
    assert counts.isna().all(axis=None)


@pytest.mark.parametrize(
    "text",
    [
        *("2022-23", "2022-2023", "2022/23", "2022–23", "2022", "2022.0", "22-23", "SY22", "20222023"),
        *("2022-23 School Year", "(2022-23)", "Fall 2022", "Spring 2023", "Class of 2023", "FY23", "10/1/2022"),
    ],
)
def test_school_years_are_named_by_their_fall(text: str) -> None:
    assert parse_school_year(text) == 2022


@pytest.mark.parametrize("text", ["2022-24", "2023-22", "20222024", "0099", "then", "2022-23 or so"])
def test_other_text_is_no_school_year(text: str) -> None:
    with pytest.raises(ValueError, match="year"):
        parse_school_year(text)


@given(st.integers(1900, 2098))
def test_every_school_year_reads_back(year: int) -> None:
    assert parse_school_year(f"{year}-{(year + 1) % 100:02d}") == year


def test_a_century_ends_in_the_middle_of_a_school_year() -> None:
    assert parse_school_year("1999-00") == 1999


@pytest.mark.parametrize(
    ("text", "number"), [("61,5", 61.5), ("1.234,5", 1234.5), ("1 234,5", 1234.5), ("38.8977", 38.8977)]
)
def test_decimal_commas_where_the_user_says_so(text: str, number: float) -> None:
    assert parse_numbers(pd.Series([text], dtype="str"), decimal="comma")[0].tolist() == [number]


@pytest.mark.parametrize(
    ("texts", "thousands", "decimal"),
    [
        (["61,5", "70"], False, "comma"),
        (["38,897", "-77,036"], False, "comma"),  # no degree has thousands
        (["61,5", "61.5"], False, None),
        (["1,234", "5"], True, None),
        (["0,667"], True, "comma"),
        (["1,234", "61,5"], True, "unclear"),
        (["70"], False, None),
    ],
)
def test_a_column_may_show_its_decimal_sign(texts: list[str], thousands: bool, decimal: str | None) -> None:
    assert shown_decimal(texts, thousands=thousands) == decimal
