"""Cells of schools and flows that hold no value, and the options that take them."""

from __future__ import annotations

import pandas as pd
import pytest

from clustering import InputError, read_scenario
from clustering.model.grades import format_grades
from tests.examples.toy_district import toy_flows, toy_schools


def flows_with(*marks: str) -> pd.DataFrame:
    flows = toy_flows()
    return flows.assign(students=[*marks, *flows["students"].tolist()[len(marks) :]])


def test_an_unknown_mark_among_students_is_one_error_and_both_its_remedies_work() -> None:
    with pytest.raises(InputError) as caught:
        read_scenario(schools=toy_schools(), flows=flows_with("NC", "NC", "MSK"))
    told = [(problem.row, problem.value, problem.further_records) for problem in caught.value.problems]
    assert told == [(2, "NC", 1), (4, "MSK", 0)]
    assert all(f"suppressed={problem.value}" in problem.remedy for problem in caught.value.problems)
    suppressed = read_scenario(schools=toy_schools(), flows=flows_with("NC", "NC", "MSK"), options="suppressed=NC,MSK")
    assert suppressed.flows["students"].isna().sum() == 3
    unknown = read_scenario(schools=toy_schools(), flows=flows_with("NC", "NC", "MSK"), options="missing=NC,MSK")
    assert len(unknown.flows) == len(suppressed.flows) - 3
    assert [row.row for row in unknown.report.set_aside if "students is not known" in row.reason] == [2, 3, 4]
    assert any("numbers of students are not known" in warning.message for warning in unknown.report.warnings)


def test_a_strange_grade_leaves_the_grades_of_its_school_unknown_and_no_others() -> None:
    schools = toy_schools()
    schools = schools.assign(grades=["8-Jun", "M-8", *schools["grades"].tolist()[2:]])
    scenario = read_scenario(schools=schools, flows=toy_flows())
    assert scenario.schools["grades_offered"].map(format_grades).tolist()[:3] == ["", "", "K-5"]
    warnings = {warning.value: warning.remedy for warning in scenario.report.warnings if warning.column == "grades"}
    assert set(warnings) == {"8-Jun", "M-8"}
    assert warnings["8-Jun"].startswith("A spreadsheet has made a date of two numbers")


def test_marks_of_enrolment_and_degrees_are_not_known_and_commas_are_read() -> None:
    schools = toy_schools()
    marks = ["*", "<10", "NULL", "1,234", "1 234", "-1"]
    latitudes = ["NULL", "NA", *schools["lat"].str.replace(".", ",").tolist()[2:]]
    schools = schools.assign(enrollment=[*marks, *["50"] * (len(schools) - len(marks))], lat=latitudes)
    scenario = read_scenario(schools=schools, flows=toy_flows())
    assert [str(warning) for warning in scenario.report.warnings if warning.column == "enrollment"] == []
    assert scenario.schools["enrolment_students"].isna().tolist()[:6] == [True, True, True, False, False, True]
    assert scenario.schools["enrolment_students"].tolist()[3:5] == [1234, 1234]
    assert scenario.schools.geometry.y.isna().tolist()[:3] == [True, True, False]
    assert scenario.schools.geometry.y.iloc[2] == float(toy_schools()["lat"].iloc[2])


@pytest.mark.parametrize(
    ("years", "falls"),
    [
        (["SY2021-22", "Fall 2022", "Spring 2023", "FY23"], [2021, 2022, 2022, 2022]),
        (["1920", "2021", "2122", "2223"], [2019, 2020, 2021, 2022]),  # pairs: 2021 is 2020-21
        (["09-10", "10-11", "20222023", "2022-23 School Year"], [2009, 2010, 2022, 2022]),
    ],
)
def test_years_in_the_words_of_the_file(years: list[str], falls: list[int]) -> None:
    flows = toy_flows().head(4).assign(school_year=years)
    scenario = read_scenario(schools=toy_schools(), flows=flows)
    assert sorted(scenario.flows["year"].tolist()) == sorted(falls)


def test_a_year_of_two_meanings_is_asked_and_the_option_settles_it() -> None:
    flows = toy_flows().head(4).assign(school_year="SY23")
    with pytest.raises(InputError, match="2023 may be the school year 2023-24 or 2022-23"):
        read_scenario(schools=toy_schools(), flows=flows)
    scenario = read_scenario(schools=toy_schools(), flows=flows, options="year_convention=spring")
    assert set(scenario.flows["year"]) == {2022}


def test_too_many_marks_are_counted_with_the_last_one_listed() -> None:
    flows = pd.concat([toy_flows()] * 5, ignore_index=True)
    flows = flows.assign(students=[f"mark {number}" for number in range(len(flows))])
    with pytest.raises(InputError) as caught:
        read_scenario(schools=toy_schools(), flows=flows)
    assert len(caught.value.problems) == 50
    assert sum(1 + problem.further_records for problem in caught.value.problems) == len(flows) == 70


def test_an_unreadable_number_of_students_is_never_shown() -> None:
    with pytest.raises(InputError) as caught:
        read_scenario(schools=toy_schools(), flows=flows_with("7*", "8 pupils", "5-Sep", "NC"))
    assert [(problem.row, problem.value) for problem in caught.value.problems] == [
        (2, None),
        (3, None),
        (4, None),
        (5, "NC"),
    ]
    assert not any(shown in str(caught.value) for shown in ("7*", "8 pupils", "5-Sep"))
    assert "suppressed=MARK" in caught.value.problems[1].remedy
    schools = toy_schools()
    schools = schools.assign(enrollment=["3 left", *["50"] * (len(schools) - 1)])
    enrolment = read_scenario(schools=schools, flows=toy_flows())
    (warning,) = [each for each in enrolment.report.warnings if each.column == "enrollment"]
    assert (warning.value, "3 left" in str(warning)) == (None, False)
