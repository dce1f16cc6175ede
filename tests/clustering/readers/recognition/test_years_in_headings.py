"""Columns by year: which headings are one measure in several years, and what is asked where they may be two."""

from __future__ import annotations

import pytest

from clustering.readers.file_options import FileOptions
from clustering.readers.recognition.headings import RecognisedHeadings, recognise_headings

NO_OPTIONS = FileOptions()


def recognise(*headings: str, role: str = "performance", options: FileOptions = NO_OPTIONS) -> RecognisedHeadings:
    first = ("origin", "destination") if role == "flows" else ("school_id",)
    return recognise_headings([*first, *headings], table="file.csv", role=role, options=options)


@pytest.mark.parametrize(
    ("headings", "years"),
    [
        (("Grad Rate 2022", "Grad Rate 2023"), ("2022", "2023")),
        (("2022 Graduation Rate", "2023 Graduation Rate"), ("2022", "2023")),
        (("Graduation Rate (2022)", "Graduation Rate (2023)"), ("2022", "2023")),
        (("Graduation Rate 2021-22", "Graduation Rate 2022-23"), ("2021-22", "2022-23")),
        (("Graduation Rate SY2021-22", "Graduation Rate SY2022-23"), ("2021-22", "2022-23")),
        (("grad rate SY22", "grad rate SY23"), ("2022", "2023")),
        (("Grad_Rate_FY22", "Grad_Rate_FY23"), ("2021-22", "2022-23")),
        (("grad_rate_22", "grad_rate_23"), ("2022", "2023")),
        (("grad_rate_13", "grad_rate_14"), ("2013", "2014")),
        (("Grad_Rate_1415", "Grad_Rate_1516"), ("2014-15", "2015-16")),
        (("ACGR_1920", "ACGR_2021"), ("2019-20", "2020-21")),
        (("Graduation Rate - Class of 2022", "Graduation Rate - Class of 2023"), ("2021-22", "2022-23")),
        (("Graduation Rate for 2022", "Graduation Rate for 2023"), ("2022", "2023")),
        (("Graduation rate 2021/2022", "Graduation rate 2022/2023"), ("2021-22", "2022-23")),
        (("Grad Rate 2023", "Grad Rate 2022"), ("2022", "2023")),
    ],
)
def test_a_rate_has_a_column_for_each_year(headings: tuple[str, str], years: tuple[str, str]) -> None:
    found = recognise(*headings)
    assert not found.problems
    assert tuple(found.by_year["graduation_rate"]) == years
    assert set(found.by_year["graduation_rate"].values()) == set(headings)
    latest = found.by_year["graduation_rate"][years[1]]
    assert found.headings["graduation_rate"] == latest  # and it is the one with the later year in it
    assert max(headings, key=lambda heading: [sign for sign in heading if sign.isdigit()]) == latest


@pytest.mark.parametrize(
    ("role", "headings"),
    [
        ("performance", ("grad_rate_09", "grad_rate_10")),  # may be grades
        ("performance", ("4-year graduation rate", "5-year graduation rate")),
        ("performance", ("2022", "2023")),
        ("schools", ("LAT1516", "LON1516")),
        ("schools", ("enrollment_09", "enrollment_10")),
        ("catchments", ("Grad Rate 2022", "Grad Rate 2023")),
    ],
)
def test_other_headings_are_no_columns_by_year(role: str, headings: tuple[str, ...]) -> None:
    assert not recognise(*headings, role=role).by_year


@pytest.mark.parametrize("role", ["schools", "performance"])
def test_columns_by_a_number_that_may_be_a_grade_are_taken_for_nothing(role: str) -> None:
    found = recognise("enrollment_09", "enrollment_10", "grad_rate_09", "grad_rate_10", role=role)
    assert set(found.headings) == {"school_id"}


@pytest.mark.parametrize("headings", [("students_2022", "students_2023"), ("2021-22", "2022-23"), ("2022", "2023")])
def test_students_have_a_column_for_each_year(headings: tuple[str, str]) -> None:
    found = recognise(*headings, role="flows")
    assert not found.problems
    assert tuple(found.by_year["students"].values()) == headings


def test_counts_of_one_year_go_with_rates_of_several() -> None:
    found = recognise("Grad Rate 2021-22", "Grad Rate 2022-23", "Cohort 2022-23", "Graduates 2022-23")
    assert found.by_year["cohort"] == {"2022-23": "Cohort 2022-23"}
    assert found.by_year["graduates"] == {"2022-23": "Graduates 2022-23"}


def test_enrolment_is_that_of_the_latest_year() -> None:
    found = recognise("Enrollment 2022", "Enrollment 2023", "Enrollment 2021", role="schools")
    assert found.headings["enrolment"] == "Enrollment 2023"


@pytest.mark.parametrize("given", ["Pct X", "Pct X YEAR", "pct x (YEAR)"])
def test_the_user_names_columns_without_their_year(given: str) -> None:
    options = FileOptions(columns={"graduation_rate": given})
    found = recognise("Pct X 2021-22", "Pct X 2022-23", "Grad Rate 2022-23", options=options)
    assert not found.problems
    assert list(found.by_year["graduation_rate"].values()) == ["Pct X 2021-22", "Pct X 2022-23"]


def test_the_user_names_columns_that_are_years_alone() -> None:
    found = recognise("2021-22", "2022-23", options=FileOptions(columns={"growth": "YEAR"}))
    assert list(found.by_year["growth"]) == ["2021-22", "2022-23"]


def test_the_user_names_one_of_the_columns() -> None:
    options = FileOptions(columns={"graduation_rate": "Grad Rate 2021-22"})
    found = recognise("Grad Rate 2021-22", "Grad Rate 2022-23", options=options)
    assert (found.headings["graduation_rate"], found.by_year) == ("Grad Rate 2021-22", {})


@pytest.mark.parametrize(
    ("role", "headings"),
    [
        ("performance", ("graduation_rate", "Grad Rate 2021-22", "Grad Rate 2022-23")),
        ("performance", ("ACGR 2021-22", "Grad Rate 2021-22", "ACGR 2022-23", "Grad Rate 2022-23")),
        ("flows", ("students", "students 2021-22", "students 2022-23")),
        ("schools", ("membership", "enrollment 2021-22", "enrollment 2022-23")),
    ],
)
def test_what_may_be_two_things_is_asked_and_every_remedy_works(role: str, headings: tuple[str, ...]) -> None:
    (problem,) = recognise(*headings, role=role).problems
    assert problem.is_error
    given = [part.removeprefix("Set ") for part in problem.remedy.rstrip(".").split(", or ")]
    for option in given:
        file, _, setting = option.partition(":")
        assert file == "file.csv", option
        name, _, value = setting.partition("=")
        value = value.split(" to use ")[0].split(" if ")[0].split(" for ")[0]
        kind, _, canonical = name.partition(".")
        options = FileOptions(columns={canonical: value}) if canonical else FileOptions(**{kind: value})
        assert not recognise(*headings, role=role, options=options).problems, option


@pytest.mark.parametrize("heading", ["Grad Rate 2022", "2022 Grad Rate", "Graduation Rate (2022)", "grad_rate_22"])
def test_a_rate_whose_only_column_has_a_year_keeps_it(heading: str) -> None:
    assert recognise(heading).by_year == {"graduation_rate": {"2022": heading}}


def test_a_rate_with_a_year_does_not_stand_alone_beside_one_without() -> None:
    found = recognise("Graduation Rate", "Graduation Rate 2022")
    assert found.headings["graduation_rate"] == "Graduation Rate"
    assert not found.by_year
