"""Odd and faulty containers: KML, TopoJSON, GeoPackage, Parquet, workbooks, JSON and archives, which a child reads."""

from __future__ import annotations

import io
import json
import struct
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
from shapely import Point

from tests.examples.sound_files import catchments, workbook
from tests.faulty_files.lures import archive
from tests.faulty_files.odd_file import Content, OddFile, as_bytes

TEXT = "school_id,name,grades,lat,lon / 0007,Oak Middle,6-8,38.07,-98.0 / 0010,West High,9-12,38.1,-98.0"
PLACE = {"0007": (-98.0, 38.07)}
AT_SCHOOL = "<Point><coordinates>-98.0,38.07</coordinates></Point>"
PLACED = {"type": "Point", "coordinates": [-98.0, 38.07]}


def odd_containers() -> Iterator[OddFile]:
    """All of them."""
    yield from _kml()
    yield from _json()
    yield from _layers()
    yield from _parquet()
    yield from _workbooks()
    yield from _archives()
    yield from _shapefiles()
    yield from _reference_systems()


def _file(name: str, data: Content, says: str, edit: Content | None = TEXT, **more: Any) -> OddFile:
    """A file of schools that is read once the remedy was followed."""
    given = {"role": "schools", "look": "places", "right": PLACE, "is_asked": True, **more}
    return OddFile(name=name, data=data, says=says, edit=edit, **given)


def _placemarks(inside: str, *, above: str = "") -> bytes:
    school = f'<ExtendedData><Data name="school_id"><value>0007</value></Data></ExtendedData>{inside}'
    return (
        f'<?xml version="1.0"?>{above}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<Placemark>{school}</Placemark></Document></kml>"
    ).encode()


def _kml() -> Iterator[OddFile]:
    sound = _placemarks(AT_SCHOOL)
    link = "<NetworkLink><Link><href>places.kml</href></Link></NetworkLink>"
    for name, data, says in (
        ("cut off", sound[:-20], "no sound XML"),
        ("nothing", sound.replace(b"Placemark", b"Overlay"), "no placemarks"),
        ("type", _placemarks(AT_SCHOOL, above='<!DOCTYPE kml [<!ENTITY a "b">]>'), "declares a document type"),
        ("link", _placemarks(link + AT_SCHOOL), "has a network link"),
        ("words", sound.replace(b"-98.0,", b"west,"), "are no numbers"),
    ):
        yield _file(f"{name}.kml", data, says, sound)
    packed = archive({"doc.kml": sound, "other.kml": sound.replace(b"0007", b"0010"), "icon.png": b""})
    by_hand = {"=NAME": "=other.kml"}
    yield _file("places.kmz", packed, "2 files of the archive were read", None, is_asked=False, by_hand=by_hand)


def _topology(arc: int) -> bytes:
    ring = [[-98, 38], [-97, 38], [-97, 39], [-98, 39], [-98, 38]]
    area = {"type": "Polygon", "arcs": [[arc]], "properties": {"school_id": "0007", "grades": "6-8"}}
    return json.dumps({"type": "Topology", "arcs": [ring], "objects": {"zones": area}}).encode()


def _features(*properties: Mapping[str, Any]) -> bytes:
    features = [{"type": "Feature", "properties": each, "geometry": PLACED} for each in properties]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def _json() -> Iterator[OddFile]:
    deep = b'[{"school_id": "0007", "a": ' + b"[" * 2_000 + b"]" * 2_000 + b"}]"
    yield _file("deep.json", deep, "levels of brackets", TEXT)
    areas: dict[str, Any] = {"role": "catchments", "look": "", "right": {}}
    yield _file("arcs.topojson", _topology(7), "names arc 7", _topology(0), **areas)
    records = [{"school_id": "0007", "lat": 38.07, "lon": -98.0}]
    sound = json.dumps(records).encode()
    yield _file("no records.json", b'{"schools": {"0007": {"lat": 38.07}}}', "no list of records", sound)
    digits = _features({"school_id": "0007", "number": 12345678901234567890})
    yield _file("digits.geojson", digits, "more than 18 digits", _features({"school_id": "0007", "number": "1"}))
    whole = {
        "geometryType": "esriGeometryPoint",
        "spatialReference": {"wkid": 4326},
        "fields": [{"name": "school_id", "type": "esriFieldTypeString"}],
        "features": [{"attributes": {"school_id": "0007"}, "geometry": {"x": -98.0, "y": 38.07}}],
    }
    cut = json.dumps({**whole, "exceededTransferLimit": True}).encode()
    yield _file("page.json", cut, "left out the records beyond its limit", json.dumps(whole).encode(), is_asked=False)


