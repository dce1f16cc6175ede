"""Spatial files and Parquet: values, layers, reference systems, limits."""

from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pyproj
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clustering.errors import CrsError, InputError
from clustering.readers.isolation.container_table import ReadingLimits
from clustering.readers.recognition.containers import recognise_container
from tests.examples.container_files import POINT, geojson, parquet, problem_of, read, texts, workbook, written
from tests.faulty_files.hostile_files import KINDS
from tests.faulty_files.lures import archive

# Parsers in forks, but for one test of every kind of file; see ``isolation/test_warm_children.py``.
pytestmark = pytest.mark.usefixtures("warm_children")


@pytest.mark.usefixtures("real_children")
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_read_is_what_was_written(kind: str, valid: dict[str, Path]) -> None:
    table = read(valid[kind])
    assert texts(table) == {"school_id": ["0012", "NA"], "name": ["Oak", "Elm"], "enrollment": ["300", "200"]}
    if kind != "workbook":
        assert table.geometry is not None
        assert shapely.get_coordinates(table.geometry).tolist() == [[-98, 38], [-98.5, 38.5]]


def test_values_of_every_type_become_text_without_loss(tmp_path: Path) -> None:
    table = pa.table(
        {
            "text": ["0012", None, "NA"],
            "float": [12.0, None, 0.1],
            "small": pa.array([1.5, 2.0, None], pa.float32()),
            "not a number": [float("nan"), 1.0, 2.0],
            "large": pa.array([2**62, None, -1], pa.int64()),
            "flag": [True, None, False],
            "day": pa.array([0, None, 19_000], pa.date32()),
            "moment": pa.array([0, None, 1_500], pa.timestamp("ms")),
            "midnight": pa.array([0, 86_400, None], pa.timestamp("s")),
            "price": pa.array(["5.00", None, "1.10"]).cast(pa.decimal128(5, 2)),
            "word": pa.array(["x", None, "x"]).dictionary_encode(),
            "bytes": [b"plain", b"text", None],
            "list": [[1], [2], None],
        }
    )
    read_back = read(parquet(tmp_path, table))
    assert read_back.dropped == ("list",)
    assert texts(read_back) == {
        "text": ["0012", "", "NA"],
        "float": ["12", "", "0.1"],
        "small": ["1.5", "2", ""],
        "not a number": ["", "1", "2"],
        "large": ["4611686018427387904", "", "-1"],
        "flag": ["true", "", "false"],
        "day": ["1970-01-01", "", "2022-01-08"],
        "moment": ["1970-01-01T00:00:00", "", "1970-01-01T00:00:01.500"],
        "midnight": ["1970-01-01", "1970-01-02", ""],
        "price": ["5.00", "", "1.10"],
        "word": ["x", "", "x"],
        "bytes": ["plain", "text", ""],
    }


def test_no_heading_is_mistaken_for_geometry(tmp_path: Path) -> None:
    rows = [["id", "geometry", "geometry (WKB)"], ["1", "x", "y"]]
    table = read(workbook(tmp_path, Data=rows))
    assert table.geometry is None
    assert texts(table) == {"id": ["1"], "geometry": ["x"], "geometry (WKB)": ["y"]}
    places = read(geojson(tmp_path, ('{"geometry": "a", "wkb_geometry": "b", "OGC_FID": "c"}', POINT)))
    assert texts(places) == {"geometry": ["a"], "wkb_geometry": ["b"], "OGC_FID": ["c"]}
    assert shapely.get_coordinates(places.geometry).tolist() == [[-98, 38]]


def test_nul_bytes_are_refused(tmp_path: Path) -> None:
    assert "NUL" in problem_of(parquet(tmp_path, pa.table({"id": ["1\0002"]})))


def test_projected_shapes_come_to_longitude_and_latitude(tmp_path: Path) -> None:
    x, y = pyproj.Transformer.from_crs(4326, 26914, always_xy=True).transform(-98.5, 38.25)
    gpd.GeoDataFrame({"id": ["1"]}, geometry=[shapely.Point(x, y, 7)], crs=26914).to_file(tmp_path / "a.gpkg")
    table = read(tmp_path / "a.gpkg")
    assert table.crs == "EPSG:26914"
    assert shapely.get_coordinates(table.geometry, include_z=True).tolist()[0][:2] == pytest.approx([-98.5, 38.25])
    assert not shapely.has_z(table.geometry).any()


def test_a_missing_reference_system_is_asked_for_and_can_be_said(tmp_path: Path) -> None:
    gpd.GeoDataFrame({"id": ["1"]}, geometry=[shapely.Point(-98, 38)]).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(CrsError, match="crs=EPSG:NUMBER"):
        read(tmp_path / "a.parquet")
    said = read(tmp_path / "a.parquet", crs="EPSG:4269")
    assert shapely.get_coordinates(said.geometry) == pytest.approx(np.array([[-98, 38]]), abs=1e-4)


