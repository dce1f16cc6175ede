"""Nested well-known binary: its parser recurses, and deep nesting would end the process."""

from __future__ import annotations

import importlib
import struct
from typing import Any, NamedTuple

# Points, lines and polygons in the plane have no parts and need no check.
_SIMPLE = {struct.pack("<BI", 1, kind) for kind in (1, 2, 3)}
_POINT, _LINES, _POLYGON = 1, (2, 8), 3
_COLLECTIONS = (4, 5, 6, 7, 9, 10, 11, 12)
_HAS_Z, _HAS_M, _HAS_SRID = 0x80000000, 0x40000000, 0x20000000
_HIGHEST_ISO_THOUSAND = 3


def without_deep_nesting(shapes: Any, most_levels: int) -> Any:
    """Replace binary that is nested too deeply, or is not well-known binary, by no bytes."""
    pa = importlib.import_module("pyarrow")
    binary = shapes.to_pylist()
    kept = [each if each is None or is_shallow(each, most_levels) else b"" for each in binary]
    return shapes if kept == binary else pa.array(kept, pa.binary())


def is_shallow(binary: bytes, most_levels: int) -> bool:
    """Whether well-known binary is sound as far as its headers say, and not nested more deeply than so many levels."""
    if binary[:5] in _SIMPLE:
        return True
    parts_left, position = [1], 0
    try:
        while parts_left:
            if parts_left[-1] == 0:
                parts_left.pop()
                continue
            parts_left[-1] -= 1
            header = _next_header(binary, position)
            position = header.end
            if header.parts:
                parts_left.append(header.parts)
                if len(parts_left) > most_levels:
                    return False
    except (struct.error, IndexError, ValueError):
        return False
    return position <= len(binary)


class _Header(NamedTuple):
    """Position after a geometry, or after the header of a collection, and the number of its parts."""

    end: int
    parts: int


def _next_header(binary: bytes, position: int) -> _Header:
    order = (">", "<")[binary[position]]
    (code,) = struct.unpack_from(f"{order}I", binary, position + 1)
    thousand, kind = divmod(code & 0xFFFF, 1000)
    if thousand > _HIGHEST_ISO_THOUSAND:
        raise ValueError(code)
    has_z, has_m = bool(code & _HAS_Z) or thousand in (1, 3), bool(code & _HAS_M) or thousand in (2, 3)
    point_bytes = 8 * (2 + has_z + has_m)
    position += 9 if code & _HAS_SRID else 5
    if kind == _POINT:
        return _Header(position + point_bytes, 0)
    (count,) = struct.unpack_from(f"{order}I", binary, position)
    position += 4
    if kind in _COLLECTIONS:
        return _Header(position, count)
    if kind in _LINES:
        return _Header(position + count * point_bytes, 0)
    if kind != _POLYGON:
        raise ValueError(code)
    for _ in range(count):
        (points,) = struct.unpack_from(f"{order}I", binary, position)
        position += 4 + points * point_bytes
    return _Header(position, 0)
