"""Marks, units, decimal commas and empty cohorts in files of rates, and the options that settle them."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from clustering import FileOptions
from clustering.validation.findings import Findings
from clustering.validation.rates.performance import Performance, validate_performance
from tests.examples.rate_files import SCHOOLS, WIDE, open_file, own


def with_options(table: pd.DataFrame, **options: str) -> tuple[Performance, Findings]:
    findings = open_file(table)
    findings = replace(findings, table=replace(findings.table, options=FileOptions(**options)))
    return validate_performance([findings], SCHOOLS), findings


def test_a_mark_is_named_once_with_its_cells_and_its_remedy_works() -> None:
    table = own(["NC", "61.5", "NC"])
    performance, findings = with_options(table)
    (problem,) = findings.problems
    assert (problem.row, problem.value, problem.further_records, problem.is_error) == (2, "NC", 1, False)
    name = problem.table
    assert problem.remedy.startswith(f"Set {name}:suppressed=NC if the mark means suppressed, or {name}:missing=NC")
    assert performance.rates["status"].tolist() == ["missing", "exact", "missing"]
    for options, status in (({"suppressed": "NC"}, "suppressed"), ({"missing": "x,NC"}, "missing")):
        performance, findings = with_options(table, **options)
        assert findings.problems == []
        assert performance.rates["status"].tolist() == [status, "exact", status]
        assert performance.rates["text"].tolist()[0] == "NC"


def test_footnotes_are_named_by_their_sign_and_never_read() -> None:
    performance, findings = with_options(own(["66.7*", "61.5", "50*"]))
    (problem,) = findings.problems
    assert (problem.value, problem.further_records) == ("66.7*", 1)
    assert problem.remedy.startswith("Delete the sign * if")
    assert performance.rates["exact"].tolist()[1:2] == [0.615]
    assert performance.rates["status"].tolist() == ["missing", "exact", "missing"]


def test_a_column_of_which_hardly_a_cell_can_be_read_is_refused_and_the_remedy_works() -> None:
    _, findings = with_options(own(["NC", "NC", ""]))
    (problem,) = findings.problems
    assert (problem.is_error, problem.message) == (True, "The graduation rate cannot be read.")
    assert with_options(own(["NC", "NC", ""]), missing="NC")[1].problems == []


def test_a_lone_rate_under_one_per_cent_is_warned_of_and_settled_by_the_option() -> None:
    table = own(["0.7", "66.5", "91.2"])
    performance, findings = with_options(table)
    (problem,) = findings.problems
    assert (problem.row, problem.value, problem.is_error) == (2, "0.7", False)
    assert performance.rates["exact"].tolist() == [0.007, 0.665, 0.912]
    assert with_options(table, rate_unit="percent")[1].problems == []
    _, findings = with_options(table, rate_unit="share")  # 66.5 is no share
    assert [problem.value for problem in findings.problems] == ["66.5", "91.2"]


@pytest.mark.parametrize("unit", ["percent", "share"])
def test_the_option_settles_a_column_with_both_and_one_of_ones(unit: str) -> None:
    assert [problem.is_error for problem in with_options(own(["0.42", "67", "1"]))[1].problems] == [True]
    assert not any(problem.is_error for problem in with_options(own(["0.42", "67", "1"]), rate_unit=unit)[1].problems)
    performance, findings = with_options(own(["1", "0", "PS"]), rate_unit=unit)
    assert findings.problems == []
    assert performance.rates["exact"].tolist()[0] == (0.01 if unit == "percent" else 1.0)


def test_decimal_commas_are_read_where_all_numbers_have_them() -> None:
    performance, findings = with_options(own(["61,5", "70", "PS"]))
    assert findings.problems == []
    assert performance.rates["exact"].tolist()[:2] == [0.615, 0.7]
    _, findings = with_options(own(["61,5", "70.5", "PS"]))
    assert [(problem.value, problem.is_error) for problem in findings.problems] == [("61,5", False)]


@pytest.mark.parametrize("layout", ["own", "wide", "long"])
def test_nobody_in_the_cohort_is_no_rate_in_any_layout(layout: str) -> None:
    rates, cohorts = ["0", "50", "40"], ["0", "100", "0"]
    if layout == "own":
        table = own(rates, cohort=cohorts)
    elif layout == "wide":
        table = WIDE[["NCESSCH"]].assign(ALL_RATE_1718=rates, ALL_COHORT_1718=cohorts)
    else:
        table = pd.DataFrame({"NCESSCH": WIDE["NCESSCH"], "CATEGORY": "ALL", "COHORT": cohorts, "RATE": rates})
    performance, findings = with_options(table)
    assert performance.rates["status"].tolist() == ["missing", "exact", "missing"]
    assert performance.rates["text"].isna().tolist() == [True, False, True]
    (problem,) = findings.problems  # only a rate that is given is told of
    assert (problem.row, problem.is_error) == (4, False)
    assert "cohort has no students" in problem.message
