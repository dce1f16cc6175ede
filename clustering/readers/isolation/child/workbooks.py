"""One sheet of a workbook; the size of its rectangle of cells is checked before."""

from __future__ import annotations

import datetime as dt
import importlib
import itertools
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from clustering.readers.isolation.child.answers import (
    BATCH_ROWS,
    WIDEST_WHOLE_NUMBER,
    CodedError,
    Facts,
    Request,
    check_count,
    choose,
    write_answer,
)

_CHUNK_BYTES = 1 << 20
# The stream of an encrypted workbook since 2007, and the mark of one before, behind the start of its first part.
_ENCRYPTED = re.compile(
    rb"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0|\x09\x08\x10\0\0\x06\x05\0.{12}\x2f\0", re.DOTALL
)
_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"'](?:[^>]*[^/>])?>(?!</)")


def read_workbook(request: Request) -> Facts:
    """One sheet of an Excel or OpenDocument workbook: values of cells; a formula is its last result."""
    limits = request["limits"]
    if zipfile.is_zipfile(request["file"]):
        with zipfile.ZipFile(request["file"]) as archive:
            sheets = [entry for entry in archive.infolist() if re.match(r"xl/worksheets/[^/]+\.xml$", entry.filename)]
            check_count("cells", sum(_sheet_cells(archive, entry, limits) for entry in sheets), limits)
    calamine = importlib.import_module("python_calamine")
    try:
        workbook = calamine.load_workbook(request["file"])
    except calamine.CalamineError:
        # Without a suffix in the name of the file, the library does not say that it is encrypted.
        if _ENCRYPTED.search(Path(request["file"]).read_bytes()):
            raise CodedError("password") from None
        raise
    names = [str(name) for name in workbook.sheet_names]
    shown = [
        str(sheet.name) for sheet in workbook.sheets_metadata if sheet.visible == calamine.SheetVisibleEnum.Visible
    ]
    if request["sheet"] is None:
        loaded = {name: workbook.get_sheet_by_name(name) for name in shown}
        filled = [name for name, sheet in loaded.items() if sheet.height > 1]
        tables = [name for name in filled if loaded[name].width > 1] or filled
        name = choose("sheet", None, names, tables)
        sheet = loaded[name]
    else:
        name = choose("sheet", request["sheet"], names, names)
        sheet = workbook.get_sheet_by_name(name)
    check_count("columns", sheet.width, limits)
    check_count("cells", sheet.width * sheet.height, limits)
    _write_sheet(sheet, limits)
    return {"sheet": name, "sheets": names[:1000], "first_row": (sheet.start or (0, 0))[0] + 1}


def _sheet_cells(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Mapping[str, Any]) -> int:
    """Number of cells in the rectangle around a sheet's filled cells; the parser holds all of them in memory."""
    columns: set[bytes] = set()
    first, last = 1 << 30, 0
    with archive.open(entry) as file:
        for piece in _pieces(file):
            found = _CELL.findall(piece)
            columns.update(letters for letters, _ in found)
            numbers = [int(number) for _, number in found]
            first, last = min([first, *numbers]), max([last, *numbers])
    if not columns:
        return 0
    numbers = [_column_number(letters) for letters in columns]
    check_count("columns", max(numbers), limits)
    return (last - first + 1) * (max(numbers) - min(numbers) + 1)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """The file in pieces, each of which ends before the start of a cell."""
    rest = b""
    while chunk := file.read(_CHUNK_BYTES):
        text = rest + chunk
        end = text.rfind(b"<c")
        end = end if end > 0 else len(text)
        yield text[:end]
        rest = text[end:]
    yield rest


def _column_number(letters: bytes) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _write_sheet(sheet: Any, limits: Mapping[str, Any]) -> None:
    """Write the rows of a sheet, that of the headings among them."""
    pa = importlib.import_module("pyarrow")
    # Rows are counted from the top of the sheet, blank ones included.
    rows = itertools.islice(sheet.iter_rows(), (sheet.start or (0, 0))[0], None)
    records = _without_blank_end(map(_cell_texts, rows))

    def batches() -> Iterator[tuple[list[Any], None]]:
        while some := list(itertools.islice(records, BATCH_ROWS)):
            yield [pa.array(column, pa.string()) for column in zip(*some, strict=True)], None

    columns = [f"column {number}" for number in range(1, sheet.width + 1)]
    write_answer(columns, batches(), limits, has_geometry=False)


def _without_blank_end(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    waiting: list[list[str]] = []
    for row in rows:
        waiting.append(row)
        if any(row):
            yield from waiting
            waiting.clear()


def _cell_texts(row: Iterable[Any]) -> list[str]:
    return [value if isinstance(value, str) else _cell_text(value) for value in row]


def _cell_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < WIDEST_WHOLE_NUMBER:
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    return str(value)
