"""Rates in the forms of EDFacts, ED Data Express and a state's own list, judged by hand and against the real file."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from clustering import read_scenario
from clustering.readers.read_table import read_table
from clustering.readers.recognition.headings import recognise_headings
from clustering.validation.findings import Findings
from clustering.validation.rates.performance import Performance, judge_performance

WEST, EAST, NORTH = "010000500871", "010000600872", "020000100001"
SAMPLE = Path(__file__).resolve().parents[4] / "data" / "sample"
SCHOOLS = pd.Index([WEST, EAST, NORTH])
Row = tuple[object, ...]


def open_file(table: pd.DataFrame | Path, role: str = "performance") -> Findings:
    raw = read_table(table, role=role)
    headings, problems = recognise_headings(raw.headings, table=raw.name, role=role, options=raw.options)
    assert problems == []
    return Findings(table=raw, role=role, headings=headings)


def judge(*tables: pd.DataFrame, schools: pd.Index = SCHOOLS) -> tuple[Performance, list[Findings]]:
    files = [open_file(table) for table in tables]
    return judge_performance(files, schools), files


def messages(findings: Findings, *, errors: bool) -> list[str]:
    return [problem.message for problem in findings.problems if problem.is_error == errors]


def set_aside(findings: Findings) -> dict[str, int]:
    file = findings.source_file(unused=())
    assert file.rows_used + file.rows_set_aside == file.rows_read == len(findings.table)
    return dict(file.set_aside_reasons)


def rows_of(performance: Performance, *columns: str) -> list[Row]:
    return list(performance.rates[list(columns)].itertuples(index=False, name=None))


WIDE = pd.DataFrame(
    {
        "STNAM": ["ALABAMA", "ALABAMA", "ALASKA"],
        "NCESSCH": [WEST, EAST, NORTH],
        "All_Cohort_1718": ["252", "63", "4"],
        "ALL_RATE_1718": ["91", "GE95", "PS"],
        "mbl_cohort_1718": ["5", ".", ""],
        "mbl_rate_1718": ["PS", ".", ""],
        "HOM_COHORT_1718": ["13", "12", "."],
        "HOM_RATE_1718": ["LT50", "21-39", "."],
    }
)


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


def test_of_several_years_the_latest_counts_for_each_school_and_an_earlier_one_is_told() -> None:
    earlier = WIDE.rename(columns=lambda name: name.replace("1718", "1617")).assign(ALL_RATE_1617=["50", "60", "70"])
    both = WIDE.assign(ALL_RATE_1718=["91", "GE95", "."]).merge(earlier.drop(columns="STNAM"), on="NCESSCH")
    performance, (findings,) = judge(both)
    assert performance.table["graduation_rate_text"].tolist() == ["91", "GE95", "70"]
    assert sorted(set(performance.rates["year"])) == [2016, 2017]
    assert len(performance.rates) == 2 * 9
    (message,) = messages(findings, errors=False)
    assert message.startswith("1 schools have no graduation rate of 2017-18; an earlier one is used.")
    assert findings.headings["graduation_rate"] == "ALL_RATE_1718"


def test_a_suppressed_latest_rate_is_not_replaced_by_an_earlier_one() -> None:
    both = WIDE.assign(ALL_RATE_1617=["50", "60", "70"])
    performance, _ = judge(both)
    assert performance.table.loc[NORTH, "graduation_rate_status"] == "suppressed"


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


EXPRESS_COLUMNS = (
    *("School Year", "State", "NCES LEA ID", "LEA", "School", "NCES SCH ID", "Data Group", "Data Description"),
    *("Value", "Numerator", "Denominator", "Population", "Subgroup", "Characteristics", "Age/Grade"),
    *("Academic Subject", "Outcome", "Program Type"),
)
FOUR_YEAR = "Four-Year Adjusted-Cohort Graduation Rates"


def express(
    school: str,
    value: str,
    denominator: str = "",
    *,
    year: str = "2021-2022",
    group: str = "695|696",
    description: str = FOUR_YEAR,
    subgroup: str = "All Students in School",
    characteristics: str = "",
    grade: str = "",
    subject: str = "",
    outcome: str = "",
) -> dict[str, str]:
    values = (year, "ALABAMA", "0100005", "L", "S", school, group, description, value, "", denominator, "All Students")
    return dict(zip(EXPRESS_COLUMNS, (*values, subgroup, characteristics, grade, subject, outcome, ""), strict=True))


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


def test_a_rate_that_stands_twice_is_an_error_in_both_rows() -> None:
    _, (findings,) = judge(pd.DataFrame([express(WEST, "61%"), express(EAST, "50%"), express(WEST, "62%")]))
    found = [(problem.row, problem.value) for problem in findings.problems if problem.is_error]
    assert found == [(2, WEST), (4, WEST)]


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
    found = {(problem.row, problem.column, problem.value) for problem in findings.problems if problem.is_error}
    assert found == {
        (3, "Value", "about 60"),
        (4, "Denominator", "many"),
        (5, "School Year", "2021-2023"),
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
    errors = [problem for problem in findings.problems if problem.is_error]
    assert {(problem.row, problem.column) for problem in errors} == {(3, "ALL_RATE_1718"), (None, "ALL_RATE_1718")}
    assert any("14-Oct" in problem.message and "as published" in problem.remedy for problem in errors)


def test_shares_in_a_file_of_per_cents_are_refused() -> None:
    _, (findings,) = judge(WIDE.assign(ALL_RATE_1718=["0.91", "0.4", "PS"]))
    assert messages(findings, errors=True) == ["The column has both shares such as 0.67 and per cents such as 67."]


def own(rates: list[str], **columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"school_id": SCHOOLS[: len(rates)], "graduation_rate": rates, **columns})


def test_a_list_of_ones_is_asked_about_and_not_guessed() -> None:
    _, (findings,) = judge(own(["1", "0", "PS"]))
    assert len(messages(findings, errors=True)) == 1
    performance, (signed,) = judge(own(["1%", "0", "PS"]))
    assert messages(signed, errors=True) == []
    assert performance.table["graduation_rate_low"].tolist() == [0.01, 0.0, 0.0]


def test_a_bare_bound_is_warned_of() -> None:
    performance, (findings,) = judge(own(["<10", "67", "N<10"]))
    assert performance.table["graduation_rate_status"].tolist() == ["range", "exact", "suppressed"]
    (message,) = messages(findings, errors=False)
    assert message == "<10 is taken for a rate below 10 per cent, not for few students."


def test_a_states_own_list_gives_a_rate_of_no_year_and_its_lists() -> None:
    performance, _ = judge(own(["0.93", "0.5", ""], designation=["CSI", "", "TSI"]))
    assert rows_of(performance, "school_id", "subgroup", "exact", "text") == [
        (WEST, "all", 0.93, "0.93"),
        (EAST, "all", 0.5, "0.5"),
    ]
    assert performance.rates["year"].isna().all()
    assert performance.table["designation"].tolist()[::2] == ["CSI", "TSI"]
    assert performance.table["graduation_rate_status"].tolist() == ["exact", "exact", "missing"]


def test_the_first_file_counts_whole_and_a_difference_is_told() -> None:
    performance, (first, second) = judge(own(["PS", "50"]), own(["60-69", "51", "80"]))
    # Not the ends of one file under the status of another.
    assert performance.table["graduation_rate_status"].tolist() == ["suppressed", "exact", "exact"]
    assert performance.table["graduation_rate_low"].tolist() == [0.0, 0.5, 0.8]
    assert performance.table["graduation_rate_text"].tolist() == ["PS", "50", "80"]
    assert first.problems == []
    assert messages(second, errors=False) == ["2 rates differ from those of an earlier file, which count."]


def test_a_later_file_fills_in_where_the_first_knows_nothing() -> None:
    performance, _ = judge(own([".", "50", "n/a"]), own(["61", "51", "n/a"]))
    assert performance.table["graduation_rate_text"].tolist() == ["61", "50", "n/a"]
    assert performance.table["graduation_rate_status"].tolist() == ["exact", "exact", "not applicable"]


def test_schools_that_are_not_listed_are_set_aside_and_told_once_each() -> None:
    table = pd.DataFrame([express("999999999999", "61%"), express("999999999999", "S", subgroup="Asian")])
    performance, (findings,) = judge(pd.concat([table, pd.DataFrame([express(WEST, "61%")])]))
    assert performance.rates["school_id"].tolist() == [WEST]
    assert set_aside(findings) == {"The school is not in the schools files.": 2}
    (problem,) = findings.problems
    assert (problem.row, problem.value, problem.is_error) == (2, "999999999999", False)


def test_identifiers_without_their_zero_are_errors_in_a_long_file() -> None:
    _, (findings,) = judge(pd.DataFrame([express(WEST[1:], "61%"), express("", "S", subgroup="All Students in LEA")]))
    assert [(problem.row, problem.value) for problem in findings.problems if problem.is_error] == [(2, WEST[1:])]


@pytest.mark.parametrize(
    "row",
    [
        express("", "80%", subgroup="All Students in LEA"),
        express(WEST, "98%", group="588", description="Participation", subject="Mathematics", outcome="Percent Tested"),
    ],
)
def test_a_file_without_any_rate_of_a_school_is_refused(row: dict[str, str]) -> None:
    performance, (findings,) = judge(pd.DataFrame([row]))
    assert messages(findings, errors=True) == ["No row of the file is a graduation or proficiency rate of a school."]
    assert len(performance.rates) == 0
    assert len(performance.table) == 0


def test_rates_beside_the_schools_are_read_from_the_schools_file() -> None:
    findings = open_file(WIDE, "schools")
    performance = judge_performance([findings], SCHOOLS)
    assert performance.table["graduation_rate_text"].tolist() == ["91", "GE95", "PS"]
    assert findings.problems == []
    assert findings.kept().all()


def test_a_bare_year_is_asked_about() -> None:
    table = pd.DataFrame([express(WEST, "61%", year="2022")])
    _, (findings,) = judge(table)
    (message,) = messages(findings, errors=True)
    assert message == "The year 2022 may be the school year 2022-23 or 2021-22."


def test_a_cohort_that_is_no_number_is_named_in_its_own_column() -> None:
    _, (findings,) = judge(WIDE.assign(All_Cohort_1718=["252", "some", "4"]))
    found = [(problem.row, problem.column, problem.value) for problem in findings.problems]
    assert found == [(3, "All_Cohort_1718", "some")]


def judge_own(**columns: list[str]) -> tuple[Performance, Findings]:
    """A state's own list of West, East and North, row by row."""
    performance, (findings,) = judge(pd.DataFrame({"school_id": SCHOOLS, **columns}))
    return performance, findings


