"""What notebooks pass as parameters is taken, and what is of the wrong kind is refused by name."""

from __future__ import annotations

import json
from multiprocessing.reduction import ForkingPickler
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clustering import InputError, ProposalParameters, Rule, parameter_schema, parse_parameters, parse_rule, read_rule


def refused(**values: Any) -> list[tuple[str | None, str | None]]:
    """Column and value of each problem, in their order."""
    with pytest.raises(InputError) as caught:
        ProposalParameters(**values)
    for problem in caught.value.problems:
        assert problem.table == "parameters"
        str(problem).encode("utf-8")
    return [(problem.column, problem.value) for problem in caught.value.problems]


def test_numpy_scalars_are_numbers_and_truth_values() -> None:
    parameters = ProposalParameters(
        maximum_schools=np.int64(8),
        leakage_weight=np.float64(0.5),
        suppressed_students=np.float32(4),
        maximum_distance_km=np.int16(12),
        same_district=np.bool_(True),
        years=np.array([2021, 2022]),
        method=np.str_("greedy"),
    )
    expected = ProposalParameters(
        maximum_schools=8,
        leakage_weight=0.5,
        suppressed_students=4.0,
        maximum_distance_km=12.0,
        same_district=True,
        years=(2021, 2022),
        method="greedy",
    )
    assert parameters == expected
    assert json.dumps(parameters.as_dict()) == json.dumps(expected.as_dict())


@pytest.mark.parametrize(
    "ids",
    [
        ["0200", "0100"],
        ("0200", "0100"),
        pd.Index(["0200", "0100"]),
        pd.Series(["0200", "0100"], index=[7, 9]),
        np.array(["0200", "0100"]),
        pd.array(["0200", "0100"], dtype="str"),
    ],
)
def test_ids_come_in_any_list(ids: Any) -> None:
    assert ProposalParameters(force_in=ids).force_in == ("0200", "0100")


def test_a_set_of_ids_is_sorted_so_that_the_same_set_is_the_same_request() -> None:
    assert ProposalParameters(force_in={"0300", "0100", "0200"}).force_in == ("0100", "0200", "0300")


def test_a_text_alone_is_one_id_or_one_group() -> None:
    parameters = ProposalParameters(force_in="070000100005", keep_together="0001+0002")
    assert (parameters.force_in, parameters.keep_together) == (("070000100005",), ("0001+0002",))


@pytest.mark.parametrize(
    ("values", "entries"),
    [
        ({"force_in": "0100, 0200,"}, ("0100", "0200")),
        ({"force_out": '"a,b",c'}, ("a,b", "c")),
        ({"force_in": ["a,b", "c"]}, ("a,b", "c")),
        ({"force_in": "None"}, ()),
        ({"years": "2021,2022-23, 2023/2024"}, (2021, 2022, 2023)),
        ({"years": "all"}, ()),
        ({"levels": "middle,high"}, ("middle", "high")),
        ({"levels": " ALL "}, ()),
        ({"levels": "none"}, ()),
        ({"keep_together": '"a+b"+c,d+e'}, ('"a+b"+c', "d+e")),
        ({"merge_anchors": "none"}, ()),
    ],
)
def test_a_text_is_a_list_with_commas_wherever_it_is_given(values: dict[str, Any], entries: tuple[object, ...]) -> None:
    (name,) = values
    assert getattr(ProposalParameters(**values), name) == getattr(parse_parameters(values), name) == entries


@pytest.mark.parametrize("number", [70000100005, np.int64(70000100005), 70000100005.0, True, float("nan"), None])
def test_an_id_that_is_no_text_has_lost_its_zeros_and_is_refused(number: object) -> None:
    for values in ({"force_in": [number]}, {"force_out": pd.Series([number])}):
        with pytest.raises(InputError, match="A school id is a text. Write it in quotes, with its leading zeros."):
            ProposalParameters(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["self", "cls", "values", "__init__", ""])
def test_a_name_of_python_is_an_unknown_parameter(name: str) -> None:
    for made in (ProposalParameters, ProposalParameters().with_changes):
        with pytest.raises(InputError, match="There is no such parameter"):
            made(**{name: 1})


@pytest.mark.parametrize("number", ["1_0", "1_000", "\u0668", "\uff18", "8 schools"])
def test_only_plain_digits_are_a_number(number: str) -> None:
    assert refused(maximum_schools=number) == [("maximum_schools", number)]


