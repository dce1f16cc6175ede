"""The data package beside a generated state says what is in its files, and changes nothing in how they are read."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from pathlib import Path

import pandas as pd
import pytest

from clustering import read_scenario
from clustering.datasets import toy_district, write_state
from clustering.datasets.package import package_of_state

CELLS = {"number": r"-?\d+(\.\d+)?", "integer": r"-?\d+", "string": r"(?s).*"}


def test_every_file_of_a_state_is_described_as_it_is(tmp_path: Path) -> None:
    *paths, package = write_state(toy_district(), tmp_path)
    described = json.loads(package.read_bytes())["resources"]
    assert [each["path"] for each in described] == [path.name for path in paths]
    for path, resource in zip(paths, described, strict=True):
        assert resource["hash"] == f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
        if path.name == "README.md":
            continue
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file, delimiter=resource["dialect"]["delimiter"])
        assert [field["name"] for field in resource["schema"]["fields"]] == header
        for number, field in enumerate(resource["schema"]["fields"]):
            assert field["description"]
            cells = [row[number] for row in rows if row[number]]
            assert all(re.fullmatch(CELLS[field["type"]], cell) for cell in cells), field
    fields = {field["name"]: field for field in described[2]["schema"]["fields"]}
    assert (fields["students"]["type"], fields["students"]["unit"]) == ("integer", "students")
    assert fields["students"]["description"].startswith("number; -1 is suppressed, 1 to 9 students")


@pytest.mark.parametrize("given", [slice(0, 2), slice(5, 6)], ids=["as published", "in one"])
def test_the_files_read_the_same_with_and_without_it(given: slice, tmp_path: Path) -> None:
    *paths, package = write_state(toy_district(), tmp_path)
    with_it = read_scenario(schools=paths[given], flows=paths[2])
    package.unlink()
    without = read_scenario(schools=paths[given], flows=paths[2])
    assert with_it.content_sha256 == without.content_sha256
    assert with_it.report == without.report


def test_columns_are_described_by_their_rows_of_the_dictionary() -> None:
    readme = (
        "| `a.geojson` | catchments |\n## one.csv (1 rows)\n| `id` | the *school* |\n| `x` to `z`, `note` | scores |\n"
        "## two.csv (1 rows)\n| `n` | `1` to `9` |\n"
    )
    one = pd.DataFrame({"id": ["01"], "x": [1], "y": [2.5], "z": ["*"], "note": [""], "other": [1]})
    two = pd.DataFrame({"id": ["01"], "n": [1]})
    tables = {"one.csv": one, "two.csv": two}
    contents = {name: table.to_csv(index=False).encode() for name, table in tables.items()} | {"a.geojson": b"{}"}
    package = package_of_state(contents, tables, readme, title="T")
    fields = {
        each["path"]: {field["name"]: field for field in each["schema"]["fields"]} for each in package["resources"][:2]
    }
    found = {name: (field["type"], field.get("description")) for name, field in fields["one.csv"].items()}
    assert found == {
        "id": ("string", "the school"),
        "x": ("integer", "scores"),
        "y": ("number", "scores"),
        "z": ("string", "scores"),
        "note": ("string", "scores"),
        "other": ("integer", None),
    }
    assert [field["description"] for field in fields["two.csv"].values()] == ["the school", "1 to 9"]
    assert package["resources"][2]["description"] == "catchments"
    assert "schema" not in package["resources"][2]
