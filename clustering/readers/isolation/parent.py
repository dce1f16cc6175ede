"""
Workbooks, spatial files, Parquet and JSON are parsed in a child process that can do nothing else.

The parsers of these files are large programs in C, C++ and Rust, and some of them read other files or addresses that a
document names. The child is a fresh interpreter with our own environment, in which only the declared driver exists. It
reads a copy of the file under our own name, with limits on time, memory and output and, if the system allows it,
without network and without other files (``child_main``).
"""

from __future__ import annotations

import importlib.util
import json
import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute

from clustering.readers.crs import geographic_shapes
from clustering.readers.isolation.errors_of_codes import error_of_code, file_error
from clustering.readers.isolation.warm_children import WarmChildren
from clustering.readers.recognition.archives import copy_plain, extract_shapefile
from clustering.readers.recognition.open_archives import OpenArchive
from clustering.readers.text.headings import checked_headings

_SCRIPT = Path(__file__).with_name("child_main.py")
# What the child imports; the fresh interpreter may search other folders than this one.
_PACKAGES = ("numpy", "packaging", "pyarrow", "pyogrio", "pyproj", "python_calamine", "shapely")


@dataclass(frozen=True, kw_only=True)
class ReadingLimits:
    """
    Limits for reading one file.

    Parameters
    ----------
    time_limit_s, memory_bytes, answer_bytes
        Elapsed seconds, address space, and size of the answer.
    rows, columns, cells, vertices, nesting_levels
        Maximum of each; ``cells`` of a workbook's rectangle, ``nesting_levels`` of JSON and of geometry.
    """

    time_limit_s: float = 18.0  # 20 with the start and the end of the process
    memory_bytes: int = 1024**3
    # The parent holds the answer twice while it is checked; this keeps it below what the child may use.
    answer_bytes: int = 384 * 1024**2
    rows: int = 5_000_000
    columns: int = 2_000
    cells: int = 20_000_000
    vertices: int = 20_000_000
    nesting_levels: int = 60


@dataclass(frozen=True, kw_only=True)
class ContainerTable:
    """
    The table in a file.

    Parameters
    ----------
    columns
        Heading to text, missing as ``""``.
    geometry
        EPSG:4326, one per record; ``None`` without geometry.
    layer, layers
        Layer or sheet that was read, and all that there are.
    crs
        From the user's options, else from the file.
    first_row
        Row of the first record; 1 if records have no rows.
    header_row
        Row of the headings; ``None`` if headings are not in a row.
    dropped
        Columns that cannot be text, such as lists.
    repeated
        Headings that several columns have; the second of them is called ``NAME (2)``.
    joined_rows
        The two rows of a sheet that the headings were joined from, or ``None``.
    is_approximate
        Whether the coordinates were converted without a known shift between datums.
    is_cut_off
        Whether the file says that a server left out the records beyond its limit.
    """

    columns: Mapping[str, pa.StringArray]
    geometry: np.ndarray | None
    layer: str
    layers: tuple[str, ...]
    crs: str
    first_row: int
    header_row: int | None
    dropped: tuple[str, ...]
    repeated: tuple[str, ...] = ()
    joined_rows: tuple[int, int] | None = None
    is_approximate: bool = False
    is_cut_off: bool = False


# Container to GDAL's driver, the prefix that enforces it, and the name under which the copy is read.
_SPATIAL = {
    "geojson": ("GeoJSON", "GeoJSON:", "input.geojson"),
    "geojson sequence": ("GeoJSONSeq", "GeoJSONSeq:", "input.geojsons"),
    "topojson": ("TopoJSON", "TopoJSON:", "input.topojson"),
    "arcgis json": ("ESRIJSON", "ESRIJSON:", "input.json"),
    "geopackage": ("GPKG", "GPKG:", "input.gpkg"),
    "flatgeobuf": ("FlatGeobuf", "", "input.fgb"),
    "shapefile archive": ("ESRI Shapefile", "", "layer.shp"),
}
_PLAIN = {"parquet": "input.parquet", "workbook": "input.book", "json": "input.json", "kml": "input.kml"}


def read_container(  # noqa: PLR0913 (the file, what is said of it, and how it is read)
    path: Path,
    *,
    name: str,
    container: str,
    layer: str | None = None,
    sheet: str | None = None,
    crs: str | None = None,
    limits: ReadingLimits | None = None,
    children: WarmChildren | None = None,
    archive: OpenArchive | None = None,
) -> ContainerTable:
    """
    Read a workbook, a spatial file, Parquet or JSON records in a child process.

    Parameters
    ----------
    path
        The file.
    name
        What problems call it.
    container
        See ``containers.recognise_container``; the child can read nothing else.
    layer, sheet
        Which to read if there are several.
    crs
        Reference system of the coordinates if the file has none.
    limits
        The defaults if ``None``.
    children
        Where the child is forked from, if many files are read; ``None`` starts one for this file.
    archive
        The file, if it is an archive that is open already.

    Returns
    -------
    table
        Text and geometry. All rows of a sheet are records: ``sheet_header.with_header`` finds its headings.

    Raises
    ------
    InputError
        The file is unreadable, over a limit, has several layers or sheets, or coordinates off the globe.
    CrsError
        The reference system is missing or unknown.
    """
    bounds = limits or ReadingLimits()
    with TemporaryDirectory() as folder:
        work = Path(folder)
        shapefile = None
        driver, prefix, file = _SPATIAL.get(container, ("", "", _PLAIN.get(container, "")))
        if container == "shapefile archive":
            shapefile = extract_shapefile(path, work, name, layer=layer, archive=archive)
        else:
            copy_plain(path, work / file)
        request = {
            "kind": container,
            "file": file,
            "driver": driver,
            "prefix": prefix,
            "layer": None if container == "shapefile archive" else layer,
            "sheet": sheet,
            "limits": asdict(bounds),
            "parent": os.getpid(),
            "packages": _package_folders(),
        }
        facts = _run(request, work, name, bounds, children)
        table = _answered_table(work / "answer.arrow", name)
    if shapefile is not None:
        facts |= {"layer": shapefile.layer, "layers": shapefile.layers}
    return _checked(table, facts, name, crs)


