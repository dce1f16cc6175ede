"""A file of any size in pieces of whole lines, so that threads can each read one."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

# With large pieces there are fewer dictionaries to unify in an unsorted file, with small ones less memory is needed.
PIECE_BYTES = 8 << 20
_BYTE_BY_BYTE = {"utf-8", "ascii", "iso8859-1", "cp1252"}


def can_be_cut(encoding: str) -> bool:
    """Whether line breaks and quotation marks can be told from the bytes of an encoding."""
    return codecs.lookup(encoding).name in _BYTE_BY_BYTE


def whole_lines(path: Path) -> Iterator[memoryview]:
    """
    Cut a file at ends of lines.

    Parameters
    ----------
    path
        The file, in an encoding that can be cut.

    Yields
    ------
    piece
        At most ``PIECE_BYTES``. A line break within quotation marks is no end of a line.

    Raises
    ------
    pyarrow.ArrowInvalid
        A line is longer than a piece.
    """
    with path.open("rb") as file:
        while block := file.read(PIECE_BYTES):
            is_last = len(block) < PIECE_BYTES
            end = len(block) if is_last else _end_of_lines(block)
            if end == 0:
                raise pa.ArrowInvalid("A line is longer than a piece.")
            yield memoryview(block)[:end]
            file.seek(end - len(block), os.SEEK_CUR)


def _end_of_lines(block: bytes) -> int:
    """Where the last line that is complete ends: 0 if there is none."""
    last = end = _last_line_break(block, len(block))
    marks = block.count(b'"', 0, end)
    # After an odd number of quotation marks a line break is part of a cell.
    while marks % 2:
        earlier = _last_line_break(block, block.rfind(b'"', 0, end))
        marks -= block.count(b'"', earlier, end)
        end = earlier
    return end or last  # a stray mark in the first line ends no cell


def _last_line_break(block: bytes, end: int) -> int:
    return max(block.rfind(b"\n", 0, end), block.rfind(b"\r", 0, end)) + 1
