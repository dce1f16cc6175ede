"""Parameters from text and JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clustering import InputError, ProposalParameters, parse_parameters
from clustering.zones.school_groups import split_group


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


def test_one_setting_needs_no_list() -> None:
    assert parse_parameters("maximum_schools=8") == parse_parameters(["maximum_schools=8"])


@pytest.mark.parametrize("given", [[8], ["maximum_schools"], [("maximum_schools", 8)], [None]])
def test_a_setting_without_a_value_is_one_problem(given: Any) -> None:
    with pytest.raises(InputError) as caught:
        parse_parameters(given)
    assert [problem.message for problem in caught.value.problems] == ["A setting must read name=value."]


@pytest.mark.parametrize("given", [None, 5])
def test_settings_of_another_type_are_named(given: Any) -> None:
    with pytest.raises(TypeError, match="settings are of type .*; give name=value texts, or a dictionary"):
        parse_parameters(given)


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


@pytest.mark.parametrize(
    ("given", "groups"),
    [
        ("0001 + 0002,0003+0004", (("0001", "0002"), ("0003", "0004"))),
        ('"a+b"+c', (("a+b", "c"),)),
        ('"a,b"+c,d+e', (("a,b", "c"), ("d", "e"))),
        (['"a+b"+c'], (("a+b", "c"),)),
        ([["a+b", "c"], ["d,e", 'f"g']], (("a+b", "c"), ("d,e", 'f"g'))),
    ],
)
@pytest.mark.parametrize("field", ["keep_together", "merge_anchors"])
def test_groups_may_hold_ids_with_a_plus_or_a_comma(field: str, given: object, groups: object) -> None:
    parameters = parse_parameters({field: given})
    assert tuple(map(split_group, getattr(parameters, field))) == groups
    assert parse_parameters(parameters.as_dict()) == parameters


def test_lists_may_hold_ids_with_a_comma() -> None:
    assert parse_parameters({"force_in": '"a,b", c+d ,"e""f"'}).force_in == ("a,b", "c+d", 'e"f')
    assert parse_parameters({"force_in": ["a,b", '"c"']}).force_in == ("a,b", '"c"')


@pytest.mark.parametrize("given", ['"a+b+c', '"a"b+c', "a", "a+a", "+", [["a"]], [["a", ["b"]]], ["a", "b"]])
def test_groups_that_cannot_be_read_are_refused(given: object) -> None:
    with pytest.raises(InputError) as caught:
        parse_parameters({"keep_together": given})
    assert {problem.column for problem in caught.value.problems} == {"keep_together"}


def test_wrong_levels_do_not_hide_unknown_schools() -> None:
    with pytest.raises(InputError) as caught:
        parse_parameters(
            {"levels": "primary", "force_in": "8,9", "keep_together": "7+8", "maximum_schools": "many"},
            school_ids={"8"},
        )
    label = {(problem.column, problem.value) for problem in caught.value.problems}
    assert label == {("levels", "primary"), ("force_in", "9"), ("keep_together", "7"), ("maximum_schools", "many")}


def test_a_rule_of_need_is_taken_as_that_of_identification_is() -> None:
    rule = {"measure": "index", "bottom_share": 0.05}
    assert json.loads(parse_parameters({"need_rule": rule}).need_rule or "") == rule
    # Longer than what other texts may be.
    long = json.dumps(rule | {"source": "s" * 990})
    assert len(long) > 1_000
    assert parse_parameters([f"need_rule={long}"]).need_rule == long
    for lifted in (None, "", "none"):
        assert parse_parameters({"need_rule": lifted}).need_rule is None
    with pytest.raises(InputError) as caught:
        parse_parameters({"need_rule": ["essa_atsi"], "identification": None})
    assert {problem.column for problem in caught.value.problems} == {"need_rule", "identification"}


def test_a_rule_as_an_object_is_kept_as_json_text() -> None:
    rule = {"preset": "az_tsi", "years": 2, "title": "Älter"}
    given = parse_parameters({"identification": rule}).identification
    assert json.loads(given) == rule
    assert parse_parameters([f"identification={given}"]).identification == given
    # And what is written down goes in again.
    assert parse_parameters(parse_parameters({"identification": rule}).as_dict()).identification == given


@pytest.mark.parametrize(
    "rule",
    [
        {"title": "x" * 20_000},
        "graduation_rate<0.67" + " " * 20_000,
        {"threshold": float("nan")},
        {"threshold": object()},
        5,
        None,
        ["graduation_rate<0.67"],
    ],
)
def test_what_is_no_rule_is_a_problem_of_identification(rule: object) -> None:
    with pytest.raises(InputError) as caught:
        parse_parameters({"identification": rule, "maximum_schools": 0})
    # The other fault is told with it.
    assert sorted({str(problem.column) for problem in caught.value.problems}) == ["identification", "maximum_schools"]