def _layer(**columns: Any) -> gpd.GeoDataFrame:
    columns = {"school_id": ["0007"], **columns}
    return gpd.GeoDataFrame(columns, geometry=[Point(-98.0, 38.07)], crs="EPSG:4326")


def _written(name: str, **layers: gpd.GeoDataFrame) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        for layer, table in layers.items():
            table.to_file(path, layer=layer)
        return path.read_bytes()


def _layers() -> Iterator[OddFile]:
    data = _written("a.gpkg", places=_layer(), others=_layer(name=["Oak"]))
    yield _file("layers.gpkg", data, "several layers", None, by_hand={"=NAME": "=places"})
    sound = _written("sound.gpkg", places=_layer(name=["Oak"]))
    yield _file("not text.gpkg", sound.replace(b"Oak", b"O\xffk"), "bytes that are not text", sound)
    misnamed = ("misnamed.gpkg:layer=schools",)
    yield _file("misnamed.gpkg", data, "no layer", None, by_hand={"=NAME": "=places"}, options=misnamed)


def _saved(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pyarrow.parquet.write_table(table, sink)
    return sink.getvalue()


def _parquet() -> Iterator[OddFile]:
    plain = {"school_id": ["0007"], "lat": [38.07], "lon": [-98.0]}
    sound = _saved(pa.table(plain))
    lists = _saved(pa.table({**plain, "feeders": [["0008"]]}))
    texts = _saved(pa.table({**plain, "feeders": ["0008"]}))
    yield _file("lists.parquet", lists, "without plain text", texts, is_asked=False)
    some = [b"a"] * 70_000
    of_bytes = {name: values * len(some) for name, values in plain.items()} | {"photo": pa.array([*some[1:], b"\xff"])}
    yield _file("bytes.parquet", _saved(pa.table(of_bytes)), "bytes that are not text", sound)
    geo = {"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "point"}}}
    places = pa.table({"school_id": ["0007"], "geometry": pa.array([b""])})
    other = _saved(places.replace_schema_metadata({"geo": json.dumps(geo)}))
    right = io.BytesIO()
    _layer().to_parquet(right)
    yield _file("other geometry.parquet", other, "not stored as WKB", right.getvalue())
    infinite = _layer().set_geometry([Point(float("inf"), 38.07)])
    saved = io.BytesIO()
    infinite.to_parquet(saved)
    yield _file("infinite.parquet", saved.getvalue(), "not finite numbers", right.getvalue())
    geo["columns"] = {"geometry": {"encoding": "WKB", "geometry_types": ["Point"]}}
    unsound = places.set_column(1, "geometry", pa.array([b"\x01\x02\x03"]))
    unsound_bytes = _saved(unsound.replace_schema_metadata({"geo": json.dumps(geo)}))
    yield _file("unsound.parquet", unsound_bytes, "geometry cannot be read", right.getvalue())
    zeros = _saved(pa.table({**plain, "name": ["Oak\0"]}))
    yield _file("zeros.parquet", zeros, "has NUL bytes", sound)


def _workbooks() -> Iterator[OddFile]:
    sound = workbook(a=pd.DataFrame({"school_id": ["0007"], "lat": ["38.07"], "lon": ["-98.0"]}))
    yield _file("blank.xlsx", workbook(a=pd.DataFrame()), "No sheet of the file has a table", sound)
    yield _file("locked.xlsx", _locked_workbook(), "protected by a password", sound)
    start = b"\x09\x08\x10\0\0\x06\x05\0" + bytes(12) + b"\x2f\0\x36\0\1"
    yield _file("locked.xls", _locked_workbook("Workbook", start), "protected by a password", sound)


def _locked_workbook(stream: str = "EncryptedPackage", content: bytes = b"") -> bytes:
    """A compound file with one stream, called as Excel calls an encrypted workbook, behind header and directory."""
    free, end = 0xFFFFFFFF, 0xFFFFFFFE
    content = content.ljust(4096, b"\0")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<5H6x9I", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", 0, *[free] * 108)
    table = struct.pack("<128I", 0xFFFFFFFD, end, *range(3, 10), end, *[free] * 118)
    directory = b""
    for name, kind, child, start, size in (("Root Entry", 5, 1, end, 0), (stream, 2, free, 2, len(content))):
        text = name.encode("utf-16-le") + bytes(2)
        sizes = struct.pack("<HBB3I", len(text), kind, 1, free, free, child)
        directory += text.ljust(64, b"\0") + sizes + bytes(36) + struct.pack("<IQ", start, size)
    return header + table + directory.ljust(512, b"\0") + content


def _archives() -> Iterator[OddFile]:
    text = as_bytes(TEXT)
    inner = archive({"a.csv": text})
    yield _file("in another.zip", archive({"inner.zip": inner}), "no tables", text)
    yield _file("twice packed.zip", archive({"a.csv": inner}), "another archive", inner)
    geodatabase = archive({"a.gdb/a00000001.gdbtable": b"", "a.gdb/gdb": b""})
    layer = _features({"school_id": "0007"})
    yield _file("geodatabase.zip", geodatabase, "a file geodatabase", layer)
    yield _file("strangely packed.zip", _packed_by(zipfile.ZIP_BZIP2, text), "cannot be read", inner)
    many = {"a.csv": text} | {f"{number}.md": b"" for number in range(10_001)}
    yield _file("many.zip", archive(many), "members", inner)
    told: dict[str, Any] = {"is_asked": False}
    yield _file("alone.zip", inner, "Taken from the archive: a.csv.", None, **told)
    yield _file("noted.zip", archive({"a.csv": text, "readme.md": b"Schools"}), "Taken from", inner, **told)
    table = pd.DataFrame({"school_id": ["0007"], "lat": ["38.07"], "lon": ["-98.0"]})
    two = archive({"a.xlsx": workbook(a=table), "b.gpkg": _written("b.gpkg", b=_layer())})
    yield _file("two kinds.zip", two, "Taken from", None, by_hand={"=NAME": "=b.gpkg"}, **told)


def _packed_by(method: int, text: bytes) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", method) as pack:
        pack.writestr("a.csv", text)
    return whole.getvalue()


def _shapefiles() -> Iterator[OddFile]:
    with tempfile.TemporaryDirectory() as folder:
        _layer().to_file(Path(folder) / "places.shp")
        parts = {path.name: path.read_bytes() for path in Path(folder).iterdir()}
    sound = archive(parts)
    two = archive({**parts, **{name.replace("places", "others"): data for name, data in parts.items()}})
    misnamed = ("misnamed.zip:layer=schools",)
    yield _file("misnamed.zip", two, "no layer", None, by_hand={"=NAME": "=places"}, options=misnamed)
    yield _file("part twice.zip", archive({**parts, "places.SHP": parts["places.shp"]}), "twice", sound)


def _reference_systems() -> Iterator[OddFile]:
    feet = "school_id,x,y / 0007,987654,203456"
    options = ("feet.csv:crs=EPSG:99999",)
    by_hand = {"EPSG:NUMBER": "EPSG:2263"}
    right = {"0007": (-73.99, 40.73)}
    yield _file("feet.csv", feet, "not a known coordinate", None, options=options, by_hand=by_hand, right=right)
    far = ("far.csv:crs=EPSG:26918",)
    yield _file("far.csv", feet, "No place lies", None, options=far, by_hand=by_hand, right=right)
    datum = catchments().replace(b"{", b'{"crs":{"type":"name","properties":{"name":"+proj=longlat +ellps=intl"}},', 1)
    old: dict[str, Any] = {"role": "catchments", "look": "", "right": {}, "is_asked": False}
    yield _file("datum.geojson", datum, "No shift is known", catchments(), **old)
