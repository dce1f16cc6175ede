"""The table in a file that a child has parsed, and the limits for reading it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa


@dataclass(frozen=True, kw_only=True)
class ReadingLimits:
    """
    Limits for reading one file.

    Parameters
    ----------
    time_limit_s, memory_bytes, answer_bytes
        Elapsed seconds, address space, and size of the answer.
    rows, columns, cells, vertices, nesting_levels
        Maximum of each; ``cells`` of a workbook's rectangle, ``nesting_levels`` of JSON and of geometry.
    """

    time_limit_s: float = 18.0  # 20 with the start and the end of the process
    memory_bytes: int = 1024**3
    # The parent holds the answer twice while it is checked; this keeps it below what the child may use.
    answer_bytes: int = 384 * 1024**2
    rows: int = 5_000_000
    columns: int = 2_000
    cells: int = 20_000_000
    vertices: int = 20_000_000
    nesting_levels: int = 60


@dataclass(frozen=True, kw_only=True)
class ContainerTable:
    """
    The table in a file.

    Parameters
    ----------
    columns
        Heading to text, missing as ``""``.
    geometry
        EPSG:4326, one per record; ``None`` without geometry.
    layer, layers
        Layer or sheet that was read, and all that there are.
    crs
        From the user's options, else from the file.
    first_row
        Row of the first record; 1 if records have no rows.
    header_row
        Row of the headings; ``None`` if headings are not in a row.
    dropped
        Columns that cannot be text, such as lists.
    repeated
        Headings that several columns have; the second of them is called ``NAME (2)``.
    joined_rows
        The two rows of a sheet that the headings were joined from, or ``None``.
    is_approximate
        Whether the coordinates were converted without a known shift between datums.
    is_cut_off
        Whether the file says that a server left out the records beyond its limit.
    """

    columns: Mapping[str, pa.StringArray]
    geometry: np.ndarray | None
    layer: str
    layers: tuple[str, ...]
    crs: str
    first_row: int
    header_row: int | None
    dropped: tuple[str, ...]
    repeated: tuple[str, ...] = ()
    joined_rows: tuple[int, int] | None = None
    is_approximate: bool = False
    is_cut_off: bool = False
