"""Files of which no record is used are errors that say why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clustering import InputError, read_scenario
from clustering.errors import Problem

SCHOOLS = "school_id,name,grades,lat,lon\n0101,Oak,9-12,42.1,-71.1\n0102,Elm,6-8,42.1,-71.2\n"
UNLISTED = "No record of the file is used: none of its schools is in the schools files."


def error_of(folder: Path, role: str, content: str, **said: Any) -> Problem:
    (folder / "schools.csv").write_text(SCHOOLS)
    (folder / "other.csv").write_text(content)
    files: dict[str, Any] = {"schools": [folder / "schools.csv"]}
    files[role] = [*files.get(role, []), folder / "other.csv"]
    with pytest.raises(InputError) as caught:
        read_scenario(require_flows=False, **files, **said)
    (problem,) = caught.value.problems
    assert problem.table == "other.csv"
    return problem


@pytest.mark.parametrize(
    ("role", "content"),
    [
        ("performance", "school_id,graduation_rate\nX1,60\nX2,70\n"),
        ("flows", "origin,destination,students\nX1,X2,60\nX2,X3,70\n"),
        ("flows", "origin,X3,X4\nX1,40,50\nX2,40,50\n"),
        ("crosswalk", "old_id,new_id,confirmed\nX1,X2,no\n"),
    ],
)
def test_a_file_of_schools_that_are_not_listed(tmp_path: Path, role: str, content: str) -> None:
    problem = error_of(tmp_path, role, content)
    assert problem.message.startswith(UNLISTED)
    assert "like X1" in problem.message
    assert "0101 and 0102" in problem.message
    assert "Leave the file out" in problem.remedy
    assert problem.row == 2


def test_enrolment_by_grade_of_schools_that_are_not_listed(tmp_path: Path) -> None:
    rows = "".join(f"X1,{grade},20\n" for grade in range(9, 13))  # without rows of totals
    problem = error_of(tmp_path, "schools", f"school_id,grade,students\n{rows}")
    assert problem.message.startswith(UNLISTED)
    assert "columns.school_id=A+B" in problem.remedy


def test_the_column_that_has_the_listed_identifiers_is_named_and_works(tmp_path: Path) -> None:
    content = "ours,school_id,graduation_rate\n0101,X1,60\n0102,X2,70\n"
    assert "Set other.csv:columns.school_id=ours:" in error_of(tmp_path, "performance", content).remedy
    files = {"schools": tmp_path / "schools.csv", "performance": tmp_path / "other.csv"}
    scenario = read_scenario(require_flows=False, options=["other.csv:columns.school_id=ours"], **files)
    assert scenario.performance["graduation_rate_low"].tolist() == [0.6, 0.7]


def test_the_column_of_the_schools_file_that_has_the_identifiers_is_named_and_works(tmp_path: Path) -> None:
    schools, rates = tmp_path / "schools.csv", tmp_path / "rates.csv"
    schools.write_text("NCES School ID,School Number,Name\n490003000101,0101,Oak\n490003000102,0102,Elm\n")
    rates.write_text("school_id,graduation_rate\n0101,60\n0102,70\n")
    files: dict[str, Any] = {"schools": schools, "performance": rates, "require_flows": False}
    with pytest.raises(InputError, match="Set schools.csv:columns.school_id=School Number: this column has the"):
        read_scenario(**files)
    scenario = read_scenario(options=["schools.csv:columns.school_id=School Number"], **files)
    assert scenario.performance["graduation_rate_low"].tolist() == [0.6, 0.7]


def test_the_most_frequent_reason_is_said_with_an_example(tmp_path: Path) -> None:
    problem = error_of(tmp_path, "population", "lat,lon,population\n,,3\n,,4\n")
    assert problem.message == (
        "No record of the file is used: 2 of 2 are set aside, this one among them. The point has no usable coordinates."
    )
    problem = error_of(tmp_path, "schools", "school_id,name\n,Oak\n,Elm\n")
    assert "The school has no identifier." in problem.message


def test_one_listed_school_is_enough(tmp_path: Path) -> None:
    (tmp_path / "schools.csv").write_text(SCHOOLS)
    (tmp_path / "rates.csv").write_text("school_id,graduation_rate\nX1,60\n0101,70\n")
    scenario = read_scenario(schools=tmp_path / "schools.csv", performance=tmp_path / "rates.csv", require_flows=False)
    assert scenario.report.files[1].rows_set_aside == 1
