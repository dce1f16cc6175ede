"""
KML: its placemarks, with every attribute that they have.

GDAL leaves out attributes that no schema in the file declares, and makes a layer of each folder. The documents of maps
that districts share have both, so the placemarks are read here, by the parser of XML that comes with Python. It gets
no declaration of a document type: with one go external files and entities that grow.
"""

from __future__ import annotations

import importlib
import itertools
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.parsers import expat

from clustering.readers.isolation.child.answers import (
    BATCH_ROWS,
    CodedError,
    Facts,
    Request,
    check_count,
    write_answer,
)

_POINT, _LINE, _POLYGON, _MULTIPOINT, _MULTILINE, _MULTIPOLYGON, _COLLECTION = range(1, 8)
_SHAPES = {"Point": _POINT, "LineString": _LINE, "LinearRing": _LINE, "Polygon": _POLYGON}
_MULTI: Mapping[tuple[int, ...], int] = {(_POINT,): _MULTIPOINT, (_LINE,): _MULTILINE, (_POLYGON,): _MULTIPOLYGON}


def read_placemarks(request: Request) -> Facts:
    """KML: a record for each placemark, its name, description and folder, and what its extended data say."""
    found = _Placemarks(request["limits"])
    try:
        with Path(request["file"]).open("rb") as file:
            found.parser.ParseFile(file)
    except expat.ExpatError:
        raise CodedError("xml") from None
    if not found.records:
        raise CodedError("placemarks")
    headings = list(dict.fromkeys(itertools.chain.from_iterable(found.records)))
    check_count("columns", len(headings), request["limits"])
    pa = importlib.import_module("pyarrow")

    def batches() -> Iterator[tuple[list[Any], Any]]:
        """Columns and geometry of some records at a time."""
        for start in range(0, len(found.records), BATCH_ROWS):
            some = found.records[start : start + BATCH_ROWS]
            columns = [pa.array([record.get(key, "").strip() for record in some], pa.string()) for key in headings]
            yield columns, pa.array(found.shapes[start : start + BATCH_ROWS], pa.binary())

    write_answer(headings, batches(), request["limits"], has_geometry=True)
    return {"crs": "OGC:CRS84"}


class _Placemarks:
    """The placemarks of a document, as the parser of XML meets them."""

    def __init__(self, limits: Mapping[str, Any]) -> None:
        self.records: list[dict[str, str]] = []
        self.shapes: list[bytes | None] = []
        self._limits = limits
        self._path: list[str] = []
        self._folders: list[str] = []
        self._text: list[str] = []
        self._parts: list[tuple[int, bytes]] = []
        self._rings: list[bytes] = []
        self._record: dict[str, str] | None = None
        self._key = ""
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse_document_type
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text.append

    @staticmethod
    def _refuse_document_type(*_: object) -> None:
        raise CodedError("document type")

    def _start(self, element: str, attributes: Mapping[str, str]) -> None:
        name = element.rpartition(" ")[2]
        self._path.append(name)
        check_count("nesting_levels", len(self._path), self._limits)
        self._text.clear()
        if name == "NetworkLink":
            raise CodedError("network link")
        if name == "Folder":
            self._folders.append("")
        elif name == "Placemark":
            self._record, self._parts = {}, []
        elif name == "Polygon":
            self._rings = []
        elif name in ("Data", "SimpleData"):
            self._key = attributes.get("name", "")

    def _end(self, _: str) -> None:
        name, text = self._path.pop(), "".join(self._text)
        self._text.clear()
        above = self._path[-1] if self._path else ""
        if name == "name" and above == "Folder":
            self._folders[-1] = text.strip()
        elif name == "Folder":
            self._folders.pop()
        record = self._record
        if record is None:
            return
        if above == "Placemark" and name in ("name", "description"):
            record.setdefault(name, text)
        elif name == "SimpleData" or (name == "value" and above == "Data"):
            self._add_attribute(record, text)
        elif name == "coordinates":
            self._add_coordinates(text, above)
        elif name == "Polygon" and self._rings:
            self._parts.append((_POLYGON, struct.pack("<I", len(self._rings)) + b"".join(self._rings)))
        elif name == "Placemark":
            self._finish(record)

    def _add_attribute(self, record: dict[str, str], text: str) -> None:
        """What is said under a name goes before the name on the map, as a school's name before a label."""
        same = next((key for key in record if key.lower() == self._key.lower()), self._key)
        if self._key and (same in ("name", "description") or same not in record):
            record[same] = text
            check_count("columns", len(record), self._limits)

    def _add_coordinates(self, text: str, above: str) -> None:
        """Longitude, latitude and perhaps height, with commas; places with blanks between them."""
        try:
            places = [tuple(map(float, place.split(",")[:2])) for place in text.split()]
            points = [struct.pack("<dd", *place) for place in places]
        except (ValueError, struct.error):
            raise CodedError("coordinates", record=len(self.records) + 1) from None
        many = struct.pack("<I", len(points)) + b"".join(points)
        if above == "Point":
            self._parts += [(_POINT, points[0])] if points else []
        elif above == "LinearRing" and "Polygon" in self._path:
            self._rings.append(many)
        elif above in _SHAPES:
            self._parts.append((_LINE, many))

    def _finish(self, record: dict[str, str]) -> None:
        folder = next((each for each in reversed(self._folders) if each), "")
        self.records.append({**record, "folder": folder} if folder else record)
        self.shapes.append(_well_known_binary(self._parts))
        self._record = None
        check_count("rows", len(self.records), self._limits)


def _well_known_binary(parts: list[tuple[int, bytes]]) -> bytes | None:
    """One shape of all parts of a placemark; ``None`` without any."""
    shapes = [struct.pack("<BI", 1, kind) + content for kind, content in parts]
    if len(shapes) < 2:
        return shapes[0] if shapes else None
    kinds = tuple(sorted({kind for kind, _ in parts}))
    return struct.pack("<BII", 1, _MULTI.get(kinds, _COLLECTION), len(shapes)) + b"".join(shapes)
