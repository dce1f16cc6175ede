"""Schools whose identifier repeats: which remedy is offered first."""

from __future__ import annotations

from pathlib import Path

import pytest

from clustering import InputError, read_scenario


def remedy_of(folder: Path, text: str) -> str:
    (folder / "schools.csv").write_text(text)
    options = ["columns.school_id=System Code"]
    with pytest.raises(InputError) as caught:
        read_scenario(schools=folder / "schools.csv", require_flows=False, options=options)
    return caught.value.problems[0].remedy


def test_a_column_with_another_code_in_each_row_is_offered_before_sites_are_merged(tmp_path: Path) -> None:
    text = "System Code,Site Code,Site Name,grades\n001,001005,Alder,9-12\n001,001006,Birch,K-5\n"
    remedy = remedy_of(tmp_path, text)
    assert "columns.school_id=Site Code" in remedy.split("repeated=")[0]
    options = ["columns.school_id=Site Code"]
    scenario = read_scenario(schools=tmp_path / "schools.csv", require_flows=False, options=options)
    assert sorted(scenario.schools.reset_index()["school_id"]) == ["001005", "001006"]


def test_merging_is_not_offered_first_where_names_differ(tmp_path: Path) -> None:
    of_schools = remedy_of(tmp_path, "System Code,name,grades\n001,Alder,9-12\n001,Birch,K-5\n")
    of_sites = remedy_of(tmp_path, "System Code,name,grades\n001,Alder High,9-12\n001,Alder High North,8\n")
    assert of_schools.index("repeated=first") < of_schools.index("repeated=merge")
    assert of_sites.index("repeated=merge") < of_sites.index("repeated=first")
