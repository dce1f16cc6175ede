"""Schools and Zones as rows with geometry, written with what they are of, and readable by PostGIS."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import select, text

from app.jobs import tasks
from app.store import IngestedDataset, RenderedResult, open_store
from app.store.features import DatasetSchool, ProposalZone
from app.store.geometry import extent_of, well_known_binary
from clustering import ProposalParameters, scenario_to_bytes
from tests.databases import engine_of, is_postgres
from tests.examples.service_requests import running_service
from tests.examples.toy_district import toy_scenario

GEOMETRIES = (
    shapely.Point(-98.5, 38.25),
    shapely.LineString([(0, 1), (2, 3)]),
    shapely.box(0, 0, 3, 3).difference(shapely.box(1, 1, 2, 2)),
    shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 2, 3, 3)]),
)


@pytest.mark.parametrize("geometry", GEOMETRIES, ids=lambda each: each.geom_type)
def test_well_known_binary_is_what_shapely_writes(geometry: Any) -> None:
    assert well_known_binary(json.loads(shapely.to_geojson(geometry))) == shapely.to_wkb(geometry, byte_order=1)


def proposed(disclosure: str) -> tuple[dict[str, Any], RenderedResult]:
    parameters = ProposalParameters(disclosure=disclosure).as_dict()
    content = scenario_to_bytes(toy_scenario())
    return parameters, tasks.propose(lambda stage, fraction: None, content, parameters, "")


def test_the_extent_is_what_shapely_finds() -> None:
    both_orders = [shapely.to_wkb(each, byte_order=order) for each in GEOMETRIES for order in (0, 1)]
    assert extent_of(both_orders) == pytest.approx(shapely.total_bounds(GEOMETRIES))
    assert extent_of([]) is None


def test_zones_are_rows_unless_their_counts_are_exact(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    dataset = store.add_dataset("Toy", IngestedDataset(report={}, scenario=scenario_to_bytes(toy_scenario())))
    kept = store.add_proposal(dataset.id, *proposed("protected"))
    store.add_proposal(dataset.id, *proposed("exact"))
    (written,) = json.loads(store.proposal_part(kept.id, "zones"))["features"]
    with store._sessions() as session:
        (row,) = session.scalars(select(ProposalZone)).all()
    metrics = written["properties"]["metrics"]
    assert (row.proposal_id, row.zone_id) == (kept.id, "zone-0010")
    assert (row.school_count, row.promoted_students) == (7, metrics["promoted_students"])
    assert shapely.from_wkb(bytes(row.outline)).equals(shapely.geometry.shape(written["geometry"]))
    store.delete_dataset(dataset.id)
    with store._sessions() as session:
        assert session.scalars(select(ProposalZone)).all() == []
    store.close()


def test_schools_of_an_earlier_version_are_written_when_the_service_starts(tmp_path: Path) -> None:
    store, scenario = open_store(tmp_path), toy_scenario()
    dataset_id = store.add_dataset("Toy", IngestedDataset(report={}, scenario=scenario_to_bytes(scenario))).id
    assert store.features.datasets_without_schools() == [dataset_id]
    with running_service(tmp_path):
        pass
    with store._sessions() as session:
        rows = {row.school_id: row for row in session.scalars(select(DatasetSchool))}
    assert set(rows) == set(scenario.schools.index)
    assert shapely.from_wkb(bytes(rows["0001"].location)).equals(scenario.schools.geometry["0001"])
    assert (rows["0001"].name, rows["0001"].level, rows["0001"].district_id) == ("E1", "elementary", "01")
    assert store.features.datasets_without_schools() == []
    store.close()


@pytest.mark.skipif(not is_postgres(), reason="of PostGIS")
def test_postgis_lists_the_columns(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    with engine_of(tmp_path).connect() as connection:
        columns = "SELECT f_table_name, f_geometry_column, srid FROM geometry_columns ORDER BY 1"
        listed = connection.execute(text(columns)).all()
    assert listed == [("dataset_school", "location", 4326), ("proposal_zone", "outline", 4326)]
