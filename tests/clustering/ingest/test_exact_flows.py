"""Files of exact counts that are read to be protected."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from clustering import InputError, read_exact_flows

HEADER = "origin,destination,grade,next_grade,school_year,students\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "counts.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_are_read_as_they_are(tmp_path: Path) -> None:
    rows = "007,008,5,6,2022-23,12\n007,,5,,2022-23,3\n,008,,6,2022-23,0\n"
    flows = read_exact_flows(write(tmp_path, HEADER + rows))
    assert flows["origin"].fillna("").tolist() == ["007", "007", ""]
    assert flows["destination"].fillna("").tolist() == ["008", "", "008"]
    assert flows["students"].tolist() == [12, 3, 0]
    assert flows["grade"].tolist() == [5, 5, pd.NA]
    assert flows["next_grade"].tolist() == [6, pd.NA, 6]
    assert flows["year"].tolist() == [2022, 2022, 2022]


def test_a_column_per_destination_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, "origin,school_year,middle_1,middle_2\ne1,2022-23,12,3\ne2,2022-23,30,1\n")
    flows = read_exact_flows(path, options=["counts.csv:kind=matrix"])
    assert sorted(flows[["origin", "destination", "students"]].itertuples(index=False, name=None)) == [
        ("e1", "middle_1", 12),
        ("e1", "middle_2", 3),
        ("e2", "middle_1", 30),
        ("e2", "middle_2", 1),
    ]


@pytest.mark.parametrize("cell", ["*", "<10", "-1", "3.5", "", "=2+2", "1e3000", "2000000"])
def test_counts_that_are_not_exact_are_refused_and_not_shown(cell: str, tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + f"a,b,5,6,2022-23,{cell}\na,c,5,6,2022-23,20\n")
    with pytest.raises(InputError, match="not an exact number of students") as refused:
        read_exact_flows(path)
    (problem,) = refused.value.problems
    assert (problem.row, problem.column) == (2, "students")
    assert problem.value is None or not any(sign.isdigit() for sign in problem.value)


def test_faults_of_a_file_are_told_together(tmp_path: Path) -> None:
    rows = "1.00005E+11,b,5,6,2022-23,12\n,,5,6,2022-23,12\na,b,77,6,2022-23,12\n"
    with pytest.raises(InputError) as refused:
        read_exact_flows(write(tmp_path, HEADER + rows))
    said = " ".join(problem.message for problem in refused.value.problems)
    for message in ("turned the identifier into a number", "neither an origin nor a destination", "not a grade"):
        assert message in said


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="destination"):
        read_exact_flows(write(tmp_path, "school_id,name,grades\n1,North,9-12\n"))
