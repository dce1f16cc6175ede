"""A file of any size in pieces of whole lines, so that threads can each read one."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator
from pathlib import Path

# Each piece has dictionaries of its own, to be unified later. Large pieces have fewer, small ones need less memory.
PIECE_BYTES = 8 << 20
_BYTE_BY_BYTE = {"utf-8", "ascii", "iso8859-1", "cp1252"}


class LineTooLongError(Exception):
    """
    A line is longer than a piece.

    Parameters
    ----------
    row
        Its number in the file, from 1.
    """

    def __init__(self, row: int) -> None:
        super().__init__(f"Line {row} is longer than a piece.")
        self.row = row


def can_be_cut(encoding: str) -> bool:
    """Whether line breaks and quotation marks can be told from the bytes of an encoding."""
    return codecs.lookup(encoding).name in _BYTE_BY_BYTE


def read_pieces(path: Path) -> Iterator[memoryview]:
    """
    Read a file piece by piece, each ending with a line.

    Parameters
    ----------
    path
        The file, in an encoding for which :func:`can_be_cut` is true.

    Yields
    ------
    piece
        Bytes of whole lines, at most ``PIECE_BYTES``. A line break within quotation marks does not end a line.

    Raises
    ------
    LineTooLongError
        A line is longer than a piece.
    """
    line_ends = {b"\n": 0, b"\r": 0}  # a file has one of them at the end of each line, or both
    with path.open("rb") as file:
        while block := file.read(PIECE_BYTES):
            is_last = len(block) < PIECE_BYTES
            end = len(block) if is_last else _end_of_lines(block)
            if end == 0:
                raise LineTooLongError(max(line_ends.values()) + 1)
            line_ends = {sign: number + block.count(sign, 0, end) for sign, number in line_ends.items()}
            yield memoryview(block)[:end]
            file.seek(end - len(block), os.SEEK_CUR)


def _end_of_lines(block: bytes) -> int:
    """Where the last complete line of a block ends [bytes]; 0 if no line is complete."""
    last = end = _last_line_break(block, len(block))
    marks = block.count(b'"', 0, end)
    # After an odd number of quotation marks a line break is part of a cell.
    while marks % 2:
        earlier = _last_line_break(block, block.rfind(b'"', 0, end))
        marks -= block.count(b'"', earlier, end)
        end = earlier
    return end or last  # no line is complete where a stray quotation mark opens a cell: cut at the last break


def _last_line_break(block: bytes, end: int) -> int:
    return max(block.rfind(b"\n", 0, end), block.rfind(b"\r", 0, end)) + 1
