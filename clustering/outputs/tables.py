"""
Tables as CSV and GeoJSON, written column by column.

A column has few distinct values compared with its cells, and each is written once. Arrow then looks up the text of
every cell and joins the texts of each row: the joined rows, one after another, are the file. A country has hundreds of
thousands of rows, and writing them one by one takes several times as long.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clustering.outputs.escaping import FORMULA_STARTS, escape_for_csv


@dataclass(frozen=True, kw_only=True)
class _Format:
    """
    How the cells of a file are written.

    Parameters
    ----------
    write
        Writes any value that is there.
    missing
        Stands for one that is not.
    quote
        Stands before and after a text.
    special
        Regular expression that finds the texts for which quotes are not enough; ``write`` writes them.
    """

    write: Callable[[Any], str]
    missing: str
    quote: str
    special: str


def table_bytes(table: pd.DataFrame, *, whole_numbers: bool = False) -> bytes:
    """
    Write a table as UTF-8 CSV; text that a spreadsheet would run as a formula is disarmed.

    Parameters
    ----------
    table
        Columns of any kind.
    whole_numbers
        Whether finite whole numbers of columns of floating-point numbers are written without a decimal point: ``10``
        for ``10.0``. Those above 2 to the power of 53 stay as they are.

    Returns
    -------
    csv
        A header and a line per row.
    """
    if whole_numbers:
        plain = table.reset_index(drop=True)
        table = plain.assign(**{str(name): _without_points(column) for name, column in plain.items()})
    header = ",".join(_quote(str(name)) for name in table.columns) + "\n"
    if table.empty:
        return header.encode()
    columns = [_write_cells(column, _CSV) for _, column in table.items()]
    if len(columns) == 1:  # an empty line would be no row
        columns = [pc.if_else(pc.equal(columns[0], ""), '""', columns[0])]
    rows = _join(*columns, between=",")
    return b"".join([header.encode(), _content(_join(rows, "\n"))])


def points_geojson_bytes(table: pd.DataFrame) -> bytes:
    """
    Write a table of points as a GeoJSON FeatureCollection (RFC 7946).

    Parameters
    ----------
    table
        The first column identifies a row; ``longitude`` and ``latitude`` [degrees, WGS 84] are its point, missing where
        it has none.

    Returns
    -------
    collection
        UTF-8; a feature per row with the other columns as properties, in their order; missing is ``null``.
    """
    columns = {str(name): _write_cells(column, _JSON) for name, column in table.items()}
    points = _join('{"type":"Point","coordinates":[', columns.pop("longitude"), ",", columns.pop("latitude"), "]}")
    is_located = table["longitude"].notna() & table["latitude"].notna()
    geometry = pc.if_else(pa.array(is_located.to_numpy()), points, "null")
    identifier = next(iter(columns.values()))
    properties = [part for name, texts in columns.items() for part in (",", f"{_encode(name)}:", texts)][1:]
    feature = '{"type":"Feature","id":', identifier, ',"geometry":', geometry, ',"properties":{', *properties, "}}"
    rows = _content(_join(*feature, ","))[:-1]  # no comma after the last
    return b"".join([b'{"type":"FeatureCollection","features":[', rows, b"]}"])


def feature_texts(table: pd.DataFrame, geometry: Sequence[str | None]) -> pa.LargeStringArray:
    """
    Write each row of a table as a feature of GeoJSON (RFC 7946).

    Parameters
    ----------
    table
        The index identifies a row, as text; the columns become properties, in their order, and missing is ``null``.
    geometry
        GeoJSON of the geometry of each row; ``None`` where it has none.

    Returns
    -------
    features
        UTF-8, a text per row, all in one buffer.
    """
    identifiers = _write_cells(pd.Series(table.index, dtype="str"), _JSON)
    columns = {str(name): _write_cells(column, _JSON) for name, column in table.items()}
    properties = [part for name, texts in columns.items() for part in (",", f"{_encode(name)}:", texts)][1:]
    written = pc.fill_null(_texts(geometry), "null")
    return _join('{"type":"Feature","id":', identifiers, ',"geometry":', written, ',"properties":{', *properties, "}}")


def with_written_numbers(table: pd.DataFrame) -> pd.DataFrame:
    """
    Write the numbers of a table, which takes long, once for all the forms in which it is written.

    Parameters
    ----------
    table
        Columns of any kind.

    Returns
    -------
    table
        The same with texts in place of numbers, in columns without infinite ones; :func:`table_bytes` and
        :func:`points_geojson_bytes` write the same bytes of either table.
    """
    numbers = {name: column for name, column in table.items() if column.dtype == np.dtype("float64")}
    written = {
        str(name): pd.Series(_write_numbers(column), index=table.index, dtype=_WRITTEN)
        for name, column in numbers.items()
        if not np.isinf(column).any()
    }
    return table.assign(**written)


def _is_whole(number: float) -> bool:
    """Whether a number is a whole one of which every digit is known."""
    return number.is_integer() and abs(number) <= _GREATEST_WHOLE


def _without_points(column: pd.Series) -> pd.Series:
    """Write numbers as texts, whole ones without a decimal point; columns of anything else as they are."""
    if column.dtype != np.dtype("float64"):
        return column
    present = column.notna()
    written = [f"{each:z.0f}" if _is_whole(each) else repr(each) for each in column[present].to_list()]
    return pd.Series(written, index=column.index[present], dtype=_WRITTEN).reindex(column.index)


def _join(*parts: pa.LargeStringArray | str, between: str = "") -> pa.LargeStringArray:
    """Join texts row by row; what is the same in all rows is given once."""
    texts = [pa.scalar(part, pa.large_string()) if isinstance(part, str) else part for part in (*parts, between)]
    return pc.binary_join_element_wise(*texts)


def _content(texts: pa.LargeStringArray) -> memoryview:
    """All texts of a column, one after another: Arrow keeps them so."""
    _, ends, content = texts.buffers()
    return memoryview(content or b"")[: np.frombuffer(ends, dtype="int64")[len(texts)]]


def _write_cells(column: pd.Series, form: _Format) -> pa.LargeStringArray:
    """The text of each row."""
    if column.dtype == _WRITTEN:
        written = _texts(column)
    elif column.dtype == np.dtype("float64") and not np.isinf(column).any():
        written = _write_numbers(column)
    else:
        codes, values = _factorize(column)
        is_text = isinstance(column.dtype, pd.StringDtype)
        texts = _write_texts(values, form) if is_text else _texts(map(form.write, values.tolist()))
        written = _take_texts(codes, texts)
    return pc.fill_null(written, form.missing)


def _write_numbers(column: pd.Series) -> pa.LargeStringArray:
    """Write finite numbers, which look the same in every form; missing is null."""
    codes, values = _factorize(column)
    return _take_texts(codes, _texts(map(float.__repr__, values.tolist())))


def _take_texts(codes: np.ndarray, texts: pa.LargeStringArray) -> pa.LargeStringArray:
    """Look up the text of each row by the code of its value; -1 is missing."""
    return texts.take(pa.array(codes, mask=codes < 0))


def _write_texts(values: pd.Index, form: _Format) -> pa.LargeStringArray:
    """Write texts; nearly all of them only need quotes."""
    texts = _texts(values)
    is_special = pc.match_substring_regex(texts, form.special)
    special = _texts(map(form.write, texts.filter(is_special).to_pylist()))
    return pc.replace_with_mask(_join(form.quote, texts, form.quote), is_special, special)


def _texts(texts: Iterable[str | None]) -> pa.LargeStringArray:
    array = pa.array(texts, pa.large_string())
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _factorize(column: pd.Series) -> tuple[np.ndarray, Any]:
    """Code of each row's value among the distinct ones, -1 if it is missing; and the distinct values."""
    if column.dtype == np.dtype("object"):  # may mix 1, 1.0 and True, which are equal but not written alike
        return np.where(column.isna(), -1, np.arange(len(column))), column
    if column.dtype != np.dtype("float64"):
        return pd.factorize(column)
    numbers = column.to_numpy()
    present = ~np.isnan(numbers)
    codes = np.full(len(numbers), -1)
    # By their bits, since 0.0 and -0.0 are equal but not written alike.
    codes[present], bits = pd.factorize(numbers[present].view("int64"))
    return codes, bits.view("float64")


def _csv_cell(value: object) -> str:
    return _quote(escape_for_csv(value)) if isinstance(value, str) else str(value)


def _quote(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _NEEDS_QUOTES.search(text) else text


_GREATEST_WHOLE = 2.0**53  # above it, floating-point numbers leave out some whole ones
_WRITTEN = pd.ArrowDtype(pa.large_string())
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
_NEEDS_QUOTES = re.compile(r'[",\r\n]')
_JSON = _Format(write=_encode, missing="null", quote='"', special=r'["\\\x00-\x1f]')
_CSV = _Format(
    write=_csv_cell,
    missing="",
    quote="",
    special=f"{_NEEDS_QUOTES.pattern}|^[{re.escape(''.join(FORMULA_STARTS))}]",
)
