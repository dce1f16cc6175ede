"""Cells that are too long to be one entry: stray quotation marks and whole books."""

from __future__ import annotations

from pathlib import Path

import pytest

from clustering import InputError, read_scenario
from tests.examples.faulty_toy import problems_of, with_cell
from tests.examples.toy_district import toy_flows, toy_scenario, toy_schools


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ('school_id,name\n0001,"Oak\n0002,Elm\n', 2),  # to the end of the file
        ('school_id,name,city\n0001,Ash,X\n0002,"Oak,X\n0003,Elm",X\n', 3),  # to the next stray mark: a sound table
    ],
)
def test_a_quotation_mark_that_swallows_records_is_an_error(tmp_path: Path, text: str, row: int) -> None:
    path = tmp_path / "schools.csv"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_scenario(schools=[path], flows=[toy_flows()])
    assert [(problem.row, problem.column) for problem in caught.value.problems] == [(row, "name")]
    assert "line break" in caught.value.problems[0].message


def test_line_breaks_in_a_column_that_is_not_used_are_a_warning() -> None:
    report = toy_scenario(toy_schools().assign(address=["1 Main St\nSuite 2"] + [""] * 10)).report
    assert [problem.column for problem in report.warnings] == ["address"]


def test_a_cell_as_long_as_a_book_is_an_error() -> None:
    found = problems_of(schools=with_cell(toy_schools(), 4, "name", "x" * 501))
    assert [(problem.row, problem.column) for problem in found] == [(6, "name")]
    assert len(found[0].value or "") == 200
