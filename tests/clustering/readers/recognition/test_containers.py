"""Workbooks, spatial files, Parquet and archives: every cell as its owner sees it, every doubt told."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import struct
import warnings
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pyproj
import pytest
import shapely

from clustering.errors import CrsError, InputError
from clustering.readers.file_options import FileOptions
from clustering.readers.isolation.container_table import ContainerTable, ReadingLimits
from clustering.readers.isolation.parent import read_container
from clustering.readers.raw_table import RawTable
from clustering.readers.read_table import read_table
from clustering.readers.recognition.archives import unpacked
from clustering.readers.recognition.containers import recognise_container

# Parsers in forks, but for one test of every kind of file; see ``isolation/test_warm_children.py``.
pytestmark = pytest.mark.usefixtures("warm_children")

SPATIAL = {
    "geojson": ("GeoJSON", "schools.geojson"),
    "geopackage": ("GPKG", "schools.gpkg"),
    "flatgeobuf": ("FlatGeobuf", "schools.fgb"),
    "parquet": ("", "schools.parquet"),
    "shapefile archive": ("ESRI Shapefile", "schools.shp"),
}
# The cells of every file below, as text: 300.0 is a whole number of students, NaN a blank cell.
CELLS = {
    "school_id": ["0012", "NA"],
    "name": ["Oak", "Chávez"],
    "enrolled": ["300", ""],
    "share": ["0.125", "1"],
    "opened": ["2001-09-04", "1999-01-31"],
}
TEXT = "school_id,name,enrolled,share,opened\n0012,Oak,300,0.125,2001-09-04\nNA,Chávez,,1,1999-01-31\n".encode()


def layer(*shapes: shapely.Geometry | None, crs: str | None = "EPSG:4326") -> gpd.GeoDataFrame:
    """Two schools with an identifier that looks like a number and one that looks like nothing."""
    frame = pd.DataFrame(
        {
            "school_id": ["0012", "NA"],
            "name": ["Oak", "Chávez"],
            "enrolled": [300.0, np.nan],
            "share": [0.125, 1.0],
            "opened": [dt.date(2001, 9, 4), dt.date(1999, 1, 31)],
        }
    )
    return gpd.GeoDataFrame(
        frame, geometry=list(shapes or (shapely.Point(-98, 38), shapely.Point(-98.5, 38.5))), crs=crs
    )


def write_layer(frame: gpd.GeoDataFrame, kind: str, folder: Path) -> Path:
    driver, name = SPATIAL[kind]
    path = folder / name
    if kind == "parquet":
        frame.to_parquet(path)
        return path
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a missing reference system, which is the point of some tests
        frame.to_file(path, driver=driver)
    if kind != "shapefile archive":
        return path
    whole = folder / "schools.zip"
    with zipfile.ZipFile(whole, "w") as pack:
        for part in sorted(folder.glob("schools.*")):
            if part.suffix != ".zip":
                pack.write(part, f"published/{part.name}")
    return whole


def write_json(folder: Path, *coordinates: str, properties: str = '{"school_id":"0012"}') -> Path:
    features = ",".join(
        f'{{"type":"Feature","properties":{properties},"geometry":{{"type":"Point","coordinates":{each}}}}}'
        for each in coordinates
    )
    path = folder / "schools.geojson"
    path.write_text(f'{{"type":"FeatureCollection","features":[{features}]}}')
    return path


def write_archive(folder: Path, **members: bytes) -> Path:
    path = folder / "files.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, data in members.items():
            pack.writestr(name.replace("__", "."), data)
    return path


def cells_of(table: RawTable) -> dict[str, list[str]]:
    return {heading: table.column(heading).series().tolist() for heading in table.headings}


def told(path: Path, **options: Any) -> str:
    with pytest.raises(InputError) as caught:
        read_table(path, options=FileOptions(**options))
    assert all(problem.table == path.name and problem.remedy for problem in caught.value.problems)
    return str(caught.value)


@pytest.mark.usefixtures("real_children")
@pytest.mark.parametrize("kind", SPATIAL)
def test_a_spatial_file_is_read_to_the_letter(kind: str, tmp_path: Path) -> None:
    path = write_layer(layer(), kind, tmp_path)
    assert recognise_container(path) == kind
    table = read_table(path.rename(tmp_path / "of no telling name"))
    assert cells_of(table) == CELLS
    assert table.container == kind
    assert table.geometry is not None
    assert shapely.get_coordinates(table.geometry).tolist() == [[-98, 38], [-98.5, 38.5]]


@pytest.mark.parametrize("kind", SPATIAL)
def test_feet_of_pennsylvania_become_degrees(kind: str, tmp_path: Path) -> None:
    feet = [(2_700_000.0, 240_000.0), (2_650_000.0, 300_000.0)]
    path = write_layer(layer(*map(shapely.Point, feet), crs="EPSG:2272"), kind, tmp_path)
    found = read_table(path).geometry
    assert found is not None
    from_degrees = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:2272", always_xy=True)
    back = [from_degrees.transform(point.x, point.y) for point in found]
    assert np.allclose(back, feet, atol=0.01)
    assert all(-76 < point.x < -74.5 and 39.5 < point.y < 40.5 for point in found)


@pytest.mark.parametrize("kind", ["flatgeobuf", "parquet", "shapefile archive"])
def test_a_reference_system_is_asked_for_and_taken(kind: str, tmp_path: Path) -> None:
    path = write_layer(layer(crs=None), kind, tmp_path)
    with pytest.raises(CrsError, match="has no coordinate reference system"):
        read_table(path)
    with pytest.raises(CrsError, match="'EPSG:99999999' is not a known coordinate reference system"):
        read_table(path, options=FileOptions(crs="EPSG:99999999"))
    geometry = read_table(path, options=FileOptions(crs="EPSG:4326")).geometry
    assert geometry is not None
    assert shapely.get_coordinates(geometry)[0].tolist() == [-98, 38]


def test_coordinates_that_are_none_are_named_by_record(tmp_path: Path) -> None:
    out_of_range = write_json(tmp_path, "[-98,38]", "[500,38]", "[-98,90.5]")
    with pytest.raises(InputError) as caught:
        read_table(out_of_range)
    assert [(problem.row, problem.column) for problem in caught.value.problems] == [(2, "geometry"), (3, "geometry")]


@pytest.mark.parametrize("kind", ["geojson", "geopackage", "parquet"])
def test_coordinates_that_are_not_finite_are_named_by_record(kind: str, tmp_path: Path) -> None:
    if kind == "geojson":
        path = write_json(tmp_path, "[-98,38]", "[Infinity,38]")
    else:
        path = write_layer(layer(shapely.Point(-98, 38), shapely.Point(float("inf"), 38)), kind, tmp_path)
    with pytest.raises(InputError, match="not finite") as caught:
        read_table(path)
    assert [(problem.row, problem.column) for problem in caught.value.problems] == [(2, "geometry")]


def test_binary_that_is_no_geometry_is_named_by_record(tmp_path: Path) -> None:
    path = write_layer(layer(), "parquet", tmp_path)
    written = pyarrow.parquet.read_table(path)
    broken = pa.array([written["geometry"][0].as_py(), b"\1\2\3"], pa.binary())
    pyarrow.parquet.write_table(written.set_column(written.column_names.index("geometry"), "geometry", broken), path)
    with pytest.raises(InputError) as caught:
        read_table(path)
    assert [(problem.row, problem.column) for problem in caught.value.problems] == [(2, "geometry")]


def test_a_record_without_geometry_is_kept(tmp_path: Path) -> None:
    table = read_table(write_layer(layer(shapely.Point(-98, 38), None), "geopackage", tmp_path))
    assert table.geometry is not None
    assert shapely.is_missing(table.geometry).tolist() == [False, True]
    assert len(table) == 2


def test_heights_are_left_out(tmp_path: Path) -> None:
    geometry = read_table(write_json(tmp_path, "[-98,38,431.5]")).geometry
    assert geometry is not None
    assert not shapely.has_z(geometry).any()


def test_several_layers_are_named_and_one_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "district.gpkg"
    layer().to_file(path, layer="schools", driver="GPKG")
    layer().head(1).to_file(path, layer="zones", driver="GPKG")
    message = told(path)
    assert "several layers" in message
    assert "schools, zones" in message
    assert "There is no layer 'roads'" in told(path, layer="roads")
    assert cells_of(read_table(path, options=FileOptions(layer="zones")))["school_id"] == ["0012"]


def workbook(folder: Path, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path = folder / "schools.xlsx"
    book.save(path)
    return path


HEADINGS: list[Any] = list(CELLS)
RECORDS: list[list[Any]] = [
    ["0012", "Oak", 300, 0.125, dt.date(2001, 9, 4)],
    ["NA", "Chávez", None, 1.0, dt.datetime(1999, 1, 31)],  # noqa: DTZ001 (workbooks know no zones)
]


@pytest.mark.usefixtures("real_children")
def test_a_workbook_is_read_to_the_letter_below_its_title(tmp_path: Path) -> None:
    path = workbook(tmp_path, Schools=[["Schools of the state"], [], HEADINGS, *RECORDS, [None]])
    table = read_table(path)
    assert cells_of(table) == CELLS
    assert (table.header_row, table.first_row, table.row_of(1)) == (3, 4, 5)


def test_several_sheets_are_named_and_one_is_taken(tmp_path: Path) -> None:
    path = workbook(tmp_path, Schools=[HEADINGS, *RECORDS], Flows=[["origin", "students"], ["0012", 12.0]])
    message = told(path)
    assert "several sheets" in message
    assert "Schools, Flows" in message
    assert "There is no sheet 'Rates'" in told(path, sheet="Rates")
    table = read_table(path, options=FileOptions(sheet="Flows"))
    assert cells_of(table) == {"origin": ["0012"], "students": ["12"]}


def test_one_table_beside_notes_is_taken_and_told(tmp_path: Path) -> None:
    table = read_table(workbook(tmp_path, Notes=[["Read me"], ["Counts of October"]], Schools=[HEADINGS, *RECORDS]))
    assert cells_of(table) == CELLS
    assert ["Notes" in problem.remedy for problem in table.problems] == [True]


def test_text_packed_with_gzip_is_read(tmp_path: Path) -> None:
    path = tmp_path / "schools"
    path.write_bytes(gzip.compress(TEXT[:40]) + gzip.compress(TEXT[40:]))  # two streams are one file
    assert cells_of(read_table(path)) == CELLS
    path.write_bytes(gzip.compress(TEXT)[:-12])
    assert "cut off" in told(path)


def test_the_one_table_of_an_archive_is_read_and_told(tmp_path: Path) -> None:
    table = read_table(write_archive(tmp_path, schools__csv=TEXT, read_me__pdf=b"%PDF"))
    assert cells_of(table) == CELLS
    assert ["schools.csv, of 2 files" in problem.message for problem in table.problems] == [True]


def test_an_archive_of_several_tables_asks_which(tmp_path: Path) -> None:
    path = write_archive(tmp_path, schools__csv=TEXT, flows__csv=b"origin\n1\n")
    message = told(path)
    assert "2 tables: schools.csv, flows.csv" in message
    assert cells_of(read_table(path, options=FileOptions(layer="flows.csv"))) == {"origin": ["1"]}


def test_an_archive_within_an_archive_is_not_unpacked(tmp_path: Path) -> None:
    inner = write_archive(tmp_path, schools__csv=TEXT).read_bytes()
    assert "no tables" in told(write_archive(tmp_path, inner__zip=inner))
    assert "another archive" in told(write_archive(tmp_path, schools__csv=inner))
    assert "another archive" in told(write_archive(tmp_path, schools__csv=gzip.compress(inner)))


def test_members_are_written_nowhere_but_in_a_folder_that_goes(tmp_path: Path) -> None:
    path = tmp_path / "files.zip"
    with zipfile.ZipFile(path, "w") as pack:
        pack.writestr("../../escaped.csv", TEXT)
    before = sorted(tmp_path.parent.rglob("*.csv"))
    with unpacked(path, path.name) as file:
        assert file.path.read_bytes() == TEXT
        assert file.path.name == "member"
    assert not file.path.exists()
    assert sorted(tmp_path.parent.rglob("*.csv")) == before


@pytest.mark.parametrize("packing", ["gzip", "archive"])
def test_what_shrank_to_nothing_is_not_unpacked(packing: str, tmp_path: Path) -> None:
    zeros = bytes(80_000_000)
    path = write_archive(tmp_path, schools__csv=zeros)
    if packing == "gzip":
        path.write_bytes(gzip.compress(zeros, compresslevel=1))
    assert "Unpacked, the file has more than" in told(path)


@pytest.mark.usefixtures("real_children")
def test_records_of_json_keep_their_digits(tmp_path: Path) -> None:
    path = tmp_path / "records.json"
    path.write_text(json.dumps({"results": [{"school_id": "0012", "share": 1.50}, {"school_id": None, "n": 7}]}))
    assert cells_of(read_table(path)) == {"school_id": ["0012", ""], "share": ["1.5", ""], "n": ["", "7"]}
    path.write_text('[{"leaid": 120039000000000000000001, "share": 0.10}]')
    assert cells_of(read_table(path)) == {"leaid": ["120039000000000000000001"], "share": ["0.10"]}


def read(path: Path, kind: str, **limits: Any) -> ContainerTable:
    return read_container(path, name="upload", container=kind, limits=ReadingLimits(**limits))


@pytest.mark.parametrize(
    ("kind", "limit", "fitting", "found"),
    [
        ("geojson", "rows", 2, "2 records"),
        ("parquet", "rows", 2, "2 records"),
        ("geopackage", "columns", 6, "6 columns"),
        ("parquet", "columns", 6, "6 columns"),
        ("workbook", "columns", 5, "5 columns"),
        ("workbook", "cells", 15, "15 cells"),
        ("geojson", "nesting_levels", 5, "5 levels of brackets"),
        ("geojson", "vertices", 3, "vertices"),
    ],
)
def test_a_limit_is_kept_to_the_last_one(kind: str, limit: str, fitting: int, found: str, tmp_path: Path) -> None:
    is_book = kind == "workbook"
    path = workbook(tmp_path, Schools=[HEADINGS, *RECORDS]) if is_book else write_layer(layer(), kind, tmp_path)
    with pytest.raises(InputError, match=found):
        read(path, kind, **{limit: fitting - 1})
    read(path, kind, **{limit: fitting})


def test_a_polygon_with_too_many_vertices_is_refused(tmp_path: Path) -> None:
    round_shape = shapely.Point(-98, 38).buffer(1, quad_segs=500)  # 2,001 vertices
    path = write_layer(layer(round_shape, round_shape), "flatgeobuf", tmp_path)
    with pytest.raises(InputError, match="vertices"):
        read(path, "flatgeobuf", vertices=4_001)
    read(path, "flatgeobuf", vertices=5_000)


@pytest.mark.usefixtures("real_children")
@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"time_limit_s": 0.02}, "longer than 0.02 seconds and was stopped"),
        ({"memory_bytes": 64 * 1024**2}, "memory"),
        ({"answer_bytes": 100}, "cannot be read"),
    ],
)
def test_time_memory_and_answer_are_bounded(limits: dict[str, Any], message: str, tmp_path: Path) -> None:
    path = write_layer(layer(), "geopackage", tmp_path)
    with pytest.raises(InputError, match=message):
        read(path, "geopackage", **limits)


@pytest.mark.parametrize(
    "name", ["+init=/etc/hostname:1", "+proj=longlat +nadgrids=/etc/hostname", "/etc/hostname", ""]
)
def test_a_reference_system_is_a_name_and_no_file(name: str, tmp_path: Path) -> None:
    path = write_layer(layer(crs=None), "parquet", tmp_path)
    with pytest.raises(CrsError, match="is not a known|names a file" if name else "has no coordinate reference system"):
        read_table(path, options=FileOptions(crs=name))


@pytest.mark.parametrize("container", ["parquet", "geopackage"])
def test_shapes_within_shapes_are_read_up_to_the_limit(container: str, tmp_path: Path) -> None:
    shape: shapely.Geometry = shapely.MultiPolygon([shapely.box(-98, 38, -97, 39)])
    for _ in range(3):
        shape = shapely.GeometryCollection([shapely.Point(-98, 38), shape])
    path = write_layer(layer(shape, shapely.Point(-98, 38)), container, tmp_path)
    content = read(path, container, nesting_levels=5)  # three collections, the polygons together, and the whole
    assert content.geometry is not None
    assert shapely.equals(content.geometry[0], shape)
    with pytest.raises(InputError) as caught:
        read(path, container, nesting_levels=4)
    assert [problem.row for problem in caught.value.problems] == [1]


@pytest.mark.parametrize("levels", [100_000, 2_000_000])
def test_bottomless_geometry_ends_no_process(levels: int, tmp_path: Path) -> None:
    bottomless = struct.pack("<BII", 1, 7, 1) * levels + shapely.to_wkb(shapely.Point(-98, 38))
    described = {"primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB"}}}
    table = pa.table({"school_id": ["0012"], "geometry": pa.array([bottomless], pa.binary())})
    path = tmp_path / "schools.parquet"
    pyarrow.parquet.write_table(table.replace_schema_metadata({"geo": json.dumps(described)}), path)
    with pytest.raises(InputError) as caught:
        read_table(path)
    assert [(problem.row, problem.column) for problem in caught.value.problems] == [(1, "geometry")]
