"""Places in one column, and coordinate columns in another reference system."""

from __future__ import annotations

import json

import pandas as pd
import pytest
import shapely

from clustering.errors import CrsError
from clustering.readers.file_options import FileOptions
from clustering.readers.raw_table import RawTable
from clustering.readers.read_table import read_table
from clustering.readers.reshape.located_records import locate_records
from clustering.readers.reshape.written_places import parse_place

POINT = shapely.Point(-71.1, 42.1)
SQUARE = shapely.box(-71.2, 42, -71.1, 42.1)


def located(role: str = "schools", crs: str | None = None, **columns: list[str]) -> RawTable:
    ids = [f"{number:04d}" for number in range(len(next(iter(columns.values()))))]
    table = read_table(pd.DataFrame({"school_id": ids, **columns}), role=role, options=FileOptions(crs=crs))
    return locate_records(table, role)


def degrees(table: RawTable) -> list[tuple[str, str]]:
    columns = (table.column(heading).series().tolist() for heading in ("longitude", "latitude"))
    return list(zip(*columns, strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "(42.1, -71.1)",
        "100 Main St\nBoston, MA 02101\n(42.1, -71.1)",
        "1 Elm St (rear) (42.1000, -71.1000)",
        "42.1, -71.1",
        "42.1 -71.1",
        "POINT (-71.1 42.1)",
        "SRID=4326;POINT(-71.1 42.1)",
        "POINT Z (-71.1 42.1 12)",
        POINT.wkb_hex,
        shapely.to_wkb(shapely.set_srid(POINT, 4326), hex=True, include_srid=True),
        json.dumps({"type": "Point", "coordinates": [-71.1, 42.1]}),
        "{'type': 'Point', 'coordinates': [-71.1, 42.1]}",
        json.dumps({"latitude": "42.1", "longitude": "-71.1", "human_address": "100 Main St"}),
        json.dumps({"x": -71.1, "y": 42.1}),
    ],
)
def test_a_place_in_one_column_is_read(text: str) -> None:
    table = located(Location=["", text])
    assert degrees(table) == [("", ""), ("-71.1", "42.1")]
    assert "Location" not in table.headings
    assert [problem.is_error for problem in table.problems] == [False]


def test_of_a_pair_the_numbers_say_which_is_the_latitude() -> None:
    assert degrees(located(coordinates=["(-71.1, 42.1)", "(-71.2, 42.2)"])) == [("-71.1", "42.1"), ("-71.2", "42.2")]
    assert degrees(located(geo=["13.45, 144.78"])) == [("144.78", "13.45")]  # Guam


def test_a_cell_that_is_no_place_is_counted_and_costs_no_other() -> None:
    table = located(the_geom=["POINT (-71.1 42.1)", "at the corner", "POINT (-71.2 42.1)", "none"])
    assert degrees(table)[2] == ("-71.2", "42.1")
    assert degrees(table)[1] == ("", "")
    (problem,) = [each for each in table.problems if "cannot be read" in each.message]
    assert (problem.row, problem.value, problem.further_records, problem.is_error) == (3, "at the corner", 1, False)


def test_columns_that_hold_no_places_stay() -> None:
    table = located(Location=["Main St", "Elm St"], location_code=["1.5 2", "x"])
    assert table.headings == ("school_id", "Location", "location_code")
    beside = located(Location=["(42.1, -71.1)"], lat=["42.5"], lon=["-71.5"])
    assert beside.headings == ("school_id", "Location", "lat", "lon")
    assert located("flows", Location=["(42.1, -71.1)"]).headings == ("school_id", "Location")


def test_catchments_are_read_from_a_column_of_text() -> None:
    table = located("catchments", the_geom=[SQUARE.wkt, f"MULTIPOLYGON ({SQUARE.wkt.removeprefix('POLYGON ')})", ""])
    assert table.geometry is not None
    assert [shape is not None and shape.equals(SQUARE) for shape in table.geometry] == [True, True, False]


def test_coordinate_columns_are_converted_from_their_system() -> None:
    # The false origin of the system: 300,000 metres, in feet.
    table = located(x=["984250", "984,250", "0", ""], y=["0.0", "0", "0", ""], crs="EPSG:2263")
    (x, y), second, third, fourth = zip(table.column("x").series(), table.column("y").series(), strict=True)
    assert (float(x), float(y)) == pytest.approx((-74, 40.1666666667), abs=1e-6)
    assert second == (x, y)
    assert third == fourth == ("", "")


