"""What a data package says of its tables, compared with their cells: for tests of whatever is written."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

# How a cell of each type of Table Schema looks; ``any`` is none of them.
_CELLS = {
    "string": r"(?s).+",
    "number": r"-?\d+(\.\d+)?(e[-+]?\d+)?",
    "integer": r"-?\d+",
    "boolean": r"True|False",
    "year": r"\d{4}",
    "yearmonth": r"\d{4}-\d{2}",
    "date": r"\d{4}-\d{2}-\d{2}",
    "datetime": r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})",
}


def faults_of_folder(folder: Path) -> list[str]:
    """Faults of the description beside files that were written into a folder."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return faults_of_package({path.relative_to(folder).as_posix(): path.read_bytes() for path in paths})


def faults_of_package(contents: Mapping[str, bytes]) -> list[str]:
    """Columns without a type or a meaning, and those whose cells are not as the description says, in words."""
    package = json.loads(contents["datapackage.json"])
    tables = [path for path in contents if path.endswith(".csv")]
    described = {each["path"]: each["schema"]["fields"] for each in package["resources"] if each.get("type") == "table"}
    assert sorted(described) == sorted(tables)
    return [fault for path in tables for fault in _faults(path, contents[path], described[path])]


def _faults(path: str, data: bytes, fields: list[dict[str, Any]]) -> Iterator[str]:
    headings, *rows = csv.reader(io.StringIO(data.decode()))
    assert [field["name"] for field in fields] == headings
    for position, field in enumerate(fields):
        name, kind, constraints = f"{path}, {field['name']}", field["type"], field.get("constraints", {})
        cells = {row[position] for row in rows}
        if kind not in _CELLS or not field.get("description"):
            yield f"{name}: no type or no meaning"
        elif wrong := [cell for cell in cells - {""} if not re.fullmatch(_CELLS[kind], cell)]:
            yield f"{name}: no {kind}: {wrong[0]}"
        if others := cells - {"", *constraints.get("enum", cells)}:
            yield f"{name}: not listed: {min(others)}"
        if constraints.get("required") and "" in cells:
            yield f"{name}: missing"
