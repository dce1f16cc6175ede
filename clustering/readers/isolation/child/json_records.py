"""JSON: its brackets are counted before it is parsed; and lists of records."""

from __future__ import annotations

import importlib
import itertools
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from clustering.readers.isolation.child.answers import (
    BATCH_ROWS,
    CodedError,
    Facts,
    Request,
    check_count,
    write_answer,
)
from clustering.readers.isolation.child.portal_answers import is_page, records_of

_CHUNK_BYTES = 1 << 20
# Bytes that may begin an escape, or a number with its sign.
_UNFINISHED = b"\\:[,- \t\r\n0123456789"
_LONG_NUMBER = re.compile(rb"[:\[,\s]-?([0-9]{19,})[\s,\]}]")


def scan_json(path: str, limits: Mapping[str, Any], *, keeps_digits: bool = False) -> None:
    """
    Raise for JSON that is nested too deeply or has too many arrays to be points, without parsing it.

    Unless the parser keeps all digits of a number, whole numbers that it would round are an error as well.
    """
    numpy = importlib.import_module("numpy")
    level = vertices = 0
    inside = False
    with Path(path).open("rb") as file:
        while chunk := bytearray(file.read(_CHUNK_BYTES)):
            while chunk[-1] in _UNFINISHED and (more := file.read(64)):
                chunk += more
            text = chunk.replace(b"\\\\", b"__").replace(b'\\"', b"__")
            signs = numpy.frombuffer(text, dtype=numpy.uint8)
            quoted = (numpy.cumsum(signs == ord('"')) + inside) % 2 == 1
            inside = bool(quoted[-1])
            opened = ((signs == ord("[")) | (signs == ord("{"))) & ~quoted
            closed = ((signs == ord("]")) | (signs == ord("}"))) & ~quoted
            levels = level + numpy.cumsum(opened.astype(numpy.int64) - closed)
            level = int(levels[-1])
            check_count("nesting_levels", int(levels.max()), limits)
            vertices += int(((signs == ord("[")) & ~quoted).sum())
            check_count("vertices", vertices, limits)
            if not keeps_digits and any(not quoted[found.start(1)] for found in _LONG_NUMBER.finditer(text)):
                raise CodedError("digits")


def read_records(request: Request) -> Facts:
    """A JSON list of records, alone or in the answer of a portal; numbers keep their digits."""
    scan_json(request["file"], request["limits"], keeps_digits=True)
    with Path(request["file"]).open(encoding="utf-8-sig") as file:
        content = json.load(file, parse_int=str, parse_float=str, parse_constant=lambda constant: "")
    records = records_of(content)
    headings = list(dict.fromkeys(itertools.chain.from_iterable(records)))
    check_count("columns", len(headings), request["limits"])
    pa = importlib.import_module("pyarrow")

    def batches() -> Iterator[tuple[list[Any], None]]:
        """Columns of some records at a time."""
        for start in range(0, len(records), BATCH_ROWS):
            some = records[start : start + BATCH_ROWS]
            yield [pa.array([_json_text(record.get(key)) for record in some], pa.string()) for key in headings], None

    write_answer(headings, batches(), request["limits"], has_geometry=False)
    return {"is_cut_off": is_page(content, records)}


def _json_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)