def test_every_rate_and_score_of_an_own_list_is_read() -> None:
    performance, (findings,) = judge(
        pd.DataFrame(
            {
                "school_id": [WEST],
                "graduation_rate": ["66"],
                "Three-Year Graduation Rate": ["61"],
                "five_year_graduation_rate": ["70.5"],
                "six_year_graduation_rate": ["GE95"],
                "math_proficiency": ["0.42"],
                "ela_proficiency": ["LT50"],
                "Summative Score": ["412.5"],
                "median_growth_percentile": ["-0.35"],
                "cohort": ["506"],
                "designation": ["CSI"],
            }
        )
    )
    assert findings.problems == []
    assert rows_of(performance, "measure", "low", "high", "status", "cohort_students", "text") == [
        ("graduation_3year", 0.61, 0.61, "exact", 506, "61"),
        ("graduation_4year", 0.66, 0.66, "exact", 506, "66"),
        ("graduation_5year", 0.705, 0.705, "exact", 506, "70.5"),
        ("graduation_6year", 0.95, 1.0, "range", 506, "GE95"),
        ("growth", -0.35, -0.35, "exact", pd.NA, "-0.35"),
        ("index", 412.5, 412.5, "exact", pd.NA, "412.5"),
        ("proficiency_mathematics", 0.42, 0.42, "exact", pd.NA, "0.42"),
        ("proficiency_reading", 0.0, pytest.approx(0.5), "range", pd.NA, "LT50"),
    ]
    # The latest four-year rate is what it was; the rest are no lists.
    assert performance.table["graduation_rate_text"].tolist() == ["66"]
    assert performance.table.columns.tolist()[4:] == ["designation"]


