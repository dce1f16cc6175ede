"""Parameters from text and JSON."""

from __future__ import annotations

import json

import pytest

from clustering import InputError, ProposalParameters, parse_parameters


def test_nothing_said_is_the_default() -> None:
    assert parse_parameters([]) == parse_parameters({}) == ProposalParameters()


def test_text_and_json_values_mean_the_same() -> None:
    text = parse_parameters(
        [
            "leakage_weight=0.5",
            "maximum_schools=8",
            "same_district=yes",
            "force_in=0100005,NA",
            "years=2021,2022",
            "maximum_distance_km=none",
            "identification=official:esea_class=Priority",
            "method=greedy",
        ]
    )
    values = {
        "leakage_weight": 0.5,
        "maximum_schools": 8,
        "same_district": True,
        "force_in": ["0100005", "NA"],
        "years": [2021, 2022],
        "maximum_distance_km": None,
        "identification": "official:esea_class=Priority",
        "method": "greedy",
    }
    assert text == parse_parameters(values)
    assert parse_parameters(json.loads(json.dumps(text.as_dict()))) == text


def test_every_problem_comes_at_once() -> None:
    with pytest.raises(InputError) as caught:
        parse_parameters(
            ["leakage=1", "minimum_schools=2.5", "method=magic", "same_district=perhaps", "oops", "time_limit_s=nan"]
        )
    assert {problem.column for problem in caught.value.problems} == {
        *("oops", "leakage", "minimum_schools", "method", "same_district", "time_limit_s")
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("leakage_weight", -0.1),
        ("leakage_weight", float("nan")),
        ("leakage_weight", float("inf")),
        ("minimum_schools", 0),
        ("maximum_steps", 14),
        ("minimum_link_share", 1.01),
        ("suppressed_students", 10),
        ("maximum_distance_km", -1),
        ("time_limit_s", 0),
        ("years", [12]),
        ("maximum_schools", 2),
        ("leakage_weight", True),
        ("years", {"a": 1}),
        ("force_in", 5),
        ("leakage_weight", None),
        ("leakage_weight", [1]),
        ("maximum_schools", 10**400),
    ],
)
def test_values_out_of_range_or_of_the_wrong_kind_are_refused(name: str, value: object) -> None:
    with pytest.raises(InputError) as caught:
        parse_parameters({name: value})
    assert caught.value.problems[0].column == name


def test_a_school_cannot_be_forced_both_ways() -> None:
    with pytest.raises(InputError, match="also in force_out"):
        parse_parameters({"force_in": ["1"], "force_out": ["1"]})


def test_a_parameter_given_twice_is_refused() -> None:
    with pytest.raises(InputError, match="given twice"):
        parse_parameters(["force_in=1,2", "force_in=450"])


def test_school_years_may_be_written_in_full() -> None:
    assert parse_parameters(["years=2022-23,2021"]).years == (2022, 2021)


@pytest.mark.parametrize("value", ["official:" + " " * 100_000 + "x", "official:" + "=" * 100_000, "x" * 10_000_000])
def test_a_text_without_end_is_refused_at_once(value: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_parameters({"identification": value})
    assert len(str(caught.value)) < 1_000


@pytest.mark.parametrize("text", ["graduation_rate<67%", "graduation_rate < 0.67", " graduation_rate<= 67 %"])
def test_rates_may_be_written_as_people_write_them(text: str) -> None:
    assert parse_parameters({"identification": text}).identification == text.strip()
