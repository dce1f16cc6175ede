import json
from pathlib import Path
from typing import Any

import pytest

from clustering.errors import InputError
from clustering.ingest.open_files import open_files
from clustering.readers.data_packages import file_of_package, options_beside, package_of
from clustering.readers.file_options import FileOptions


def write(folder: Path, *resources: Any, **files: str) -> Path:
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    package = folder / "datapackage.json"
    package.write_text(json.dumps({"resources": list(resources)}), encoding="utf-8")
    return package


def beside(folder: Path, **resource: Any) -> tuple[FileOptions, list[str]]:
    write(folder, {"name": "a", "path": "a.csv", **resource}, a="id\n")
    options, problems = options_beside(folder / "a.csv")
    assert not any(problem.is_error for problem in problems)
    return options, [f"{problem.column}: {problem.message}" for problem in problems]


def test_the_dialect_becomes_options(tmp_path: Path) -> None:
    dialect = {"delimiter": ";", "headerRows": [1, 3], "header": True, "quoteChar": '"', "sheetName": "S"}
    expected = FileOptions(delimiter=";", header_row=3, sheet="S", encoding="cp1252")
    assert beside(tmp_path, encoding="cp1252", dialect=dialect) == (expected, [])
    assert beside(tmp_path, dialect={"header": False}) == (FileOptions(has_header=False), [])
    assert beside(tmp_path, dialect="elsewhere.json") == (FileOptions(), [])


def test_marks_and_the_decimal_sign_of_the_schema_become_options(tmp_path: Path) -> None:
    fields = [{"name": "rate", "type": "number", "decimalChar": ",", "missingValues": ["-99"]}, {"name": "id"}]
    marks = ["", "NC", "*", "N<10", {"value": "MSK", "label": "Suppressed"}, {"value": "NC"}, 5, "a,b"]
    found, problems = beside(tmp_path, schema={"fields": fields, "missingValues": marks})
    assert found == FileOptions(decimal="comma", missing="NC,-99", suppressed="MSK")  # * and N<10 stay suppressed
    assert problems == []
    assert beside(tmp_path, schema={"fields": [], "missingValues": [""]}) == (FileOptions(), [])
    assert beside(tmp_path, dialect={"decimalChar": "."})[0] == FileOptions(decimal="point")
    two = [{"name": "a", "decimalChar": ","}, {"name": "b", "decimalChar": "."}]
    assert beside(tmp_path, schema={"fields": two})[0] == FileOptions()


def test_what_is_not_followed_is_named(tmp_path: Path) -> None:
    options, problems = beside(tmp_path, dialect={"delimiter": "x", "quoteChar": "'", "headerRows": ["two"]})
    assert options == FileOptions()
    assert [problem.split(":")[0] for problem in problems] == ["delimiter", "header_row", "quoteChar"]
    assert "sets delimiter, which is not followed. There is no such delimiter." in problems[0]


def test_a_file_that_is_not_in_the_package_or_beside_one_is_read_as_ever(tmp_path: Path) -> None:
    write(tmp_path, {"name": "b", "path": "b.csv", "encoding": "cp1252"}, a="id\n")
    assert options_beside(tmp_path / "a.csv") == (FileOptions(), ())
    (tmp_path / "datapackage.json").unlink()
    assert options_beside(tmp_path / "a.csv") == (FileOptions(), ())


@pytest.mark.parametrize("content", ["{", "[]", '{"resources": 5}', '{"resources": ["a.csv"]}', "[" * 100_000])
def test_a_package_that_cannot_be_read_is_warned_of_beside_and_refused_alone(content: str, tmp_path: Path) -> None:
    (tmp_path / "datapackage.json").write_text(content, encoding="utf-8")
    options, problems = options_beside(tmp_path / "a.csv")
    assert options == FileOptions()
    assert [problem.is_error for problem in problems] == [False]
    with pytest.raises(InputError, match=r"datapackage.json: The data package (cannot be read|has no list)"):
        file_of_package(tmp_path / "datapackage.json", "flows")


def test_the_users_own_options_go_before(tmp_path: Path) -> None:
    content = "origin;destination;students\n1;2;3\n"
    write(tmp_path, {"name": "flows", "path": "flows.csv", "dialect": {"delimiter": "|"}}, flows=content)
    problems: list[Any] = []
    opened = open_files({"flows": [tmp_path / "flows.csv"]}, {"*": FileOptions(delimiter=";")}, problems)
    assert not problems
    assert opened.files["flows"][0].table.delimiter == ";"
    open_files({"flows": [tmp_path / "flows.csv"]}, {}, problems)
    assert problems  # by the pipe of the package there is one column


def test_one_table_is_taken_and_of_several_the_one_of_the_role(tmp_path: Path) -> None:
    notes = {"name": "notes", "path": "notes.html"}
    flows, schools = ({"name": name, "path": f"{name}.csv"} for name in ("flows", "schools"))
    package = write(tmp_path, notes, flows)
    assert package_of(tmp_path) == package_of(package) == package
    assert file_of_package(package, "schools") == tmp_path / "flows.csv"
    package = write(tmp_path, notes, flows, schools)
    assert file_of_package(package, "schools") == tmp_path / "schools.csv"
    with pytest.raises(InputError, match=r"has 2 tables, and none is called crosswalk.*: flows.csv, schools.csv"):
        file_of_package(package, "crosswalk")
    assert package_of(tmp_path / "flows.csv") is None
    assert package_of("x" * 5_000) is None


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../a.csv",
        "data/../../a.csv",
        "https://data.example/a.csv",
        "file:a.csv",
        "~/a.csv",
        "a\\b.csv",
        "",
        5,
        "a\0.csv",
        None,
        {"a": 1},
    ],
)
def test_paths_that_lead_elsewhere_are_refused(path: Any, tmp_path: Path) -> None:
    package = write(tmp_path, {"name": "a", "path": path})
    with pytest.raises(InputError, match="The path of resource 1 is no path below the folder"):
        file_of_package(package, "schools")


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    folder.mkdir()
    (tmp_path / "secret.csv").write_text("id\n1\n", encoding="utf-8")
    (folder / "a.csv").symlink_to(tmp_path / "secret.csv")
    package = write(folder, {"name": "a", "path": "a.csv"})
    with pytest.raises(InputError, match="leads out of the folder"):
        file_of_package(package, "schools")
