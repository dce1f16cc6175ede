"""Files of rates from which none was read: said, with the columns that may hold one."""

from __future__ import annotations

from pathlib import Path

import pytest

from clustering import Scenario, identify_schools, read_scenario

SCHOOLS = "school_id,name,grades,latitude,longitude\n5201,Alder,9-12,42.1,-71.1\n5202,Birch,9-12,42.2,-71.2\n"


def scenario_of(folder: Path, text: str, *options: str) -> Scenario:
    (folder / "schools.csv").write_text(SCHOOLS)
    (folder / "rates.csv").write_text(text)
    files = {"schools": folder / "schools.csv", "performance": folder / "rates.csv"}
    return read_scenario(**files, require_flows=False, options=options)


@pytest.mark.parametrize(
    ("headings", "offered"),
    [
        ("AreaPercentage,SchoolPercentage,Attendance", "SchoolPercentage"),
        ("trendResult,sortOrder,zipCode", "trendResult"),
        ("White Rate,Overall Rate,Enrolled", "Overall Rate"),
        ("Zahl,Attendance,Dropout Rate", "Zahl"),  # by its decimals alone
        ("Four-Year Grad Rate N,Four-Year Grad Rate D,Four-Year Grad Rate Pct", "Four-Year Grad Rate Pct"),
        ("Prior Year Grad Rate,non_graduation_rate,This Year Grad Rate", "This Year Grad Rate"),
        ("Cohort (2),Grads Seen,Graduation Rate (%) (3)", "Graduation Rate (%) (3)"),  # the number of a footnote
        ("SPI Total Points,Grad Rate Seen,Graduation Rate Index", "Grad Rate Seen"),
        ("5 Year Grads %,4 Year Grads %,Dropout Rate", "4 Year Grads %"),
    ],
)
def test_columns_of_shares_are_named_and_the_remedy_takes_one(tmp_path: Path, headings: str, offered: str) -> None:
    text = f"school_id,{headings}\n5201,61.5,71.5,91.5\n5202,-1,72.5,92.5\n"
    scenario = scenario_of(tmp_path, text)
    (warning,) = [each for each in scenario.report.warnings if "No rate was read" in each.message]
    assert f"columns.graduation_rate={offered} if" in warning.remedy
    notes = identify_schools(scenario, "graduation_rate<0.67").notes
    assert not any("no four-year graduation rate of any" in note or "The files have no grad" in note for note in notes)
    again = scenario_of(tmp_path, text.replace("-1", ""), f"rates.csv:columns.graduation_rate={offered}")
    assert not [each for each in again.report.warnings if "No rate was read" in each.message]
    assert "graduation_4year" in set(again.rates["measure"])


@pytest.mark.parametrize(
    "headings",
    [
        "Zahl,Anteil,Dropout Rate",  # no word tells them apart
        "District Grad Rate,Attendance,Dropout Rate",
        "Graduation Rate - Economically Disadvantaged,Attendance,Dropout Rate",
        "Extended Graduation Rate,Attendance,Dropout Rate",
    ],
)
def test_a_rate_of_some_students_is_not_offered_as_that_of_all(tmp_path: Path, headings: str) -> None:
    scenario = scenario_of(tmp_path, f"school_id,{headings}\n5201,61.5,71.5,91.5\n5202,62.5,72.5,92.5\n")
    (warning,) = [each for each in scenario.report.warnings if "No rate was read" in each.message]
    assert "columns.graduation_rate=HEADING" in warning.remedy


def test_a_rate_of_five_years_is_offered_as_one_and_a_completion_rate_not_at_all(tmp_path: Path) -> None:
    text = "school_id,Graduation Rate (5 Yr),Completion Rate\n5201,61.5,71.5\n5202,62.5,72.5\n"
    warnings = scenario_of(tmp_path, text).report.warnings
    assert any("columns.five_year_graduation_rate=Graduation Rate (5 Yr) to" in each.remedy for each in warnings)
    assert not any("columns.graduation_rate=" in each.remedy for each in warnings)


def test_a_file_that_serves_as_a_list_needs_no_rate(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path, "school_id,designation\n5201,CSI\n5202,\n")
    assert not [each for each in scenario.report.warnings if "No rate" in each.message]


def test_a_file_without_any_rate_or_list_says_so(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path, "school_id,Students\n5201,700\n5202,600\n")
    assert [each for each in scenario.report.warnings if "no column of it looks like one" in each.message]


def test_a_long_table_without_a_rate_of_all_students_says_so(tmp_path: Path) -> None:
    text = "school_id,subgroup,graduation_rate\n5201,{},61\n5201,Female,66\n"
    told = [
        [
            each.remedy
            for each in scenario_of(tmp_path, text.format(group)).report.warnings
            if "groups are" in each.message
        ]
        for group in ("All Students (Day)", "All: All Students", "All Students")
    ]
    assert list(map(len, told)) == [1, 0, 0]
    assert "All Students in subgroup" in told[0][0]
