"""Saved pages of the Urban Institute's Education Data Portal, JSON or CSV, to one table of text."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from clustering.errors import InputError, Problem
from clustering.readers.file_options import FileOptions
from clustering.readers.raw_table import NamedFile, RawTable, Source
from clustering.readers.read_table import MAXIMUM_BYTES, read_table
from clustering.readers.recognition.file_kinds import recognise_kind
from clustering.readers.text.columns import arrow_texts

MANIFEST = "manifest.json"
MAXIMUM_PAGES = 10_000
MAXIMUM_COLUMNS = 2_000


@dataclass(frozen=True)
class _Page:
    """The cells of one page as they stand, and the number of records that the portal announced (JSON only)."""

    table: RawTable | None
    name: str
    cells: pd.DataFrame
    sha256: str
    count: int | None


def read_portal_pages(sources: Source | Sequence[Source], *, options: FileOptions | None = None) -> RawTable:
    """
    Read the pages of one request.

    Parameters
    ----------
    sources
        Pages in order, JSON or CSV; or the folder of a fetched table, with its manifest.
    options
        What the user says of CSV files.

    Returns
    -------
    table
        As the portal has it, for ``portal_tables.translate_portal_table``. Record ``i`` is the ``i``-th of all pages
        together, counted from 1 where they are JSON.

    Raises
    ------
    InputError
        No pages of the portal; some are missing, changed or unreadable.
    """
    pages = [_read_page(source, options or FileOptions()) for source in _in_order(sources)]
    if not 1 <= len(pages) <= MAXIMUM_PAGES:
        _refuse("portal", f"There are {len(pages):,} pages.", f"Give 1 to {MAXIMUM_PAGES:,}.")
    first = pages[0]
    if len(pages) == 1 and first.table is not None:
        return first.table
    name = first.name + (f" and {len(pages) - 1} more" if len(pages) > 1 else "")
    cells = pd.concat([page.cells for page in pages], ignore_index=True)
    announced = {page.count for page in pages if page.count is not None}
    if announced and announced != {len(cells)}:
        numbers = " or ".join(f"{count:,}" for count in sorted(announced))
        message = f"The pages hold {len(cells):,} records, and the portal announced {numbers}."
        _refuse(name, message, "Give all pages of one request, each once.")
    columns = {str(heading): arrow_texts(cells[heading].fillna("")).dictionary_encode() for heading in cells.columns}
    digest = hashlib.sha256("".join(page.sha256 for page in pages).encode()).hexdigest()
    return RawTable(
        name=name,
        kind=recognise_kind(tuple(columns), "schools"),
        encoded=columns,
        sha256=first.sha256 if len(pages) == 1 else digest,
        encoding="utf-8",
        container="json",
        header_row=None,
        first_row=1,
    )


def looks_like_pages(path: Path) -> bool:
    """Whether a file is a page of the portal in JSON, by its first bytes; GeoJSON is not."""
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError:
        return False
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b'"results"' in head and b'"count"' in head


def _in_order(sources: Source | Sequence[Source]) -> list[Source]:
    if not isinstance(sources, (str, Path, NamedFile, pd.DataFrame)):
        return list(sources)
    if isinstance(sources, (str, Path)) and Path(sources).is_dir():
        return _of_folder(Path(sources))
    return [sources]


def _of_folder(folder: Path) -> list[Source]:
    """Pages that a manifest lists, if they are all there and unchanged."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        is_complete, pages = manifest["complete"] is True, manifest["pages"]
        listed = [(str(page["file"]), str(page["sha256"])) for page in pages]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        message = "This is a folder, and not one that zones fetch has made: it has no manifest that can be read."
        _refuse(folder.name, message, "Name the files in it, all that are to be read; or fetch the table again.")
    if not is_complete:
        _refuse(folder.name, "The table was not fetched to its end.", "Run the same request again; it goes on.")
    found: list[Source] = []
    for file, sha256 in listed:
        path = folder / file
        if not re.fullmatch(r"page-\d{4,}\.json", file) or not path.is_file():
            _refuse(folder.name, f"The page {file[:100]!r} is missing.", "Run the same request again.")
        if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            _refuse(folder.name, f"The page {file} was changed.", "Run the same request again.")
        found.append(path)
    return found


def _read_page(source: Source, options: FileOptions) -> _Page:
    if not isinstance(source, pd.DataFrame):
        path, name = (source.path, source.name) if isinstance(source, NamedFile) else (Path(source), Path(source).name)
        content = _read_bytes(path, name)
        if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
            cells, count = _read_json(content, name)
            return _Page(None, name, cells, hashlib.sha256(content).hexdigest(), count)
    table = read_table(source, options=options)
    cells = pd.DataFrame({heading: table.column(heading).series() for heading in table.headings})
    return _Page(table, table.name, cells, table.sha256, None)


def _read_bytes(path: Path, name: str) -> bytes:
    try:
        if path.stat().st_size > MAXIMUM_BYTES:
            _refuse(name, "The page is larger than 2 GiB.", "Fetch it by state (fips).")
        return path.read_bytes()
    except OSError as error:
        _refuse(name, f"The page cannot be opened ({error.strerror}).", "Check the path and the permissions.")


def _read_json(content: bytes, name: str) -> tuple[pd.DataFrame, int | None]:
    try:
        page = json.loads(content.decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        _refuse(name, "The page is not JSON.", "Save the answer of the portal as it comes.")
    count, results = (page.get("count"), page.get("results")) if isinstance(page, dict) else (None, None)
    if not isinstance(results, list) or not all(isinstance(record, dict) for record in results):
        _refuse(name, "The JSON has no list of records called results.", "Save the answer of the portal as it comes.")
    headings = list(dict.fromkeys(heading for record in results for heading in record))
    if len(headings) > MAXIMUM_COLUMNS:
        _refuse(name, f"The records have more than {MAXIMUM_COLUMNS:,} columns.", "Keep the columns needed.")
    columns = {heading: [_text(record.get(heading), name) for record in results] for heading in headings}
    return pd.DataFrame(columns, dtype="str"), count if isinstance(count, int) else None


def _text(value: Any, name: str) -> str:
    """Text of one JSON value; a whole number in a column that also has fractions loses its ``.0``."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, float):
        message = "A record holds a list or a record in place of a value."
        _refuse(name, message, "Save the answer of the portal as it comes.")
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _refuse(name: str, message: str, remedy: str) -> NoReturn:
    raise InputError([Problem(table=name, message=message, remedy=remedy)])
