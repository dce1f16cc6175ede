"""What a child answered, checked before anything is made of it: a child that was taken over could write any bytes."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute

from clustering.readers.crs import geographic_shapes
from clustering.readers.isolation.container_table import ContainerTable
from clustering.readers.isolation.errors_of_codes import file_error
from clustering.readers.text.headings import checked_headings


def plain_bytes(path: Path) -> bytes:
    """Content of a file that the child wrote; a child that was taken over could leave a link or a pipe instead."""
    if not stat.S_ISREG(path.lstat().st_mode) or not stat.S_ISDIR(path.parent.lstat().st_mode):
        raise OSError(f"{path.name} is no plain file")
    return path.read_bytes()


def answered_table(path: Path, name: str) -> pa.Table:
    """The columns that the child wrote; a child that was taken over could write any bytes, or offsets beyond them."""
    try:
        with pa.ipc.open_file(pa.BufferReader(plain_bytes(path))) as answer:
            table = answer.read_all()
        for column in table.columns:
            # As bytes: whether they are text is checked column by column, later.
            is_text = pa.types.is_string(column.type)
            for chunk in column.chunks:
                (chunk.view(pa.binary()) if is_text else chunk).validate(full=True)
    except (OSError, pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise file_error(name, "The file cannot be read.", "Save it again, or as CSV.") from None
    return table


def checked_table(table: pa.Table, facts: Mapping[str, Any], name: str, crs: str | None) -> ContainerTable:
    """The table that a child's columns and facts make, as text that is sound and shapes that lie on the globe."""
    has_geometry = bool(table.num_columns) and pa.types.is_binary(table.schema.types[-1])
    names = table.column_names[: table.num_columns - has_geometry]
    texts = [_sound_text(_joined(table.column(position)), name) for position in range(len(names))]
    headings = checked_headings(names, name, None)
    first_row = int(facts.get("first_row", 1))
    used_crs = crs or str(facts.get("crs") or "")
    geometry, is_approximate = None, False
    if has_geometry:
        binary = np.asarray(_joined(table.column(table.num_columns - 1)).to_numpy(zero_copy_only=False))
        geometry, system = geographic_shapes(binary, used_crs, name, first_row)
        used_crs, is_approximate = system.name, system.is_approximate
    return ContainerTable(
        columns=dict(zip(headings.names, texts, strict=True)),
        geometry=geometry,
        layer=str(facts.get("layer") or facts.get("sheet") or ""),
        layers=tuple(map(str, facts.get("layers") or facts.get("sheets") or ())),
        crs=used_crs,
        first_row=first_row,
        header_row=None,
        dropped=tuple(map(str, facts.get("dropped", ()))),
        repeated=headings.repeated,
        is_approximate=is_approximate,
        is_cut_off=bool(facts.get("is_cut_off")),
    )


def _joined(column: pa.ChunkedArray) -> pa.Array:
    column = column.combine_chunks()
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _sound_text(column: pa.StringArray, name: str) -> pa.StringArray:
    """The column, after a check that its bytes are text: the parsers pass on the bytes of a damaged file."""
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        message, remedy = "A column has bytes that are not text.", "Save the file again with its encoding, or as CSV."
        raise file_error(name, message, remedy) from None
    if pa.compute.any(pa.compute.match_substring(column, "\0")).as_py():
        raise file_error(name, "The file has NUL bytes.", "Export it again from the program that wrote it.")
    return column
