"""Files of rates in the forms of EDFacts, ED Data Express and a state's own list, and what is read of them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from clustering.readers.read_table import read_table
from clustering.readers.recognition.headings import recognise_headings
from clustering.validation.findings import Findings
from clustering.validation.rates.performance import Performance, validate_performance

WEST, EAST, NORTH = "010000500871", "010000600872", "020000100001"


SCHOOLS = pd.Index([WEST, EAST, NORTH])


Row = tuple[object, ...]


def open_file(table: pd.DataFrame | Path, role: str = "performance") -> Findings:
    raw = read_table(table, role=role)
    recognised = recognise_headings(raw.headings, table=raw.name, role=role, options=raw.options)
    assert recognised.problems == []
    return Findings(table=raw, role=role, headings=recognised.headings, by_year=recognised.by_year)


def judge(*tables: pd.DataFrame, schools: pd.Index = SCHOOLS) -> tuple[Performance, list[Findings]]:
    files = [open_file(table) for table in tables]
    return validate_performance(files, schools), files


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


def own(rates: list[str], **columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"school_id": SCHOOLS[: len(rates)], "graduation_rate": rates, **columns})


def judge_own(**columns: list[str]) -> tuple[Performance, Findings]:
    """A state's own list of West, East and North, row by row."""
    performance, (findings,) = judge(pd.DataFrame({"school_id": SCHOOLS, **columns}))
    return performance, findings
