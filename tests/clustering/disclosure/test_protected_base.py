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
from tests.examples.toy_district import toy_flows, toy_scenario


def flows_of(*cells: tuple[float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(cells, columns=["students", "students_low", "students_high"])


@pytest.mark.parametrize(
    ("students", "low", "high"),
    [
        (0, 0, 0),
        (10, 10, 14),
        (14, 10, 14),
        (15, 15, 24),
        (24, 15, 24),
        (25, 25, 34),
        (104, 95, 104),
        (105, 105, 114),
    ],
)
def test_counts_of_ten_and_more_are_intervals_of_tens_with_their_middle(students: int, low: int, high: int) -> None:
    shown = suppress_flows(flows_of((students, students, students)))
    assert shown.iloc[0].tolist() == [(low + high) / 2, low, high]


def test_an_interval_holds_every_count_that_looks_like_it_and_no_other() -> None:
    true = np.arange(0.0, 295.0)
    shown = suppress_flows(pd.DataFrame({"students": true, "students_low": true, "students_high": true}))
    alike = shown.assign(true=true).groupby(["students_low", "students_high"])["true"]
    assert (shown["students_low"] == alike.transform("min")).all()
    assert (shown["students_high"] == alike.transform("max")).all()


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


def test_larger_exact_parts_of_suppressed_sums_are_intervals_of_their_own() -> None:
    # 14 and two suppressed cells: 10 to 14 and twice 1 to 9.
    shown = suppress_flows(flows_of((np.nan, 14 + 2, 14 + 18), (np.nan, 1, 9)))
    assert shown[["students_low", "students_high"]].to_numpy().tolist() == [[12, 32], [1, 9]]


@given(st.integers(0, 90), st.integers(0, 90))
def test_an_interval_of_any_kind_keeps_all_its_counts_when_it_is_protected(low: int, width: int) -> None:
    once = suppress_flows(flows_of((np.nan, low, low + width)))
    assert once["students"].isna().all()
    assert once["students_low"].iloc[0] <= low
    assert once["students_high"].iloc[0] >= low + width


@given(st.lists(st.integers(0, 120), min_size=1, max_size=4), st.integers(0, 3))
def test_protecting_twice_changes_nothing(exact: list[int], suppressed: int) -> None:
    rows = [(count, count, count) for count in exact]
    rows += [(np.nan, suppressed + count, 9 * suppressed + count) for count in exact if suppressed]
    once = suppress_flows(flows_of(*rows))
    pd.testing.assert_frame_equal(suppress_flows(once), once)


def test_a_part_of_an_interval_stays_one() -> None:
    # Half of 10 to 14 students, given to another school: nobody knows more of it than of the whole.
    half = flows_of((6.0, 5.0, 7.0))
    pd.testing.assert_frame_equal(suppress_flows(half), half)


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


@given(st.integers(0, 5000))
def test_the_truth_lies_within_the_interval(students: int) -> None:
    shown = suppress_flows(flows_of((students, students, students))).iloc[0]
    assert shown["students_low"] <= students <= shown["students_high"]
    assert shown["students_high"] - shown["students_low"] <= 9
