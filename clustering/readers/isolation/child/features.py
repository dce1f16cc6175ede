"""Spatial files by one GDAL driver, and Parquet."""

from __future__ import annotations

import importlib
import itertools
import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from clustering.readers.isolation.child.answers import (
    BATCH_ROWS,
    CodedError,
    Facts,
    Request,
    as_text,
    check_count,
    choose,
    write_answer,
)
from clustering.readers.isolation.child.json_members import JSON_KINDS, said_in_json
from clustering.readers.isolation.child.nested_geometry import without_deep_nesting

_OF_ONE_LAYER = ("geojson", "geojson sequence", "arcgis json")


def read_features(request: Request) -> Facts:
    """GeoJSON and its relatives, GeoPackage, FlatGeobuf or shapefile, by the one GDAL driver that is enabled."""
    said = said_in_json(request) if request["kind"] in JSON_KINDS else {}
    # The parser imports pyproj if it finds it; only few files need it, and later.
    hidden: dict[str, Any] = {"pyproj": None}
    sys.modules.update(hidden)
    pyogrio, raw = importlib.import_module("pyogrio"), importlib.import_module("pyogrio.raw")
    del sys.modules["pyproj"]
    if set(pyogrio.list_drivers()) != {request["driver"]}:
        raise CodedError("drivers")
    source = request["prefix"] + request["file"]
    layer, names = _chosen_layer(pyogrio, source, request)
    options = {"DATE_AS_STRING": "YES"} if request["kind"] == "geojson" else {}
    with raw.open_arrow(
        source, layer=layer, use_pyarrow=True, datetime_as_string=True, batch_size=BATCH_ROWS, **options
    ) as (meta, reader):
        has_geometry = meta["geometry_type"] is not None
        geometry_name = meta["geometry_name"] or "wkb_geometry"
        dropped = _write_columns(reader.schema, reader, geometry_name if has_geometry else None, request["limits"])
    return {
        "layer": layer,
        "layers": names[:1000],
        "crs": said.pop("crs", None) or meta["crs"] if has_geometry else None,
        "dropped": dropped,
        **said,
    }


def _chosen_layer(pyogrio: Any, source: str, request: Request) -> tuple[str | None, list[str]]:
    """The layer to read, and all layers; a file that can have but one is not parsed to tell the name of it."""
    if request["kind"] in _OF_ONE_LAYER and request["layer"] is None:
        return None, []
    layers = [(str(name), geometry) for name, geometry in pyogrio.list_layers(source)]
    names = [name for name, _ in layers]
    with_geometry = [name for name, geometry in layers if geometry is not None]
    return choose("layer", request["layer"], names, with_geometry or names), names


def _write_columns(
    schema: Any, batches: Iterable[Any], geometry_name: str | None, limits: Mapping[str, Any]
) -> list[str]:
    """Write the geometry and the columns that can be text; return the others."""
    check_count("columns", len(schema.names), limits)
    pa = importlib.import_module("pyarrow")
    stream = iter(batches)
    first = next(stream, None)
    start = first if first is not None else pa.RecordBatch.from_pylist([], schema=schema)
    # Another column may have the same name as the geometry, which GDAL puts last.
    geometry = max((number for number, name in enumerate(schema.names) if name == geometry_name), default=None)
    numbers = [number for number in range(len(schema.names)) if number != geometry]
    kept = [number for number in numbers if as_text(start.column(number)) is not None]

    def texts(batch: Any) -> tuple[list[Any], Any | None]:
        columns = [as_text(batch.column(number)) for number in kept]
        if any(column is None for column in columns):
            raise CodedError("bytes")
        if geometry is None:
            return columns, None
        return columns, without_deep_nesting(batch.column(geometry).cast(pa.binary()), limits["nesting_levels"])

    headings = [schema.names[number] for number in kept]
    write_answer(headings, map(texts, itertools.chain([start], stream)), limits, has_geometry=geometry is not None)
    return [schema.names[number][:100] for number in numbers if number not in kept]


def read_parquet(request: Request) -> Facts:
    """Parquet; its metadata names the geometry, and its footer has the counts, which are checked before reading."""
    parquet = importlib.import_module("pyarrow.parquet")
    bounds = {"thrift_string_size_limit": 100_000_000, "thrift_container_size_limit": 1_000_000}
    with parquet.ParquetFile(request["file"], pre_buffer=False, **bounds) as file:
        limits = request["limits"]
        check_count("rows", file.metadata.num_rows, limits)
        check_count("columns", file.metadata.num_columns, limits)
        geo = json.loads((file.metadata.metadata or {}).get(b"geo", b"{}"))
        geometry_name = geo.get("primary_column")
        described = geo.get("columns", {}).get(geometry_name, {})
        if geometry_name is not None and described.get("encoding") != "WKB":
            raise CodedError("encoding")
        schema = file.schema_arrow
        flat = [field for field in schema if not field.type.num_fields]
        batches = file.iter_batches(BATCH_ROWS, columns=[field.name for field in flat], use_threads=False)
        dropped = _write_columns(importlib.import_module("pyarrow").schema(flat), batches, geometry_name, limits)
    nested = [field.name[:100] for field in schema if field.type.num_fields]
    return {"crs": _parquet_crs(described) if geometry_name is not None else None, "dropped": [*dropped, *nested]}


def _parquet_crs(described: Mapping[str, Any]) -> str | None:
    if "crs" not in described:
        return "OGC:CRS84"
    crs = described["crs"]
    if crs is None:
        return None
    return f"{crs['id']['authority']}:{crs['id']['code']}" if "id" in crs else json.dumps(crs)
