"""What a caller gives as a source, brought to the two forms that readers know: a file and a table, each with a name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pyarrow as pa

from clustering.errors import InputError, Problem
from clustering.readers.data_packages import file_of_package, package_of
from clustering.readers.in_memory import csv_of_memory
from clustering.readers.ordinary_files import check_is_ordinary
from clustering.readers.raw_table import MemoryTable, NamedFile, NamedSource, NamedTable, Source, name_of, path_of

# Methods that compute a lazy table: of Spark, Ibis, Dask, and of polars and narwhals.
_COLLECTING = ("toArrow", "to_pyarrow", "compute", "collect")
_FILES_ONLY = frozenset({"students"})  # roles whose readers take no table in memory
MAXIMUM_BYTES = 2 * 1024**3
_MOST_STEPS = 5  # of lazy tables that give another lazy table
_CHUNK = 1 << 20
_REMEDY = "Give a path, an open file, or a table of pandas, geopandas, polars, Arrow or DuckDB."


def is_single_source(given: object) -> bool:
    """Whether something is one source, and not several of them."""
    is_named = isinstance(given, str | bytes | os.PathLike | NamedFile | NamedTable | Mapping)
    return is_named or _is_open_file(given) or _is_table(given) or not isinstance(given, Iterable)


@contextmanager
def named_sources(given: Mapping[str, Sequence[Source | None]]) -> Iterator[dict[str, list[NamedSource]]]:
    """
    Bring sources to the two forms that readers know.

    Parameters
    ----------
    given
        Role to sources. ``None`` and tables without records, such as an empty one of a Scenario, are left out.

    Yields
    ------
    sources
        Role to files and tables. What an open file holds from its position on is saved in a folder that only this
        user can read, and that is deleted in the end; so are student records in memory. A table in memory, or an open
        file without a name, is called by its role, and the next of the same role ``flows 2``.

    Raises
    ------
    InputError
        Something is neither an ordinary file nor a table.
    """
    with TemporaryDirectory(prefix="feeder-zones-") if _any_to_save(given) else _no_folder() as folder:
        named: dict[str, list[NamedSource]] = {}
        for role, sources in given.items():
            named[role], unnamed = [], 0
            for source in sources:
                if source is None:
                    continue
                unnamed += not _has_name(source)
                name = role if unnamed < 2 else f"{role} {unnamed}"
                path = Path(folder or "") / f"{role} {len(named[role])}"
                each = _named(source, role, name, path)
                if isinstance(each, NamedTable) and len(each.table) == 0:
                    continue
                if role in _FILES_ONLY and isinstance(each, NamedTable):
                    each = _saved_table(each, path)
                named[role].append(each)
        yield named


@contextmanager
def _no_folder() -> Iterator[None]:
    yield None


def _any_to_save(given: Mapping[str, Sequence[Source | None]]) -> bool:
    sources = [(role, source) for role, of_role in given.items() for source in of_role]
    return any(_is_open_file(source) or (role in _FILES_ONLY and _is_table(source)) for role, source in sources)


def named_table(source: object, name: str) -> NamedTable | None:
    """
    Take a table that is in memory.

    Parameters
    ----------
    source
        Anything; a lazy table is computed.
    name
        Name of the table, unless it has one.

    Returns
    -------
    table
        ``None`` if the source is no table.

    Raises
    ------
    InputError
        It looks like a table, and has no columns: a single column, for example.
    """
    if isinstance(source, NamedTable) or not _is_table(source):
        return source if isinstance(source, NamedTable) else None
    return NamedTable(_in_memory(source, name), name)


def _named(source: Source, role: str, name: str, path: Path) -> NamedSource:
    if isinstance(source, str | Path) and (package := package_of(source)) is not None:
        return file_of_package(package, role)
    if isinstance(source, str | Path | NamedFile):
        check_is_ordinary(path_of(source), name_of(source))
        return source
    if (table := named_table(source, name)) is not None:
        return table
    if _is_open_file(source):
        return _saved(source, _name_of_open_file(source) or name, path)
    if isinstance(source, os.PathLike):
        return Path(source)
    message = f"This is of type {type(source).__name__}, which is neither a file nor a table."
    remedy = "Wrap the bytes in io.BytesIO." if isinstance(source, bytes) else _REMEDY
    raise InputError([Problem(table=name, message=message, remedy=remedy)])


def _has_name(source: Source) -> bool:
    is_named = isinstance(source, str | os.PathLike | NamedFile | NamedTable)
    return is_named or (_is_open_file(source) and _name_of_open_file(source) is not None)


def _is_open_file(source: object) -> bool:
    return callable(getattr(source, "read", None)) and not isinstance(source, os.PathLike) and not _is_table(source)


def _name_of_open_file(source: object) -> str | None:
    """Name of an open file without its folder; some are called by a number, and some by nothing."""
    name = getattr(source, "name", None)
    return (Path(name).name or None) if isinstance(name, str) else None


def _saved(source: Any, name: str, path: Path) -> NamedFile:
    """Write what an open file holds; the encoding of text is then known."""
    try:
        is_text = isinstance(source.read(0), str)
        with path.open("wb") as file:
            written = 0
            while chunk := source.read(_CHUNK):
                written += file.write(chunk.encode() if is_text else chunk)
                if written > MAXIMUM_BYTES:
                    message = f"The open file has more than {MAXIMUM_BYTES / 1024**3:,.0f} GiB."
                    raise InputError([Problem(table=name, message=message, remedy="Split it by year or by district.")])
    except (ValueError, TypeError, AttributeError) as error:  # closed, of another encoding, or text and bytes in turn
        message = f"The open file cannot be read ({str(error)[:200]})."
        raise InputError([Problem(table=name, message=message, remedy="Open it again, in binary mode.")]) from None
    return NamedFile(path, name, encoding="utf-8" if is_text else None)


def _saved_table(source: NamedTable, path: Path) -> NamedFile:
    path.write_bytes(csv_of_memory(source))
    return NamedFile(path, source.name, encoding="utf-8")


def _is_table(source: object) -> bool:
    if isinstance(source, type):
        return False
    has_capsule = hasattr(source, "__arrow_c_stream__") or hasattr(source, "__arrow_c_array__")
    return isinstance(source, pd.DataFrame) or has_capsule or _lazy_method(source) is not None


def _lazy_method(source: object) -> str | None:
    """Name of the method that computes a lazy table: something that has columns and is none of the plain types."""
    if not hasattr(type(source), "columns"):  # of the type, since asking a lazy table for its columns costs time
        return None
    return next((method for method in _COLLECTING if callable(getattr(source, method, None))), None)


def _in_memory(source: Any, name: str) -> MemoryTable:
    """The table itself; a lazy one is computed, which may give another lazy one."""
    given, reason, remedy = type(source).__name__, "", _REMEDY
    for _ in range(_MOST_STEPS):
        if isinstance(source, pd.DataFrame):
            return source
        if hasattr(source, "__arrow_c_stream__") or hasattr(source, "__arrow_c_array__"):
            try:
                return pa.table(source)
            except (pa.ArrowInvalid, pa.ArrowTypeError, ValueError, TypeError) as error:
                if hasattr(source, "columns"):
                    reason = f" that Arrow can read ({str(error)[:200]})"
                    remedy = "Drop the columns of unusual types, or cast them to text or whole numbers."
                break
        if (method := _lazy_method(source)) is None:
            break
        source = getattr(source, method)()
    message = f"This is of type {given}, which is no table with named columns{reason}."
    raise InputError([Problem(table=name, message=message, remedy=remedy)])
