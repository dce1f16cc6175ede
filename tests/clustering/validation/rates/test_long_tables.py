"""Long tables of rates: kinds, groups and years in rows, rows that repeat, and columns by year."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from clustering.readers.file_options import FileOptions, parse_file_options
from clustering.readers.read_table import read_table
from clustering.readers.recognition.headings import recognise_headings
from clustering.readers.recognition.rate_kinds import OTHER_KIND, kind_of_entry
from clustering.readers.reshape.reshape import reshape
from clustering.validation.findings import Findings
from clustering.validation.rates.performance import Performance, validate_performance

SCHOOLS = pd.Index(["5201", "5202"])
NO_OPTIONS = FileOptions()


def judge(text: str, options: FileOptions = NO_OPTIONS) -> tuple[Performance, Findings]:
    head, *records = [line.split(",") for line in text.split()]
    frame = pd.DataFrame([[cell.replace("_", " ") for cell in record] for record in records], columns=head)
    table = reshape(read_table(frame, role="performance", options=options), "performance")
    found = recognise_headings(table.headings, table="rates.csv", role="performance", options=options)
    problems = [*table.problems, *found.problems]
    findings = Findings(
        table=table, role="performance", headings=found.headings, problems=problems, by_year=found.by_year
    )
    return validate_performance([findings], SCHOOLS), findings


def rates_of(performance: Performance) -> set[str]:
    columns = ["school_id", "year", "measure", "subgroup", "text"]
    rows = performance.rates[columns].itertuples(index=False, name=None)
    return {" ".join(str(cell) for cell in row if not pd.isna(cell)).replace("graduation_", "") for row in rows}


def errors(findings: Findings) -> list[str]:
    return [f"{problem.message} {problem.remedy}" for problem in findings.problems if problem.is_error]


READ = [
    ("school_id,cohort_desc,graduation_rate 5201,4_Year_Outcome,61 5201,5_Year_Outcome,70 5202,4_Year_Outcome,91",
     {"5201 4year all 61", "5201 5year all 70", "5202 4year all 91"}),
    ("school_id,kind,graduation_rate 5201,5-year,70 5202,5-year,91",  # nothing repeats, and it is no four-year rate
     {"5201 5year all 70", "5202 5year all 91"}),
    ("school_id,Measure,Value 5201,Graduation_rate,61 5201,Dropout_rate,12 5201,Enrollment,612 5202,Still_enrolled,3",
     {"5201 4year all 61"}),
    ("school_id,Indicator,Group,Percent 5201,Six-Year_Graduation,All_Students,61 5201,Six-Year_Graduation,Female,66",
     {"5201 6year all 61", "5201 6year F 66"}),
    ("school_id,measure,subgroup,rate 5201,Graduation_rate,All,61 5201,Dropout_rate,All,12", {"5201 4year all 61"}),
    ("school_id,Demo,graduation_rate 5201,All_Students,61 5201,EcDis,51", {"5201 4year all 61", "5201 4year EcDis 51"}),
    ("school_id,Demo,graduation_rate 5201,Economically_disadvantaged,51", {"5201 4year ECD 51"}),
    ("school_id,Sex,Race,graduation_rate 5201,All,Total,61 5201,F,Total,66 5201,All,White,63",
     {"5201 4year all 61", "5201 4year F 66", "5201 4year MWH 63"}),
    ("school_id,reportingcategory,graduation_rate 5201,TA,61 5201,SH,51", {"5201 4year all 61", "5201 4year SH 51"}),
    # The same row, and the same rate, count once.
    ("school_id,graduation_rate 5201,61 5201,61 5202,91", {"5201 4year all 61", "5202 4year all 91"}),
    ("school_id,type,graduation_rate 5201,Charter,61 5201,Magnet,61", {"5201 4year all 61"}),
    ("school_id,note_2021-22,grad_rate_2021-22,grad_rate_2022-23,cohort_2022-23,graduates_2022-23 5201,,61,71,100,71",
     {"5201 2021 4year all 61", "5201 2022 4year all 71 of 100"}),
    ("school_id,grad_rate_2022-23,grad_rate_2021-22,subgroup 5201,61,71,All 5201,51,52,F",
     {"5201 2021 4year all 71", "5201 2022 4year all 61", "5201 2021 4year F 52", "5201 2022 4year F 51"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), READ)
def test_rows_are_read_for_what_they_say(text: str, expected: set[str]) -> None:
    performance, findings = judge(text)
    assert not errors(findings)
    assert rates_of(performance) == expected


ASKED = [
    "school_id,season,graduation_rate 5201,June,61 5201,August,63 5202,June,91",
    "school_id,desc,graduation_rate 5201,4_Year_Outcome,61 5201,4_Year_Outcome_August,63 5202,4_Year_Outcome,91",
    "school_id,cohort_year,graduation_rate 5201,2017,61 5201,2018,63 5202,2018,91",
    "school_id,season,type,graduation_rate 5201,June,A,61 5201,June,B,62 5201,August,A,63 5201,August,B,64",
    "school_id,subject,proficiency_reading 5201,ELA,61 5201,Science,62",
    "school_id,designation,graduation_rate 5201,CSI,61 5201,TSI,",
    "school_id,graduation_rate,graduation_rate_2021-22,graduation_rate_2022-23 5201,61,62,63",
    "school_id,2021-22,2022-23 5201,61,62",
]


@pytest.mark.parametrize("text", ASKED)
def test_what_is_not_clear_is_asked_and_the_first_remedy_works(text: str) -> None:
    _, findings = judge(text)
    (error,) = errors(findings)
    settings = re.findall(r"((?:columns|rows)\.[^=]+)=(.+?)(?= and \S*rows| to | for |,| if )", error)
    given = {name: value for name, value in settings if name.startswith("rows")} or dict(settings[:1])
    assert given, error
    options = parse_file_options([f"{name}={value}" for name, value in given.items()])["*"]
    performance, findings = judge(text, options)
    assert not errors(findings)
    assert "5201" in performance.table.index


def test_records_that_differ_in_the_rate_alone_are_an_error_each() -> None:
    _, findings = judge("school_id,graduation_rate 5201,61 5201,62 5202,91")
    assert [problem.row for problem in findings.problems if problem.is_error] == [2, 3]


def test_repeated_rows_of_schools_that_are_not_listed_do_not_matter() -> None:
    _, findings = judge("school_id,district,graduation_rate 0,A,61 0,B,62 5202,C,91")
    assert not errors(findings)


def test_the_latest_year_decides() -> None:
    options = FileOptions(year_convention="spring")
    performance, _ = judge("school_id,GradRate_2022,Grad_Rate_2023,Grad_Rate_2024 5201,55.1,58.2,71.0", options)
    row = performance.table.loc["5201"]
    assert (row["graduation_rate_low"], row["graduation_rate_high"]) == (0.71, 0.71)
    assert performance.rates["year"].tolist() == [2021, 2022, 2023]


YEARS_OF_GRADUATION = [
    ("school_id,Grad_Rate_2022,Grad_Rate_2023 5201,55,71", {"5201 2021 4year all 55", "5201 2022 4year all 71"}),
    ("school_id,Adjusted_Cohort_Grad_Rate_2022,Adjusted_Cohort_Grad_Rate_2023 5201,55,71",
     {"5201 2021 4year all 55", "5201 2022 4year all 71"}),
    ("school_id,graduates_2023,cohort_2023,graduates_2022,cohort_2022 5201,71,100,55,100",
     {"5201 2021 4year all 55 of 100", "5201 2022 4year all 71 of 100"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), YEARS_OF_GRADUATION)
def test_bare_years_of_graduation_rates_are_those_in_which_students_graduate(text: str, expected: set[str]) -> None:
    options = FileOptions(columns={"graduation_rate": "Adjusted_Cohort_Grad_Rate YEAR"} if "Adjusted" in text else {})
    performance, findings = judge(text, options)
    assert not errors(findings)
    assert rates_of(performance) == expected
    (warning,) = [problem for problem in findings.problems if "students graduate" in problem.message]
    assert "2023 is 2022-23" in warning.message
    assert "year_convention=fall" in warning.remedy


def test_years_of_cohorts_may_be_those_of_entry_and_are_asked_about() -> None:
    options = FileOptions(columns={"graduation_rate": "grad_rate_YEAR_cohort"})
    _, findings = judge("school_id,grad_rate_2018_cohort,grad_rate_2019_cohort 5201,61,62", options)
    assert "year_convention=spring" in errors(findings)[0]


@pytest.mark.parametrize("measures", [("growth_score",), ("graduation_rate", "growth_score")])
def test_bare_years_of_other_measures_are_asked_about(measures: tuple[str, ...]) -> None:
    headings = [f"{measure}_{year}" for measure in measures for year in (2022, 2023)]
    _, findings = judge(f"school_id,{','.join(headings)} 5201{',61' * len(headings)}")
    assert len(errors(findings)) == 1


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        ("4 Year Outcome", "graduation_4year"),
        ("2018 Total Cohort - 5 Year Outcome - August 2023", "graduation_5year"),
        ("Six-Year Adjusted Cohort", "graduation_6year"),
        ("3-yr", "graduation_3year"),
        ("Graduation Rate", "graduation_4year"),
        ("Percent Graduated", "graduation_4year"),
        ("ACGR", "graduation_4year"),
        ("4-Year Dropout Rate", OTHER_KIND),
        ("Still Enrolled", OTHER_KIND),
        ("GED", OTHER_KIND),
        ("Non-graduates", OTHER_KIND),
        ("Number of Graduates", OTHER_KIND),
        ("4- and 5-year graduation rate", OTHER_KIND),
        ("All Students", None),
        ("Mathematics", None),
        ("2022-23", None),
        ("", None),
    ],
)
def test_words_of_a_kind_of_rate(entry: str, kind: str | None) -> None:
    assert kind_of_entry(entry) == kind


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("school_id,end,graduation_rate 5201,Continue,15 5201,Dropout,4 5201,Graduate,80 5201,Unknown,1", "Graduate"),
        ("school_id,end,graduation_rate 5201,Graduated,80 5201,Still_enrolled,15", "Graduated"),
        ("school_id,end,graduation_rate 5201,Finished,80 5201,Dropped_out,15 5201,Moved,5", "ENTRY"),
    ],
)
def test_of_rows_of_several_outcomes_that_of_graduates_is_offered(text: str, entry: str) -> None:
    _, findings = judge(text)
    (error,) = errors(findings)
    assert f"rows.end={entry}" in error
    assert ("means graduated" in error) == (entry == "ENTRY")


def test_a_column_called_a_status_at_the_end_says_which_rows_are_graduates() -> None:
    performance, findings = judge("school_id,ending_status,graduation_rate 5201,Continue,15 5201,Graduate,80")
    assert not errors(findings)
    assert rates_of(performance) == {"5201 4year all 80"}


def test_totals_are_all_students() -> None:
    performance, _ = judge("school_id,subgroup,graduation_rate 5201,Totals,61 5201,White,70")
    assert rates_of(performance) == {"5201 4year all 61", "5201 4year MWH 70"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("school_id,CohortLength,graduation_rate 5201,4,61 5201,5,70 5202,4,91",
         {"5201 4year all 61", "5201 5year all 70", "5202 4year all 91"}),
        ("school_id,GradRateType,graduation_rate 5201,4,61 5201,7,75", {"5201 4year all 61"}),
        ("school_id,cohort_type,graduation_rate 5201,5,70 5202,5,91", {"5201 5year all 70", "5202 5year all 91"}),
        ("school_id,Number_of_Years,graduation_rate 5201,4,61 5202,4,91", {"5201 4year all 61", "5202 4year all 91"}),
    ],
)  # fmt: skip
def test_numbers_of_years_say_which_rate_a_row_holds(text: str, expected: set[str]) -> None:
    performance, findings = judge(text)
    assert not errors(findings)
    assert rates_of(performance) == expected


@pytest.mark.parametrize(
    ("cells", "options", "expected"),
    [
        ("3 1 5", {}, set()),
        ("3 1 5", {"rate_unit": "percent"}, {"5201 4year all 3", "5202 4year all 1"}),
        ("3 1 5", {"columns": {"graduation_rate": "graduation_rate"}}, {"5201 4year all 3", "5202 4year all 1"}),
        ("3 1 50", {}, {"5201 4year all 3", "5202 4year all 1"}),
        ("0 1 1", {}, {"5201 4year all 0", "5202 4year all 1"}),
    ],
)
def test_points_are_no_rates(cells: str, options: dict[str, object], expected: set[str]) -> None:
    rows = zip(("5201", "5202", "5203"), cells.split(), strict=True)
    text = "school_id,graduation_rate " + " ".join(",".join(row) for row in rows)
    performance, findings = judge(text, FileOptions(**options))  # type: ignore[arg-type]
    assert rates_of(performance) == expected
    assert any("as points or ratings do" in problem.message for problem in findings.problems) == (not expected)


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("No Yes", {"5201 4year all 61", "5202 4year all PS"}),
        ("0 1", {"5201 4year all 61", "5202 4year all PS"}),
        ("No No", {"5201 4year all 61", "5202 4year all 0"}),
        ("none low", {"5201 4year all 61", "5202 4year all 0"}),  # no flag
    ],
)
def test_a_rate_that_is_flagged_as_suppressed_is(flags: str, expected: set[str]) -> None:
    first, second = flags.split()
    performance, _ = judge(f"school_id,Suppressed,graduation_rate 5201,{first},61 5202,{second},0")
    assert rates_of(performance) == expected
    blank, _ = judge(f"school_id,Suppressed,graduation_rate 5201,{first},61 5202,{second},")
    assert ("5202 4year all PS" in rates_of(blank)) == ("5202 4year all PS" in expected)


def test_a_blank_cell_beside_groups_of_students_is_offered_as_that_of_all() -> None:
    text = "school_id,sex_of,graduation_rate 5201,,61 5201,Female,66 5202,,91 5202,Female,95"
    (error,) = errors(judge(text)[1])
    assert "rows.sex_of=blank to" in error
    performance, findings = judge(text, parse_file_options(["rows.sex_of=blank"])["*"])
    assert not errors(findings)
    assert rates_of(performance) == {"5201 4year all 61", "5202 4year all 91"}


def test_points_ranks_and_targets_in_rows_are_no_rates() -> None:
    text = "school_id,Measure,Value 5201,Graduation_Rate,61 5201,Graduation_Rate_Rank,12 5201,Graduation_Rate_Points,20"
    performance, findings = judge(text)
    assert not errors(findings)
    assert rates_of(performance) == {"5201 4year all 61"}


def test_years_tell_records_apart_whatever_their_column_is_called() -> None:
    (error,) = errors(judge("school_id,Finished,graduation_rate 5201,2022,61 5201,2023,63 5202,2023,55")[1])
    assert "rows.Finished=2023 to" in error
