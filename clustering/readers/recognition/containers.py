"""Which container a file is, by its bytes and never by its name."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

MAXIMUM_MEMBERS = 5_000
TABLE_SUFFIXES = (".csv", ".txt", ".tsv", ".tab", ".psv", ".dat")
OTHER_SUFFIXES = (
    *(".xlsx", ".xls", ".ods", ".geojson", ".json", ".gpkg", ".fgb", ".parquet", ".topojson", ".geojsonl"),
    *(".geojsons", ".kml"),
)
ARCHIVE_FAULTS = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError),
)
# Size of a member's entry in the directory of an archive: 46 bytes, its path and extras.
_ENTRY_BYTES = 1_024
_GEOJSON = re.compile(rb'"type"\s*:\s*"(Feature(Collection)?|(Multi)?(Point|LineString|Polygon)|GeometryCollection)"')
# One of these is no GeoJSON by itself: records may hold places.
_RECORDS = re.compile(rb'"(results|items|records|data|rows)"\s*:\s*\[')
_FEATURE = re.compile(rb'"type"\s*:\s*"Feature')
_TOPOLOGY = re.compile(rb'"type"\s*:\s*"Topology"')
_ARCGIS = re.compile(rb'"(geometryType"\s*:\s*"esriGeometry|attributes"\s*:\s*\{)')
_KML = re.compile(rb"<(\w+:)?kml[\s>]")
_LONGEST_FIRST_LINE = 1 << 26
_MAGIC = (
    (b"SQLite format 3\0", "geopackage"),
    (b"fgb\x03", "flatgeobuf"),
    (b"PAR1", "parquet"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "workbook"),
    (b"\x1f\x8b", "gzip"),
)


def recognise_container(path: Path) -> str:
    """
    Recognise a container by its first bytes and, for a ZIP archive, by its members.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    container
        ``text``, ``workbook``, ``geojson``, ``geojson sequence``, ``topojson``, ``arcgis json``, ``kml``,
        ``geopackage``, ``flatgeobuf``, ``parquet``, ``shapefile archive``, ``json``, ``gzip`` or ``archive``.
    """
    with path.open("rb") as file:
        head = file.read(1 << 16)
    for magic, container in _MAGIC:
        if head.startswith(magic):
            return container
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_archive(path)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"{", b"[", b"\x1e")):
        return _kind_of_json(path, start)
    return "kml" if start.startswith((b"<?xml", b"<!", b"<kml")) and _KML.search(start) else "text"


def _kind_of_json(path: Path, start: bytes) -> str:
    if start.startswith(b"["):
        return "json"
    if start.startswith(b"\x1e") or (_GEOJSON.search(start) and _has_object_per_line(path)):
        return "geojson sequence"
    if _TOPOLOGY.search(start):
        return "topojson"
    if b'"features"' in start and _ARCGIS.search(start):
        return "arcgis json"
    is_geojson = _FEATURE.search(start) or (_GEOJSON.search(start) and not _RECORDS.search(start))
    return "geojson" if is_geojson else "json"


def _has_object_per_line(path: Path) -> bool:
    with path.open("rb") as file:
        first = file.readline(_LONGEST_FIRST_LINE).strip()
        second = next((line for _ in range(10) if (line := file.readline(1_000).strip())), b"")
    return first.endswith(b"}") and second.startswith(b"{")


def has_giant_directory(path: Path) -> bool:
    """Whether an archive's directory is too large to be opened; it is read as a whole when the archive is opened."""
    return _directory_bytes(path) > MAXIMUM_MEMBERS * _ENTRY_BYTES


def _kind_of_archive(path: Path) -> str:
    if has_giant_directory(path):
        return "archive"
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except ARCHIVE_FAULTS:
        return "archive"
    if "xl/workbook.xml" in names or ("content.xml" in names and "mimetype" in names):
        return "workbook"
    suffixes = {PurePosixPath(name).suffix.lower() for name in names}
    # Beside a shapefile a KML is a picture of it, with fewer attributes.
    has_table = not suffixes.isdisjoint({*TABLE_SUFFIXES, *OTHER_SUFFIXES} - {".kml"})
    return "shapefile archive" if ".shp" in suffixes and not has_table else "archive"


def _directory_bytes(path: Path) -> int:
    """
    Size of an archive's directory; 0 if there is none.

    Of several end records the largest counts: the signature of one may be inside another, and readers differ in which
    one they use.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - (1 << 16) - 22 - 20 - 56))
        tail = file.read()
    ends = [found.start() for found in re.finditer(rb"PK\x05\x06", tail)]
    sizes = [int.from_bytes(tail[end + 12 : end + 16], "little") for end in ends]
    # Archives of more than 4 GiB, and those that pretend to be, have a second end record before the first.
    long_ends = [end - 20 - 56 for end in ends if tail.startswith(b"PK\x06\x06", max(0, end - 20 - 56))]
    long_sizes = [int.from_bytes(tail[end + 40 : end + 48], "little") for end in long_ends]
    # If there is a long end record, the short one may hold only set bits.
    return max(long_sizes or sizes, default=0)
