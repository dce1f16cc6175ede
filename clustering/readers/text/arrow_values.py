"""Values of any Arrow type as text, so that a number, a date or a truth value reads as it would in a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

ArrowValues: TypeAlias = pa.Array | pa.ChunkedArray
# Beyond these a floating-point number does not tell whole numbers apart.
_GREATEST_WHOLE = 2.0**53
_BYTES = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary, pa.types.is_binary_view)


def texts_of_values(values: ArrowValues) -> pa.StringArray | None:
    """
    Write values as text.

    Parameters
    ----------
    values
        Of any type. Whole floats and decimals are written without a decimal point if all values of the column are
        whole; a time at midnight as a date if all are.

    Returns
    -------
    texts
        One per value; missing, NaN among it, is blank. ``None`` if the values are lists, structures or binary.
    """
    plain = _as_plain(values)
    kind = plain.type
    if pa.types.is_nested(kind):
        return None
    try:
        texts = _WRITERS.get(_family(kind), _cast)(plain)
    except pa.ArrowInvalid:
        if not any(is_bytes(kind) for is_bytes in _BYTES):
            raise
        return None  # bytes that are no text
    texts = pc.utf8_trim_whitespace(texts.cast(pa.string()).fill_null(""))
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def texts_of_objects(values: Sequence[Any]) -> pa.StringArray:
    """
    Write values of different types as text, each by itself.

    Parameters
    ----------
    values
        Python objects, such as the cells of a column in which numbers and words are mixed.

    Returns
    -------
    texts
        One per value; missing is blank, and a whole float has no decimal point.
    """
    return pa.array([_text_of_object(value) for value in values], type=pa.string())


def _text_of_object(value: Any) -> str:
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return ""
    whole = isinstance(value, float) and value.is_integer() and abs(value) < _GREATEST_WHOLE
    return str(int(value) if whole else value).strip()


def _as_plain(values: ArrowValues) -> ArrowValues:
    """The values themselves, where they are kept as codes of a dictionary, in runs or under a name of a type."""
    if isinstance(values.type, pa.BaseExtensionType):
        values = values.cast(values.type.storage_type)
    if pa.types.is_run_end_encoded(values.type):
        values = pc.run_end_decode(values)
    if pa.types.is_dictionary(values.type):
        values = _decoded(values)
    return values


def _decoded(values: ArrowValues) -> pa.ChunkedArray:
    """Values of codes. Arrow casts no codes to views of texts, as polars keeps categories, so these become texts."""
    kind = pa.string() if pa.types.is_string_view(values.type.value_type) else values.type.value_type
    chunks = values.chunks if isinstance(values, pa.ChunkedArray) else [values]
    return pa.chunked_array([chunk.dictionary.cast(kind).take(chunk.indices) for chunk in chunks], type=kind)


def _family(kind: pa.DataType) -> str:
    for family in ("boolean", "floating", "decimal", "timestamp"):
        if getattr(pa.types, f"is_{family}")(kind):
            return family
    return ""


def _cast(values: ArrowValues) -> ArrowValues:
    return values.cast(pa.string())


def _write_truth(values: ArrowValues) -> ArrowValues:
    return pc.if_else(values, "True", "False")


def _write_floats(values: ArrowValues) -> ArrowValues:
    numbers = values.cast(pa.float32()) if pa.types.is_float16(values.type) else values
    numbers = pc.if_else(pc.is_nan(numbers), pa.scalar(None, numbers.type), numbers)
    is_whole = pc.and_(pc.equal(pc.floor(numbers), numbers), pc.less(pc.abs(numbers), _GREATEST_WHOLE))
    return _cast(numbers.cast(pa.int64()) if pc.all(is_whole, min_count=0).as_py() else numbers)


def _write_decimals(values: ArrowValues) -> ArrowValues:
    try:
        return _cast(values.cast(pa.decimal256(76, 0)))
    except pa.ArrowInvalid:  # digits behind the point would be lost
        return _cast(values)


def _write_times(values: ArrowValues) -> ArrowValues:
    if values.type.tz is not None:
        values = pc.local_timestamp(values)
    if pc.all(pc.equal(pc.floor_temporal(values, unit="day"), values), min_count=0).as_py():
        return _cast(values.cast(pa.date32()))
    return _cast(values.cast(pa.timestamp("s"), safe=False))


_WRITERS = {
    "boolean": _write_truth,
    "floating": _write_floats,
    "decimal": _write_decimals,
    "timestamp": _write_times,
}