def test_the_same_request_is_the_same_however_it_is_written() -> None:
    plain = ProposalParameters(leakage_weight=0.0, years=(2021,), levels=("middle",), method="greedy")
    other = ProposalParameters(leakage_weight="-0", years=[2021, "2021-22"], levels=" middle,middle", method=" greedy ")  # type: ignore[arg-type]
    assert str(other.leakage_weight) == str(ProposalParameters(leakage_weight=-0.0).leakage_weight) == "0.0"
    assert other == plain
    assert ProposalParameters(force_in=["0100", "0200", "0100"]).force_in == ("0100", "0200")
    assert ProposalParameters(shared_feeders=" true").shared_feeders  # type: ignore[arg-type]


@pytest.mark.parametrize("year", ["2021-23", "2021-21", "2021-2023", "2021-1922", "2099-2000", "21-22"])
def test_a_span_of_years_is_no_school_year(year: str) -> None:
    assert refused(years=[year]) == [("years", year)]


def test_the_turn_of_a_century_is_a_school_year() -> None:
    assert ProposalParameters(years=["1999-00", "2000-2001"]).years == (1999, 2000)  # type: ignore[arg-type]


def test_groups_are_lists_of_lists() -> None:
    groups = [["0001", "0002"], ("0003", "a+b"), pd.Index(["0004", "0005"])]
    texts = ("0001+0002", '0003+"a+b"', "0004+0005")
    assert ProposalParameters(keep_together=groups).keep_together == texts  # type: ignore[arg-type]
    assert ProposalParameters(merge_anchors=groups).merge_anchors == texts  # type: ignore[arg-type]


@pytest.mark.parametrize("field", ["identification", "need_rule"])
def test_a_rule_may_be_an_object_of_rules_or_its_fields(field: str) -> None:
    rule = read_rule("az_tsi")
    assert parse_rule(getattr(ProposalParameters(**{field: rule}), field)) == rule
    fields = {"measure": "index", "bottom_share": np.float64(0.05), "years": np.int64(2), "cut_grades": (9, 10)}
    text = getattr(ProposalParameters(**{field: fields}), field)
    assert json.loads(text) == {"measure": "index", "bottom_share": 0.05, "years": 2, "cut_grades": [9, 10]}
    assert getattr(ProposalParameters(**{field: Rule()}), field) == getattr(parse_parameters({field: Rule()}), field)


@pytest.mark.parametrize(
    ("values", "problems"),
    [
        ({"maximum_schools": True}, [("maximum_schools", "True")]),
        ({"leakage_weight": np.bool_(True)}, [("leakage_weight", "True")]),
        ({"leakage_weight": float("nan")}, [("leakage_weight", "nan")]),
        ({"leakage_weight": np.float64("inf")}, [("leakage_weight", "inf")]),
        ({"leakage_weight": 10**400}, [("leakage_weight", "1" + "0" * 199)]),
        ({"maximum_schools": 10**5000}, [("maximum_schools", "a number of very many digits")]),
        ({"maximum_schools": 2.5}, [("maximum_schools", "2.5")]),
        ({"maximum_schools": [8]}, [("maximum_schools", "[8]")]),
        ({"maximum_schools": 0}, [("maximum_schools", "0")]),
        ({"same_district": "perhaps"}, [("same_district", "perhaps")]),
        ({"same_district": 2}, [("same_district", "2")]),
        ({"need_measure": 5}, [("need_measure", "5")]),
        ({"years": {"a": 1}}, [("years", "{'a': 1}")]),
        ({"years": [2021, True, "soon"]}, [("years", "True"), ("years", "soon")]),
        ({"force_in": ["0100", 5.5, None]}, [("force_in", "5.5"), ("force_in", None)]),
        ({"force_in": b"0100"}, [("force_in", "b'0100'")]),
        ({"keep_together": [["0001"]]}, [("keep_together", "['0001']")]),
        ({"keep_together": [["0001", ["0002"]]]}, [("keep_together", "['0001', ['0002']]")]),
        ({"identification": 0.67}, [("identification", "0.67")]),
        ({"identification": {"threshold": 67}}, [("identification.threshold", "67")]),
        ({"disclosure": "open"}, [("disclosure", "open")]),
        ({"force_in": ["01\ud800"]}, [("force_in", "01?")]),
        ({"need_measure": "\ud800"}, [("need_measure", "?")]),
        ({"identification": "official:list=\udfff"}, [("identification", "official:list=?")]),
        ({"\ud800": 1}, [("?", "1")]),
    ],
)
def test_values_of_the_wrong_kind_are_refused_each_by_one_problem(
    values: dict[str, Any], problems: list[tuple[str | None, str | None]]
) -> None:
    assert refused(**values) == problems


