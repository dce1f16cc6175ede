"""What spatial JSON says of itself beside its features: its reference system, and that it is not whole."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from clustering.readers.isolation.child.answers import Request
from clustering.readers.isolation.child.json_records import scan_json
from clustering.readers.isolation.child.topology_arcs import check_arcs

JSON_KINDS = ("geojson", "geojson sequence", "topojson", "arcgis json")
# Before the features or after them, never among them.
_MARGIN_BYTES = 1 << 16
_CRS = re.compile(rb'"crs"\s*:\s*(\{[^{}]*+(?:\{[^{}]*+\}[^{}]*+)?\})')
_CUT_OFF = re.compile(rb'"exceededTransferLimit"\s*:\s*true')
_SAID = "name", "code", "href"


def said_in_json(request: Request) -> dict[str, Any]:
    """
    Check the brackets of a file of spatial JSON, and look for what GDAL passes over.

    GDAL takes a GeoJSON reference system that it does not know for longitude and latitude, and TopoJSON has none: its
    coordinates are longitude and latitude unless they were drawn for a screen.
    """
    scan_json(request["file"], request["limits"])
    margins = _margins(request["file"])
    said: dict[str, Any] = {"is_cut_off": _CUT_OFF.search(margins) is not None}
    if request["kind"] == "topojson":
        check_arcs(request["file"])
        said["crs"] = "OGC:CRS84"
    elif found := _CRS.search(margins) if request["kind"] == "geojson" else None:
        said["crs"] = _name_of_crs(found.group(1))
    return said


def _margins(path: str) -> bytes:
    with Path(path).open("rb") as file:
        head = file.read(_MARGIN_BYTES)
        file.seek(max(file.seek(0, 2) - _MARGIN_BYTES, len(head)))
        return head + file.read()


def _name_of_crs(member: bytes) -> str | None:
    """The name in a member such as ``{"type": "name", "properties": {"name": "EPSG:2263"}}``."""
    try:
        described = json.loads(member)
    except ValueError:
        return None
    properties = described.get("properties")
    if not isinstance(properties, dict):
        return None
    kind, names = described.get("type"), [properties[key] for key in _SAID if key in properties]
    return f"EPSG:{names[0]}" if names and kind == "EPSG" else str(names[0]) if names else None
