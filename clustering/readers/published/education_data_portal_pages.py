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
import pyarrow as pa

from clustering.errors import InputError, Problem
from clustering.readers.file_options import FileOptions
from clustering.readers.raw_table import NamedFile, NamedTable, RawTable, Readable, name_of, path_of, with_name
from clustering.readers.read_table import MAXIMUM_BYTES, read_table
from clustering.readers.recognition.file_kinds import recognise_kind
from clustering.readers.text.columns import arrow_texts

MANIFEST = "manifest.json"
MAXIMUM_PAGES = 10_000
MAXIMUM_COLUMNS = 2_000


@dataclass(frozen=True)
class _Page:
    """The cells of one page, and the number of records that the portal announced (JSON only)."""

    table: RawTable | None
    name: str
    cells: pd.DataFrame
    sha256: str
    count: int | None


def read_portal_pages(sources: Readable | Sequence[Readable], *, options: FileOptions | None = None) -> RawTable:
    """
    Read the pages of one request.

    Parameters
    ----------
    sources
        Pages in order, JSON or CSV; or the folder of a fetched table, with its manifest.
    options
        The user's options of CSV files.

    Returns
    -------
    table
        As the portal has it, for ``translate_portal_table``. Records of all pages follow each other; in JSON they are
        counted from 1.

    Raises
    ------
    InputError
        These are no pages of the portal, or some are missing, changed or unreadable.
    """
    pages = [_read_page(source, options or FileOptions()) for source in _in_order(sources)]
    if not 1 <= len(pages) <= MAXIMUM_PAGES:
        _raise("portal", f"There are {len(pages):,} pages.", f"Use 1 to {MAXIMUM_PAGES:,} pages of one request.")
    first = pages[0]
    if len(pages) == 1 and first.table is not None:
        return first.table
    name = first.name + (f" and {len(pages) - 1} more" if len(pages) > 1 else "")
    cells = pd.concat([page.cells for page in pages], ignore_index=True)
    announced = {page.count for page in pages if page.count is not None}
    if announced and announced != {len(cells)}:
        numbers = " or ".join(f"{count:,}" for count in sorted(announced))
        message = f"The pages have {len(cells):,} records, but the portal announced {numbers}."
        _raise(name, message, "Use all pages of one request, each once.")
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


def _in_order(sources: Readable | Sequence[Readable]) -> list[Readable]:
    if not isinstance(sources, (str, Path, NamedFile, NamedTable, pd.DataFrame, pa.Table)):
        return list(sources)
    if isinstance(sources, (str, Path)) and Path(sources).is_dir():
        return _of_folder(Path(sources))
    return [sources]


def _of_folder(folder: Path) -> list[Readable]:
    """Pages in the manifest, if all are there and unchanged."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        is_complete, pages = manifest["complete"] is True, manifest["pages"]
        listed = [(str(page["file"]), str(page["sha256"])) for page in pages]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        message = "This is a folder, but not one from zones fetch: it has no readable manifest."
        _raise(folder.name, message, "Name each file in it that should be read; or fetch the table again.")
    if not is_complete:
        _raise(folder.name, "The table was not fetched completely.", "Run the same request again; it continues.")
    found: list[Readable] = []
    for file, sha256 in listed:
        path = folder / file
        if not re.fullmatch(r"page-\d{4,}\.json", file) or not path.is_file():
            _raise(folder.name, f"The page {file[:100]!r} is missing.", "Run the same request again.")
        if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            _raise(folder.name, f"The page {file} was changed.", "Run the same request again.")
        found.append(path)
    return found


def _read_page(source: Readable, options: FileOptions) -> _Page:
    source = with_name(source, "schools")
    if not isinstance(source, NamedTable):
        path, name = path_of(source), name_of(source)
        content = _read_bytes(path, name)
        if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
            return _read_json(content, name)
    table = read_table(source, options=options)
    cells = pd.DataFrame({heading: table.column(heading).series() for heading in table.headings})
    return _Page(table, table.name, cells, table.sha256, None)


def _read_bytes(path: Path, name: str) -> bytes:
    try:
        if path.stat().st_size > MAXIMUM_BYTES:
            _raise(name, "The page is larger than 2 GiB.", "Fetch it by state (fips).")
        return path.read_bytes()
    except OSError as error:
        _raise(name, f"The page cannot be opened ({error.strerror}).", "Check the path and the permissions.")


def _read_json(content: bytes, name: str) -> _Page:
    try:
        page = json.loads(content.decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        _raise(name, "The page is not JSON.", "Save the portal's response unchanged.")
    count, results = (page.get("count"), page.get("results")) if isinstance(page, dict) else (None, None)
    if not isinstance(results, list) or not all(isinstance(record, dict) for record in results):
        _raise(name, "The JSON has no list of records called results.", "Save the portal's response unchanged.")
    headings = list(dict.fromkeys(heading for record in results for heading in record))
    if len(headings) > MAXIMUM_COLUMNS:
        _raise(
            name, f"The records have more than {MAXIMUM_COLUMNS:,} columns.", "Keep only the columns that are needed."
        )
    columns = {_sound(heading): [_text(record.get(heading), name) for record in results] for heading in headings}
    announced = count if isinstance(count, int) else None
    return _Page(None, name, pd.DataFrame(columns, dtype="str"), hashlib.sha256(content).hexdigest(), announced)


def _text(value: Any, name: str) -> str:
    """Text of one JSON value; a whole number in a column that also has fractions loses its ``.0``."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _sound(value).strip()
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, float):
        message = "A record has a list or another record instead of a value."
        _raise(name, message, "Save the portal's response unchanged.")
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _sound(text: str) -> str:
    """Text without halves of signs, which JSON can write and no encoding has."""
    return text if text.isascii() else text.encode(errors="replace").decode()


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _raise(name: str, message: str, remedy: str) -> NoReturn:
    raise InputError([Problem(table=name, message=message, remedy=remedy)])