def test_unknown_names_come_with_the_nearest_that_is_known() -> None:
    with pytest.raises(InputError) as caught:
        ProposalParameters(maximum_school=8)  # type: ignore[call-arg]
    (problem,) = caught.value.problems
    assert (problem.column, problem.value, problem.message) == ("maximum_school", "8", "There is no such parameter.")
    assert problem.remedy.startswith("Did you mean maximum_schools? Known: identification, include_possible, ")


def test_a_fault_does_not_hide_what_the_other_fields_contradict() -> None:
    found = refused(leakage_weight="much", force_in=["0100"], force_out=["0100"], minimum_schools=13)
    assert found == [("leakage_weight", "much"), ("maximum_schools", "12"), ("force_in", "0100")]


def test_what_would_be_accepted_is_said_with_its_bounds() -> None:
    with pytest.raises(InputError) as caught:
        ProposalParameters(maximum_schools=2.5, maximum_distance_km=-1, method="greed", same_district=[])  # type: ignore[arg-type]
    assert {problem.column: f"{problem.message} {problem.remedy}" for problem in caught.value.problems} == {
        "maximum_schools": "This is not a whole number. Give a whole number from 1 to 1,000.",
        "maximum_distance_km": "The value is out of range. Give a number from 0 to 20,038.",
        "same_district": "This is not true or false. Give true or false.",
        "method": "There is no such choice. Did you mean greedy? Give exact, greedy, dominant feeder, louvain, leiden"
        " or agglomerative.",
    }


def test_both_spellings_of_enrolment_are_understood_but_not_both_at_once() -> None:
    american = parse_parameters(["maximum_enrollment_students=900"])
    assert american == ProposalParameters(maximum_enrolment_students=900)
    assert american == ProposalParameters(maximum_enrollment_students=900)  # type: ignore[call-arg]
    assert ProposalParameters().with_changes(maximum_enrollment_students=900) == american
    assert "maximum_enrolment_students" in american.as_dict()
    both = refused(maximum_enrollment_students=900, maximum_enrolment_students=800)
    assert both == [("maximum_enrolment_students", "900")]


def test_parameters_never_change_and_copies_are_checked() -> None:
    parameters = ProposalParameters(maximum_schools=8)
    with pytest.raises(ValueError, match="frozen"):
        parameters.maximum_schools = 9  # type: ignore[misc]
    assert parameters.with_changes(years=[2021]).years == (2021,)
    assert parameters.with_changes() == parameters
    assert hash(parameters.with_changes()) == hash(parameters)
    with pytest.raises(InputError, match="maximum_schools"):
        parameters.with_changes(maximum_schools=0)
    with pytest.raises(InputError, match="maximum_schools"):
        parameters.model_copy(update={"maximum_schools": 0})
    assert ForkingPickler.loads(ForkingPickler.dumps(parameters)) == parameters  # as to another process


def test_the_schema_has_type_default_bounds_unit_and_description_of_each() -> None:
    schema = parameter_schema()
    fields = schema["properties"]
    assert list(fields) == list(ProposalParameters().as_dict())
    assert {name: field["default"] for name, field in fields.items()} == ProposalParameters().as_dict()
    assert all(field["description"].endswith((".", "c.")) for field in fields.values())
    weight = fields["leakage_weight"]
    assert (weight["type"], weight["minimum"], weight["maximum"], weight["unit"]) == ("number", 0, 1000, "per student")
    number, nothing = fields["maximum_distance_km"]["anyOf"]
    assert (number, nothing) == ({"type": "number", "minimum": 0, "maximum": 20038}, {"type": "null"})
    for name, field in fields.items():
        if name.endswith(("_km", "_s", "_students", "_minutes", "_schools")):
            assert field["unit"] or field["type"] == "boolean", name
    fields.clear()
    assert parameter_schema()["properties"], "who changes the schema changes no other"
