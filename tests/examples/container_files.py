"""Workbooks, GeoJSON, Parquet and GeoParquet, written for a test, and what is read of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet
import pytest

from clustering.errors import InputError
from clustering.readers.isolation.container_table import ContainerTable
from clustering.readers.isolation.parent import read_container
from clustering.readers.isolation.sheet_header import HeadingRule, with_header
from clustering.readers.recognition.containers import recognise_container


def read(path: Path, container: str | None = None, *, rule: HeadingRule | None = None, **said: Any) -> ContainerTable:
    kind = container or recognise_container(path)
    table = read_container(path, name="upload", container=kind, **said)
    return with_header(table, "upload", rule or HeadingRule()) if kind == "workbook" else table


def texts(table: ContainerTable) -> dict[str, list[str]]:
    return {heading: column.to_pylist() for heading, column in table.columns.items()}


def problem_of(path: Path, container: str | None = None, **said: Any) -> str:
    with pytest.raises(InputError) as caught:
        read(path, container, **said)
    assert {problem.table for problem in caught.value.problems} == {"upload"}
    assert all(problem.remedy for problem in caught.value.problems)
    return str(caught.value)


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def workbook(folder: Path, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(folder / "book.xlsx")
    return folder / "book.xlsx"


def parquet(folder: Path, table: pa.Table) -> Path:
    pyarrow.parquet.write_table(table, folder / "table.parquet")
    return folder / "table.parquet"


def geoparquet(folder: Path, shapes: list[bytes | None]) -> Path:
    told = {"version": "1.0.0", "primary_column": "place", "columns": {"place": {"encoding": "WKB"}}}
    table = pa.table({"school_id": [f"{n:03d}" for n in range(len(shapes))], "place": pa.array(shapes, pa.binary())})
    return parquet(folder, table.replace_schema_metadata({"geo": json.dumps(told)}))


def geojson(folder: Path, *features: tuple[str, str], **members: Any) -> Path:
    told = ",".join(f'{{"type":"Feature","properties":{has},"geometry":{shape}}}' for has, shape in features)
    more = "".join(f"{json.dumps(name)}:{json.dumps(value)}," for name, value in members.items())
    text = f'{{"type":"FeatureCollection",{more}"features":[{told}]}}'
    return written(folder, "places.geojson", text.encode())


POINT = '{"type":"Point","coordinates":[-98,38]}'
