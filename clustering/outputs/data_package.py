"""A folder of files as a data package of Frictionless: what each file is and what its columns hold."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from clustering.model.data_package import DATA_PACKAGE, describe_package, package_bytes
from clustering.model.disclosure_setting import MARK_FIELD, is_exact
from clustering.outputs.column_descriptions import describe_column
from clustering.outputs.release_mark import MARK_NAME, MARK_TEXT, is_marked, release_name
from clustering.outputs.write_files import write_files

_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"


def with_data_package(
    contents: Mapping[str, bytes],
    *,
    name: str,
    title: str,
    sources: Sequence[str] = (),
    made: Mapping[str, Any] | None = None,
    confidential: Collection[str] = (),
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
    confidential
        Files that are more confidential than the others: their hash and size are left out, and their mark says nothing
        of the package.

    Returns
    -------
    contents
        The same files, and last the description: of each its hash and size, of a table its columns with type, unit and
        meaning. It says nothing that the files do not say, and is marked as they are.
    """
    more = {"feeder_zones": dict(made)} if made else {}
    document = describe_package(
        contents, _fields, name=name, title=title, sources=sources, more=more, without_hash=confidential
    )
    others = [data for path, data in contents.items() if path not in confidential]
    disclosure = "exact" if any(map(is_marked, others)) else "protected"
    mark = {MARK_FIELD: MARK_TEXT} if is_exact(disclosure) else {}
    described = package_bytes({**mark, "$schema": _PROFILE, **document})
    return {**contents, release_name(DATA_PACKAGE, disclosure): described}


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


def _fields(path: str, headings: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The columns of a CSV file, by the names in its first line."""
    table = PurePosixPath(path).stem.removesuffix(f"-{MARK_NAME}")
    for heading in headings:
        found = describe_column(heading, table=table)
        described = {
            "name": heading,
            "type": found.type,
            "description": found.meaning,
            "unit": found.unit,
            "constraints": dict(found.constraints),
        }
        yield {key: value for key, value in described.items() if value}
