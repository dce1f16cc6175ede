"""Every column that is written has a type and a meaning, and its cells are as these say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import pandas as pd
import pytest

from clustering import (
    benchmarks_table,
    best_matches_table,
    best_year_plans_table,
    follow_record,
    measure_capture,
    progress_summary_table,
    progress_table,
    readiness_table,
    render_match,
    render_records,
    render_register,
    render_year_plan,
    table_bytes,
)
from clustering.flows.crosswalk.propose import EVIDENCE_COLUMNS
from clustering.outputs.column_descriptions import describe_column
from clustering.outputs.data_package import with_data_package
from clustering.validation.crosswalk.crosswalk import CROSSWALK_COLUMNS
from tests.clustering.conditions.progress.test_evaluation import progress_of
from tests.clustering.conditions.readiness.test_evaluation import readiness_of
from tests.examples.described_tables import faults_of_package
from tests.examples.residents import residents_table
from tests.examples.served_state import served_match, served_needs, served_plan, served_register
from tests.examples.toy_district import toy_scenario
from tests.examples.zone_records import all_changes

STORY = (
    ("condition", {"condition_id": "hire", "state": "agreed"}),
    ("contract", {"partner": "Mastery", "starts_on": "2026-08-31", "ends_on": "2031-06-30"}),
    ("stage", {"to": "designated"}),
)


def matches_and_plans() -> Mapping[str, bytes]:
    needs, register, match, plan = served_needs(), served_register(), served_match(), served_plan()
    return {
        **render_match(match, needs, register),
        **render_year_plan(plan, needs, register),
        **render_register(register),
        "best-matches.csv": table_bytes(best_matches_table([match]), whole_numbers=True),
        "best-year-plans.csv": table_bytes(best_year_plans_table([plan]), whole_numbers=True),
    }


def conditions() -> Mapping[str, bytes]:
    progress, history = progress_of(), follow_record(all_changes(STORY))
    return {
        **render_records([history[-1].record], today=date(2026, 6, 1), history=history),
        "readiness-two.csv": table_bytes(readiness_table(readiness_of())),
        "summary.csv": table_bytes(progress_summary_table(progress)),
        "progress.csv": table_bytes(progress_table(progress)),
        "benchmarks.csv": table_bytes(benchmarks_table(progress)),
    }


def flows() -> Mapping[str, bytes]:
    crosswalk = pd.DataFrame(columns=[*CROSSWALK_COLUMNS, *EVIDENCE_COLUMNS])
    capture = measure_capture(toy_scenario(flows=residents_table()))
    return {"capture.csv": table_bytes(capture), "crosswalk.csv": table_bytes(crosswalk)}


# The commands' own tests go over the tables of the other analyses, of proposals, comparisons and reports.
@pytest.mark.parametrize("written", [matches_and_plans, conditions, flows])
def test_every_column_has_a_type_that_its_cells_have_and_a_meaning(written: Callable[[], Mapping[str, bytes]]) -> None:
    assert faults_of_package(with_data_package(written(), name="x", title="X")) == []


def test_control_columns_that_are_not_described_as_they_are_get_found() -> None:
    table = b"school_id,decision,loss_students,new\n,in,1.5,\n1,inside,much,\n"
    assert faults_of_package(with_data_package({"reach.csv": table}, name="x", title="X")) == [
        "reach.csv, school_id: missing",
        "reach.csv, decision: not listed: inside",
        "reach.csv, loss_students: no number: much",
        "reach.csv, new: no type or no meaning",
    ]


def test_a_year_in_a_heading_is_any_year() -> None:
    assert describe_column("maximum_schools_2031", table="partners").unit == "schools"
    assert describe_column("met_36", table="summary") == describe_column("met_18", table="summary")
    assert describe_column("met_30", table="summary").type == "any"
