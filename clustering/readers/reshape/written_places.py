"""
One cell that holds a place: a pair of numbers, well-known text or binary, or an object of JSON.

Only shapes without parts of other kinds are read: a collection inside a collection, a million times over, would end
the process that parses it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape

from clustering.readers.isolation.child.nested_geometry import is_shallow

MAXIMUM_VERTICES = 5_000_000
_NUMBER = r"[-+]?\d{1,9}(?:\.\d{1,20})?"
# A pair alone, or in brackets below an address as open data portals write it.
_DECIMAL = r"[-+]?\d{1,9}\.\d{1,20}"
# Possessive: a run of blanks is taken once, whatever follows, or a hostile cell takes the square of its length.
_SIGN = r"(?:\s*+[,;]\s*+|\s++)"
_PAIR = re.compile(rf"(?:.*\s)?\(\s*+({_NUMBER}){_SIGN}({_NUMBER})\s*+\)|({_DECIMAL}){_SIGN}({_DECIMAL})", re.DOTALL)
_LONGEST_PAIR = 1_000
_WELL_KNOWN_TEXT = re.compile(
    r"(?:SRID=(\d{1,6});)?\s*+"
    r"((?:MULTI)?(?:POINT|POLYGON)\s*+(?:(?:ZM?|M)?\s*+\([-+0-9.eE,()\s]*\)|EMPTY))",
    re.IGNORECASE,
)
_BINARY = re.compile(r"(?:00|01)[0-9A-Fa-f]{40,}")
_KINDS, _LEVELS_OF_BINARY = (1, 3, 4, 6), 2  # points and polygons, and several of them
_NO_SHAPE = (
    *(ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OverflowError),
    shapely.GEOSException,
)
_TYPES = ("Point", "MultiPoint", "Polygon", "MultiPolygon")


@dataclass(frozen=True, kw_only=True)
class Place:
    """
    What a cell says.

    Parameters
    ----------
    shape
        As written.
    is_pair
        Whether it is two numbers of which only their size says which is the latitude.
    crs
        The reference system that the cell names itself; blank without one.
    """

    shape: shapely.Geometry
    is_pair: bool = False
    crs: str = ""


def parse_place(text: str) -> Place | None:
    """
    Read a cell.

    Parameters
    ----------
    text
        The cell.

    Returns
    -------
    place
        ``None`` if the text is no place, or if a number of it is not finite.
    """
    place = _parsed(text)
    return place if place is not None and np.isfinite(shapely.get_coordinates(place.shape)).all() else None


def _parsed(text: str) -> Place | None:
    if text.startswith("{"):
        return _of_object(text)
    if text.count(",") > MAXIMUM_VERTICES:
        return None
    if known := _WELL_KNOWN_TEXT.fullmatch(text):
        with np.errstate(over="ignore"):
            found = shapely.from_wkt(known.group(2), on_invalid="ignore")
        return None if found is None else Place(shape=found, crs=f"EPSG:{known.group(1)}" if known.group(1) else "")
    if _BINARY.fullmatch(text) and len(text) % 2 == 0:
        return _of_binary(bytes.fromhex(text))
    if len(text) <= _LONGEST_PAIR and "." in text and (pair := _PAIR.fullmatch(text)):
        first, second = (float(each) for each in pair.groups() if each is not None)
        return Place(shape=shapely.Point(first, second), is_pair=True)
    return None


def _of_object(text: str) -> Place | None:
    """GeoJSON, the ``location`` of open data portals, or the ``x`` and ``y`` of ArcGIS."""
    for written in (text, text.replace("'", '"') if len(text) <= _LONGEST_PAIR else ""):
        try:
            content = json.loads(written)
        except (ValueError, RecursionError):
            continue
        return _of_members(content) if isinstance(content, dict) else None
    return None


def _of_members(content: dict[str, Any]) -> Place | None:
    try:
        if content.get("type") in _TYPES:
            return Place(shape=shape({"type": content["type"], "coordinates": content["coordinates"]}))
        for east, north in (("longitude", "latitude"), ("lng", "lat"), ("lon", "lat"), ("x", "y")):
            if east in content and north in content:
                return Place(shape=shapely.Point(float(content[east]), float(content[north])))
    except _NO_SHAPE:
        return None
    return None


def _of_binary(binary: bytes) -> Place | None:
    kind = int.from_bytes(binary[1:5], "little" if binary[0] else "big")
    is_known = kind & 0xFF in _KINDS and is_shallow(binary, _LEVELS_OF_BINARY)
    found = shapely.from_wkb(binary, on_invalid="ignore") if is_known else None
    if found is None:
        return None
    number = int(shapely.get_srid(found))
    return Place(shape=found, crs=f"EPSG:{number}" if number else "")
