"""Files of exact counts say inside and in their names that they are not for release; others say nothing of it."""

from __future__ import annotations

import io
import json
from functools import cache
from pathlib import Path

import pandas as pd
import pyogrio
import pytest

from clustering import (
    InputError,
    Proposal,
    compare_proposals,
    is_marked,
    json_bytes,
    marked_files,
    match_zones,
    measure_zone_needs,
    plan_years,
    proposal_document,
    propose_zones,
    read_register,
    render_match,
    render_proposal,
    render_year_plan,
    table_bytes,
    with_release_mark,
    write_comparison,
    write_files,
    write_package,
    write_proposal,
    zones_geojson_bytes,
)
from tests.examples.toy_district import toy_planner, toy_scenario
from tests.examples.toy_register import toy_partners


@cache
def proposal_of(disclosure: str) -> Proposal:
    return propose_zones(toy_planner(), {"identification": "official:designation=CSI", "disclosure": disclosure})


def check_marked(folder: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    assert files
    for path in files:
        assert path.stem.endswith("-exact-not-for-release"), path.name
        data = path.read_bytes()
        if path.suffix in (".json", ".geojson"):
            assert next(iter(json.loads(data).items())) == ("not_for_release", "exact counts of students"), path.name
        elif path.suffix == ".csv":
            table = pd.read_csv(path, dtype="str")
            assert table.columns[0] == "not_for_release"
            assert (table["not_for_release"] == "exact counts of students").all()
        else:
            assert b"Exact counts of students: not for release." in data
            assert b"<title>Not for release: " in data or path.name.startswith("map-of")


def test_every_file_of_an_exact_proposal_and_comparison_is_marked(tmp_path: Path) -> None:
    assert len(write_proposal(proposal_of("exact"), tmp_path / "proposal")) == 8
    write_comparison(compare_proposals(proposal_of("protected"), proposal_of("exact")), tmp_path / "comparison")
    check_marked(tmp_path)
    zones = pyogrio.read_dataframe(tmp_path / "proposal" / "zones-exact-not-for-release.geojson")
    assert set(zones["not_for_release"]) == {"exact counts of students"}
    assert len(zones) == len(proposal_of("exact").zones)


def test_nothing_of_a_protected_proposal_is_marked(tmp_path: Path) -> None:
    written = write_proposal(proposal_of("protected"), tmp_path)
    written += write_comparison(compare_proposals(*[proposal_of("protected")] * 2), tmp_path)
    assert not [path.name for path in written if "exact" in path.name or b"not_for_release" in path.read_bytes()]


def test_matches_and_plans_of_exact_needs_are_marked(tmp_path: Path) -> None:
    needs, register = measure_zone_needs(toy_scenario(), proposal_of("exact")), read_register(toy_partners())
    files = render_match(match_zones(needs, register), needs, register)
    files |= render_year_plan(plan_years(needs, register), needs, register)
    write_files(files, tmp_path)
    check_marked(tmp_path)


def test_documents_are_marked_whoever_writes_them() -> None:
    document = json.loads(json_bytes(proposal_document(proposal_of("exact"))))
    assert next(iter(document)) == "not_for_release"
    assert {**document} == {"not_for_release": "exact counts of students", **proposal_document(proposal_of("exact"))}
    assert is_marked(zones_geojson_bytes(proposal_of("exact")))
    assert not is_marked(zones_geojson_bytes(proposal_of("protected")))


def test_a_table_keeps_its_records_when_it_gets_the_column() -> None:
    table = pd.DataFrame({"name": ['Two\nlines, "quoted"', "plain", ""], "students": [1.0, None, 3.0]})
    marked = with_release_mark("table.csv", table_bytes(table), "exact")
    read = pd.read_csv(io.BytesIO(marked), keep_default_na=False, na_values={"students": [""]})
    pd.testing.assert_frame_equal(read.drop(columns="not_for_release"), table, check_dtype=False)
    assert with_release_mark("table.csv", marked, "exact") == marked  # once
    assert with_release_mark(".csv", table_bytes(table), "exact") == marked  # the ending alone
    assert with_release_mark("table.csv", table_bytes(table.head(0)), "exact") == b"not_for_release,name,students\n"


def test_texts_of_files_do_not_pass_for_marks() -> None:
    document = {"name": 'not_for_release":"exact counts', "properties": {"a": '"properties":{'}}
    marked = with_release_mark("a.geojson", json_bytes(document), "exact")
    assert json.loads(marked)["properties"] == {"not_for_release": "exact counts of students", "a": '"properties":{'}
    assert not is_marked(json_bytes(document))
    assert with_release_mark("a.json", b"{}", "exact") == b'{"not_for_release":"exact counts of students"}'


@pytest.mark.parametrize("name", ["zones.geojson", "plan/zones.geojson", "exact/zones.geojson"])
def test_a_name_that_does_not_say_so_is_refused(name: str, tmp_path: Path) -> None:
    contents = {"notes.csv": b"a\n1\n", name: zones_geojson_bytes(proposal_of("exact"))}
    with pytest.raises(InputError) as refused:
        write_files(contents, tmp_path / "out")
    assert "zones-exact-not-for-release.geojson" in refused.value.problems[0].remedy
    assert not (tmp_path / "out").exists()
    write_files({"zones_exact.geojson": contents[name]}, tmp_path / "out")


def test_a_package_of_any_exact_file_is_marked(tmp_path: Path) -> None:
    contents = marked_files({"a.csv": b"a\n1\n"}, "exact")
    write_package(contents, tmp_path, name="a", title="A")
    check_marked(tmp_path)


def test_what_is_rendered_of_exact_counts_has_its_names() -> None:
    assert {Path(name).stem for name in render_proposal(proposal_of("exact"))} == {
        f"{Path(name).stem}-exact-not-for-release" for name in render_proposal(proposal_of("protected"))
    }
