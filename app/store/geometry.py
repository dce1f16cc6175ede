"""Geometry in the database: a geometry column of PostGIS, which every GIS reads, and well-known binary on SQLite."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler, SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import LargeBinary, UserDefinedType

# Longitude and latitude of WGS 84, as in GeoJSON.
SRID = 4326
_HEADER_BYTES, _COUNT_BYTES, _POSITION_BYTES = 5, 4, 16
_TYPES = {"Point": 1, "LineString": 2, "Polygon": 3, "MultiPoint": 4, "MultiLineString": 5, "MultiPolygon": 6}


class Geometry(UserDefinedType[bytes]):
    """A geometry, as well-known binary in Python."""

    cache_ok = True

    def bind_expression(self, bindvalue: BindParameter[bytes]) -> ColumnElement[bytes]:
        """Give PostGIS a geometry, not bytes."""
        return _FromBinary(bindvalue)

    def column_expression(self, colexpr: ColumnElement[bytes]) -> ColumnElement[bytes]:
        """Get bytes from PostGIS."""
        return _AsBinary(colexpr)


class _FromBinary(FunctionElement[bytes]):
    inherit_cache = True
    type = LargeBinary()


class _AsBinary(FunctionElement[bytes]):
    inherit_cache = True
    type = LargeBinary()


@compiles(Geometry)
def _sqlite_type(_type: Geometry, _compiler: DDLCompiler, **_options: Any) -> str:
    return "BLOB"


@compiles(Geometry, "postgresql")
def _postgres_type(_type: Geometry, _compiler: DDLCompiler, **_options: Any) -> str:
    return f"geometry(Geometry,{SRID})"


@compiles(_FromBinary)
@compiles(_AsBinary)
def _as_it_is(element: FunctionElement[bytes], compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(_FromBinary, "postgresql")
def _from_binary(element: _FromBinary, compiler: SQLCompiler, **options: Any) -> str:
    return f"ST_GeomFromWKB({compiler.process(element.clauses, **options)}, {SRID})"


@compiles(_AsBinary, "postgresql")
def _as_binary(element: _AsBinary, compiler: SQLCompiler, **options: Any) -> str:
    return f"ST_AsBinary({compiler.process(element.clauses, **options)})"


def point(longitude: float, latitude: float) -> bytes:
    """Write a point as well-known binary."""
    return well_known_binary({"type": "Point", "coordinates": [longitude, latitude]})


def well_known_binary(geometry: Mapping[str, Any]) -> bytes:
    """
    Write a geometry of GeoJSON as well-known binary.

    Parameters
    ----------
    geometry
        With ``type`` and ``coordinates``; heights are left out.

    Returns
    -------
    data
        Little-endian, as OGC 06-103r4 defines it.
    """
    kind, coordinates = geometry["type"], geometry["coordinates"]
    start = struct.pack("<BI", 1, _TYPES[kind])
    if kind.startswith("Multi"):
        parts = [well_known_binary({"type": kind.removeprefix("Multi"), "coordinates": each}) for each in coordinates]
        return start + struct.pack("<I", len(parts)) + b"".join(parts)
    if kind == "Polygon":
        return start + struct.pack("<I", len(coordinates)) + b"".join(map(_line, coordinates))
    return start + (_line(coordinates) if kind == "LineString" else struct.pack("<dd", *coordinates[:2]))


def _line(positions: Sequence[Sequence[float]]) -> bytes:
    return struct.pack("<I", len(positions)) + b"".join(struct.pack("<dd", *each[:2]) for each in positions)


def extent_of(geometries: Sequence[bytes]) -> list[float] | None:
    """
    Say where geometries are.

    Parameters
    ----------
    geometries
        As :func:`well_known_binary` writes them, or the database does.

    Returns
    -------
    extent
        West, south, east, north in their unit; ``None`` without any position.
    """
    positions = [position for each in geometries for position in _positions(each, 0)[0]]
    if not positions:
        return None
    longitudes, latitudes = zip(*positions, strict=True)
    return [min(longitudes), min(latitudes), max(longitudes), max(latitudes)]


def _positions(data: bytes, start: int) -> tuple[list[tuple[float, float]], int]:
    """Every position of a geometry that begins at a byte, and where it ends."""
    order = "<" if data[start] == 1 else ">"
    (kind,) = struct.unpack_from(f"{order}I", data, start + 1)
    start += _HEADER_BYTES
    if kind == _TYPES["Point"]:
        return [struct.unpack_from(f"{order}dd", data, start)], start + _POSITION_BYTES
    is_line = kind == _TYPES["LineString"]
    parts = 1
    if not is_line:
        (parts,) = struct.unpack_from(f"{order}I", data, start)
        start += _COUNT_BYTES
    found: list[tuple[float, float]] = []
    for _ in range(parts):
        if is_line or kind == _TYPES["Polygon"]:
            (count,) = struct.unpack_from(f"{order}I", data, start)
            start += _COUNT_BYTES
            end = start + count * _POSITION_BYTES
            found += struct.iter_unpack(f"{order}dd", data[start:end])
            start = end
        else:
            inner, start = _positions(data, start)
            found += inner
    return found, start
