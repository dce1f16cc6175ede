import csv
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest

from clustering import ProposalParameters, propose_zones, read_scenario, write_proposal, write_report
from clustering.outputs.column_descriptions import describe_column
from clustering.outputs.data_package import with_data_package, write_package
from tests.examples.toy_district import toy_flows, toy_planner, toy_scenario, toy_schools

TYPES = ["string", "number", "integer", "boolean", "date", "datetime", "year", "yearmonth", "any"]
# What Data Package 2.0 asks of the parts that are written.
PACKAGE = {
    "type": "object",
    "required": ["resources"],
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z0-9._/-]+$"},
        "sources": {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["title"]}},
        "resources": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["name", "path"],
                "properties": {
                    "name": {"type": "string", "pattern": "^[a-z0-9._/-]+$"},
                    "path": {"type": "string", "pattern": r"^(?!.*(?:^|/)\.\.)(?![~/]).+$"},
                    "bytes": {"type": "integer"},
                    "hash": {"type": "string", "pattern": "^[a-z0-9-]+:[a-f0-9]+$"},
                    "type": {"const": "table"},
                    "schema": {
                        "type": "object",
                        "required": ["fields"],
                        "properties": {
                            "missingValues": {"type": "array", "items": {"type": "string"}},
                            "fields": {
                                "type": "array",
                                "minItems": 1,
                                "items": {
                                    "type": "object",
                                    "required": ["name"],
                                    "properties": {"type": {"enum": TYPES}},
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


def written_package(folder: Path) -> dict[str, Any]:
    package: dict[str, Any] = json.loads((folder / "datapackage.json").read_bytes())
    jsonschema.validate(package, PACKAGE)
    names = [resource["name"] for resource in package["resources"]]
    assert len(set(names)) == len(names)
    return package


def test_a_proposal_is_described_as_it_is(tmp_path: Path) -> None:
    proposal = propose_zones(toy_planner(), ProposalParameters(identification="official:designation=CSI"))
    paths = write_proposal(proposal, tmp_path)
    package = written_package(tmp_path)
    assert [resource["path"] for resource in package["resources"]] == [path.name for path in paths[:-1]]
    for resource in package["resources"]:
        content = (tmp_path / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert package["sources"] == [{"title": "schools"}, {"title": "flows"}]
    assert package["feeder_zones"]["parameters"]["identification"] == "official:designation=CSI"


def test_every_column_of_a_proposal_has_a_type_that_its_cells_have_and_a_meaning(tmp_path: Path) -> None:
    write_proposal(propose_zones(toy_planner()), tmp_path)
    tables = [each for each in written_package(tmp_path)["resources"] if each.get("type") == "table"]
    assert {each["path"] for each in tables} == {"schools.csv", "members.csv", "links.csv"}
    signs = {"number": r"-?\d+(\.\d+)?(e-?\d+)?", "integer": r"-?\d+", "string": r"(?s).*"}
    for table in tables:
        with (tmp_path / table["path"]).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        fields = table["schema"]["fields"]
        assert rows
        assert [field["name"] for field in fields] == list(rows[0])
        for field in fields:
            assert field["description"], field
            cells = [row[field["name"]] for row in rows if row[field["name"]] != ""]
            assert all(re.fullmatch(signs[field["type"]], cell) for cell in cells), field


def test_a_column_is_described_as_its_own_table_has_it() -> None:
    assert describe_column("students", table="links").meaning == (
        "promoted students per year, mean of the years used; each cell at the middle of its interval, and a suppressed"
        " one as the request reads it"
    )
    assert describe_column("students", table="flows").meaning == (
        "missing: suppressed, known only as an interval; in the protected base the middle of the interval, for 10"
        " students and more"
    )
    assert describe_column("distance_km", table="members").unit == "kilometres"
    assert describe_column("send_share", table="links").unit == "share, 0 to 1"
    assert (describe_column("no such column").type, describe_column("no such column").meaning) == ("any", "")
    assert describe_column("reason", table="set_aside").meaning == "why the record is not used"
    assert describe_column("kind", table="partners").meaning == "what it is"  # that of flows is another


def test_both_sides_of_a_comparison_are_described_by_the_column_compared() -> None:
    found = describe_column("school_count_difference", table="zones_side_by_side")
    assert (found.type, found.unit) == ("number", "schools")  # a whole number, written as 1.0
    assert found.meaning == "schools of the Zone, anchor included (the second less the first)"
    role = describe_column("role_first", table="moves")
    assert role.meaning == "what the school is to a Zone (of the first)"
    assert role.constraints == {"enum": ["anchor", "feeder", "outside"]}


def test_a_description_says_no_more_than_the_files(tmp_path: Path) -> None:
    flows = toy_flows()
    flows.loc[0, "students"] = "3"
    other = flows.assign(students=flows["students"].replace("3", "7"))
    for name, table in (("one", flows), ("two", other)):
        write_proposal(propose_zones(toy_scenario(flows=table)), tmp_path / name)
    assert (tmp_path / "one/datapackage.json").read_bytes() == (tmp_path / "two/datapackage.json").read_bytes()
    assert "rows" not in json.dumps(written_package(tmp_path / "one"))


def test_a_report_is_described(tmp_path: Path) -> None:
    write_report(toy_scenario().report, tmp_path)
    package = written_package(tmp_path)
    assert [resource["path"] for resource in package["resources"]] == ["report.json", "set_aside.csv", "crosswalk.csv"]


def test_names_of_files_become_names_of_resources() -> None:
    files = {"plan/Zürich 1.csv": b"a\n", "a.csv": b'"x,y",z\n', "a.html": b""}
    package = json.loads(with_data_package(files, name="x", title="X")["datapackage.json"])
    assert [each["name"] for each in package["resources"]] == ["z_rich_1", "a", "a_html"]
    assert [field["name"] for field in package["resources"][1]["schema"]["fields"]] == ["x,y", "z"]


def test_files_of_one_name_in_two_folders_are_resources_of_their_own(tmp_path: Path) -> None:
    files = {"moves.csv": b"a\n", "plan/schools.csv": b"a\n", "proposal/schools.csv": b"a\n", "plan/map.html": b""}
    paths = write_package(files, tmp_path, name="comparison", title="Two")
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [*files, "datapackage.json"]
    names = [each["name"] for each in written_package(tmp_path)["resources"]]
    assert names == ["moves", "plan-schools", "proposal-schools", "map"]


@pytest.mark.parametrize("given", ["folder", "package"])
def test_what_was_written_is_read_by_its_description(given: str, tmp_path: Path) -> None:
    write_proposal(propose_zones(toy_planner()), tmp_path)
    source = tmp_path if given == "folder" else tmp_path / "datapackage.json"
    again = read_scenario(schools=source, flows=toy_flows())
    assert [file.name for file in again.report.files] == ["schools.csv", "flows"]
    pd.testing.assert_series_equal(
        again.schools["grades_offered"], toy_scenario(toy_schools()).schools["grades_offered"]
    )
