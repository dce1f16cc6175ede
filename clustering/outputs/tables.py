"""
Tables as CSV and JSON, written column by column.

A table has few different values beside its cells, and each is written once. To write row by row takes several times as
long, and a country has hundreds of thousands of rows.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from clustering.outputs.escaping import escape_for_csv

_NEEDS_QUOTES = re.compile(r'[",\r\n]')


def table_bytes(table: pd.DataFrame) -> bytes:
    """Write a table as UTF-8 CSV; text that a spreadsheet would run as a formula is disarmed."""
    columns = [_write_cells(column, _csv_cell, missing="") for _, column in table.items()]
    if len(columns) == 1:  # an empty line would be no row
        columns = [[cell or '""' for cell in columns[0]]]
    header = ",".join(_quote(str(name)) for name in table.columns)
    return "\n".join([header, *map(",".join, zip(*columns, strict=True)), ""]).encode()


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
    located = (table["longitude"].notna() & table["latitude"].notna()).tolist()
    longitudes, latitudes = (_write_json(table[name]) for name in ("longitude", "latitude"))
    geometries = [
        f'{{"type":"Point","coordinates":[{longitude},{latitude}]}}' if is_located else "null"
        for longitude, latitude, is_located in zip(longitudes, latitudes, located, strict=True)
    ]
    properties = table.drop(columns=["longitude", "latitude"])
    columns = [_write_json(column, before=f"{_json_cell(str(name))}:") for name, column in properties.items()]
    identifiers = _write_json(properties.iloc[:, 0])
    features = ",".join(
        f'{{"type":"Feature","id":{identifier},"geometry":{geometry},"properties":{{{",".join(row)}}}}}'
        for identifier, geometry, row in zip(identifiers, geometries, zip(*columns, strict=True), strict=True)
    )
    return f'{{"type":"FeatureCollection","features":[{features}]}}'.encode()


def _write_json(column: pd.Series, *, before: str = "") -> list[str]:
    return _write_cells(column, lambda value: before + _json_cell(value), missing=f"{before}null")


def _write_cells(column: pd.Series, write: Callable[[Any], str], *, missing: str) -> list[str]:
    """Write every different value of a column once, and give each row its text."""
    codes, values = _different_values(column)
    texts = np.array([*map(write, values), missing], dtype=object)
    return texts[codes].tolist()  # type: ignore[no-any-return]


def _different_values(column: pd.Series) -> tuple[np.ndarray, list[Any]]:
    """For each row the place of its value among the different ones, -1 if it is missing."""
    if column.dtype == np.dtype("object"):  # may mix 1, 1.0 and True, which are equal but not written alike
        return np.where(column.isna(), -1, np.arange(len(column))), column.tolist()
    if column.dtype != np.dtype("float64"):
        codes, values = pd.factorize(column)
        return codes, np.asarray(values, dtype=object).tolist()
    numbers = column.to_numpy()
    present = ~np.isnan(numbers)
    codes = np.full(len(numbers), -1)
    # By their bits, since 0.0 and -0.0 are equal but not written alike.
    codes[present], bits = pd.factorize(numbers[present].view("int64"))
    return codes, bits.view("float64").tolist()


_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def _json_cell(value: object) -> str:
    # What the encoder does too, which is slow to begin with a number.
    return float.__repr__(value) if isinstance(value, float) and math.isfinite(value) else _encode(value)


def _csv_cell(value: object) -> str:
    return _quote(escape_for_csv(value)) if isinstance(value, str) else str(value)


def _quote(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _NEEDS_QUOTES.search(text) else text