def _run(
    request: Mapping[str, Any],
    folder: Path,
    name: str,
    limits: ReadingLimits,
    children: WarmChildren | None = None,
) -> dict[str, Any]:
    try:
        (children or subprocess).run(
            [sys.executable, "-I", str(_SCRIPT)],
            input=json.dumps(request).encode(),
            cwd=folder,
            env=_environment(str(request["driver"]), folder),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=limits.time_limit_s,
            check=False,
        )
        answer = json.loads(_plain_bytes(folder / "answer.json"))
        facts = dict(answer["facts"])
    except subprocess.TimeoutExpired:
        message = f"Reading the file took longer than {limits.time_limit_s:g} seconds and was stopped."
        raise file_error(name, message, "Use a smaller part of it, or CSV.") from None
    except (OSError, ValueError, TypeError, KeyError):
        message = f"The file cannot be read as {request['kind']}, or not within the memory that reading may take."
        raise file_error(name, message, "Open it in the program that wrote it and save it again, or as CSV.") from None
    if "error_code" in answer:
        raise error_of_code(str(answer["error_code"]), facts, name)
    return facts


def _plain_bytes(path: Path) -> bytes:
    """Content of a file that the child wrote; a child that was taken over could leave a link or a pipe instead."""
    if not stat.S_ISREG(path.lstat().st_mode):
        raise OSError(f"{path.name} is no plain file")
    return path.read_bytes()


def _answered_table(path: Path, name: str) -> pa.Table:
    """The columns that the child wrote; a child that was taken over could write any bytes, or offsets beyond them."""
    try:
        with pa.ipc.open_file(pa.BufferReader(_plain_bytes(path))) as answer:
            table = answer.read_all()
        for column in table.columns:
            # As bytes: whether they are text is checked column by column, later.
            is_text = pa.types.is_string(column.type)
            for chunk in column.chunks:
                (chunk.view(pa.binary()) if is_text else chunk).validate(full=True)
    except (OSError, pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise file_error(name, "The file cannot be read.", "Save it again, or as CSV.") from None
    return table


@cache
def _package_folders() -> tuple[str, ...]:
    """Where the parsers are installed; apart from the interpreter the child may read nothing else."""
    found = (importlib.util.find_spec(package) for package in _PACKAGES)
    folders = {str(Path(spec.origin).parents[1]) for spec in found if spec is not None and spec.origin is not None}
    return tuple(sorted(folders))


@cache
def _other_drivers(driver: str) -> str:
    """All drivers of GDAL but one."""
    import pyogrio  # noqa: PLC0415 (slow to load, and tables of text do without it)

    return ",".join(sorted(set(pyogrio.list_drivers()) - {driver}))


def _environment(driver: str, folder: Path) -> dict[str, str]:
    """Our own environment: nothing is inherited, and only the declared driver of GDAL is there."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "OGR_SKIP": _other_drivers(driver),
        "GDAL_HTTP_PROXY": "127.0.0.1:1",
        "GDAL_HTTPS_PROXY": "127.0.0.1:1",
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "none",
        "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
        "OGR_SQLITE_LOAD_EXTENSIONS": "NO",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "MALLOC_ARENA_MAX": "2",
    }


def _checked(table: pa.Table, facts: Mapping[str, Any], name: str, crs: str | None) -> ContainerTable:
    has_geometry = bool(table.num_columns) and pa.types.is_binary(table.schema.types[-1])
    names = table.column_names[: table.num_columns - has_geometry]
    texts = [_sound_text(_joined(table.column(position)), name) for position in range(len(names))]
    headings = checked_headings(names, name, None)
    first_row = int(facts.get("first_row", 1))
    used_crs = crs or str(facts.get("crs") or "")
    geometry, is_approximate = None, False
    if has_geometry:
        binary = np.asarray(_joined(table.column(table.num_columns - 1)).to_numpy(zero_copy_only=False))
        geometry, system = geographic_shapes(binary, used_crs, name, first_row)
        used_crs, is_approximate = system.name, system.is_approximate
    return ContainerTable(
        columns=dict(zip(headings.names, texts, strict=True)),
        geometry=geometry,
        layer=str(facts.get("layer") or facts.get("sheet") or ""),
        layers=tuple(map(str, facts.get("layers") or facts.get("sheets") or ())),
        crs=used_crs,
        first_row=first_row,
        header_row=None,
        dropped=tuple(map(str, facts.get("dropped", ()))),
        repeated=headings.repeated,
        is_approximate=is_approximate,
        is_cut_off=bool(facts.get("is_cut_off")),
    )


def _joined(column: pa.ChunkedArray) -> pa.Array:
    column = column.combine_chunks()
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _sound_text(column: pa.StringArray, name: str) -> pa.StringArray:
    """The column, after a check that its bytes are text: the parsers pass on the bytes of a damaged file."""
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        message, remedy = "A column has bytes that are not text.", "Save the file again with its encoding, or as CSV."
        raise file_error(name, message, remedy) from None
    if pa.compute.any(pa.compute.match_substring(column, "\0")).as_py():
        raise file_error(name, "The file has NUL bytes.", "Export it again from the program that wrote it.")
    return column
