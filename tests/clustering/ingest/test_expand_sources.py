"""Folders and patterns as the files of a role."""

from __future__ import annotations

from pathlib import Path

import pytest

from clustering import read_scenario
from clustering.errors import Problem
from clustering.ingest.expand_sources import expand_sources
from clustering.readers.raw_table import NamedFile, Source
from tests.examples.toy_district import toy_flows, toy_schools


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two tables and a layer, and what else lies in such a folder."""
    given = tmp_path / "given"
    (given / "old").mkdir(parents=True)
    for name in ("b.csv", "a.txt", "notes.md", "README.txt", ".hidden.csv", "~$b.xlsx", "areas.prj"):
        (given / name).write_text("school_id\n1\n")
    (given / "c.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    (given / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    return given


def expanded(*sources: Source) -> tuple[list[str], list[Problem], list[Problem]]:
    problems: list[Problem] = []
    found = expand_sources({"schools": list(sources)}, problems)
    return [Path(str(each)).name for each in found.sources["schools"]], found.left_out, problems


def test_a_folder_stands_for_its_tables_in_order(folder: Path) -> None:
    names, (warning,), problems = expanded(str(folder))
    assert names == ["a.txt", "b.csv", "c.geojson"]
    assert problems == []
    assert not warning.is_error
    for name in ("notes.md", "README.txt", ".hidden.csv", "~$b.xlsx", "areas.prj", "picture.png", "old"):
        assert name in warning.message
    assert "Pack the parts of each shapefile" in warning.remedy


def test_a_file_of_a_failed_download_is_not_left_out(folder: Path) -> None:
    (folder / "d.geojson").write_text("")
    (folder / "e.geojson").write_text("<html><body>404 Not Found</body></html>")
    assert expanded(folder)[0] == ["a.txt", "b.csv", "c.geojson", "d.geojson", "e.geojson"]


def test_a_pattern_stands_for_what_matches_it(folder: Path) -> None:
    assert expanded(folder / "*.csv", folder / "c.geojson")[0] == ["b.csv", "c.geojson"]
    assert expanded(str(folder / "[ab].*"))[0] == ["a.txt", "b.csv"]


def test_a_file_is_a_file_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "schools [2023].csv").write_text("school_id\n1\n")
    assert expanded(tmp_path / "schools [2023].csv")[0] == ["schools [2023].csv"]
    # What is not there is told by whoever reads it; an upload is never looked up.
    assert expanded(tmp_path / "missing.csv") == (["missing.csv"], [], [])
    upload = NamedFile(tmp_path / "*", "*.csv")
    assert expand_sources({"schools": [upload]}, []).sources == {"schools": [upload]}


@pytest.mark.parametrize("name", ["manifest.json", "datapackage.json"])
def test_a_folder_that_is_one_table_stays_one(folder: Path, name: str) -> None:
    (folder / name).write_text("{}")
    assert expanded(folder) == ([folder.name], [], [])


def test_a_package_stands_for_its_files_where_they_have_no_role(folder: Path) -> None:
    (folder / "datapackage.json").write_text("{}")
    expected = ["a.txt", "b.csv", "c.geojson"]
    assert [Path(str(each)).name for each in expand_sources({"files": [folder]}, []).sources["files"]] == expected
    assert expanded(folder / "*.*")[0] == expected  # the description itself is no table


def test_nothing_to_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.md").write_text("Nothing yet.")
    _, _, problems = expanded(tmp_path / "empty", tmp_path / "empty" / "*.geojson")
    assert [problem.message.replace(str(tmp_path), "") for problem in problems] == [
        "The folder /empty holds no file that can be read as a table.",
        "No file matches the pattern /empty/*.geojson.",
    ]


def test_a_scenario_of_folders_and_patterns_is_that_of_their_files(tmp_path: Path) -> None:
    schools, flows = toy_schools(), toy_flows()
    (tmp_path / "schools").mkdir()
    schools[:5].to_csv(tmp_path / "schools" / "east.csv", index=False)
    schools[5:].to_csv(tmp_path / "schools" / "west.csv", index=False)
    (tmp_path / "schools" / "notes.md").write_text("Two halves.")
    for number, half in enumerate((flows[:6], flows[6:])):
        half.to_csv(tmp_path / f"flows {number}.csv", index=False)
    several = read_scenario(schools=tmp_path / "schools", flows=str(tmp_path / "flows*.csv"))
    assert [file.name for file in several.report.files] == ["east.csv", "west.csv", "flows 0.csv", "flows 1.csv"]
    whole = read_scenario(schools=schools, flows=flows)
    assert several.flows.equals(whole.flows)
    assert any("notes.md" in warning.message for warning in several.report.warnings)
