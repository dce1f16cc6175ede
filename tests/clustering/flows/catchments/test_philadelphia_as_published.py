"""Philadelphia's layers as published: estimates against its own chain and against points thrown at a map."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from clustering import Scenario, read_scenario

LAYERS = ("es", "ms", "hs")


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "philadelphia_2015"


@pytest.fixture(scope="module")
def scenario(folder: Path) -> Scenario:
    return read_scenario(
        schools=folder / "schools_points.geojson",
        catchments=[folder / f"{layer}_2015.json" for layer in LAYERS],
        options=["schools_points.geojson:repeated=merge"],
    )


def polygons(folder: Path, layer: str) -> tuple[list[dict[str, str]], np.ndarray]:
    features = json.loads((folder / f"{layer}_2015.json").read_text())["features"]
    shapes = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features])
    return [feature["properties"] for feature in features], shapely.make_valid(shapes)


def test_every_row_of_every_layer_is_accounted_for(scenario: Scenario) -> None:
    counts = {file.name: (file.rows_read, file.rows_used) for file in scenario.report.files}
    assert counts["es_2015.json"] == (160, 160)
    assert counts["ms_2015.json"] == (120, 120)
    assert counts["hs_2015.json"] == (21, 21)
    assert counts["schools_points.geojson"][0] == 551
    columns = {file.name: file.columns["school_id"] for file in scenario.report.files}
    assert columns["es_2015.json"] == "ES_ID"
    assert columns["ms_2015.json"] == "MS_ID"
    assert columns["hs_2015.json"] == "HS_ID"
    assert columns["schools_points.geojson"] == "LOCATION_ID"


def test_every_sender_shares_out_one_cohort(scenario: Scenario) -> None:
    feeding = scenario.flows[scenario.flows["kind"] == "feeding"]
    assert len(feeding) > 100
    assert scenario.report.basis.method == "catchments"
    assert (feeding["students"] > 0).all()


def test_main_destinations_are_those_of_points_thrown_at_the_map(folder: Path, scenario: Scenario) -> None:
    chance = np.random.default_rng(7)
    senders, areas = polygons(folder, "es")
    receivers, targets = polygons(folder, "ms")
    tree = shapely.STRtree(targets)
    flows = scenario.flows[(scenario.flows["grade"] < 8) & (scenario.flows["kind"] == "feeding")]
    agreed = compared = 0
    for properties, area in zip(senders, areas, strict=True):
        own = flows[flows["origin"] == properties["ES_ID"]]
        if own.empty:
            continue
        west, south, east, north = area.bounds
        thrown = shapely.points(chance.uniform(west, east, 600), chance.uniform(south, north, 600))
        inside = thrown[shapely.contains_properly(area, thrown)]
        hits = tree.query(inside, predicate="within")[1]
        if not len(hits):
            continue
        most = receivers[np.bincount(hits).argmax()]["MS_ID"]
        compared += 1
        largest = own.sort_values("students", ascending=False, kind="stable")
        agreed += int(largest["destination"].iloc[0] == most)
    assert compared >= 30
    assert agreed >= 0.95 * compared


def test_the_official_chain_agrees_level_by_level(folder: Path, scenario: Scenario) -> None:
    assert scenario.report.basis.comparison is not None
    compared = scenario.report.basis.comparison["official chain"]
    assert {level["level"] for level in compared["by_level"]} >= {"elementary", "middle", "elementary-middle"}
    # An independent count: the chain's own columns against the main destination estimated for each school.
    properties, _ = polygons(folder, "es")
    rights: dict[str, set[str]] = {}
    for each in properties:
        for grade in range(12):
            here, there = (each["GR_ID_K" if step == 0 else f"GR_ID_{step:02d}"] for step in (grade, grade + 1))
            if here != there:
                rights.setdefault(here, set()).add(there)
    flows = scenario.flows[scenario.flows["kind"].isin(["feeding", "unlisted origin", "unlisted destination"])]
    main = flows.loc[flows.groupby("origin")["students"].idxmax()].set_index("origin")["destination"]
    known = [school for school in main.index if school in rights]
    assert len(known) > 100
    share = sum(main[school] in rights[school] for school in known) / len(known)
    assert share >= 0.95
    assert compared["dominant_agreement"] >= share - 0.05
