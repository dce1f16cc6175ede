"""Rates in the forms of EDFacts and ED Data Express, judged by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.examples.rate_files import EAST, FOUR_YEAR, NORTH, WEST, WIDE, express, judge, messages, rows_of, set_aside


def test_a_wide_file_gives_one_row_per_school_and_group() -> None:
    performance, (findings,) = judge(WIDE)
    assert findings.problems == []
    assert rows_of(performance, "school_id", "year", "measure", "subgroup", "cohort_students", "status", "text") == [
        (WEST, 2017, "graduation_4year", "HOM", 13, "range", "LT50"),
        (WEST, 2017, "graduation_4year", "MBL", 5, "suppressed", "PS"),
        (WEST, 2017, "graduation_4year", "all", 252, "exact", "91"),
        (EAST, 2017, "graduation_4year", "HOM", 12, "range", "21-39"),
        (EAST, 2017, "graduation_4year", "MBL", pd.NA, "missing", "."),
        (EAST, 2017, "graduation_4year", "all", 63, "range", "GE95"),
        (NORTH, 2017, "graduation_4year", "HOM", pd.NA, "missing", "."),
        (NORTH, 2017, "graduation_4year", "MBL", pd.NA, "missing", pytest.approx(float("nan"), nan_ok=True)),
        (NORTH, 2017, "graduation_4year", "all", 4, "suppressed", "PS"),
    ]
    assert performance.rates["exact"].dropna().tolist() == [0.91]
    assert performance.rates["low"].tolist()[:3] == [0.0, 0.0, 0.91]
    table = performance.table
    assert table["graduation_rate_low"].tolist() == [0.91, 0.95, 0.0]
    assert table["graduation_rate_high"].tolist() == [0.91, 1.0, 1.0]
    assert table["graduation_rate_text"].tolist() == ["91", "GE95", "PS"]
    # The state's name may be a list; no column of rates or cohorts may.
    assert table.columns.tolist()[4:] == ["STNAM"]
    assert findings.headings["graduation_rate"] == "ALL_RATE_1718"
    assert set_aside(findings) == {}


def test_a_suffix_that_is_no_school_year_is_no_rate_column() -> None:
    performance, _ = judge(WIDE[["NCESSCH"]].assign(ALL_RATE_1719="91", designation=["CSI", "", "TSI"]))
    assert len(performance.rates) == 0 or set(performance.rates["year"].isna()) == {True}
    assert performance.table["designation"].tolist()[0] == "CSI"


def test_wide_assessments_by_subject_grade_and_group() -> None:
    table = pd.DataFrame(
        {
            "NCESSCH": [WEST, EAST],
            "ALL_MTH00NUMVALID_1516": ["300", "14"],
            "ALL_MTH00PCTPROF_1516": ["42", "LT50"],
            "ALL_MTHHSnumvalid_1516": ["300", "14"],
            "ALL_MTHHSpctprof_1516": ["42", "LT50"],
            "ECD_RLA08NUMVALID_1516": ["61", "n/a"],
            "ECD_RLA08PCTPROF_1516": ["35-39", "n/a"],
        }
    )
    performance, (findings,) = judge(table)
    assert findings.problems == []
    mathematics, reading = "proficiency_mathematics", "proficiency_reading"
    assert rows_of(performance, "school_id", "year", "measure", "subgroup", "grade", "cohort_students", "text") == [
        (WEST, 2015, mathematics, "all", "HS", 300, "42"),
        (WEST, 2015, mathematics, "all", "all", 300, "42"),
        (WEST, 2015, reading, "ECD", "08", 61, "35-39"),
        (EAST, 2015, mathematics, "all", "HS", 14, "LT50"),
        (EAST, 2015, mathematics, "all", "all", 14, "LT50"),
        (EAST, 2015, reading, "ECD", "08", pd.NA, "n/a"),
    ]
    # Proficiency is no graduation rate.
    assert performance.table["graduation_rate_low"].isna().all()


def test_ed_data_express_rows_are_picked_by_measure_and_group() -> None:
    achievement = {"group": "583", "description": "Academic Achievement", "grade": "All Grades"}
    table = pd.DataFrame(
        [
            express(WEST, "93%", "385"),
            express(WEST, ">=80%", "40", subgroup="Black (not Hispanic) African American"),
            express(WEST, "<50%", "12", subgroup="White or Caucasian (not Hispanic)"),
            express(WEST, "90-94%", "120", characteristics="Children with disabilities"),
            express(WEST, "S", "3", subgroup="Asian"),
            express(WEST, "95%", "380", group="697|698", description="Five-Year Adjusted-Cohort Graduation Rates"),
            express(WEST, "96%", "380", group="755|756", description="Six-Year Adjusted-Cohort Graduation Rates"),
            express(WEST, "385", "", group="696", description="Four-Year Adjusted-Cohort Graduation Rate cohort count"),
            express(WEST, "42%", "300", subject="Mathematics", outcome="Percent Proficient", **achievement),
            express(WEST, "98%", "300", group="588", subject="Mathematics", outcome="Percent Tested"),
            express("", "88%", "9000", subgroup="All Students in LEA"),
            express("Not Applicable", "MISSING", "0", subgroup="Missing"),
        ]
    )
    performance, (findings,) = judge(table)
    assert rows_of(performance, "year", "measure", "subgroup", "grade", "cohort_students", "status", "text") == [
        (2021, "graduation_4year", "Asian", "all", 3, "suppressed", "S"),
        (2021, "graduation_4year", "CWD", "all", 120, "range", "90-94%"),
        (2021, "graduation_4year", "MBL", "all", 40, "range", ">=80%"),
        (2021, "graduation_4year", "MWH", "all", 12, "range", "<50%"),
        (2021, "graduation_4year", "all", "all", 385, "exact", "93%"),
        (2021, "graduation_5year", "all", "all", 380, "exact", "95%"),
        (2021, "graduation_6year", "all", "all", 380, "exact", "96%"),
        (2021, "proficiency_mathematics", "all", "all", 300, "exact", "42%"),
    ]
    assert performance.table["graduation_rate_text"].tolist() == ["93%"]
    assert findings.problems == []
    # Used and set aside are all: eight rates, two other measures, two rows of no school.
    assert set_aside(findings) == {
        "The row is of a district or a state, or a placeholder.": 2,
        "The row is of another measure.": 2,
    }


def test_ed_data_express_tells_the_measure_by_words_where_the_group_has_no_number() -> None:
    table = pd.DataFrame(
        [
            express(WEST, "70%", group="", description=FOUR_YEAR),
            express(EAST, "71%", group="", description="5-year adjusted cohort graduation rate"),
            express(EAST, "73%", group="", description="Six-Year Adjusted-Cohort Graduation Rates"),
            express(EAST, "60%", group="", description="Three-year graduation rate"),
            express(EAST, "70", group="756", description="Six-Year Adjusted-Cohort Graduation Rate cohort count"),
            express(NORTH, "72%", group="695|697|755", description=FOUR_YEAR),
        ]
    )
    performance, _ = judge(table)
    assert rows_of(performance, "school_id", "measure", "text") == [
        (WEST, "graduation_4year", "70%"),
        (EAST, "graduation_3year", "60%"),
        (EAST, "graduation_5year", "71%"),
        (EAST, "graduation_6year", "73%"),
        (NORTH, "graduation_4year", "72%"),
    ]


def test_the_counts_of_ed_data_express_stand_in_for_a_blank_value_only() -> None:
    table = pd.DataFrame(
        [
            {**express(WEST, "", "506"), "Numerator": "351"},
            {**express(EAST, "69%", "506"), "Numerator": "351"},
            {**express(NORTH, "", "S"), "Numerator": "S"},
        ]
    )
    performance, (findings,) = judge(table)
    assert findings.problems == []
    assert rows_of(performance, "school_id", "status", "text")[:2] == [
        (WEST, "exact", "351 of 506"),
        (EAST, "exact", "69%"),
    ]
    assert performance.rates["exact"].tolist()[:2] == [351 / 506, 0.69]
    assert performance.rates["status"].tolist()[2] == "missing"


def test_ed_data_express_of_several_years_and_grades() -> None:
    of_grade = {"group": "584", "subject": "Reading/Language Arts", "outcome": "Percent Proficient"}
    table = pd.DataFrame(
        [
            express(WEST, "61%", year="2018-2019"),
            express(WEST, "64%", year="2020-21"),
            express(WEST, "30-34%", grade="Grade 5", **of_grade),
            express(WEST, "<=10%", grade="High School", **of_grade),
        ]
    )
    performance, _ = judge(table)
    assert performance.table["graduation_rate_text"].tolist() == ["64%"]
    assert rows_of(performance, "year", "measure", "grade", "text") == [
        (2018, "graduation_4year", "all", "61%"),
        (2020, "graduation_4year", "all", "64%"),
        (2021, "proficiency_reading", "05", "30-34%"),
        (2021, "proficiency_reading", "HS", "<=10%"),
    ]


def test_faults_of_a_long_file_are_named_by_row_and_column() -> None:
    table = pd.DataFrame(
        [
            express("", "88%", subgroup="All Students in LEA"),
            express(WEST, "about 60", "385"),
            express(EAST, "61%", "many"),
            express(NORTH, "61%", year="2021-2023"),
        ]
    )
    _, (findings,) = judge(table)
    found = {(problem.row, problem.column, problem.value, problem.is_error) for problem in findings.problems}
    assert found == {
        (3, "Value", "about 60", False),
        (4, "Denominator", "many", False),
        (5, "School Year", "2021-2023", True),
    }


def test_the_last_long_form_of_the_legacy_files() -> None:
    table = pd.DataFrame(
        {
            "SCHOOL_YEAR": ["2018-2019"] * 3,
            "NCESSCH": [WEST, WEST, EAST],
            "CATEGORY": ["ALL", "MBL", "ALL"],
            "COHORT": ["200", "12", "."],
            "RATE": ["66", "GE50", "PS"],
        }
    )
    performance, (findings,) = judge(table)
    assert findings.problems == []
    assert rows_of(performance, "school_id", "year", "subgroup", "cohort_students", "text") == [
        (WEST, 2018, "MBL", 12, "GE50"),
        (WEST, 2018, "all", 200, "66"),
        (EAST, 2018, "all", pd.NA, "PS"),
    ]


def test_bands_that_became_dates_are_told_with_what_to_do() -> None:
    _, (findings,) = judge(WIDE.assign(ALL_RATE_1718=["91", "14-Oct", "PS"]))
    (problem,) = findings.problems
    assert (problem.row, problem.column, problem.value, problem.is_error) == (3, "ALL_RATE_1718", "14-Oct", False)
    assert "has made a date of two numbers" in problem.remedy


def test_shares_in_a_file_of_per_cents_are_refused() -> None:
    _, (findings,) = judge(WIDE.assign(ALL_RATE_1718=["0.91", "0.4", "PS"]))
    assert messages(findings, errors=True) == ["The column has both shares such as 0.67 and percentages such as 67."]


def test_a_bare_year_is_asked_about() -> None:
    table = pd.DataFrame([express(WEST, "61%", year="2022")])
    _, (findings,) = judge(table)
    (message,) = messages(findings, errors=True)
    assert message == "The year 2022 may be the school year 2022-23 or 2021-22."


def test_a_cohort_that_is_no_number_is_named_in_its_own_column() -> None:
    _, (findings,) = judge(WIDE.assign(All_Cohort_1718=["252", "some", "4"]))
    found = [(problem.row, problem.column, problem.value) for problem in findings.problems]
    assert found == [(3, "All_Cohort_1718", "some")]


def test_the_plain_form_has_scores_in_points() -> None:
    table = pd.DataFrame(
        {
            "ncessch": [WEST, WEST, EAST],
            "measure": ["index", "graduation_6year", "growth"],
            "subgroup": ["all", "all", "ECD"],
            "rate": ["0.5", "60", "-3"],
        }
    )
    performance, (findings,) = judge(table)
    assert findings.problems == []
    assert rows_of(performance, "measure", "subgroup", "exact") == [
        ("graduation_6year", "all", 0.6),
        ("index", "all", 0.5),
        ("growth", "ECD", -3.0),
    ]
