"""Schools proposed for names, by district and name; worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from clustering.flows.crosswalk.match_names import count_exact, match_names

SCHOOLS = pd.DataFrame(
    [
        ("0101", "Alder High School", "3400010", "Alder School District"),
        ("0102", "Lincoln Middle School", "3400010", "Alder School District"),
        ("0201", "Lincoln Middle School", "3400020", "Birch Public Schools"),
        ("0202", "Birch High School", "3400020", "Birch Public Schools"),
        ("0203", "P.S. 48 Mapleton", "3400020", "Birch Public Schools"),
        ("0204", "", "3400020", "Birch Public Schools"),
    ],
    columns=["school_id", "name", "district_id", "district_name"],
)


def best(district: str, name: str) -> tuple[str, bool]:
    names = pd.DataFrame({"district_name": [district], "school_name": [name]})
    row = match_names(names, SCHOOLS).iloc[0]
    return str(row["school_id"]), bool(row["is_exact"])


@pytest.mark.parametrize(
    ("district", "name", "expected"),
    [
        ("Alder", "ALDER HIGH SCHOOL", ("0101", True)),
        ("Alder School District", "Alder  High-School", ("0101", True)),
        ("3400010", "Alder High School", ("0101", True)),
        ("", "Alder High School", ("0101", True)),
        ("Birch", "Lincoln Middle School", ("0201", True)),
        ("", "Lincoln Middle School", ("0102", False)),  # two districts have it
        ("Elm", "Lincoln Middle School", ("0102", False)),
        ("Birch", "Birch HS", ("0202", False)),  # proposed, never confirmed by itself
        ("Birch", "Birch Middle School", ("", False)),  # another level
        ("Birch", "PS 48", ("0203", False)),
        ("Birch", "PS 49 Mapleton", ("", False)),
        ("Birch", "Alder High School", ("", False)),  # the school of that name is in another district
        ("Birch", "Zebra", ("", False)),
    ],
)
def test_the_best_match(district: str, name: str, expected: tuple[str, bool]) -> None:
    assert best(district, name) == expected


def test_every_school_of_the_name_is_proposed() -> None:
    names = pd.DataFrame({"district_name": [""], "school_name": ["Lincoln Middle School"]})
    matches = match_names(names, SCHOOLS)
    assert matches["school_id"].tolist() == ["0102", "0201"]
    assert matches["evidence"].unique().tolist() == ["The same name as 2 schools in the schools files."]


def test_exact_names_are_counted_as_they_are_matched() -> None:
    schools = pd.DataFrame(
        {
            "school_id": ["1", "2", "3"],
            "name": ["Elm Elementary", "Elm Elementary", "Oak High"],
            "district_id": ["", "", ""],
            "district_name": ["Adams", "Baker", "Baker"],
        }
    )
    pairs = [("Adams", "ELM ELEMENTARY"), ("", "Elm Elementary"), ("Nowhere", "Oak High"), ("Baker", "Oak Hihg")]
    names = pd.DataFrame(pairs, columns=["district_name", "school_name"])
    assert count_exact(names, schools) == match_names(names, schools)["is_exact"].sum() == 2
