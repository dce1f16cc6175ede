"""Names of schools compared: one name written twice, and two names that look alike."""

from __future__ import annotations

import pytest

from clustering.flows.crosswalk.names import is_other_level, name_similarity, parse_name, word_weights


def similarity(first: str, second: str, *others: str) -> float:
    weights = word_weights([first, second, *others])
    return name_similarity(parse_name(first), parse_name(second), weights)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("LINCOLN ES", "Lincoln Elementary School"),
        ("P.S. 048", "PS 48"),
        ("César Chávez Middle School", "CESAR CHAVEZ MS"),
        ("H.D. Woodson SHS", "H D Woodson Senior High School"),
        ("Blow-Pierce", "BLOWPIERCE ES"),
        ("Arts & Technology Academy PCS", "Arts and Technology Public Charter School"),
        ("Martin Luther King Jr. Elementary", "MLK ES"),
    ],
)
def test_one_name_written_twice_is_the_same(first: str, second: str) -> None:
    assert similarity(first, second) == 1.0


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("PS 48", "PS 49"),
        ("Amos Academy 1", "Amos Academy 2"),
        ("Friendship PCS Woodridge", "Friendship PCS Chamberlain"),
        ("Southeast Career Center", "Southwest Career Center"),
        ("Roosevelt High School @ MacFarland", "MacFarland Middle School"),
        ("The School", "Public Charter School"),
    ],
)
def test_names_that_tell_two_schools_apart_are_not_similar(first: str, second: str) -> None:
    assert similarity(first, second, "Friendship PCS Southeast", "Friendship PCS Tech") < 0.75


def test_a_typing_error_is_similar_and_not_the_same() -> None:
    assert 0.75 <= similarity("Ferebee-Hope ES", "Ferrebee Hope ES") < 0.95


def test_levels_are_told_from_names() -> None:
    assert is_other_level(parse_name("Lincoln ES"), parse_name("Lincoln MS"))
    assert not is_other_level(parse_name("Lincoln Elementary & Middle School"), parse_name("Lincoln MS"))
    assert not is_other_level(parse_name("Lincoln ES"), parse_name("Lincoln Academy"))
