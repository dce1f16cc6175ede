import json
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import pytest
import shapely

from clustering.errors import CrsError, InputError
from clustering.readers.file_options import FileOptions
from clustering.readers.in_memory import csv_of_memory, table_of_memory
from clustering.readers.raw_table import NamedTable, RawTable

POINTS = gpd.GeoDataFrame({"school_id": ["01", "02"]}, geometry=gpd.points_from_xy([-77, -76.5], [38.5, 39]), crs=4326)
# Two thousand metres of Maryland's system, which has its origin at 77 degrees west and 400,000 metres.
PROJECTED = POINTS.to_crs(26985)


def taken(table: Any, options: FileOptions | None = None) -> RawTable:
    return table_of_memory(NamedTable(table, "schools"), "schools", options or FileOptions())


def test_columns_of_pandas_keep_what_their_types_mean() -> None:
    frame = pd.DataFrame(
        {
            "text": ["007", None],
            "nullable": pd.array([1, None], dtype="Int64"),
            "float": [300.0, np.nan],
            "category": pd.Categorical(["a", None]),
            "truth": pd.array([True, None], dtype="boolean"),
            "day": pd.to_datetime(["2022-08-15", None]),
            "mixed": pd.Series([7, "x"], dtype="object"),
            "period": pd.period_range("2022-01", periods=2, freq="M"),
            2022: [0.5, 1],
        }
    )
    table = taken(frame)
    assert table.cells.astype("str").to_dict("list") == {
        "text": ["007", ""],
        "nullable": ["1", ""],
        "float": ["300", ""],
        "category": ["a", ""],
        "truth": ["True", ""],
        "day": ["2022-08-15", ""],
        "mixed": ["7", "x"],
        "period": ["2022-01", "2022-02"],
        "2022": ["0.5", "1"],
    }
    assert (table.name, table.row_of(0)) == ("schools", 2)


def test_named_levels_of_an_index_are_columns_and_others_are_not() -> None:
    frame = pd.DataFrame({"n": [1]}, index=pd.MultiIndex.from_tuples([("A", 5, "B")], names=["from", None, "to"]))
    assert taken(frame).headings == ("from", "to", "n")
    assert taken(pd.DataFrame({"id": ["1"]}, index=["row"])).headings == ("id",)
    assert taken(pd.DataFrame({"id": ["1"]}).set_index("id", drop=False)).headings == ("id",)


def test_headings_of_two_levels_are_joined_and_twice_the_same_is_refused() -> None:
    frame = pd.DataFrame([["1", 2]], columns=pd.MultiIndex.from_tuples([("id", ""), ("grade", "09")]))
    assert taken(frame).headings == ("id", "grade 09")
    with pytest.raises(InputError, match=r"schools, row 1: The heading 'id' appears more than once"):
        taken(pd.DataFrame([["1", "2"]], columns=["id", "id"]))


def test_columns_without_plain_text_are_left_out_and_named() -> None:
    table = taken(pa.table({"id": ["1"], "list": [[1]]}))
    assert table.headings == ("id",)
    assert "left out: list." in table.problems[0].message
    moments = pa.array([pa.MonthDayNano([1, 2, 3])])
    unreadable = pa.array([b"\xff"], pa.binary_view())
    assert taken(pa.table({"id": ["1"], "since": moments, "blob": unreadable})).headings == ("id",)


def test_categories_whose_texts_are_views_are_texts() -> None:
    codes = pa.DictionaryArray.from_arrays(
        pa.array([0, None, 1], pa.uint8()), pa.array(["K-5", "6-8"], pa.string_view())
    )
    table = taken(pa.table({"grades": pa.chunked_array([codes, codes.slice(2)])}))
    assert table.cells["grades"].tolist() == ["K-5", "", "6-8", "6-8"]


@pytest.mark.parametrize("to_memory", [lambda frame: frame, lambda frame: pa.table(frame.to_arrow())])
@pytest.mark.parametrize("frame", [POINTS, PROJECTED])
def test_geometry_becomes_longitude_and_latitude(to_memory: Any, frame: gpd.GeoDataFrame) -> None:
    table = taken(to_memory(frame))
    assert table.headings == ("school_id",)
    assert table.geometry is not None
    assert np.round(shapely.get_coordinates(table.geometry), 9).tolist() == [[-77, 38.5], [-76.5, 39]]


def test_geometry_of_geoparquet_read_with_arrow(tmp_path: Any) -> None:
    PROJECTED.to_parquet(tmp_path / "a.parquet")
    table = taken(pq.read_table(tmp_path / "a.parquet"))
    assert table.geometry is not None
    assert np.round(shapely.get_coordinates(table.geometry), 9).tolist() == [[-77, 38.5], [-76.5, 39]]


def test_geometry_without_a_reference_system_needs_the_option() -> None:
    binary = pa.table({"id": ["1", "2"], "geometry": shapely.to_wkb(PROJECTED.geometry.to_numpy()).tolist()})
    for table in (binary, gpd.GeoDataFrame(PROJECTED.drop(columns="geometry"), geometry=PROJECTED.geometry.to_numpy())):
        with pytest.raises(CrsError, match=r"no coordinate reference system. Set schools:crs=EPSG:NUMBER"):
            taken(table)
        found = taken(table, FileOptions(crs="EPSG:26985")).geometry
        assert found is not None
        assert np.round(shapely.get_coordinates(found), 9).tolist() == [[-77, 38.5], [-76.5, 39]]


def test_a_geo_data_frame_that_lost_its_geometry_is_a_plain_table() -> None:
    table = taken(POINTS.drop(columns="geometry"))
    assert (table.headings, table.geometry) == (("school_id",), None)


def test_csv_of_a_table_keeps_identifiers() -> None:
    frame = pd.DataFrame({"id": ["007", 'a,"b"'], "grade": [9.0, None]})
    assert csv_of_memory(NamedTable(frame, "students")) == b'id,grade\n007,9\n"a,""b""",\n'


SECRET = "+proj=pipeline +step +proj=defmodel +model=/etc/hostname"


@pytest.mark.parametrize("crs", [SECRET, {"type": "GeographicCRS", "name": "x", "model": "proj=defmodel model=/x"}])
@pytest.mark.parametrize("shape", ["GeoParquet", "GeoArrow"])
def test_a_stated_reference_system_that_opens_files_never_reaches_proj(
    shape: str, crs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []

    def note(text: object, **_: object) -> pyproj.CRS:
        seen.append(text)
        return pyproj.CRS(4326)

    monkeypatch.setattr(pyproj.CRS, "from_user_input", note)
    binary = pa.array(shapely.to_wkb(POINTS.geometry.to_numpy()).tolist(), type=pa.binary())
    if shape == "GeoParquet":
        stated = {"primary_column": "shape", "columns": {"shape": {"encoding": "WKB", "crs": crs}}}
        table = pa.table({"shape": binary}).replace_schema_metadata({"geo": json.dumps(stated)})
    else:
        metadata = {"ARROW:extension:name": "geoarrow.wkb", "ARROW:extension:metadata": json.dumps({"crs": crs})}
        table = pa.table([binary], schema=pa.schema([pa.field("shape", pa.binary(), metadata=metadata)]))
    with pytest.raises(CrsError, match="reference system"):
        taken(table)
    assert [each for each in seen if "defmodel" in str(each)] == []
