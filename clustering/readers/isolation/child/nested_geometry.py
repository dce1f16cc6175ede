"""Well-known binary whose parts lie one within another: its parser recurses, and would take a process down with it."""

from __future__ import annotations

import importlib
import struct
from typing import Any

# Points, lines and polygons in the plane have no parts: they need no second look.
_SIMPLE = {struct.pack("<BI", 1, kind) for kind in (1, 2, 3)}
_POINT, _LINES, _POLYGON = 1, (2, 8), 3
_COLLECTIONS = (4, 5, 6, 7, 9, 10, 11, 12)
_HAS_Z, _HAS_M, _HAS_SRID = 0x80000000, 0x40000000, 0x20000000
_HIGHEST_ISO_THOUSAND = 3


def without_deep_nesting(shapes: Any, most_levels: int) -> Any:
    """Return an Arrow array of well-known binary in which what is nested too deeply, or is none, is no bytes at all."""
    pa = importlib.import_module("pyarrow")
    binary = shapes.to_pylist()
    kept = [each if each is None or _is_shallow(each, most_levels) else b"" for each in binary]
    return shapes if kept == binary else pa.array(kept, pa.binary())


def _is_shallow(binary: bytes, most_levels: int) -> bool:
    if binary[:5] in _SIMPLE:
        return True
    to_come, place = [1], 0
    try:
        while to_come:
            if to_come[-1] == 0:
                to_come.pop()
                continue
            to_come[-1] -= 1
            place, parts = _next_header(binary, place)
            if parts:
                to_come.append(parts)
                if len(to_come) > most_levels:
                    return False
    except (struct.error, IndexError, ValueError):
        return False
    return place <= len(binary)


def _next_header(binary: bytes, place: int) -> tuple[int, int]:
    """Place behind the geometry, or behind its header if it is a collection; and how many parts this has."""
    order = (">", "<")[binary[place]]
    (code,) = struct.unpack_from(f"{order}I", binary, place + 1)
    thousand, kind = divmod(code & 0xFFFF, 1000)
    if thousand > _HIGHEST_ISO_THOUSAND:
        raise ValueError(code)
    has_z, has_m = bool(code & _HAS_Z) or thousand in (1, 3), bool(code & _HAS_M) or thousand in (2, 3)
    point_bytes = 8 * (2 + has_z + has_m)
    place += 9 if code & _HAS_SRID else 5
    if kind == _POINT:
        return place + point_bytes, 0
    (count,) = struct.unpack_from(f"{order}I", binary, place)
    place += 4
    if kind in _COLLECTIONS:
        return place, count
    if kind in _LINES:
        return place + count * point_bytes, 0
    if kind != _POLYGON:
        raise ValueError(code)
    for _ in range(count):
        (points,) = struct.unpack_from(f"{order}I", binary, place)
        place += 4 + points * point_bytes
    return place, 0
