"""Schools: identifiers, coordinates, grades and several files of them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from clustering import read_scenario
from tests.examples.faulty_toy import problems_of, with_cell
from tests.examples.toy_district import toy_flows, toy_scenario, toy_schools


def test_nces_identifier_of_eleven_digits_has_lost_its_zero() -> None:
    schools = toy_schools().rename(columns={"school_id": "NCESSCH"})
    schools["NCESSCH"] = "0100005008" + schools["NCESSCH"].str[-2:]
    schools.loc[4, "NCESSCH"] = schools.loc[4, "NCESSCH"][1:]
    flows = toy_flows()
    for end in ("origin", "destination"):
        flows[end] = "0100005008" + flows[end].str[-2:]
    found = problems_of(schools, flows)
    assert [(problem.row, problem.column) for problem in found] == [(6, "NCESSCH"), (8, "origin")]
    assert "lost its leading zero" in found[0].message


def test_a_school_without_identifier_is_set_aside_and_accounted_for() -> None:
    extra = toy_schools().iloc[[0, 1]].assign(school_id="")
    report = toy_scenario(pd.concat([toy_schools(), extra], ignore_index=True)).report
    (file,) = [file for file in report.files if file.role == "schools"]
    assert (file.rows_read, file.rows_used, file.rows_set_aside) == (13, 11, 2)
    assert [row.row for row in report.set_aside] == [13, 14]
    assert {row.reason for row in report.set_aside} == {"The school has no identifier."}


def test_a_file_of_schools_without_any_identifier_is_an_error() -> None:
    found = problems_of(toy_schools().assign(school_id=""))
    assert any("No record has a school identifier" in problem.message for problem in found)


def test_two_school_files_are_joined_by_identifier(tmp_path: Path) -> None:
    whole = toy_schools()
    whole["school_id"] = "2000005008" + whole["school_id"].str[-2:]
    directory = whole.rename(columns={"school_id": "NCESSCH", "name": "SCH_NAME", "grades": "GRADES"})
    directory.drop(columns=["lat", "lon"]).to_csv(tmp_path / "directory.csv", index=False)
    geocodes = whole[["school_id", "lat", "lon"]].rename(
        columns={"school_id": "NCESSCH", "lat": "LAT1516", "lon": "LON1516"}
    )
    geocodes.iloc[::-1].to_csv(tmp_path / "geocodes.txt", index=False, sep="|")
    flows = toy_flows()
    for column in ("origin", "destination"):
        flows[column] = "2000005008" + flows[column].str[-2:]
    scenario = read_scenario(schools=[tmp_path / "directory.csv", tmp_path / "geocodes.txt"], flows=[flows])
    assert scenario.schools.loc["200000500803", "name"] == "E3"
    assert scenario.schools.geometry.y.round(2).tolist() == [round(38 + 0.01 * number, 2) for number in range(1, 12)]
    assert scenario.report.warnings == ()


def test_ccd_grade_columns_decide_over_the_span() -> None:
    schools = toy_schools().assign(G_K_OFFERED="No", G_9_OFFERED="No", G_12_OFFERED="No").drop(columns="grades")
    schools.loc[9, ["G_9_OFFERED", "G_12_OFFERED"]] = "Yes"
    schools = schools.assign(GSLO=["KG"] * 6 + ["06"] * 3 + ["09"] * 2, GSHI=["05"] * 6 + ["08"] * 3 + ["12"] * 2)
    scenario = toy_scenario(schools)
    assert scenario.schools.loc["0010", "grades_offered"] == (1 << 11) + (1 << 14)
    assert scenario.schools.loc["0011", "level"] == "high"
    assert scenario.schools.loc["0001", "level"] == "elementary"


def test_coordinates_at_zero_zero_are_missing_and_warned_of() -> None:
    schools = with_cell(with_cell(toy_schools(), 0, "lat", "0"), 0, "lon", "0")
    scenario = toy_scenario(schools)
    assert scenario.schools.geometry.isna().tolist() == [True] + [False] * 10
    assert [problem.row for problem in scenario.report.warnings] == [2]


def test_some_schools_that_lost_their_zeros_are_told_so() -> None:
    schools = toy_schools()
    schools.loc[0, "school_id"] = schools.loc[0, "school_id"].lstrip("0")  # the others keep theirs
    found = [each for each in problems_of(schools=schools) if "without its leading zeros" in each.message]
    assert {problem.value for problem in found} == {toy_schools().loc[0, "school_id"]}


def test_grades_that_are_neither_offered_nor_not_are_told() -> None:
    schools = toy_schools().drop(columns="grades").assign(G_5_OFFERED=" yes", G_6_OFFERED="No")
    schools.loc[1, "G_6_OFFERED"] = "maybe"
    (told,) = [each for each in toy_scenario(schools).report.warnings if "neither yes nor no" in each.message]
    assert (told.column, "1 cells" in told.message, "maybe" in told.message) == ("G_6_OFFERED", True, True)


def test_schools_that_lost_their_leading_zeros_are_told_so() -> None:
    schools = toy_schools()
    schools["school_id"] = schools["school_id"].str.lstrip("0")
    (problem,) = problems_of(schools=schools)
    assert "schools files have lost their leading zeros" in problem.message
    assert "write the zeros back" in problem.remedy


def test_flows_that_lost_all_their_zeros_are_told_so_and_the_option_restores_them() -> None:
    flows = toy_flows()
    for name in ("origin", "destination"):
        flows[name] = flows[name].str.lstrip("0")
    problems = problems_of(flows=flows)
    assert {each.message for each in problems} == {
        "The identifier has lost its leading zero: the schools file has it with one."
    }
    digits = len(toy_schools().loc[0, "school_id"])
    assert all(f"Set flows:identifier_digits={digits};" in str(each) for each in problems)
    options = [f"flows:identifier_digits={digits}"]
    restored = read_scenario(schools=toy_schools(), flows=flows, options=options).flows
    assert restored.equals(toy_scenario().flows)


def test_files_without_coordinates_are_warned_of() -> None:
    report = toy_scenario(toy_schools().drop(columns=["lat", "lon"])).report
    assert ["nothing can be shown" in problem.message for problem in report.warnings] == [True]


def test_names_lose_what_cannot_be_seen() -> None:
    schools = with_cell(toy_schools(), 9, "name", "West\x1b[31m \u202eHigh")
    assert toy_scenario(schools).schools.loc["0010", "name"] == "West [31m  High"


@pytest.mark.parametrize("heading", ["graduation_rate_low", "School ID", "G_99_OFFERED", "G_KG3_X_OFFERED", "geometry"])
def test_headings_of_our_own_names_break_nothing(heading: str) -> None:
    assert len(toy_scenario(toy_schools().assign(**{heading: "Yes"})).schools) == 11