@pytest.mark.parametrize(
    ("heading", "measure"),
    [
        ("graduation_rate", "graduation_4year"),
        ("four_year_graduation_rate", "graduation_4year"),
        ("3-year graduation rate", "graduation_3year"),
        ("grad_rate_5_year", "graduation_5year"),
        ("6_year_graduation_rate", "graduation_6year"),
        ("proficiency_mathematics", "proficiency_mathematics"),
        ("pct_proficient_math", "proficiency_mathematics"),
        ("proficiency_reading", "proficiency_reading"),
        ("reading_proficiency", "proficiency_reading"),
        ("index", "index"),
        ("index_score", "index"),
        ("accountability_index", "index"),
        ("overall_index", "index"),
        ("growth", "growth"),
        ("growth_score", "growth"),
        ("SGP", "growth"),
    ],
)
def test_headings_of_rates_and_scores(heading: str, measure: str) -> None:
    performance, _ = judge_own(**{heading: ["12", "34", "56"]})
    assert set(performance.rates["measure"]) == {measure}
    points = measure in ("index", "growth")
    assert performance.rates["exact"].tolist() == ([12, 34, 56] if points else [0.12, 0.34, 0.56])


def test_scores_are_points_and_suppressed_ones_have_no_ends() -> None:
    performance, findings = judge_own(index=["1150", "*", "n/a"], growth=["", "−2.5", "N<10"])
    assert findings.problems == []
    shown = performance.rates[["school_id", "measure", "low", "high", "exact", "status"]].astype("object")
    assert shown.where(shown.notna(), None).to_numpy().tolist() == [
        [WEST, "index", 1150.0, 1150.0, 1150.0, "exact"],
        [EAST, "growth", -2.5, -2.5, -2.5, "exact"],
        [EAST, "index", None, None, None, "suppressed"],
        [NORTH, "growth", None, None, None, "suppressed"],
        [NORTH, "index", None, None, None, "not applicable"],
    ]


