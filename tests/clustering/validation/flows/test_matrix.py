"""Tables of flows that are wider than long: a column for each destination, or one for each year."""

from __future__ import annotations

import pandas as pd
import pytest

from clustering.readers.file_options import FileOptions
from clustering.readers.read_table import read_table
from clustering.readers.recognition.headings import recognise_headings
from clustering.validation.findings import Findings
from clustering.validation.flows.flows import listed_schools, rows_of_cells, validate_flow_file
from clustering.validation.flows.matrix import is_matrix
from clustering.validation.rows_without_school.rows import without_rows_of_no_school

SCHOOLS = listed_schools(pd.Series({"5201": 0, "5202": 0, "5203": 0}))
NO_OPTIONS = FileOptions()


def open_flows(text: str, options: FileOptions = NO_OPTIONS) -> Findings:
    head, *records = [line.split(",") for line in text.split(";")]
    table = read_table(pd.DataFrame(records, columns=head), role="flows", options=options)
    found = recognise_headings(table.headings, table="flows.csv", role="flows", options=options)
    table = without_rows_of_no_school(table, found.headings, "flows")
    problems = [] if is_matrix(table.kind) else found.problems
    return Findings(table=table, role="flows", headings=found.headings, problems=problems, by_year=found.by_year)


def flows_of(findings: Findings) -> set[tuple[object, ...]]:
    rows = rows_of_cells(validate_flow_file(findings, SCHOOLS))
    named = rows[["origin", "destination", "year", "students"]].astype("object")
    return set(named.where(named.notna(), None).itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("headings", "convention", "years"),
    [
        ("students_2022,students_2023", "fall", (2022, 2023)),
        ("students_2022,students_2023", "spring", (2021, 2022)),
        ("Students 2021-22,Students 2022-23", None, (2021, 2022)),
        ("SY22 Students,SY23 Students", "fall", (2022, 2023)),
        ("2019-20,2020-21", None, (2019, 2020)),
        ("2022,2023", "fall", (2022, 2023)),
    ],
)
def test_students_by_year_are_a_flow_each(headings: str, convention: str | None, years: tuple[int, int]) -> None:
    options = FileOptions(year_convention=convention)
    findings = open_flows(f"origin,destination,grade,{headings};5202,5201,8,120,110;5203,5201,8,,-1", options)
    assert flows_of(findings) == {
        ("5202", "5201", years[0], 120.0),
        ("5202", "5201", years[1], 110.0),
        ("5203", "5201", years[1], None),
    }
    assert not [problem for problem in findings.problems if problem.is_error]


def test_a_fault_names_the_column_of_its_year_and_bare_years_are_asked_for() -> None:
    findings = open_flows("origin,destination,students 2022,students 2023;5202,5201,120,x")
    flows_of(findings)
    errors = [(problem.row, problem.column) for problem in findings.problems if problem.is_error]
    assert errors == [(2, "students 2023"), (None, "students 2023")]


@pytest.mark.parametrize(
    ("column", "destination"),
    [
        ("Out of district", "Out of district"),
        ("Charter", "Charter"),
        ("Left", None),
        ("Withdrew", None),
    ],
)
def test_a_matrix_may_have_a_column_that_is_no_school(column: str, destination: str | None) -> None:
    findings = open_flows(f"origin,5201,5203,{column},Total;5202,120,30,12,162;Total,120,30,12,162")
    assert flows_of(findings) == {
        ("5202", "5201", None, 120.0),
        ("5202", "5203", None, 30.0),
        ("5202", destination, None, 12.0),
    }
    said = {(problem.column, problem.value) for problem in findings.problems}
    assert ("Left" in column or column == "Withdrew") == ((column, None) in said)


@pytest.mark.parametrize(
    ("headings", "matrix"),
    [
        ("origin,5201,5203", True),
        ("origin,2021,2022", False),  # years are never schools
        ("origin,2021-22,2022-23", False),
        ("origin,destination,5201,5203", False),  # destinations are named
        ("origin,5201,5203,Weird", False),
        ("origin,5201,5203,students", False),
    ],
)
def test_which_headings_are_a_matrix(headings: str, *, matrix: bool) -> None:
    findings = open_flows(f"{headings};{','.join('1' for _ in headings.split(','))}")
    assert is_matrix(findings.table.kind) == matrix
    if "Weird" in headings:
        assert any("kind=matrix" in problem.remedy for problem in findings.problems)


def test_a_matrix_is_read_as_the_user_says() -> None:
    findings = open_flows("origin,5201,Weird,2022;5202,120,12,3", FileOptions(kind="matrix"))
    assert flows_of(findings) == {
        ("5202", "5201", None, 120.0),
        ("5202", "Weird", None, 12.0),
        ("5202", "2022", None, 3.0),
    }


def test_a_destination_that_the_user_names_makes_it_no_matrix() -> None:
    options = FileOptions(columns={"destination": "hs1", "students": "count9"})
    assert flows_of(open_flows("origin,hs1,count9;5202,5201,12", options)) == {("5202", "5201", None, 12.0)}


def test_a_column_of_words_is_no_destination() -> None:
    options = FileOptions(kind="matrix")
    findings = open_flows(
        "origin,Zoned Name,5201,5203,Hidden;5202,Kirksey,120,<10,Masked;5203,Powell,9,3,Masked", options
    )
    destinations = {destination for _, destination, _, _ in flows_of(findings)}
    assert "Zoned Name" not in destinations
    assert {"5201", "5203"} <= destinations
    (warning,) = [problem for problem in findings.problems if problem.column == "Zoned Name"]
    assert not warning.is_error
