"""A folder of files as a data package of Frictionless: what each file is and what its columns hold."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from clustering.outputs.column_descriptions import describe_column
from clustering.outputs.write_files import write_files

DATA_PACKAGE = "datapackage.json"
_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_MEDIA_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "geojson": "application/geo+json",
    "html": "text/html",
}


def with_data_package(
    contents: Mapping[str, bytes],
    *,
    name: str,
    title: str,
    sources: Sequence[str] = (),
    made: Mapping[str, Any] | None = None,
) -> dict[str, bytes]:
    """
    Add ``datapackage.json`` (Data Package 2.0) to files that are written together.

    Parameters
    ----------
    contents
        File name to bytes.
    name
        Short name of the package, in small letters.
    title
        What the files are, in one line.
    sources
        Names of the files that they were made from. No hash is given of these: that of a file of flows could be
        compared with guesses.
    made
        How they were made: software, hash of the tables, parameters.

    Returns
    -------
    contents
        The same files, and last the description: of each its hash and size, of a table its columns with type, unit and
        meaning. It says nothing that the files do not say.
    """
    document: dict[str, Any] = {
        "$schema": _PROFILE,
        "name": name,
        "title": title,
        "resources": list(_resources(contents)),
    }
    if sources:
        document["sources"] = [{"title": source} for source in sources]
    if made:
        document["feeder_zones"] = dict(made)
    written = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2)
    return {**contents, DATA_PACKAGE: f"{written}\n".encode()}


def write_package(contents: Mapping[str, bytes], directory: str | Path, *, name: str, title: str) -> tuple[Path, ...]:
    """
    Write files into a folder, and ``datapackage.json`` beside them, which says what is in them (Data Package 2.0).

    Parameters
    ----------
    contents
        Name of each file, or its path below the folder with ``/``, to its bytes.
    directory
        Made if it does not exist; files of the same names are replaced.
    name
        Short name of the package, in small letters.
    title
        What the files are, in one line.

    Returns
    -------
    paths
        In the order of ``contents``, and last that of the description.
    """
    return write_files(with_data_package(contents, name=name, title=title), directory)


def _resources(contents: Mapping[str, bytes]) -> Iterator[dict[str, Any]]:
    stems = [_stem(path, contents) for path in contents]
    for path, data in contents.items():
        place = PurePosixPath(path)
        kind = place.suffix.removeprefix(".")
        # Of files that differ by their suffix alone, the table has the plain name.
        stem = _stem(path, contents)
        label = stem if kind == "csv" or stems.count(stem) == 1 else f"{stem}_{kind}"
        resource: dict[str, Any] = {
            "name": re.sub(r"[^a-z0-9._-]", "_", label.lower()),
            "path": path,
            "format": kind,
            "mediatype": _MEDIA_TYPES.get(kind, "application/octet-stream"),
            "encoding": "utf-8",
            "bytes": len(data),
            "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        }
        if kind == "csv":
            resource |= {
                "type": "table",
                "dialect": {"delimiter": ",", "quoteChar": '"', "header": True},
                "schema": _schema(data, place.stem),
            }
        yield resource


def _stem(path: str, contents: Mapping[str, bytes]) -> str:
    """Name of a file without its suffix, with its folder where another folder has a file of that name."""
    place = PurePosixPath(path)
    others = [each for each in map(PurePosixPath, contents) if each.stem == place.stem]
    return place.stem if all(each.parent == place.parent for each in others) else f"{place.parent}-{place.stem}"


def _schema(data: bytes, table: str) -> dict[str, Any]:
    """The columns of a CSV file, by the names in its first line."""
    line = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="")
    fields = [_field(heading, table) for heading in next(csv.reader(line), [])]
    return {"fields": fields, "missingValues": [""]}


def _field(heading: str, table: str) -> dict[str, str]:
    found = describe_column(heading, table=table)
    described = {"name": heading, "type": found.type, "description": found.meaning, "unit": found.unit}
    return {key: value for key, value in described.items() if value}
