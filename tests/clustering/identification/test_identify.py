"""Rules, bands and official lists."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest

from clustering import InputError, Scenario, identify_high_schools, parse_rule
from tests.examples.toy_district import EAST, WEST, toy_scenario, toy_schools

RATES = ["66.9", "67", "LT50", "60-69", "65-69", "60-64", "GE80", "67-69", "67-70", "GE50", "PS", ".", "", "0"]
RATES += ["10", "33-40", "66", "70-79", "GE95"]
SCHOOLS = {rate: f"1{number:03d}" for number, rate in enumerate(RATES)}


@cache
def with_rates() -> Scenario:
    """The district with one more high school for each rate."""
    schools = toy_schools()
    more = schools.loc[[10] * len(RATES)].assign(school_id=list(SCHOOLS.values()), graduation_rate=RATES)
    return toy_scenario(pd.concat([schools, more], ignore_index=True))


@cache
def certainties(rule: str) -> dict[str, str]:
    """Of each rate."""
    found = identify_high_schools(with_rates(), parse_rule(rule))["certainty"]
    return {rate: str(found[school]) for rate, school in SCHOOLS.items()}


def certainty_of(rate: str, rule: str = "graduation_rate<0.67") -> str:
    return certainties(rule)[rate]


@pytest.mark.parametrize(
    ("rate", "certainty"),
    [
        ("66.9", "certain"),
        ("67", "no"),
        ("LT50", "certain"),
        ("60-69", "possible"),
        ("65-69", "possible"),
        ("60-64", "certain"),
        ("GE80", "no"),
        ("67-69", "no"),
        ("GE50", "possible"),
        ("PS", "unknown"),
        (".", "unknown"),
        ("", "unknown"),
        ("0", "certain"),
    ],
)
def test_bands_against_the_federal_threshold(rate: str, certainty: str) -> None:
    assert certainty_of(rate) == certainty


def test_at_or_below_includes_the_threshold() -> None:
    assert certainty_of("67", "graduation_rate<=0.67") == "certain"
    assert certainty_of("67-70", "graduation_rate <= 67%") == "possible"
    assert certainty_of("67", "graduation_rate<0.671") == "certain"


def test_only_schools_with_high_school_grades_are_decided() -> None:
    decisions = identify_high_schools(toy_scenario(), parse_rule("graduation_rate<0.67"))
    assert decisions.index.tolist() == [WEST, EAST]
    assert decisions["certainty"].tolist() == ["certain", "no"]
    assert decisions.loc[WEST, "explanation"] == "Graduation rate 55.0%, below 67.0%."


def test_closed_high_schools_are_left_out() -> None:
    schools = toy_schools().assign(status="Open")
    schools.loc[9, "status"] = "Closed"
    assert identify_high_schools(toy_scenario(schools), parse_rule("graduation_rate<0.67")).index.tolist() == [EAST]


def test_an_official_list_wins_over_the_rate() -> None:
    decisions = identify_high_schools(toy_scenario(), parse_rule("official:Designation=csi"))
    assert decisions["certainty"].tolist() == ["certain", "certain"]
    assert decisions["source"].unique().tolist() == ["official"]
    assert "not below 67.0%" in decisions.loc[EAST, "explanation"]
    schools = toy_schools()
    schools.loc[9, "designation"] = "TSI"
    decisions = identify_high_schools(toy_scenario(schools), parse_rule("official:designation=CSI"))
    assert decisions["certainty"].to_dict() == {WEST: "no", EAST: "certain"}
    both = identify_high_schools(toy_scenario(schools), parse_rule("official:designation=CSI|TSI"))
    assert both["certainty"].tolist() == ["certain", "certain"]


@pytest.mark.parametrize("text", ["graduation_rate>0.67", "below 67", "graduation_rate<67", "official:designation", ""])
def test_a_rule_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="rule cannot be read"):
        parse_rule(text)


def test_a_list_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(InputError, match="columns that can serve: .*designation"):
        identify_high_schools(toy_scenario(), parse_rule("official:status_2024=CSI"))
    with pytest.raises(InputError, match="it has CSI"):
        identify_high_schools(toy_scenario(), parse_rule("official:designation=Priority"))


def test_raising_the_threshold_never_drops_a_certain_school() -> None:
    rates = ["10", "33-40", "LT50", "60-69", "66", "67", "70-79", "GE95", "PS"]
    order = {"no": 0, "possible": 1, "certain": 2, "unknown": -1}
    for rate in rates:
        found = [order[certainty_of(rate, f"graduation_rate<{threshold / 100}")] for threshold in range(5, 100, 5)]
        assert found == sorted(found), rate