@pytest.mark.parametrize(
    "crs",
    [
        "+proj=longlat +nadgrids=/etc/hostname",
        "+init=/etc/hostname:1",
        "/etc/hostname",
        "http" + "://127.0.0.1:1/",
        "EPSG:5703",  # heights
        "EPSG:4978",  # from the centre of the Earth
        "EPSG:0",
        "nothing of the kind",
        "x" * 100_000,
    ],
)
def test_what_is_no_reference_system_by_name_is_refused(crs: str, tmp_path: Path) -> None:
    with pytest.raises(CrsError, match="not a known|names a file of shifts"):
        read(geojson(tmp_path, ('{"id": "1"}', POINT)), crs=crs)


def test_coordinates_off_the_globe_are_told_row_by_row(tmp_path: Path) -> None:
    far = '{"type":"Point","coordinates":[500,1]}'
    told = problem_of(geojson(tmp_path, ("{}", POINT), ("{}", far), ("{}", far)))
    assert "row 2" in told
    assert "row 3" in told
    assert "row 1" not in told


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ({"rows": 1}, "records"),
        ({"columns": 2}, "columns"),
        ({"nesting_levels": 3}, "levels"),
        ({"vertices": 1}, "vertices"),
    ],
)
def test_each_limit_is_told(limits: dict[str, int], told: str, tmp_path: Path) -> None:
    path = geojson(tmp_path, *[('{"a": 1, "b": 2, "c": 3}', POINT)] * 3)
    assert told in problem_of(path, limits=ReadingLimits(**limits))


def test_rows_of_parquet_are_counted_before_they_are_read(tmp_path: Path) -> None:
    path = parquet(tmp_path, pa.table({"a": pa.array(["x"] * 2_000_000)}))
    with pytest.raises(InputError, match="2,000,000 records; 1,000 are allowed"):
        read(path, limits=ReadingLimits(rows=1_000))


def test_a_layer_is_asked_for_where_there_are_several(tmp_path: Path) -> None:
    table = gpd.GeoDataFrame({"id": ["1"]}, geometry=[shapely.Point(-98, 38)], crs=4326)
    for layer in ("elementary", "high"):
        table.to_file(tmp_path / "a.gpkg", layer=layer)
    assert "elementary, high" in problem_of(tmp_path / "a.gpkg")
    assert read(tmp_path / "a.gpkg", layer="high").layers == ("elementary", "high")


def test_equal_names_in_two_folders_of_an_archive_are_two_shapefiles(valid: dict[str, Path], tmp_path: Path) -> None:
    with zipfile.ZipFile(valid["shapefile archive"]) as pack:
        parts = {name: pack.read(name) for name in pack.namelist()}
    both = {f"{folder}/{name}": data for folder in ("a", "b") for name, data in parts.items()}
    path = written(tmp_path, "two.zip", archive(both))
    assert "a/schools, b/schools" in problem_of(path)
    assert read(path, layer="b/schools").layer == "b/schools"


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(KINDS),
    place=st.floats(0, 1, exclude_max=True),
    patch=st.binary(max_size=12),
    drop=st.integers(0, 12),
)
def test_a_changed_file_is_read_or_refused(
    kind: str, place: float, patch: bytes, drop: int, valid: dict[str, Path], tmp_path: Path
) -> None:
    content = valid[kind].read_bytes()
    start = int(place * len(content))
    path = written(tmp_path, "changed", content[:start] + patch + content[start + drop :])
    for container in {kind, recognise_container(path)} - {"text", "gzip", "archive"}:
        try:
            table = read(path, container)
        except InputError:
            continue
        lengths = {len(column) for column in table.columns.values()}
        assert len(lengths | ({len(table.geometry)} if table.geometry is not None else set())) <= 1


def test_a_reference_system_without_a_number_is_read_from_its_text(valid: dict[str, Path], tmp_path: Path) -> None:
    own = pyproj.CRS.from_user_input("+proj=lcc +lat_1=33.1 +lat_2=45.2 +lon_0=-97.3 +datum=NAD83")
    with zipfile.ZipFile(valid["shapefile archive"]) as pack:
        parts = {name: pack.read(name) for name in pack.namelist()}
    esri = {**parts, "schools.prj": pyproj.CRS.from_epsg(4269).to_wkt("WKT1_ESRI").encode()}
    assert read(written(tmp_path, "named.zip", archive(esri))).crs == "EPSG:4269"
    unnamed = {**parts, "schools.prj": own.to_wkt("WKT1_ESRI").encode()}
    table = read(written(tmp_path, "unnamed.zip", archive(unnamed)))
    assert table.geometry is not None
    # The places, 98 metres west of the origin and 38 north of it, are a thousandth of a degree from it.
    assert shapely.get_coordinates(table.geometry)[0] == pytest.approx((-97.3, 0), abs=0.001)
