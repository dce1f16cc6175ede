"""One scenario of several files: the account of rows, the hash, the order of problems."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pandas as pd
import pytest

from clustering import read_scenario
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


def test_rows_are_accounted_for_and_order_does_not_matter() -> None:
    one, other = toy_scenario(), toy_scenario(toy_schools().iloc[::-1], toy_flows().iloc[::-1])
    assert one.content_sha256 == other.content_sha256
    for file in one.report.files:
        assert file.rows_used + file.rows_set_aside == file.rows_read
    assert toy_scenario(flows=with_cell(toy_flows(), 0, "students", "61")).content_sha256 != one.content_sha256


def test_problems_of_a_file_come_in_the_same_order_however_long_each_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    first = toy_schools().assign(state="KS")
    second = first.assign(graduation_rate=first["graduation_rate"].replace({"55": "56", "0.55": "0.56"}), lon="98")

    def warnings() -> list[str]:
        report = read_scenario(schools=[first, second], flows=toy_flows()).report
        return [problem.message for problem in report.warnings]

    quick = warnings()

    def judge_late(files: Sequence[Findings], school_ids: pd.Index) -> Performance:
        time.sleep(0.3)
        return validate_performance(files, school_ids)

    monkeypatch.setattr("clustering.ingest.scenario.validate_performance", judge_late)
    assert warnings() == quick
