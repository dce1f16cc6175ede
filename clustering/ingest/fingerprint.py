"""Hashes of tables: equal tables have equal hashes, whatever the rows they were read from."""

from __future__ import annotations

import hashlib

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from clustering.io.text_columns import numpy_of


def hash_tables(schools: gpd.GeoDataFrame, flows: pd.DataFrame, performance: pd.DataFrame) -> str:
    """
    Hash the tables of a scenario.

    Parameters
    ----------
    schools, flows, performance
        As in :class:`~clustering.model.Scenario`.

    Returns
    -------
    sha256
        Hexadecimal; equal tables have equal hashes.
    """
    digest = hashlib.sha256()
    plain = pd.DataFrame(schools.drop(columns="geometry"))
    places = shapely.get_coordinates(schools.geometry.fillna(shapely.Point()).array)
    located = schools.geometry.notna().to_numpy()
    digest.update(located.tobytes())
    digest.update(places.tobytes())
    for frame in (plain, flows, performance):
        digest.update(f"{len(frame)}|{'|'.join(map(str, frame.columns))}".encode())
        if not isinstance(frame.index, pd.RangeIndex):
            _hash_column(digest, frame.index)
        for name in frame.columns:
            _hash_column(digest, frame[name])
    return digest.hexdigest()


def _hash_column(digest: hashlib._Hash, column: pd.Series | pd.Index) -> None:
    """Values and which of them are missing, in a form that does not depend on how pandas keeps them."""
    array = pa.array(column, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    digest.update(numpy_of(pc.is_valid(array)).tobytes())
    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
        texts = pc.fill_null(array.cast(pa.large_string()), "")
        _, ends, text = texts.buffers()
        places = np.frombuffer(ends, dtype="int64")[texts.offset : texts.offset + len(texts) + 1]
        digest.update(np.diff(places).data)
        digest.update(memoryview(text)[places[0] : places[-1]] if text is not None and len(texts) else b"")
    else:
        values = numpy_of(pc.fill_null(array.cast(pa.float64()), 0.0))
        digest.update(np.ascontiguousarray(values).data)
