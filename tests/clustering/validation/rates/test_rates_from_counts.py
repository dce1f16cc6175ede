"""Graduates and cohorts give a rate where none is published, or where they agree with it."""

from __future__ import annotations

import pandas as pd
import pytest

from clustering.validation.rates.performance import validate_performance
from tests.examples.rate_files import SCHOOLS, WEST, judge_own, open_file, rows_of


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


def test_counts_that_cannot_be_are_named_by_cell() -> None:
    _, findings = judge_own(graduates=["507", "3", "many"], cohort=["506", "0", "few"])
    found = {
        (problem.row, problem.column, problem.value, problem.message, problem.is_error) for problem in findings.problems
    }
    more = "There are more graduates than students in the cohort."
    assert found == {
        (2, "graduates", None, more, True),
        (3, "graduates", None, more, True),
        (4, "graduates", "many", "The number of graduates cannot be read. It counts as not known.", False),
        (4, "cohort", "few", "The size of the cohort cannot be read. It counts as not known.", False),
    }


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
    performance = validate_performance([findings], SCHOOLS)
    assert findings.problems == []
    assert rows_of(performance, "measure", "text")[:2] == [("graduation_4year", "351 of 506"), ("index", "1")]
    assert performance.table.loc[WEST, "index"] == "a"  # the bare word is a list beside the schools
