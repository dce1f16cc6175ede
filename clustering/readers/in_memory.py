"""Tables that are in memory already, of pandas or Arrow, as tables of text; what a type means is kept."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from clustering.errors import InputError, Problem
from clustering.model.columns import GEOGRAPHIC_CRS
from clustering.readers.crs import geographic_shapes
from clustering.readers.file_options import FileOptions
from clustering.readers.raw_table import MemoryTable, NamedTable, RawTable
from clustering.readers.recognition.file_kinds import recognise_kind
from clustering.readers.text.arrow_values import ArrowValues, texts_of_objects, texts_of_values
from clustering.readers.text.headings import in_one_line

IN_MEMORY = "DataFrame"
_GEOMETRY_NAMES = frozenset({"geometry", "geom", "wkb", "wkb_geometry", "the_geom"})
_EXTENSION_NAME = b"ARROW:extension:name"
_EXTENSION_METADATA = b"ARROW:extension:metadata"


def table_of_memory(source: NamedTable, role: str, options: FileOptions) -> RawTable:
    """
    Take a table that is in memory, without interpreting any value.

    Parameters
    ----------
    source
        A DataFrame, a GeoDataFrame or an Arrow table. Named levels of an index are columns. A geometry column is one
        of GeoArrow or GeoParquet, or well-known binary under a usual name.
    role
        What the table is used as, a key of ``aliases.ALIASES``.
    options
        The user's options of it. ``crs`` is for geometry that does not say its reference system; of Arrow tables it
        goes before what they say, as it does in files.

    Returns
    -------
    table
        The header counts as row 1. Missing values of any kind are blank; whole numbers stored as floats or decimals,
        as pandas does beside missing values, have no decimal point; a time at midnight is a date.

    Raises
    ------
    InputError
        A heading appears twice, or a geometry has no reference system or cannot be read.
    """
    named = source.table
    geometry, plain = _split_geometry(named, source.name, options)
    columns = _columns(plain, source.name)
    texts = {heading: found for heading, values in columns.items() if (found := _texts(values)) is not None}
    hidden = [heading for heading in columns if heading not in texts]
    digest = hashlib.sha256(
        pd.util.hash_pandas_object(
            pd.DataFrame({heading: pd.Series(pd.array(found, dtype="str")) for heading, found in texts.items()}),
            index=False,
        )
        .to_numpy()
        .tobytes()
    )
    return RawTable(
        name=source.name,
        kind=options.kind or recognise_kind(tuple(texts), role, options.columns),
        encoded={heading: found.dictionary_encode() for heading, found in texts.items()},
        sha256=digest.hexdigest(),
        container=IN_MEMORY,
        geometry=geometry,
        options=options,
        problems=tuple(_warn_of_hidden(hidden, source.name)),
    )


def csv_of_memory(source: NamedTable) -> bytes:
    """Write a table in memory as CSV, for readers that take nothing but text; geometry is left out."""
    table = table_of_memory(source, "students", FileOptions())
    cells = pd.DataFrame({heading: table.column(heading).series() for heading in table.headings})
    return cells.to_csv(index=False).encode()


def _warn_of_hidden(headings: Sequence[str], name: str) -> Iterator[Problem]:
    if headings:
        message = f"Columns without plain text were left out: {', '.join(headings)[:300]}."
        yield Problem(table=name, message=message, remedy="Write them as text if you need them.", is_error=False)


def _texts(values: pd.Series | ArrowValues) -> pa.StringArray | None:
    """The values of a column as text; ``None`` for lists, structures, binary values and what Arrow has no text for."""
    if not isinstance(values, pd.Series):
        try:
            return texts_of_values(values)
        except pa.ArrowNotImplementedError:  # intervals of time
            return None
    if isinstance(values.dtype, pd.PeriodDtype | pd.IntervalDtype):  # to Arrow these are numbers of days
        return texts_of_objects(values.tolist())
    try:
        return texts_of_values(pa.array(values, from_pandas=True))
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        return texts_of_objects(values.tolist())


def _columns(table: MemoryTable, name: str) -> dict[str, pd.Series | ArrowValues]:
    """Heading to values; a heading that is made of several levels is written with blanks between them."""
    if isinstance(table, pa.Table):
        headings, values = list(map(in_one_line, table.column_names)), table.columns
    else:
        headings = [_heading(each) for each in table.columns]
        values = [table.iloc[:, number] for number in range(table.shape[1])]
    if twice := sorted(heading for heading, count in Counter(headings).items() if count > 1):
        message = f"The heading {twice[0][:100]!r} appears more than once."
        raise InputError([Problem(table=name, row=1, message=message, remedy="Rename or drop one of the columns.")])
    return dict(zip(headings, values, strict=True))


def _heading(label: object) -> str:
    parts = label if isinstance(label, tuple) else (label,)
    return " ".join(text for part in parts if (text := in_one_line(str(part))))


def _split_geometry(table: MemoryTable, name: str, options: FileOptions) -> tuple[np.ndarray | None, MemoryTable]:
    """Shapes in EPSG:4326, one per record, ``None`` without geometry; and the other columns."""
    if isinstance(table, pa.Table):
        return _split_arrow_geometry(table, name, options)
    plain = _with_index(table)
    if not isinstance(plain, gpd.GeoDataFrame):
        return None, plain
    column = plain.active_geometry_name
    others = pd.DataFrame(plain.drop(columns=plain.columns[plain.dtypes == "geometry"]))
    return (None if column is None else _geographic(plain[column], name, options)), others


def _with_index(frame: pd.DataFrame) -> pd.DataFrame:
    """Make columns of the named levels of the index that are not columns too."""
    unneeded = [level for level, label in enumerate(frame.index.names) if label is None or label in frame.columns]
    if len(unneeded) == frame.index.nlevels:
        return frame
    return frame.reset_index(level=unneeded, drop=True).reset_index() if unneeded else frame.reset_index()


def _split_arrow_geometry(table: pa.Table, name: str, options: FileOptions) -> tuple[np.ndarray | None, pa.Table]:
    found = _geoarrow_geometry(table) or _binary_geometry(table)
    if found is None:
        return None, table
    return geographic_shapes(found.binary, options.crs or found.crs, name, 2)[0], table.drop_columns([found.heading])


@dataclass(frozen=True)
class _ArrowGeometry:
    """A geometry column: its heading, well-known binary, and stated reference system, blank if it is not known."""

    heading: str
    binary: np.ndarray
    crs: str


def _geoarrow_geometry(table: pa.Table) -> _ArrowGeometry | None:
    """The first column of GeoArrow, if there is one."""
    for field in table.schema:
        is_registered = isinstance(field.type, pa.ExtensionType)
        stored = field.metadata or {}
        kind = field.type.extension_name if is_registered else stored.get(_EXTENSION_NAME, b"").decode()
        if not kind.startswith("geoarrow.") and kind != "ogc.wkb":
            continue
        described = field.type.__arrow_ext_serialize__() if is_registered else stored.get(_EXTENSION_METADATA, b"")
        chunks = table[field.name].chunks
        storage = pa.chunked_array(
            [chunk.storage for chunk in chunks] if is_registered else chunks,
            type=field.type.storage_type if is_registered else field.type,
        )
        # Without its reference system: that is text of the file, which PROJ may see only once we have looked at it.
        plain = pa.field(field.name, storage.type, metadata={_EXTENSION_NAME: kind.replace("ogc.", "geoarrow.")})
        shapes = gpd.GeoDataFrame.from_arrow(pa.table([storage], schema=pa.schema([plain]))).geometry
        binary = np.asarray(shapely.to_wkb(np.asarray(shapes)), dtype="object")
        return _ArrowGeometry(field.name, binary, _text_of_crs(_described(described).get("crs")))
    return None


def _binary_geometry(table: pa.Table) -> _ArrowGeometry | None:
    """The column of GeoParquet, or one of well-known binary under a usual name, if there is one."""
    stated = _described((table.schema.metadata or {}).get(b"geo"))
    for field in table.schema:
        is_primary = field.name == stated.get("primary_column")
        is_binary = pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type)
        if is_binary and (is_primary or (not stated and field.name.lower() in _GEOMETRY_NAMES)):
            columns = stated.get("columns")
            described = columns.get(field.name) if isinstance(columns, dict) else None
            # GeoParquet: without an entry the reference system is longitude and latitude; null is unknown.
            crs = (described if isinstance(described, dict) else {}).get("crs", "OGC:CRS84") if is_primary else None
            binary = np.array(table[field.name].to_pylist(), dtype="object")
            return _ArrowGeometry(field.name, binary, _text_of_crs(crs))
    return None


def _described(text: bytes | None) -> dict[str, Any]:
    """What metadata in JSON says; nothing if it is none."""
    try:
        found = json.loads(text or b"{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _text_of_crs(crs: object) -> str:
    """A reference system as text; blank if it is not known."""
    return crs if isinstance(crs, str) else json.dumps(crs) if crs else ""


def _geographic(shapes: gpd.GeoSeries, name: str, options: FileOptions) -> np.ndarray:
    if shapes.crs is None:
        return _shapes_without_crs(np.asarray(shapely.to_wkb(np.asarray(shapes)), dtype="object"), name, options)
    return np.asarray(shapes.to_crs(GEOGRAPHIC_CRS))


def _shapes_without_crs(binary: np.ndarray, name: str, options: FileOptions) -> np.ndarray:
    """Shapes in the reference system that the user names; an error that asks for it if the user names none."""
    return geographic_shapes(binary, options.crs or "", name, 2)[0]
