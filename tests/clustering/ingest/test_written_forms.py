"""One table, however it is written."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clustering import Scenario, SourceFile, read_scenario
from tests.examples.reading_desk import Desk, account
from tests.examples.sound_files import (
    csv,
    flow_matrix,
    lines,
    with_cell,
    workbook,
)
from tests.examples.toy_district import FLOWS, toy_flows, toy_schools


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def _parquet(table: pd.DataFrame) -> bytes:
    whole = io.BytesIO()
    table.to_parquet(whole, index=False)
    return whole.getvalue()


def _rows(table: pd.DataFrame) -> list[list[str]]:
    return [list(table.columns), *table.astype("str").to_numpy().tolist()]


def _text(table: pd.DataFrame, separator: str = ",", encoding: str = "utf-8") -> bytes:
    return lines(_rows(table), separator).decode().encode(encoding)


def _titled(table: pd.DataFrame) -> bytes:
    """A workbook in which a title stands above the table."""
    whole = io.BytesIO()
    with pd.ExcelWriter(whole) as writer:
        pd.DataFrame([["Promotions of a district"]]).to_excel(writer, index=False, header=False)
        table.to_excel(writer, index=False, startrow=2)
    return whole.getvalue()


def _numbers(table: pd.DataFrame) -> pd.DataFrame:
    """Counts as numbers, as a workbook or Parquet would have them."""
    return table.assign(students=table["students"].astype("int64"))


FORMS: dict[str, Any] = {
    "comma": _text,
    "tab": lambda table: _text(table, "\t"),
    "pipe": lambda table: _text(table, "|"),
    "caret": lambda table: _text(table, "^"),
    "semicolon": lambda table: _text(table, ";"),
    "byte order mark": lambda table: _text(table, encoding="utf-8-sig"),
    "UTF-16": lambda table: _text(table, "\t", "utf-16"),
    "UTF-16 big-endian, unmarked": lambda table: _text(table, encoding="utf-16-be"),
    "UTF-16 little-endian, unmarked": lambda table: _text(table, encoding="utf-16-le"),
    "cp1252": lambda table: _text(table, ";", "cp1252"),
    "carriage returns": lambda table: _text(table).replace(b"\n", b"\r\n"),
    "bare carriage returns": lambda table: _text(table).replace(b"\n", b"\r"),
    "no last line end": lambda table: _text(table).rstrip(b"\n"),
    "quoted": lambda table: table.to_csv(index=False, quoting=1, lineterminator="\n").encode(),
    "Excel's own zeros": lambda table: _text(table.assign(origin='"=""' + table["origin"] + '"""')),
    "workbook": lambda table: workbook(flows=_numbers(table)),
    "workbook of texts": lambda table: workbook(flows=table),
    "workbook with a title": _titled,
    "Parquet": lambda table: _parquet(_numbers(table)),
    "Parquet of texts": _parquet,
    "Parquet of categories": lambda table: _parquet(table.astype("category")),
    "another order of columns": lambda table: _text(table[table.columns[::-1]]),
    "another order of records": lambda table: _text(table[::-1]),
}


def named_flows() -> pd.DataFrame:
    """The toy district's flows with a column that needs more than ASCII."""
    return toy_flows().assign(school_name="École Ñandú")


@cache
def scenario_as_text() -> Scenario:
    """These flows read from comma-separated text."""
    with TemporaryDirectory() as folder:
        return Desk(Path(folder)).read(flows=_text(named_flows()))


@cache
def scenario_of_csv() -> Scenario:
    """The toy district's own flows, long."""
    with TemporaryDirectory() as folder:
        return Desk(Path(folder)).read(flows=csv(toy_flows()))


