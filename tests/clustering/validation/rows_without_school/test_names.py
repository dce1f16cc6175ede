"""Names of totals and notes, told from those of schools by the whole name; measured on every school of the country."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from clustering.readers.text.notes import is_note
from clustering.validation.rows_without_school.areas import is_name_of_area
from clustering.validation.rows_without_school.totals import is_identifier_of_nothing, is_name_of_total


@pytest.mark.parametrize(
    "name",
    [
        *("Total", "TOTALS", "Grand total", "Sub-total", "Sum", "Average", "Overall", "All", "All students"),
        *("State Total", "STATE TOTALS", "State average", "Statewide", "[Statewide]", "State-wide Total", "State"),
        *("District Total", "[Districtwide]", "Total for district", "District: all schools total"),
        *(
            "All schools",
            "All Public Schools",
            "All Buildings",
            "Total - All Schools",
            "High Schools Total",
            "All schools in the state",
        ),
        *("Alder County Total", "Boston Public Schools Total", "NYC Total", "Average of schools"),
    ],
)
def test_totals(name: str) -> None:
    assert is_name_of_total(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", "5201", "S1", "Total Learning Academy", "World Academy for Total Community Health High School"),
        *("Alder High School Total", "All City Leadership Secondary School", "All Saints", "Allen", "Meanwood High"),
        *("State College Area High", "District Wide Preschool", "County Wide Exceptional Programs", "Totalville"),
        *("Source Middle", "Averill High", "Jefferson County", "Beverly City School District", "State Street School"),
    ],
)
def test_schools(name: str) -> None:
    assert not is_name_of_total(name)
    assert not is_note(name)


@pytest.mark.parametrize(
    "text",
    [
        *("Note:", "NOTES: rates of 2024", "Note 1: small cohorts", "Source: records office, May", "* fewer than 10"),
        *(
            "Data as of June 2024",
            "Last updated: May",
            "Updated 5/1/2024",
            "† not met",
            "Footnote: none",
            "© the state",
        ),
        *("End of report", "(1) Rates of four years", "Prepared by the records office"),
    ],
)
def test_notes(text: str) -> None:
    assert is_note(text)


@pytest.mark.parametrize("text", ["", "*", "*5201", "5201*", "Notes School", "Data House", "Key West High", "Updated"])
def test_what_is_no_note(text: str) -> None:
    assert not is_note(text)


@pytest.mark.parametrize(
    ("text", "is_nothing"),
    [
        ("", True),
        ("0000", True),
        ("9999", True),
        ("99", True),
        ("ALL", True),
        ("0001", False),
        ("9", True),
        ("990", False),
    ],
)
def test_identifiers_of_districts_and_states(text: str, is_nothing: bool) -> None:
    assert is_identifier_of_nothing(text) == is_nothing


def test_no_school_of_the_country_is_taken_for_something_else(shared_data: Path) -> None:
    path = shared_data / "us_schools" / "us_public_schools.csv.gz"
    names = pd.read_csv(path, usecols=["school_name"], dtype=str)["school_name"].dropna().unique()
    assert len(names) > 80_000
    tests = (is_name_of_total, is_name_of_area, is_note)
    assert [name for name in names if any(test(name) for test in tests)] == []
