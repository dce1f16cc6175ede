"""One scenario of several files: the account of rows, the hash, the order of problems."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest

from clustering import InputError, read_scenario
from clustering.validation.findings import Findings
from clustering.validation.rates.performance import Performance, validate_performance
from tests.examples.faulty_toy import with_cell
from tests.examples.toy_district import toy_flows, toy_scenario, toy_schools


def test_ids_that_look_like_missing_values_stay_ids() -> None:
    schools, flows = toy_schools(), toy_flows()
    schools.loc[0, "school_id"] = "NA"
    flows.loc[0, "origin"] = "NA"
    scenario = toy_scenario(schools, flows)
    assert "NA" in scenario.schools.index
    assert (scenario.flows["origin"] == "NA").sum() == 1


@pytest.mark.parametrize("name", ["estimate", "require_flows"])
@pytest.mark.parametrize("value", ["false", "maybe", float("nan"), None, 0])
def test_what_is_neither_true_nor_false_is_refused(name: str, value: Any) -> None:
    with pytest.raises(InputError) as caught:
        read_scenario(schools=toy_schools(), flows=toy_flows(), **{name: value})
    (problem,) = caught.value.problems
    assert (problem.column, problem.message) == (name, "This is neither true nor false.")


def test_options_may_be_dictionaries() -> None:
    flows = toy_flows()
    bare = flows.assign(school_year=flows["school_year"].str[:4])
    options: Any = {"flows": {"year_convention": "fall"}}
    scenario = read_scenario(schools=toy_schools(), flows=bare, options=options)
    assert scenario.flows.equals(toy_scenario(flows=flows).flows)
    with pytest.raises(InputError, match="There is no such option. Did you mean header_row?"):
        read_scenario(schools=toy_schools(), flows=bare, options={"flows": {"headerrow": 1}})  # type: ignore[dict-item]
    with pytest.raises(TypeError, match="options is of type str; give FileOptions, or a dictionary of options"):
        read_scenario(schools=toy_schools(), flows=bare, options={"flows": "header_row=1"})  # type: ignore[dict-item]


def test_options_in_dictionaries_may_be_called_as_messages_write_them() -> None:
    flows = toy_flows().rename(columns={"origin": "aa", "destination": "bb"})
    options: Any = {"flows": {"columns": {"destination": "bb"}, "columns.origin": "aa"}}
    assert read_scenario(schools=toy_schools(), flows=flows, options=options).flows.equals(toy_scenario().flows)


def test_rows_are_accounted_for_and_order_does_not_matter() -> None:
    one, other = toy_scenario(), toy_scenario(toy_schools().iloc[::-1], toy_flows().iloc[::-1])
    assert one.content_sha256 == other.content_sha256
    for file in one.report.files:
        assert file.rows_used + file.rows_set_aside == file.rows_read
    assert toy_scenario(flows=with_cell(toy_flows(), 0, "students", "61")).content_sha256 != one.content_sha256


def test_problems_of_a_file_come_in_the_same_order_however_long_each_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    first = toy_schools().assign(state="KS")
    second = first.assign(graduation_rate=first["graduation_rate"].replace({"55": "56", "0.55": "0.56"}), lon="-88")

    def warnings() -> list[str]:
        report = read_scenario(schools=[first, second], flows=toy_flows()).report
        return [problem.message for problem in report.warnings]

    quick = warnings()

    def judge_late(files: Sequence[Findings], school_ids: pd.Index) -> Performance:
        time.sleep(0.3)
        return validate_performance(files, school_ids)

    monkeypatch.setattr("clustering.ingest.scenario.validate_performance", judge_late)
    assert warnings() == quick