def test_a_score_that_is_no_number_is_an_error_in_its_cell() -> None:
    _, findings = judge_own(index_score=["50", "about 60", "1e999"])
    found = [(problem.row, problem.column, problem.value, problem.message) for problem in findings.problems]
    message = "The number of points cannot be read."
    assert found == [(3, "index_score", "about 60", message), (4, "index_score", "1e999", message)]


def test_columns_of_one_list_are_in_shares_or_per_cents_each_by_itself() -> None:
    performance, findings = judge_own(graduation_rate=["0.66", "0.7", "1"], math_proficiency=["41", "1", "60-69"])
    assert findings.problems == []
    by_measure = performance.rates.groupby("measure")["low"].agg(list).to_dict()
    assert by_measure == {"graduation_4year": [0.66, 0.7, 1.0], "proficiency_mathematics": [0.41, 0.01, 0.6]}


@pytest.mark.parametrize(
    ("heading", "entries"),
    [
        ("growth", ["Met", "Not met", "Met"]),
        ("index", ["High", "Low", ""]),
        ("math_proficiency", ["Below", "At", "Below"]),
        ("group", ["Focus", "Priority", ""]),
        ("cohort", ["First", "Second", ""]),
    ],
)
def test_a_column_that_holds_something_else_stays_a_list(heading: str, entries: list[str]) -> None:
    performance, findings = judge_own(graduation_rate=["66", "70", "80"], **{heading: entries})
    assert performance.table[heading].astype("object").fillna("").tolist() == entries
    assert set(performance.rates["measure"]) == {"graduation_4year"}
    assert set(performance.rates["subgroup"]) == {"all"}
    assert [problem.is_error for problem in findings.problems] == [False]
    assert heading not in findings.headings


def test_the_row_numbers_of_a_program_are_no_index() -> None:
    performance, findings = judge_own(index=["0", "1", "2"], graduation_rate=["66", "70", "80"])
    assert set(performance.rates["measure"]) == {"graduation_4year"}
    assert [problem.column for problem in findings.problems] == ["index"]


