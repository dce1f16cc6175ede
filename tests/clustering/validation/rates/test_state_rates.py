"""Rates and scores of a state's own list, judged by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.examples.rate_files import EAST, NORTH, WEST, judge, judge_own, messages, own, rows_of


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
    assert message == "<10 is read as a rate below 10 percent, not as a small number of students."


def test_a_states_own_list_gives_a_rate_of_no_year_and_its_lists() -> None:
    performance, _ = judge(own(["0.93", "0.5", ""], designation=["CSI", "", "TSI"]))
    assert rows_of(performance, "school_id", "subgroup", "exact", "text") == [
        (WEST, "all", 0.93, "0.93"),
        (EAST, "all", 0.5, "0.5"),
    ]
    assert performance.rates["year"].isna().all()
    assert performance.table["designation"].tolist()[::2] == ["CSI", "TSI"]
    assert performance.table["graduation_rate_status"].tolist() == ["exact", "exact", "missing"]


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


def test_a_score_that_is_no_number_is_named_and_not_known() -> None:
    _, findings = judge_own(index_score=["50", "about 60", "1e999"])
    found = [(problem.row, problem.column, problem.value, problem.message) for problem in findings.problems]
    message = "The number of points cannot be read. It counts as not known."
    assert found == [(3, "index_score", "about 60", message), (4, "index_score", "1e999", message)]


def test_columns_of_one_list_are_in_shares_or_per_cents_each_by_itself() -> None:
    performance, findings = judge_own(graduation_rate=["0.66", "0.7", "1"], math_proficiency=["41", "1", "60-69"])
    assert findings.problems == []
    by_measure = performance.rates.groupby("measure")["low"].agg(list).to_dict()
    assert by_measure == {"graduation_4year": [0.66, 0.7, 1.0], "proficiency_mathematics": [0.41, 0.01, 0.6]}


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
    (problem,) = (each for each in findings.problems if each.is_error)
    assert (problem.row, problem.column) == (2, "group")
    assert "rows.group=All " in problem.remedy
