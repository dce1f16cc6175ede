"""Rates of all files together: years, repeats, the first file counts; and the real file, cell by cell."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from clustering.validation.rates.performance import validate_performance
from tests.examples.rate_files import (
    EAST,
    NORTH,
    SCHOOLS,
    WEST,
    WIDE,
    express,
    judge,
    messages,
    open_file,
    own,
    set_aside,
)


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


def test_a_rate_that_stands_twice_is_an_error_in_both_rows() -> None:
    _, (findings,) = judge(pd.DataFrame([express(WEST, "61%"), express(EAST, "50%"), express(WEST, "62%")]))
    found = [(problem.row, problem.value) for problem in findings.problems if problem.is_error]
    assert found == [(2, WEST), (4, WEST)]


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
    performance = validate_performance([findings], SCHOOLS)
    assert performance.table["graduation_rate_text"].tolist() == ["91", "GE95", "PS"]
    assert findings.problems == []
    assert findings.kept().all()


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
    performance = validate_performance([findings], pd.Index(sorted(record["NCESSCH"] for record in records)))
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