def test_groups_and_years_of_an_own_list_are_a_rate_each() -> None:
    table = pd.DataFrame(
        {
            "school_id": [WEST, WEST, WEST, WEST, EAST],
            "year": ["2021-22", "2021-22", "2022-23", "2022-23", "2022-23"],
            "student_group": ["All Students", "English learners", "All Students", "Seal Club", ""],
            "graduation_rate": ["60", "50-59", "61", "PS", "70"],
            "index": ["1", "2", "3", "4", "5"],
            "n_students": ["100", "12", "110", "<10", "50"],
        }
    )
    performance, (findings,) = judge(table)
    assert findings.problems == []
    graduation = performance.rates[performance.rates["measure"] == "graduation_4year"]
    columns = ["school_id", "year", "subgroup", "cohort_students", "text"]
    assert list(graduation[columns].itertuples(index=False, name=None)) == [
        (WEST, 2021, "LEP", 12, "50-59"),
        (WEST, 2021, "all", 100, "60"),
        (WEST, 2022, "Seal Club", pd.NA, "PS"),
        (WEST, 2022, "all", 110, "61"),
        (EAST, 2022, "all", 50, "70"),
    ]
    assert len(performance.rates) == 10
    assert performance.table["graduation_rate_text"].tolist() == ["61", "70"]


def test_the_same_group_twice_is_an_error() -> None:
    table = pd.DataFrame({"school_id": [WEST, WEST], "group": ["All", "all students"], "graduation_rate": ["6", "7"]})
    _, (findings,) = judge(table)
    assert [problem.row for problem in findings.problems if problem.is_error] == [2, 3]


def test_counts_give_the_rate_that_is_not_published() -> None:
    performance, findings = judge_own(graduates=["351", "*", "<10"], cohort=["506", "40", "12"])
    assert findings.problems == []
    assert rows_of(performance, "measure", "status", "cohort_students", "text") == [
        ("graduation_4year", "exact", 506, "351 of 506"),
        ("graduation_4year", "suppressed", 40, "*"),
        ("graduation_4year", "suppressed", 12, "*"),
    ]
    assert performance.rates["exact"].tolist()[0] == 351 / 506  # 0.6937, what California pools to 69.4
    assert performance.table["graduation_rate_text"].tolist() == ["351 of 506", "*", "*"]
    assert performance.table["graduation_rate_low"].tolist()[0] == 351 / 506


@pytest.mark.parametrize(
    ("rate", "agrees"),
    [
        *(
            ("69.4", True),
            ("69.37", True),
            ("69", True),
            ("69.4%", True),
            ("60-69", True),
            ("LT70", True),
            ("PS", True),
        ),
        *(("69.3", False), ("70", False), ("69.36", False), ("70-79", False), ("GE95", False), ("LT50", False)),
    ],
)
def test_counts_count_where_they_agree_with_the_published_rate(rate: str, agrees: bool) -> None:
    # 351 of 506 is 69.368 per cent.
    rates = [rate, "50", "40"]
    performance, findings = judge_own(graduation_rate=rates, graduates=["351", "", ""], cohort=["506", "10", ""])
    assert performance.rates["text"].tolist() == ["351 of 506" if agrees else rate, "50", "40"]
    assert performance.rates["cohort_students"].tolist() == [506, 10, pd.NA]
    told = [(problem.row, problem.column, problem.value, problem.is_error) for problem in findings.problems]
    assert told == ([] if agrees else [(2, "graduation_rate", None, False)])


@pytest.mark.parametrize(("rate", "agrees"), [("0.69", True), ("0.694", True), ("0.7", False), ("0.6", False)])
def test_counts_agree_with_shares_to_their_rounding(rate: str, agrees: bool) -> None:
    performance, _ = judge_own(graduation_rate=[rate, "0.5", ""], graduates=["351", "", ""], cohort=["506", "", ""])
    assert (performance.rates["text"].tolist()[0] == "351 of 506") == agrees


def test_a_published_rate_counts_where_the_counts_are_suppressed() -> None:
    performance, findings = judge_own(
        graduation_rate=["60", ".", ""], graduates=["*", "10", "7"], cohort=["30", "20", "*"]
    )
    assert findings.problems == []
    assert rows_of(performance, "status", "text") == [("exact", "60"), ("exact", "10 of 20"), ("suppressed", "*")]


def test_counts_that_cannot_be_are_errors_by_cell() -> None:
    _, findings = judge_own(graduates=["507", "3", "many"], cohort=["506", "0", "few"])
    found = {(problem.row, problem.column, problem.value, problem.message) for problem in findings.problems}
    more = "There are more graduates than students in the cohort."
    assert found == {
        (2, "graduates", None, more),
        (3, "graduates", None, more),
        (4, "graduates", "many", "The number of graduates cannot be read."),
        (4, "cohort", "few", "The size of the cohort cannot be read."),
    }
    assert all(problem.is_error for problem in findings.problems)


