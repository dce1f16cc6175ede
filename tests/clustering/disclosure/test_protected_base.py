"""The protected base table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustering import (
    json_bytes,
    links_table,
    parse_parameters,
    proposal_document,
    propose_zones,
    report_document,
    report_with_counts,
    suppress_flows,
    table_bytes,
)
from tests.examples.toy_district import toy_flows, toy_scenario, toy_schools


def flows_of(*cells: tuple[float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(cells, columns=["students", "students_low", "students_high"])


@pytest.mark.parametrize(
    ("students", "shown"), [(0, 0), (10, 10), (14, 10), (15, 20), (24, 20), (25, 30), (104, 100), (105, 110)]
)
def test_counts_of_ten_and_more_are_rounded_to_tens(students: float, shown: float) -> None:
    assert suppress_flows(flows_of((students, students, students))).iloc[0].tolist() == [shown, shown, shown]


@pytest.mark.parametrize("students", range(1, 10))
def test_small_counts_all_look_the_same(students: int) -> None:
    assert suppress_flows(flows_of((students, students, students))).iloc[0].tolist() == [
        pytest.approx(np.nan, nan_ok=True),
        1,
        9,
    ]


@pytest.mark.parametrize("cells", [1, 2, 3])
@pytest.mark.parametrize("exact", range(1, 10))
def test_an_exact_part_of_a_suppressed_sum_cannot_be_told(cells: int, exact: int) -> None:
    # 1 to 9 students beside suppressed cells all look like one suppressed cell more.
    shown = suppress_flows(flows_of((np.nan, cells + exact, 9 * cells + exact)))
    assert shown.iloc[0].tolist() == [pytest.approx(np.nan, nan_ok=True), cells + 1, 9 * cells + 9]


def test_larger_exact_parts_of_suppressed_sums_are_rounded() -> None:
    shown = suppress_flows(flows_of((np.nan, 14 + 2, 14 + 18), (np.nan, 1, 9)))
    assert shown[["students_low", "students_high"]].to_numpy().tolist() == [[12, 28], [1, 9]]


SMALL = st.sampled_from(["1", "3", "5", "8", "9"])


@given(st.lists(st.tuples(st.integers(0, 13), SMALL, SMALL, st.booleans()), min_size=1, max_size=6))
@settings(max_examples=6, deadline=None)
def test_inputs_that_differ_only_below_the_protection_give_the_same_bytes(
    cells: list[tuple[int, str, str, bool]],
) -> None:
    first, second = toy_flows(), toy_flows()
    for place, one, other, has_suppressed_part in cells:
        first.loc[place, "students"], second.loc[place, "students"] = one, other
        if has_suppressed_part:
            part = first.loc[[place]].assign(students="*")
            first, second = (pd.concat([table, part], ignore_index=True) for table in (first, second))
    outputs = []
    for flows in (first, second):
        scenario = toy_scenario(flows=flows)
        report = report_document(report_with_counts(scenario))
        proposal = propose_zones(scenario, parse_parameters(["identification=official:designation=CSI"]))
        outputs.append((json_bytes(proposal_document(proposal)), table_bytes(links_table(proposal)), report))
    assert outputs[0] == outputs[1]


def test_the_report_adds_up_protected_counts_only() -> None:
    report = report_with_counts(toy_scenario(flows=toy_flows().assign(students=["1"] * 13 + ["2"])))
    assert (report.flow_students_low, report.flow_students_high) == ({"feeding": 14}, {"feeding": 14 * 9})


def test_a_column_of_counts_is_no_list() -> None:
    schools = toy_schools().assign(
        cohort=["3", "7"] + [""] * 9, flag=["1", "0"] + [""] * 9, phase=["I", "II"] + [""] * 9
    )
    lists = toy_scenario(schools).report.facts["official_list_columns"]
    assert set(lists) == {"designation", "flag", "phase"}


@given(st.integers(0, 5000))
def test_the_truth_lies_within_five_students_or_within_the_interval(students: int) -> None:
    shown = suppress_flows(flows_of((students, students, students))).iloc[0]
    if 0 < students < 10:
        assert shown["students_low"] <= students <= shown["students_high"]
    else:
        assert abs(shown["students"] - students) <= 5
        assert shown["students"] % 10 == 0
