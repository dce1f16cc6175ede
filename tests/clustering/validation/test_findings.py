"""Every problem at once, with file, row, column, value and remedy."""

from __future__ import annotations

import pytest

from tests.examples.faulty_toy import problems_of, with_cell
from tests.examples.toy_district import toy_flows, toy_schools


@pytest.mark.parametrize(
    ("table", "place", "column", "value", "message"),
    [
        ("schools", 1, "school_id", "0001", "more than once"),
        ("schools", 2, "school_id", "1.00005E+11", "turned the identifier into a number"),
        ("schools", 2, "school_id", "x" * 65, "longer than 64"),
        ("schools", 2, "lat", "412", "outside -90 to 90"),
        ("schools", 2, "lon", "-181", "outside -180 to 180"),
        ("schools", 9, "graduation_rate", "0.55", "both shares"),
        ("flows", 0, "origin", "", "identifier is missing"),
        ("flows", 0, "students", "-5", "not a number of students"),
        ("flows", 0, "students", "", "not a number of students"),
        ("flows", 0, "students", "sixty", "not a number of students"),
        ("flows", 0, "school_year", "2022-24", "not a school year"),
        ("flows", 0, "origin", "1", "lost its leading zero"),
        ("flows", 0, "destination", "7", "lost its leading zero"),
    ],
)
def test_one_bad_cell_is_named_with_its_remedy(table: str, place: int, column: str, value: str, message: str) -> None:
    schools, flows = toy_schools(), toy_flows()
    if table == "schools":
        found = problems_of(schools=with_cell(schools, place, column, value))
    else:
        found = problems_of(flows=with_cell(flows, place, column, value))
    matching = [problem for problem in found if message in problem.message]
    assert matching, found
    shown = None if column == "students" and value in ("-5", "sixty") else value  # no number of students is ever shown
    if "both shares" not in message:
        assert any(
            problem.row == place + 2 and problem.column == column and problem.value == shown for problem in matching
        )


def test_all_problems_of_all_files_come_at_once() -> None:
    schools = with_cell(with_cell(toy_schools(), 0, "lat", "412"), 3, "lon", "181")
    flows = with_cell(with_cell(toy_flows(), 1, "students", "-7"), 5, "school_year", "x")
    found = problems_of(schools, flows)
    assert [(problem.row, problem.column) for problem in found] == [
        (2, "lat"),
        (5, "lon"),
        (3, "students"),
        (7, "school_year"),
    ]


def test_missing_columns_of_all_files_come_at_once() -> None:
    found = problems_of(toy_schools().drop(columns="school_id"), toy_flows().drop(columns=["destination", "students"]))
    assert [problem.column for problem in found] == ["school_id", "destination", "students"]
    assert all("Rename the column" in problem.remedy for problem in found)
