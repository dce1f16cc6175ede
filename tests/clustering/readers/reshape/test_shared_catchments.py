"""Polygons that name several schools: of each level, or of one area that they share."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from clustering.readers.file_options import FileOptions
from clustering.readers.raw_table import RawTable
from clustering.readers.read_table import read_table
from clustering.readers.reshape.shared_catchments import spread_levels, spread_schools

WEST, EAST = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)


def layer(cells: dict[str, list[str]], **options: dict[str, str]) -> RawTable:
    frame = gpd.GeoDataFrame(pd.DataFrame(cells), geometry=[WEST, EAST], crs=4326)
    return read_table(frame, role="catchments", options=FileOptions(**options))


def records(table: RawTable, *headings: str) -> list[tuple[object, ...]]:
    columns = [table.column(heading).series().tolist() for heading in headings]
    west = ["west" if shape.equals(WEST) else "east" for shape in table.geometry]
    return sorted(zip(*columns, west, strict=True))


def test_a_polygon_is_a_catchment_of_each_level_that_it_names() -> None:
    table = spread_levels(
        layer({"ELEM_": ["11", "12"], "MID_": ["21", "21"], "INT_": ["0", "0"], "HIGH_": ["31", ""]}), "catchments"
    )
    assert records(table, "school_id", "level") == [
        ("11", "elementary", "west"),
        ("12", "elementary", "east"),
        ("21", "middle", "east"),
        ("21", "middle", "west"),
        ("31", "high", "west"),
    ]
    (problem,) = table.problems
    assert "ELEM_, MID_, INT_, HIGH_" in problem.message
    assert [table.row_of(record) for record in range(5)] == [2, 3, 2, 3, 2]


def test_names_and_identifiers_of_a_level_stay_together() -> None:
    columns = {"ES_CODE": ["1", "2"], "ES_NAME": ["Ash", "Elm"], "HS_CODE": ["9", "9"], "HS_NAME": ["Oak", "Oak"]}
    table = spread_levels(layer(columns), "catchments")
    assert records(table, "school_id", "name", "level")[:2] == [
        ("1", "Ash", "elementary", "west"),
        ("2", "Elm", "elementary", "east"),
    ]
    assert len(table) == 4


def test_names_alone_are_the_names_of_schools_of_the_level() -> None:
    table = spread_levels(layer({"MIDDLE": ["Cedar Middle", "Fir Middle"], "SHAPE_area": ["1", "2"]}), "catchments")
    assert records(table, "name", "level") == [("Cedar Middle", "middle", "west"), ("Fir Middle", "middle", "east")]


@pytest.mark.parametrize(
    "columns",
    [
        {"SCHOOL_ID": ["1", "2"], "HIGH": ["Oak", "Oak"]},  # a column of its own
        {"NAME": ["Ash", "Elm"], "MIDDLE": ["Oak", "Oak"], "HIGH": ["Fir", "Fir"]},  # perhaps elementary schools
        {"LOW": ["9", "9"], "HIGH": ["12", "12"]},  # grades
        {"ES_ID": ["1", "2"], "HS_ID": ["9", "9"]},  # a layer of one level, by its published form
        {"ES_CODE": ["1", "2"], "HS_NAME": ["Oak", "Oak"]},  # of no level both
        {"has_m_feeder": ["Y", "N"], "high_points": ["1", "2"]},
    ],
)
def test_other_layers_are_left_alone(columns: dict[str, list[str]]) -> None:
    table = layer(columns)
    assert spread_levels(table, "catchments") is table


def test_an_option_settles_the_column() -> None:
    table = layer({"ELEM": ["1", "2"], "HIGH": ["9", "9"]}, columns={"school_id": "HIGH"})
    assert spread_levels(table, "catchments") is table


def test_a_polygon_of_two_schools_is_a_catchment_of_each() -> None:
    table = spread_schools(layer({"DBN": ["15K001", "15K001, 15K124"]}), "catchments")
    assert records(table, "DBN") == [("15K001", "east"), ("15K001", "west"), ("15K124", "east")]
    assert "15K001, 15K124" in table.problems[0].message
    assert [table.row_of(record) for record in range(3)] == [2, 3, 3]


@pytest.mark.parametrize("ids", [["1", "1/A2"], ["1-2", "3-4"], ["1/2", "3/4"], ["1", ",".join("123456789012")]])
def test_an_identifier_with_a_sign_in_it_stays_one(ids: list[str]) -> None:
    table = layer({"school_id": ids})
    assert spread_schools(table, "catchments") is table
