"""Many files in one archive, read as the files of a role."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from shapely import box, to_geojson

from clustering import InputError, read_scenario
from clustering.ingest.archive_files import read_files_of_archive
from clustering.readers.file_options import FileOptions, parse_file_options
from clustering.readers.raw_table import NamedFile
from clustering.readers.read_table import read_table
from clustering.readers.recognition import archives
from tests.examples.toy_district import toy_flows, toy_schools


def packed(folder: Path, members: Mapping[str, str]) -> NamedFile:
    with zipfile.ZipFile(folder / "upload", "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return NamedFile(folder / "upload", "files.zip")


def layer(*ids: str) -> str:
    """A layer of squares, one beside the other."""
    shapes = [json.loads(to_geojson(box(-75 + n, 40, -74 + n, 41))) for n in range(len(ids))]
    features = [
        {"type": "Feature", "properties": {"school_id": each}, "geometry": shape}
        for each, shape in zip(ids, shapes, strict=True)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def test_tables_with_the_same_headings_are_files_of_the_role(tmp_path: Path) -> None:
    members = {
        "b/two.csv": "school_id,Name\n2,Elm\n",
        "a/one.csv": "name,school_id\nOak,01\n",
        "notes.md": "",
        ".x.csv": "z",
    }
    tables = read_files_of_archive("schools", packed(tmp_path, members), {})
    assert [table.name for table in tables] == ["files.zip/a/one.csv", "files.zip/b/two.csv"]
    assert [table.column("school_id").series().tolist() for table in tables] == [["01"], ["2"]]
    (warning,) = tables[0].problems
    assert "2 files of the archive were read: a/one.csv, b/two.csv." in warning.message
    assert tables[1].problems == ()


def test_layers_of_one_kind_are_files_whatever_their_columns(tmp_path: Path) -> None:
    source = packed(tmp_path, {"ES.geojson": layer("1", "2"), "HS.geojson": layer("9").replace("school_id", "SCH_ID")})
    options = parse_file_options(["files.zip:level=middle", "files.zip/HS.geojson:level=high"])
    tables = read_files_of_archive("catchments", source, options)
    assert [len(table) for table in tables] == [2, 1]
    assert [table.options.level for table in tables] == ["middle", "high"]


@pytest.mark.parametrize(
    "members",
    [
        {"one.csv": "school_id\n1\n", "two.csv": "origin,destination\n1,2\n"},
        {"one.csv": "school_id\n1\n"},
        {"one.csv": "school_id\n1\n", "two.geojson": layer("1")},
    ],
    ids=["other headings", "one table", "one table and a layer"],
)
def test_others_are_left_to_the_reader_of_one_table(tmp_path: Path, members: dict[str, str]) -> None:
    assert read_files_of_archive("schools", packed(tmp_path, members), {}) == []


def test_a_layer_that_is_named_is_the_only_one(tmp_path: Path) -> None:
    source = packed(tmp_path, {"one.csv": "school_id\n1\n", "two.csv": "school_id\n2\n"})
    assert read_files_of_archive("schools", source, parse_file_options("layer=two.csv")) == []


def test_limits_hold_for_all_files_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = packed(tmp_path, {f"{number}.csv": "school_id\n1\n" for number in range(4)})
    monkeypatch.setattr(archives, "MAXIMUM_FILES_OF_ARCHIVE", 3)
    assert read_files_of_archive("schools", source, {}) == []
    monkeypatch.undo()
    # Each has 12 bytes.
    monkeypatch.setattr(archives, "MAXIMUM_UNPACKED_BYTES", 40)
    with pytest.raises(InputError, match="Unpacked, the file has more than"):
        read_files_of_archive("schools", source, {})


def test_a_scenario_takes_them_and_their_own_options(tmp_path: Path) -> None:
    schools, flows = toy_schools(), toy_flows()
    halves = {"1.csv": schools[:5].to_csv(index=False), "2.csv": schools[5:].to_csv(index=False, sep=";")}
    options = ["files.zip/2.csv:delimiter=semicolon"]
    scenario = read_scenario(schools=packed(tmp_path, halves), flows=flows, options=options)
    assert scenario.schools.index.tolist() == read_scenario(schools=schools, flows=flows).schools.index.tolist()


def test_names_of_members_are_shown_without_signs_that_do_not_show(tmp_path: Path) -> None:
    members = {"\x1b[31m\u202eb.csv": "school_id\n1\n", "a.csv": "school_id\n2\n"}
    tables = read_files_of_archive("schools", packed(tmp_path, members), {})
    assert [table.name for table in tables] == ["files.zip/[31m b.csv", "files.zip/a.csv"]
    assert all(problem.message.isprintable() for table in tables for problem in table.problems)
    with pytest.raises(InputError) as caught:
        read_table(packed(tmp_path, members), options=parse_file_options("layer=c.csv")["*"])
    assert all(problem.message.isprintable() for problem in caught.value.problems)
    named = read_table(packed(tmp_path, members), options=FileOptions(layer="[31m b.csv"))
    assert named.column("school_id").series().tolist() == ["1"]


def test_a_table_beside_one_of_its_name_in_a_folder_is_read(tmp_path: Path) -> None:
    members = {"x.csv": "school_id\n1\n", "a/x.csv": "school_id\n2\n", "c/y.csv": "school_id\n3\n"}
    tables = read_files_of_archive("schools", packed(tmp_path, members), {})
    assert [table.column("school_id").series().tolist() for table in tables] == [["2"], ["3"], ["1"]]


def test_an_archive_of_tables_is_opened_twice_at_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = packed(tmp_path, {f"{number}.csv": f"school_id\n{number}\n" for number in range(9)})
    opened: list[object] = []
    real = zipfile.ZipFile

    def opening(*given: Any) -> zipfile.ZipFile:
        opened.append(given)
        return real(*given)

    monkeypatch.setattr(zipfile, "ZipFile", opening)
    assert len(read_files_of_archive("schools", source, {})) == 9
    assert len(opened) <= 2  # to recognise it, and to read it
