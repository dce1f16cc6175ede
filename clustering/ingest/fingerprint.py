"""Hashes of tables: equal tables have equal hashes, whatever the rows they were read from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from clustering.readers.text.columns import numpy_of


def hash_tables(
    schools: gpd.GeoDataFrame, flows: pd.DataFrame, performance: pd.DataFrame, *others: pd.DataFrame
) -> str:
    """
    Hash the tables of a scenario.

    Parameters
    ----------
    schools, flows, performance, *others
        As in :class:`~clustering.model.scenario.Scenario`; the others are those of
        its ``other_tables``, an empty one being none.

    Returns
    -------
    sha256
        Hexadecimal; equal tables have equal hashes.
    """
    more = [hash_table(other) for other in others if len(other)]
    return joined_hash([hash_schools(schools), hash_table(performance), hash_table(flows), *more])


def joined_hash(digests: Sequence[bytes]) -> str:
    """Hash of a scenario from those of its schools, performance, flows and the other tables."""
    return hashlib.sha256(b"".join(digests)).hexdigest()


def hash_schools(schools: gpd.GeoDataFrame) -> bytes:
    """Hash the table of schools, points included."""
    digest = hashlib.sha256()
    coordinates, located = shapely.get_coordinates(schools.geometry.array, return_index=True)
    digest.update(located.astype("int32").tobytes())
    digest.update(coordinates.tobytes())
    digest.update(hash_table(pd.DataFrame(schools.drop(columns="geometry"))))
    return digest.digest()


def hash_table(frame: pd.DataFrame) -> bytes:
    """Hash the columns of a table, and its index if that is more than numbers."""
    digest = hashlib.sha256(f"{len(frame)}|{'|'.join(map(str, frame.columns))}".encode())
    if not isinstance(frame.index, pd.RangeIndex):
        _hash_column(digest, frame.index)
    for name in frame.columns:
        _hash_column(digest, frame[name])
    return digest.digest()


def _hash_column(digest: hashlib._Hash, column: pd.Series | pd.Index) -> None:
    """Values and which of them are missing, in a form that does not depend on how pandas keeps them."""
    array = pa.array(column.array, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_dictionary(array.type):
        array = _ranks(digest, array)
    digest.update(b"all valid" if array.null_count == 0 else numpy_of(pc.is_valid(array)).tobytes())
    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
        texts = _filled(array.cast(pa.large_string()), "")
        _, ends, text = texts.buffers()
        offsets = np.frombuffer(ends, dtype="int64")[texts.offset : texts.offset + len(texts) + 1]
        digest.update(np.diff(offsets).astype("int32").data)
        digest.update(memoryview(text)[offsets[0] : offsets[-1]] if text is not None and len(texts) else b"")
    elif pa.types.is_integer(array.type):
        numbers = numpy_of(_filled(array, 0)).astype("int32", casting="same_kind")
        digest.update(np.ascontiguousarray(numbers).data)
    else:
        values = numpy_of(_filled(array.cast(pa.float64()), 0.0))
        digest.update(np.ascontiguousarray(values).data)


def _filled(array: pa.Array, value: str | float) -> pa.Array:
    """The array with a value where one is missing."""
    return pc.fill_null(array, value) if array.null_count else array


def _ranks(digest: hashlib._Hash, array: pa.DictionaryArray) -> pa.Array:
    """Hash the texts that occur, and replace each by its rank: the order of the categories is chance."""
    used = pc.unique(array.indices.drop_null())
    texts = array.dictionary.cast(pa.string()).take(used)
    order = pc.sort_indices(texts)
    for text in texts.take(order).to_pylist():
        digest.update(f"{len(text)}|{text}".encode())
    ranks = np.zeros(len(array.dictionary), dtype="int32")
    ranks[numpy_of(used)[numpy_of(order)]] = np.arange(len(used))
    return pa.array(ranks).take(array.indices)
