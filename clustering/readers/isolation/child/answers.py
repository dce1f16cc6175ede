"""The answer of the child: text columns and, if there is any, geometry; or an error code."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Request = Mapping[str, Any]
Facts = dict[str, Any]

# Geometry is recognised by being the last column and binary: a heading may have this name.
GEOMETRY = "geometry"
BATCH_ROWS = 8_192
WIDEST_WHOLE_NUMBER = 2.0**53
_VERTEX_BYTES = 16


class CodedError(Exception):
    """The file exceeds a limit or is ambiguous; ``code`` says which, ``facts`` has counts and names."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.answer = {"error_code": code, "facts": facts}


def check_count(name: str, found: int, limits: Mapping[str, Any]) -> None:
    """Raise if there are more rows, columns, cells or vertices than the limits allow."""
    if found > limits[name]:
        raise CodedError(name, found=found, limit=limits[name])


def write_answer(
    headings: Sequence[str],
    batches: Iterable[tuple[list[Any], Any | None]],
    limits: Mapping[str, Any],
    *,
    has_geometry: bool,
) -> None:
    """Write text columns and, if there is any, geometry, batch by batch; rows and vertices are counted."""
    pa = importlib.import_module("pyarrow")
    check_count("columns", len(headings), limits)
    fields = [pa.field(heading, pa.string()) for heading in headings]
    if has_geometry:
        fields.append(pa.field(GEOMETRY, pa.binary()))
    schema = pa.schema(fields)
    rows = vertices = 0
    with pa.ipc.new_file("answer.arrow", schema) as sink:
        for columns, geometry in batches:
            arrays = columns if geometry is None else [*columns, geometry]
            if not arrays:
                continue
            rows += len(arrays[0])
            check_count("rows", rows, limits)
            if geometry is not None:
                vertices += geometry.nbytes // _VERTEX_BYTES
                check_count("vertices", vertices, limits)
            sink.write_batch(pa.record_batch(arrays, schema=schema))


def as_text(values: Any) -> Any | None:
    """Text of an Arrow array without loss, missing as ``""``; ``None`` if the type has no plain text."""
    pa, pc = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.compute")
    kinds = pa.types
    if kinds.is_dictionary(values.type):
        values = values.dictionary_decode()
    if kinds.is_floating(values.type):
        text = _float_text(values)
    elif kinds.is_timestamp(values.type):
        text = pc.replace_substring_regex(values.cast(pa.string()), r"\.0+(Z?)$", r"\1")
        days = pc.match_substring_regex(text, r" 00:00:00Z?$")
        whole_days = pc.all(days, min_count=0).as_py()
        text = pc.utf8_slice_codeunits(text, 0, 10) if whole_days else pc.replace_substring(text, " ", "T")
    elif kinds.is_nested(values.type):
        return None
    else:
        # Bytes that are not UTF-8, and the few types without text, are left out of the table.
        try:
            text = values.cast(pa.string())
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            return None
    return pc.fill_null(text, "")


def _float_text(values: Any) -> Any:
    """Shortest text that gives the same number; whole numbers without ``.0``; NaN is missing."""
    pa, pc = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.compute")
    if pa.types.is_float16(values.type):
        values = values.cast(pa.float32())
    values = pc.if_else(pc.is_nan(values), None, values)
    is_whole = pc.and_(pc.equal(pc.floor(values), values), pc.less(pc.abs(values), WIDEST_WHOLE_NUMBER))
    whole = pc.if_else(is_whole, values, None).cast(pa.int64()).cast(pa.string())
    return pc.coalesce(whole, values.cast(pa.string()))


def choose(kind: str, wanted: str | None, names: Sequence[str], tables: Sequence[str]) -> str:
    """Return the requested layer or sheet, else the only table among them."""
    listed = [name[:100] for name in names[:50]]
    if wanted is not None:
        if wanted not in names:
            raise CodedError(f"{kind} unknown", wanted=wanted[:100], names=listed)
        return wanted
    if len(tables) != 1:
        raise CodedError(f"{kind} open" if tables else f"{kind} none", names=listed)
    return tables[0]
