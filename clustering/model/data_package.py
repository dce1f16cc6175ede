"""The description of files that are written together, as a data package of Frictionless (Data Package 2.0)."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

DATA_PACKAGE = "datapackage.json"
Field = Mapping[str, Any]
_MEDIA_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "geojson": "application/geo+json",
    "html": "text/html",
    "md": "text/markdown",
    "gpkg": "application/geopackage+sqlite3",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_DELIMITERS = {"csv": ",", "txt": "|"}


def describe_package(
    contents: Mapping[str, bytes],
    fields_of: Callable[[str, Sequence[str]], Iterable[Field]],
    *,
    name: str,
    title: str,
    sources: Sequence[str] = (),
    more: Mapping[str, Any] | None = None,
    without_hash: Collection[str] = (),
) -> dict[str, Any]:
    """
    Describe files.

    Parameters
    ----------
    contents
        File name to bytes.
    fields_of
        Fields of a table (``name``, ``type``, ``description``, ``unit``, ``constraints``), of its path and the headings
        in its first line. Of ``.csv`` files cells are separated by a comma, of ``.txt`` files by ``|``; others are no
        tables.
    name, title, sources
        Of the package.
    more
        Further members of the document.
    without_hash
        Files whose hash and size are left out.

    Returns
    -------
    document
        ``datapackage.json`` as plain values: of each file its hash and size, of a table its columns.
    """
    document: dict[str, Any] = {
        "name": name,
        "title": title,
        "resources": list(_resources(contents, fields_of, without_hash)),
    }
    if sources:
        document["sources"] = [{"title": source} for source in sources]
    return document | dict(more or {})


def package_bytes(document: Mapping[str, Any], *, indent: int | None = 2) -> bytes:
    """The document as JSON in UTF-8, ended by a line feed."""
    separators = None if indent else (",", ":")
    written = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=indent, separators=separators)
    return f"{written}\n".encode()


def _resources(
    contents: Mapping[str, bytes],
    fields_of: Callable[[str, Sequence[str]], Iterable[Field]],
    without_hash: Collection[str],
) -> Iterator[dict[str, Any]]:
    stems = [_stem(path, contents) for path in contents]
    for path, data in contents.items():
        suffix = PurePosixPath(path).suffix.removeprefix(".").lower()
        delimiter = _DELIMITERS.get(suffix)
        kind = "csv" if delimiter else suffix
        # Of files that differ by their suffix alone, the table has the plain name.
        stem = _stem(path, contents)
        label = stem if delimiter or stems.count(stem) == 1 else f"{stem}_{kind}"
        resource: dict[str, Any] = {
            "name": re.sub(r"[^a-z0-9._-]", "_", label.lower()),
            "path": path,
            "format": kind,
            "mediatype": _MEDIA_TYPES.get(kind, "application/octet-stream"),
            "encoding": "utf-8",
        }
        if path not in without_hash:
            resource |= {"bytes": len(data), "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
        if delimiter:
            resource |= {
                "type": "table",
                "dialect": {"delimiter": delimiter, "quoteChar": '"', "header": True},
                "schema": {"fields": list(fields_of(path, _headings(data, delimiter))), "missingValues": [""]},
            }
        yield resource


def _stem(path: str, contents: Mapping[str, bytes]) -> str:
    """Name of a file without its suffix, with its folder where another folder has a file of that name."""
    place = PurePosixPath(path)
    others = [each for each in map(PurePosixPath, contents) if each.stem == place.stem]
    return place.stem if all(each.parent == place.parent for each in others) else f"{place.parent}-{place.stem}"


def _headings(data: bytes, delimiter: str) -> list[str]:
    """The cells of the first line."""
    line = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="")
    return next(csv.reader(line, delimiter=delimiter), [])
