"""School years found in headings and cells."""

from __future__ import annotations

import pytest

from clustering.readers.text.year_words import find_year, has_joined_pairs

CLEAR = [
    # text, fall of the school year, rest
    ("2022-23", 2022, ""),
    ("(2021–22)", 2021, ""),
    ("SY2022-23", 2022, ""),
    ("SY 2022-2023", 2022, ""),
    ("SY 09-10", 2009, ""),
    ("SY2122", 2021, ""),
    ("AY 2022-23", 2022, ""),
    ("2022-23 School Year", 2022, ""),
    ("20222023", 2022, ""),
    ("202223", 2022, ""),
    ("2022/2023", 2022, ""),
    ("2022 - 2023", 2022, ""),
    ("2021 to 2022", 2021, ""),
    ("22-23", 2022, ""),
    ("'21-'22", 2021, ""),
    ("1920", 2019, ""),
    ("FY23", 2022, ""),
    ("fy_23", 2022, ""),
    ("FY 2023", 2022, ""),
    ("Class of 2022", 2021, ""),
    ("class_of_2022", 2021, ""),
    ("School year ending 2022", 2021, ""),
    ("Fall 2022", 2022, ""),
    ("Fall '22", 2022, ""),
    ("2022 Fall", 2022, ""),
    ("Spring 2023", 2022, ""),
    ("2022 Spring Count", 2021, "Count"),
    ("Fall Enrollment 2022", 2022, "Fall Enrollment"),
    ("10/1/2022", 2022, ""),
    ("6/30/2023", 2022, ""),
    ("2023-01-31 00:00:00", 2022, ""),
    ("1-Oct-22", 2022, ""),
    ("20221001", 2022, ""),
    ("Enrollment Oct. 1, 2023", 2023, "Enrollment"),
    ("October 2022", 2022, ""),
    ("ALL_RATE_1415", 2014, "ALL_RATE"),
    ("LAT1516", 2015, "LAT"),
    ("rate_2021_22", 2021, "rate"),
    ("rate_21_22", 2021, "rate"),
    ("grad_rate_sy_2022_23", 2022, "grad_rate"),
    ("2023-24 Enrollment Total", 2023, "Enrollment Total"),
    ("Rate SY 22-23 (All)", 2022, "Rate (All)"),
    ("Enrollment (School Year 2022-23)", 2022, "Enrollment"),
    ("Grad Rate - Class of 2022", 2021, "Grad Rate"),
    ("4-Year Rate (Class of 2022)", 2021, "4-Year Rate"),
    ("2015-16 5 yr rate", 2015, "5 yr rate"),
]

OPEN = [
    # text, year as written, rest
    ("2022", 2022, ""),
    ("2022.0", 2022, ""),
    ("SY22", 2022, ""),
    ("SY'23", 2023, ""),
    ("SY2022", 2022, ""),
    ("yr2022", 2022, ""),
    ("Graduation Rate (2022)", 2022, "Graduation Rate"),
    ("2022_grad_rate", 2022, "grad_rate"),
    ("grad2022", 2022, "grad"),
    ("% Grads 2022 (%)", 2022, "% Grads (%)"),
    ("4-Year (2022)", 2022, "4-Year"),
    ("four_year_2022", 2022, "four_year"),
    ("2022 4-year rate", 2022, "4-year rate"),
    ("Cohort 2022 Rate", 2022, "Cohort Rate"),
    ("K-12 2022", 2022, "K-12"),
]

NONE = [
    *("", "pct", "12345", "Room 20", "Mayhem", "Day 12", "Zip 20221", "0.2021", "2021.5", "60-61"),
    *("Grades 09-10", "09-10", "grades 9-10", "Grade 11-12"),
    *("2019-22", "2019-2022", "2022-10", "Rate 2021 and 2022", "2021-22 as of 10/1/2022"),
]


@pytest.mark.parametrize(("text", "fall", "rest"), CLEAR)
def test_a_year_whose_words_tell_the_school_year(text: str, fall: int, rest: str) -> None:
    found = find_year(text)
    assert found is not None
    assert (found.fall(), found.rest) == (fall, rest)
    assert found.fall("spring") == fall  # what the user says of bare years does not change it


@pytest.mark.parametrize(("text", "year", "rest"), OPEN)
def test_a_year_that_may_be_either_is_left_open(text: str, year: int, rest: str) -> None:
    found = find_year(text)
    assert found is not None
    assert (found.year, found.convention, found.rest) == (year, None, rest)
    assert (found.fall(), found.fall("fall"), found.fall("spring")) == (None, year, year - 1)


@pytest.mark.parametrize("text", NONE)
def test_numbers_that_are_no_school_year_and_several_years_are_not_found(text: str) -> None:
    assert find_year(text) is None


def test_four_digits_are_a_pair_beside_others_that_can_be_nothing_else() -> None:
    assert has_joined_pairs(["RATE_1819", "RATE_2021"])
    assert not has_joined_pairs(["RATE_2021", "RATE_2022"])
    joined = find_year("RATE_2021", joined=True)
    assert joined is not None
    assert (joined.fall(), joined.rest) == (2020, "RATE")


def test_a_text_of_very_many_years_is_given_up_at_the_second() -> None:
    assert find_year("2021-22 " * 5_000) is None  # or this test takes minutes
