"""
Workbooks, spatial files, Parquet and JSON are parsed in a child process that can do nothing else.

The parsers of these files are large programs in C, C++ and Rust, and some of them read other files or addresses that a
document names. The child is a fresh interpreter with our own environment, in which only the declared driver exists. It
reads a copy of the file under our own name, with limits on time, memory and output and, if the system allows it,
without network and without other files (``child_main``).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from clustering.readers.isolation.answers_of_child import answered_table, checked_table, plain_bytes
from clustering.readers.isolation.container_table import ContainerTable, ReadingLimits
from clustering.readers.isolation.errors_of_codes import error_of_code, file_error
from clustering.readers.isolation.surroundings import environment_of, package_folders
from clustering.readers.isolation.warm_children import WarmChildren
from clustering.readers.recognition.archives import copy_plain, extract_shapefile
from clustering.readers.recognition.open_archives import OpenArchive

_SCRIPT = Path(__file__).with_name("child_main.py")


class _Copy(NamedTuple):
    """The name under which a copy is read, GDAL's driver for it, and the prefix that enforces this."""

    file: str
    driver: str = ""
    prefix: str = ""


_COPIES = {
    "geojson": _Copy("input.geojson", "GeoJSON", "GeoJSON:"),
    "geojson sequence": _Copy("input.geojsons", "GeoJSONSeq", "GeoJSONSeq:"),
    "topojson": _Copy("input.topojson", "TopoJSON", "TopoJSON:"),
    "arcgis json": _Copy("input.json", "ESRIJSON", "ESRIJSON:"),
    "geopackage": _Copy("input.gpkg", "GPKG", "GPKG:"),
    "flatgeobuf": _Copy("input.fgb", "FlatGeobuf"),
    "shapefile archive": _Copy("layer.shp", "ESRI Shapefile"),
    "parquet": _Copy("input.parquet"),
    "workbook": _Copy("input.book"),
    "json": _Copy("input.json"),
    "kml": _Copy("input.kml"),
}


@dataclass(frozen=True, kw_only=True)
class ContainerFile:
    """
    A file for a child, and what is said of it.

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
    archive
        The file, if it is an archive that is open already.
    """

    path: Path
    name: str
    container: str
    layer: str | None = None
    sheet: str | None = None
    crs: str | None = None
    archive: OpenArchive | None = None


def read_container(
    path: Path, *, limits: ReadingLimits | None = None, children: WarmChildren | None = None, **said: Any
) -> ContainerTable:
    """
    Read a workbook, a spatial file, Parquet or JSON records in a child process of its own.

    Parameters
    ----------
    path
        The file.
    limits
        The defaults if ``None``.
    children
        Where the child is forked from, if many files are read; ``None`` starts one for this file.
    **said
        The other parameters of :class:`ContainerFile`.

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
    file, bounds = ContainerFile(path=path, **said), limits or ReadingLimits()
    with TemporaryDirectory() as folder:
        known = copy_for_child(file, Path(folder))
        facts = _run(request_for(file, bounds), Path(folder), file.name, bounds, children)
        table = answered_table(Path(folder) / "answer.arrow", file.name)
    return checked_table(table, facts | known, file.name, file.crs)


def copy_for_child(file: ContainerFile, folder: Path) -> dict[str, Any]:
    """Copy a file to where a child will read it, and return the facts that its archive tells."""
    if file.container == "shapefile archive":
        shapefile = extract_shapefile(file.path, folder, file.name, layer=file.layer, archive=file.archive)
        return {"layer": shapefile.layer, "layers": shapefile.layers}
    copy_plain(file.path, folder / _COPIES[file.container].file)
    return {}


def request_for(file: ContainerFile, limits: ReadingLimits) -> dict[str, Any]:
    """What a child is told of a file that was copied for it; neither its name nor where it came from."""
    copy = _COPIES[file.container]
    return {
        "kind": file.container,
        "file": copy.file,
        "driver": copy.driver,
        "prefix": copy.prefix,
        "layer": None if file.container == "shapefile archive" else file.layer,
        "sheet": file.sheet,
        "limits": asdict(limits),
        "parent": os.getpid(),
        "packages": package_folders(),
    }


def run_child(request: Mapping[str, Any], folder: Path, limits: ReadingLimits, children: WarmChildren | None) -> None:
    """Let a child answer a request in a folder, within its time."""
    (children or subprocess).run(
        [sys.executable, "-I", str(_SCRIPT)],
        input=json.dumps(request).encode(),
        cwd=folder,
        env=environment_of(str(request["driver"]), folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=limits.time_limit_s,
        check=False,
    )


def _run(
    request: Mapping[str, Any],
    folder: Path,
    name: str,
    limits: ReadingLimits,
    children: WarmChildren | None = None,
) -> dict[str, Any]:
    try:
        run_child(request, folder, limits, children)
        answer = answer_in(folder)
    except subprocess.TimeoutExpired:
        message = f"Reading the file took longer than {limits.time_limit_s:g} seconds and was stopped."
        raise file_error(name, message, "Use a smaller part of it, or CSV.") from None
    except (OSError, ValueError, TypeError, KeyError):
        message = f"The file cannot be read as {request['kind']}, or not within the memory that reading may take."
        raise file_error(name, message, "Open it in the program that wrote it and save it again, or as CSV.") from None
    return facts_of(answer, name)


def answer_in(folder: Path) -> dict[str, Any]:
    """
    What a child answered.

    Raises
    ------
    OSError, ValueError, TypeError, KeyError
        There is no sound answer.
    """
    answer = json.loads(plain_bytes(folder / "answer.json"))
    return {**answer, "facts": dict(answer["facts"])}


def facts_of(answer: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The facts of an answer; an error that the child answered with is raised."""
    if "error_code" in answer:
        raise error_of_code(str(answer["error_code"]), answer["facts"], name)
    return dict(answer["facts"])
