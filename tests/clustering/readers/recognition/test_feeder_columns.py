"""Which columns of a table say what school each school feeds."""

from __future__ import annotations

import pytest

from clustering.readers.recognition.feeder_columns import find_feeder_columns

Chain = tuple[tuple[str, ...], ...]


@pytest.mark.parametrize(
    ("headings", "chain"),
    [
        ("Feeder School,Receiving School", (("Feeder School",), ("Receiving School",))),
        ("School,Feeds To", (("School",), ("Feeds To",))),
        ("origin,destination", (("origin",), ("destination",))),
        ("Middle School,High School", (("Middle School",), ("High School",))),
        ("elementary,middle,high", (("elementary",), ("middle",), ("high",))),
        ("School,Feeds To 1,Feeds To 2", (("School",), ("Feeds To 1", "Feeds To 2"))),
        ("school_id,feeds_to_1,feeds_to_2", (("school_id",), ("feeds_to_1", "feeds_to_2"))),
        ("High School,Feeder Schools", (("Feeder Schools",), ("High School",))),
        ("High School,Feeder 1,Feeder 2", (("Feeder 1", "Feeder 2"), ("High School",))),
        ("School,School (2),Feeds To", (("School",), ("Feeds To",))),
        ("Middle School,Feeds Into", (("Middle School",), ("Feeds Into",))),
        ("School,Middle School,High School", (("School",), ("Middle School",), ("High School",))),
        ("School,Elementary,Middle,High", (("Elementary",), ("Middle",), ("High",))),
        ("ES_ID,ES_Name,MS_ID,MS_Name", (("ES_ID",), ("MS_ID",))),
        ("School Code,Feeder Pattern Middle School", (("School Code",), ("Feeder Pattern Middle School",))),
        (
            "Elementary School,Zoned Middle School,Zoned Middle School ID",
            (("Elementary School",), ("Zoned Middle School ID",)),
        ),
        ("School Name,School ID,Feeds To,Feeds To ID", (("School ID",), ("Feeds To ID",))),
    ],
)
def test_a_chain_of_schools_is_found_by_its_headings(headings: str, chain: Chain) -> None:
    found = find_feeder_columns(headings.split(","), {})
    assert found is not None
    assert found.chain == chain


@pytest.mark.parametrize("headings", ["School,Address", "High School,Rate", "Feeds To,Address", "a,b"])
def test_a_table_without_two_ends_is_no_feeder_table(headings: str) -> None:
    assert find_feeder_columns(headings.split(","), {}) is None


def test_the_headings_that_the_user_names_come_before_the_known_ones() -> None:
    found = find_feeder_columns(["School", "Feeds To", "Goes On At"], {"destination": "Goes On At"})
    assert found is not None
    assert found.chain == (("School",), ("Goes On At",))


@pytest.mark.parametrize(
    ("headings", "shares"),
    [
        ("School,Feeds To,Percent", {"Feeds To": "Percent"}),
        ("School,Feeds To,% of students", {"Feeds To": "% of students"}),
        ("School,Feeds To 1,Share 1,Feeds To 2,Share 2", {"Feeds To 1": "Share 1", "Feeds To 2": "Share 2"}),
        ("School,Feeds To 1,Feeds To 2,Percent", {}),
    ],
)
def test_shares_go_with_destinations_only_where_each_has_one(headings: str, shares: dict[str, str]) -> None:
    found = find_feeder_columns(headings.split(","), {})
    assert found is not None
    assert found.shares == shares