def test_nobody_of_nobody_is_no_rate() -> None:
    performance, findings = judge_own(graduates=["0", "0", ""], cohort=["0", "12", ""])
    assert findings.problems == []
    assert rows_of(performance, "status", "text") == [
        ("missing", pytest.approx(float("nan"), nan_ok=True)),
        ("exact", "0 of 12"),
    ]


def test_graduates_are_of_the_only_rate_that_the_list_has() -> None:
    performance, _ = judge_own(
        five_year_graduation_rate=["", "70", ""], graduates=["8", "7", ""], cohort=["10", "10", ""]
    )
    assert rows_of(performance, "measure", "exact", "text") == [
        ("graduation_5year", 0.8, "8 of 10"),
        ("graduation_5year", 0.7, "7 of 10"),
    ]


def test_rates_and_counts_stand_beside_the_schools_too() -> None:
    table = pd.DataFrame(
        {"school_id": SCHOOLS, "graduates": ["351", "8", ""], "cohort": ["506", "10", ""], "index": ["a", "b", "c"]}
    )
    findings = open_file(table.assign(index_score=["1", "2", "3"]), "schools")
    performance = judge_performance([findings], SCHOOLS)
    assert findings.problems == []
    assert rows_of(performance, "measure", "text")[:2] == [("graduation_4year", "351 of 506"), ("index", "1")]
    assert performance.table.loc[WEST, "index"] == "a"  # the bare word is a list beside the schools


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


CLASSES = {
    "exact": r"\d+",
    "range": r"\d+-\d+|GE\d+|LT\d+|LE\d+",
    "suppressed": r"PS",
    "missing": r"\.|",
}


def test_every_cell_of_the_real_file_is_classified(shared_data: Path) -> None:
    path = shared_data / "us_schools" / "edfacts_2015.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        records = list(csv.DictReader(file))
    assert len(records) == 22_167
    counted: dict[str, Counter[str]] = {}
    for record in records:
        for heading, text in record.items():
            if match := re.fullmatch(r"(\w+)_RATE_1415", heading):
                (status,) = [name for name, pattern in CLASSES.items() if re.fullmatch(pattern, text)]
                counted.setdefault(match.group(1).replace("ALL", "all"), Counter())[status] += 1
    assert len(counted) == 10

    findings = open_file(path)
    performance = judge_performance([findings], pd.Index(sorted(record["NCESSCH"] for record in records)))
    assert findings.problems == []
    assert set_aside(findings) == {}
    assert len(performance.rates) == 10 * 22_167
    for subgroup, statuses in counted.items():
        found = performance.rates.loc[performance.rates["subgroup"] == subgroup, "status"].value_counts()
        assert found.to_dict() == dict(statuses), subgroup
    assert sum(counted["all"].values()) == len(performance.table) == 22_167
    assert 0.29 < counted["all"]["exact"] / 22_167 < 0.32
    # Exact means exactly the number that stands there.
    exact = performance.rates[performance.rates["status"] == "exact"]
    assert (exact["exact"] == exact["text"].astype("int64") / 100).all()
    assert performance.rates.loc[performance.rates["status"] != "exact", "exact"].isna().all()
    cohorts = [int(record["ALL_COHORT_1415"]) for record in records if record["ALL_COHORT_1415"].isdigit()]
    assert performance.rates.loc[performance.rates["subgroup"] == "all", "cohort_students"].sum() == sum(cohorts)


def test_a_list_may_be_added_to_a_directory_as_it_is_published() -> None:
    directory = pd.read_csv(
        SAMPLE / "ccd_sch_029_2324_w_1a_sample.csv", dtype="str", keep_default_na=False, nrows=200
    ).assign(Designation=["CSI", *[""] * 199])
    flows = pd.read_csv(SAMPLE / "promotions.csv", dtype="str", keep_default_na=False)
    scenario = read_scenario(schools=directory, flows=flows)
    assert [name for name in map(str, scenario.performance) if not name.startswith("graduation_rate")] == [
        "Designation"
    ]
    assert list(scenario.performance.index) == [directory["NCESSCH"][0]]