def test_what_cannot_be_converted_is_an_error_that_names_the_cell() -> None:
    table = located(x_coord=["984250", "east"], y_coord=["1000", "2"], crs="EPSG:2263")
    (problem,) = [each for each in table.problems if each.is_error]
    assert (problem.row, problem.column, problem.value) == (3, "x_coord", "east")
    with pytest.raises(CrsError, match="No place lies where EPSG:2263 is used"):
        located(x=["-71.1"], y=["42.1"], crs="EPSG:2263")


def test_places_in_text_are_converted_too() -> None:
    assert degrees(located(wkt=["POINT (984250 0)"], crs="EPSG:2263")) == [("-74.0", "40.166666667")]
    named = shapely.to_wkb(shapely.set_srid(shapely.Point(984_250, 0), 2263), hex=True, include_srid=True)
    assert degrees(located(geom=[named])) == [("-74.0", "40.166666667")]


@pytest.mark.parametrize(
    "text",
    [
        "POINT " + "(" * 1_000_000,
        "GEOMETRYCOLLECTION (" * 100_000,
        "MULTIPOLYGON (((" + "1 1, " * 10,
        "POLYGON ((0 0, 1 1))",
        "POINT (1e999 nan)",
        "(" * 900 + "1.0, 2.0",
        "01" + "06000000" + "01000000" + ("01" + "07000000" + "01000000") * 50_000,
        "0101000000" + "00" * 3,
        '{"type": "Point", "coordinates": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"type": "Point", "coordinates": "ab"}',
        '{"type": "GeometryCollection", "geometries": []}',
        '{"latitude": {}, "longitude": []}',
        "9-12",
        "2024",
    ],
)
def test_what_is_no_place_is_told_without_harm(text: str) -> None:
    assert parse_place(text) is None


@pytest.mark.parametrize(
    "text",
    [
        '{"x": %s, "y": 42.1}' % ("9" * 400),
        '{"x": NaN, "y": 42.1}',
        '{"x": -71.1, "y": Infinity}',
        '{"type": "Polygon", "coordinates": [[[%s, 1], [1, 1], [1, 2]]]}' % ("9" * 400),
        '{"type": "MultiPolygon", "coordinates": ' + "[" * 900 + "]" * 900 + "}",
        "POINT (1e400 42.1)",
    ],
)
def test_a_place_without_finite_numbers_is_none(text: str) -> None:
    assert parse_place(text) is None
    table = located(location=[text, *["42.1, -71.1"] * 3])
    assert degrees(table) == [("", ""), *[("-71.1", "42.1")] * 3]
    assert any("The place cannot be read." in problem.message for problem in table.problems)


@pytest.mark.parametrize("text", ["POINT" + " " * 3_000_000 + "x", "SRID=4326;" + " " * 3_000_000 + "x"])
def test_a_cell_of_blanks_does_not_take_the_square_of_its_length(text: str) -> None:
    assert parse_place(text) is None  # or this test never ends


def test_of_a_catchment_the_area_is_read_and_not_its_middle() -> None:
    columns = {"Geo Point": ["42.05, -71.15"], "Geo Shape": [json.dumps(shapely.geometry.mapping(SQUARE))]}
    table = located("catchments", **columns)
    assert table.geometry is not None
    assert table.geometry[0].equals(SQUARE)


def test_areas_with_latitude_first_are_an_error_that_names_the_option() -> None:
    text = shapely.transform(SQUARE, lambda points: points[:, ::-1]).wkt
    with pytest.raises(CrsError, match="crs=EPSG:4326,latitude_first"):
        located("catchments", the_geom=[text])
    table = located("catchments", crs="EPSG:4326,latitude_first", the_geom=[text])
    assert table.geometry is not None
    assert table.geometry[0].equals(SQUARE)


@pytest.mark.parametrize("points", [["POINT (-98 38.5)", "POINT (-98 39.7)"], ["(38.5, -98)", "(39.7, -98)"]])
def test_points_beside_coordinate_columns_are_there_to_compare(points: list[str]) -> None:
    table = located(lat=["38.5", "38.7"], lon=["-98", "-98"], location=points)
    assert table.geometry is not None
    assert [(point.x, point.y) for point in table.geometry] == [(-98, 38.5), (-98, 39.7)]
    assert table.column("lat").series().tolist() == ["38.5", "38.7"]
