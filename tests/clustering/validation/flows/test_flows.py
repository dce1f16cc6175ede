"""Flows: repeats, suppressed parts, unlisted schools, years and a matrix of strangers."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from clustering import InputError, read_scenario
from tests.examples.faulty_toy import problems_of
from tests.examples.toy_district import OAK, toy_flows, toy_scenario, toy_schools


def test_unlisted_schools_are_warned_of_once_each_and_kept_apart() -> None:
    flows = toy_flows()
    extra = flows.iloc[[0, 0]].assign(
        destination="ELSEWHERE", students=["30", "20"], school_year=["2022-23", "2023-24"]
    )
    scenario = toy_scenario(flows=pd.concat([flows, extra], ignore_index=True))
    warnings = [problem for problem in scenario.report.warnings if problem.value == "ELSEWHERE"]
    assert [problem.row for problem in warnings] == [16]
    assert scenario.report.flow_rows["unlisted destination"] == 2


def test_the_same_cell_twice_is_added_up_and_a_suppressed_part_hides_the_sum() -> None:
    flows = toy_flows()
    again = flows.iloc[[0, 8]].assign(students=["7", "-1"])
    scenario = toy_scenario(flows=pd.concat([flows, again], ignore_index=True))
    cells = scenario.flows.set_index(["origin", "destination"])
    assert cells.loc[("0001", "0007"), "students"] == 67
    hidden = cells.loc[("0007", "0010")]
    assert pd.isna(hidden["students"])
    assert (hidden["students_low"], hidden["students_high"]) == (61, 69)


def test_files_of_different_years_are_noticed() -> None:
    flows = toy_flows()
    extra = pd.DataFrame(
        [(OAK, OAK, "8", "9", "50"), (OAK, OAK, "8", "9", "-1"), (OAK, OAK, "3", "4", "20")],
        columns=["origin", "destination", "grade", "next_grade", "students"],
    ).assign(school_year=["2022-23", "2021-22", "2022-23"])
    warnings = toy_scenario(flows=pd.concat([flows, extra])).report.warnings
    assert [(problem.row, problem.column, problem.school_id) for problem in warnings] == [
        (16, "next_grade", OAK),
        (18, "next_grade", OAK),
    ]
    assert "same years" in warnings[0].remedy


def test_the_same_flows_twice_are_refused() -> None:
    with pytest.raises(InputError, match="counted twice"):
        read_scenario(schools=toy_schools(), flows=[toy_flows(), toy_flows()])


def test_where_nobody_goes_there_is_no_flow() -> None:
    nobody = toy_flows().assign(students="0", grade="9", next_grade="10", destination="9999")
    both = toy_scenario(flows=pd.concat([toy_flows(), nobody], ignore_index=True))
    alone = toy_scenario()
    pd.testing.assert_frame_equal(both.flows, alone.flows)
    in_wrong_grades = [each for each in both.report.warnings if "offer" in each.message]
    assert in_wrong_grades == [each for each in alone.report.warnings if "offer" in each.message]


def test_a_matrix_of_strangers_is_refused_though_a_school_stands_in_it(tmp_path: Path) -> None:
    path = tmp_path / "matrix.csv"
    path.write_text("origin,X1,X2\n0001,,\nY1,5,30\n")
    with pytest.raises(InputError, match="None of the schools of the flows"):
        read_scenario(schools=toy_schools(), flows=path)


def test_flows_of_another_state_are_refused() -> None:
    flows = toy_flows()
    flows["origin"], flows["destination"] = "7" + flows["origin"], "7" + flows["destination"]
    assert any("none of its schools is in the schools files" in problem.message for problem in problems_of(flows=flows))
