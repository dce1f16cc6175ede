"""Layers from files of a proposal that are written by hand, and pages of their features."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest

from clustering import (
    LAYER_FILE_TYPES,
    FlatLayer,
    InputError,
    index_layer,
    layer_fields,
    proposal_layers,
    propose_zones,
    render_layer_file,
    render_proposal,
    schools_layer,
    write_geopackage,
    zones_table,
)
from tests.examples.toy_district import EXACT, toy_scenario

HEADER = b"origin,destination,students,students_low,students_high,send_share,receive_share,zone_id,flow_basis\n"


def school(school_id: str, point: tuple[float, float] | None, **more: Any) -> dict[str, Any]:
    geometry = None if point is None else {"type": "Point", "coordinates": list(point)}
    return {"type": "Feature", "id": school_id, "geometry": geometry, "properties": {"school_id": school_id, **more}}


def by_hand(links: bytes, schools: list[dict[str, Any]]) -> dict[str, FlatLayer]:
    contents = {
        "zones.geojson": b'{"type":"FeatureCollection","features":[]}',
        "schools.geojson": json.dumps({"features": schools}).encode(),
        "links.csv": HEADER + links,
    }
    return proposal_layers(contents)


@pytest.fixture(scope="module")
def contents() -> dict[str, bytes]:
    return render_proposal(propose_zones(toy_scenario(), EXACT))


@pytest.fixture(scope="module")
def exact_layers(contents: dict[str, bytes]) -> dict[str, FlatLayer]:
    plain = {name.replace("-exact-not-for-release", ""): data for name, data in contents.items()}
    return proposal_layers(plain)


def test_links_without_a_position_at_both_ends_have_no_line() -> None:
    schools = [school("a", (-98.0, 38.0)), school("b", None), school("c", (-97.0, 38.5))]
    rows = b"a,b,3.5,1.0,9.0,0.5,0.25,,recorded\na,c,12.0,12.0,12.0,0.5,1.0,zone-c,recorded\n"
    links = by_hand(rows, schools)["links"]
    assert [None if each is None else list(each.coords) for each in links.table.geometry] == [
        None,
        [(-98.0, 38.0), (-97.0, 38.5)],
    ]
    assert links.table["is_suppressed"].tolist() == [True, False]
    assert links.table["zone_id"].tolist() == [None, "zone-c"]


def test_identifiers_stay_apart_and_are_those_before_the_spreadsheet() -> None:
    schools = [school(name, (-98.0, 38.0)) for name in ("a~", "~b", "a", "-5")]
    rows = b"".join(each + b",1.0,1.0,1.0,1.0,1.0,,recorded\n" for each in (b"a~,~b", b"a,a~", b"'-5,a"))
    table = by_hand(rows, schools)["links"].table
    assert table.index.tolist() == ["a%7E~%7Eb", "a~a%7E", "-5~a"]
    assert table.geometry.notna().all()
    assert table["origin"].tolist() == ["a~", "a", "-5"]


def test_layers_without_rows_have_all_their_columns() -> None:
    layers = by_hand(b"", [school("a", (-98.0, 38.0))])
    for name, layer in layers.items():
        assert list(layer.fields) == list(layer_fields(name)) == list(layer.table.columns)[:-1]
        indexed = index_layer(layer)
        assert (len(indexed), indexed.extent) == (0, None)
        assert indexed.page(limit=10).features == b""
        assert all(found.meaning and found.type != "any" for found in layer.fields.values())
    for name in LAYER_FILE_TYPES:
        assert render_layer_file(layers, name)


def test_rows_of_exact_counts_say_so_in_every_file(exact_layers: dict[str, FlatLayer]) -> None:
    assert all(layer.is_exact for layer in exact_layers.values())
    feature = json.loads(index_layer(exact_layers["zones"]).page(limit=1, properties=["name"]).features)
    assert list(feature["properties"]) == ["not_for_release", "name"]
    for name in ("zones.csv", "zone-schools.csv"):
        assert render_layer_file(exact_layers, name).startswith(b"not_for_release,")


def test_the_table_of_zones_has_the_measures_by_hand() -> None:
    table = zones_table(propose_zones(toy_scenario(), EXACT))
    # Of the toy district's docstring: with one anchor, West has all seven schools.
    assert table["zone_id"].tolist() == ["zone-0010"]
    assert table["score"].tolist() == pytest.approx([278.75])
    assert table["school_count"].tolist() == [7]
    assert table["arrival_share_high"].isna().all()


def test_schools_of_a_scenario_have_what_is_published_and_no_more() -> None:
    layer = schools_layer(toy_scenario())
    assert list(layer.table.columns) == [*layer_fields("schools"), "geometry"]
    assert layer.table.loc["0007", "enrolment_students"] == 500.0
    assert (layer.table.geometry.x["0007"], layer.table.geometry.y["0007"]) == (-98.0, 38.07)


def test_pages_follow_each_other_and_boxes_cross_the_antimeridian() -> None:
    located = {"e": (179.5, 52.0), "w": (-179.5, 52.0), "far": (0.0, 52.0), "none": None}
    schools = [school(name, point) for name, point in located.items()]
    rows = b"".join(b"%b,%b,1.0,1.0,1.0,1.0,1.0,,recorded\n" % (each, each) for each in (b"e", b"w", b"far", b"none"))
    indexed = index_layer(by_hand(rows, schools)["links"])
    page = indexed.page(limit=10, bbox=(179.0, 51.0, -179.0, 53.0))
    assert (page.matched, page.returned, page.last) == (2, 2, None)
    assert indexed.page(limit=10, bbox=(-180.0, -90.0, 180.0, 90.0)).matched == 3  # one has no position
    first = indexed.page(limit=3)
    assert (first.matched, first.returned, first.last) == (4, 3, "far~far")
    rest = indexed.page(limit=3, after=first.last)
    assert (rest.matched, rest.returned, rest.last) == (4, 1, None)
    assert json.loads(rest.features)["id"] == "none~none"
    assert indexed.feature("nobody") is None


@pytest.mark.parametrize(
    "wrong",
    [{"equal": {"orign": "a"}}, {"equal": {"students": "many"}}, {"equal": {"is_suppressed": "yes"}}, {"after": "x"}],
)
def test_what_is_no_value_of_a_column_is_refused(wrong: dict[str, Any]) -> None:
    indexed = index_layer(by_hand(b"a,a,1.0,1.0,1.0,1.0,1.0,,recorded\n", [school("a", (0.0, 0.0))])["links"])
    with pytest.raises(InputError):
        indexed.page(limit=1, **wrong)


def test_files_have_the_same_rows_as_the_layers(exact_layers: dict[str, FlatLayer], tmp_path: Any) -> None:
    path = write_geopackage(exact_layers, tmp_path / "zones.gpkg")
    assert path.read_bytes() == render_layer_file(exact_layers, "proposal.gpkg")
    names = [name for name, _ in pyogrio.list_layers(path)]
    assert names == ["zones", "zone-schools", "links", "layer_styles"]
    for name, layer in exact_layers.items():
        read = pyogrio.read_dataframe(path, layer=name).set_index("feature_id")
        assert read.index.tolist() == layer.table.index.tolist()
        numbers = layer.table.select_dtypes("float64")
        np.testing.assert_array_equal(read[numbers.columns].to_numpy(float), numbers.to_numpy())
    styles = pyogrio.read_dataframe(path, layer="layer_styles", read_geometry=False)
    assert styles["f_table_name"].tolist() == names[:-1]
    (tmp_path / "links.parquet").write_bytes(render_layer_file(exact_layers, "links.parquet"))
    parquet = pq.read_table(tmp_path / "links.parquet")
    assert json.loads(parquet.schema.metadata[b"geo"])["primary_column"] == "geometry"
    assert parquet["students"].to_pylist() == exact_layers["links"].table["students"].tolist()


def test_a_spreadsheet_runs_nothing(tmp_path: Any) -> None:
    names = ["=1+1", "+1", "-1", "@SUM(A1)"]
    rows = pd.DataFrame(names)[0].map(lambda each: f"'{each},a,1.0,1.0,1.0,1.0,1.0,,recorded\n").str.cat().encode()
    layers = by_hand(rows, [school(each, (0.0, 0.0)) for each in (*names, "a")])
    (tmp_path / "proposal.xlsx").write_bytes(render_layer_file(layers, "proposal.xlsx"))
    sheet = openpyxl.load_workbook(tmp_path / "proposal.xlsx")["links"]
    assert [(row[0].value, row[0].data_type) for row in sheet.iter_rows(min_row=2)] == [(each, "s") for each in names]
    assert sheet["C2"].data_type == "n"
