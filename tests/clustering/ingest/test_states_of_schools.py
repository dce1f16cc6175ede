"""National identifiers and a state's own of as many digits, told apart by where the schools are."""

from __future__ import annotations

import pandas as pd
import pytest

from clustering import read_scenario

ALBANY = ("42.65", "-73.75")
KANSAS = ("38.50", "-98.00")


def schools_outside(heading: str, ids: list[str], places: list[tuple[str, str]], **columns: list[str]) -> list[str]:
    schools = pd.DataFrame({heading: ids, "grades": "9-12", **columns})
    schools[["latitude", "longitude"]] = places
    warnings = read_scenario(schools=schools, require_flows=False).report.warnings
    return [str(each.school_id) for each in warnings if "outside the school's state" in each.message]


@pytest.mark.parametrize(
    ("heading", "first_digits", "places", "expected"),
    [
        ("school_id", "01", [ALBANY, ALBANY, ALBANY], ""),  # 01 is Alabama: New York's own identifiers begin so too
        ("school_id", "20", [KANSAS, KANSAS, ALBANY], "3"),
        ("school_id", "20", [("-38.00", "88.50")] * 3, ""),  # neither a lost sign nor exchanged
        ("school_id", "20", [KANSAS, KANSAS, ("38.50", "98.00")], "3"),  # a lost sign
        ("NCESSCH", "01", [ALBANY, ALBANY, ALBANY], "123"),
    ],
)
def test_who_lies_outside(heading: str, first_digits: str, places: list[tuple[str, str]], expected: str) -> None:
    ids = [f"{first_digits}000010003{number}" for number in (1, 2, 3)]
    assert schools_outside(heading, ids, places) == [ids[int(number) - 1] for number in expected]


def test_a_district_in_front_of_the_identifier_is_that_of_nces() -> None:
    ids = ["010000100031", "010000100032"]
    assert schools_outside("school_id", ids, [ALBANY] * 2, LEAID=["0100001"] * 2) == ids