@pytest.mark.parametrize("form", FORMS)
def test_the_same_flows_give_the_same_table_however_they_are_written(desk: Desk, form: str) -> None:
    scenario = desk.read(flows=FORMS[form](named_flows()))
    flows = scenario.flows
    # By hand: the list that the toy district is made of.
    found = zip(flows["origin"], flows["destination"], flows["grade"], flows["students"], strict=True)
    assert sorted((str(a), str(b), int(c), float(d)) for a, b, c, d in found) == sorted(
        (origin, destination, grade, float(count)) for origin, destination, grade, count in FLOWS
    )
    assert set(flows["year"]) == {2022}
    assert set(flows["next_grade"]) == {6, 9}
    expected = scenario_as_text()
    pd.testing.assert_frame_equal(flows, expected.flows)
    assert scenario.content_sha256 == expected.content_sha256
    assert account(scenario.report, "f") == (14, 14, {})


@pytest.mark.parametrize("form", ["comma", "tab", "workbook", "Parquet"])
def test_a_matrix_gives_the_students_of_the_long_table(desk: Desk, form: str) -> None:
    matrix = flow_matrix()
    data = {"workbook": lambda: workbook(a=matrix), "Parquet": lambda: _parquet(matrix)}.get(
        form, lambda: _text(matrix, {"comma": ",", "tab": "\t"}.get(form, ","))
    )()
    scenario = desk.read(flows=data)
    columns = ["origin", "destination", "students", "students_low", "students_high"]
    expected = scenario_of_csv().flows[columns].sort_values(columns[:2], ignore_index=True)
    found = scenario.flows[columns].sort_values(columns[:2], ignore_index=True)
    pd.testing.assert_frame_equal(found, expected)
    assert account(scenario.report, "f") == (len(matrix), len(matrix), {})


def test_totals_of_a_matrix_are_no_school(desk: Desk) -> None:
    matrix = flow_matrix()
    plain = desk.read(flows=_text(matrix))
    numbers = matrix.set_index(matrix.columns[0]).apply(pd.to_numeric).fillna(0).astype(int)
    total = numbers.assign(Total=numbers.sum(axis=1))
    total.loc["Grand total"] = total.sum()
    scenario = desk.read(flows=_text(total.reset_index().astype("str")))
    pd.testing.assert_frame_equal(scenario.flows, plain.flows)
    assert account(scenario.report, "f") == (len(matrix) + 1, len(matrix), {"A row of totals.": 1})
    assert [each.column for each in scenario.report.warnings if "totals" in each.message] == [None, "Total"]


def test_a_matrix_with_grades_and_years_gives_the_same_table(desk: Desk) -> None:
    keys = ["origin", "grade", "next_grade", "school_year"]
    table = toy_flows().pivot_table(index=keys, columns="destination", values="students", aggfunc="first")
    found, expected = desk.read(flows=csv(table.reset_index())), scenario_of_csv()
    pd.testing.assert_frame_equal(found.flows, expected.flows)
    assert found.content_sha256 == expected.content_sha256


def named_schools() -> pd.DataFrame:
    """The toy district's schools, one with a name that needs more than ASCII."""
    return with_cell(toy_schools(), 0, "name", "École Ñandú")


@cache
def scenario_of_named_schools() -> Scenario:
    """These schools from a DataFrame."""
    return read_scenario(schools=[named_schools()], flows=[toy_flows()])


@pytest.mark.parametrize("form", ["comma", "tab", "pipe", "UTF-16", "cp1252", "workbook of texts", "Parquet of texts"])
def test_the_same_schools_give_the_same_table_however_they_are_written(desk: Desk, form: str) -> None:
    scenario = desk.read(flows=csv(toy_flows()), schools=[desk.file("s", FORMS[form](named_schools()))])
    expected = scenario_of_named_schools()
    pd.testing.assert_frame_equal(pd.DataFrame(scenario.schools), pd.DataFrame(expected.schools))
    assert scenario.schools.loc["0001", "name"] == "École Ñandú"
    assert np.isclose(scenario.schools.geometry.y["0001"], 38.01)
    file: SourceFile = scenario.report.files[0]
    assert (file.rows_read, file.rows_used) == (11, 11)
