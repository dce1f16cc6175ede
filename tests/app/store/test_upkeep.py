"""What is damaged is found, what is of no use goes, and files shrink."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import geopandas as gpd
import pytest
from sqlalchemy import text

from app.errors import ServiceError
from app.services.file_check import FileCheck, damaged_datasets
from app.store import PROPOSAL_PARTS, IngestedDataset, RenderedResult, Store, find_damage, open_store, prune, working_as
from clustering import scenario_to_bytes
from tests.databases import engine_of, is_postgres
from tests.examples.toy_district import toy_scenario
from tests.examples.zone_records import created

PROPOSED = RenderedResult(summary={}, parts={part.column: b"{}" for part in PROPOSAL_PARTS})


def with_inputs(store: Store, content: bytes) -> str:
    return store.add_dataset("Toy", IngestedDataset(report={}, scenario=content)).id


def test_inputs_are_tables_that_others_can_read(tmp_path: Path) -> None:
    store, scenario = open_store(tmp_path), toy_scenario()
    dataset_id = with_inputs(store, scenario_to_bytes(scenario))
    (schools,) = tmp_path.glob("scenarios/*/schools.parquet")
    read = gpd.read_parquet(schools)
    assert read.geometry.geom_equals(scenario.schools.geometry).all()
    assert read.index.tolist() == scenario.schools.index.tolist()
    assert store.scenario(dataset_id) == scenario_to_bytes(scenario)
    store.close()


def test_equal_inputs_are_kept_once_and_go_with_the_last_dataset(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    one, two, other = with_inputs(store, b"same"), with_inputs(store, b"same"), with_inputs(store, b"other")
    assert len(store.scenario_files.hashes()) == 2
    store.delete_dataset(one)
    assert store.scenario(two) == b"same"
    store.delete_dataset(two)
    assert store.scenario(other) == b"other"
    assert len(store.scenario_files.hashes()) == 1
    assert list(store.scenario_files.folder.glob(".new-*")) == []
    store.close()


def test_a_document_that_changed_is_found(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    proposal_id = store.add_proposal(with_inputs(store, b"x"), {}, PROPOSED).id
    assert find_damage(store._engine, store.scenario_files) == []
    with engine_of(tmp_path).begin() as connection:
        change = "UPDATE proposal SET map = :turned WHERE id = :id"
        connection.execute(text(change), {"turned": b"{|", "id": proposal_id})
    (found,) = find_damage(store._engine, store.scenario_files)
    assert found == f"the proposal {proposal_id}: map does not have the hash that it was written with"
    store.close()


@pytest.mark.skipif(not is_postgres(), reason="SQLite looks at its own file")
def test_lost_rows_and_damaged_indexes_of_postgresql_are_found(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    dataset_id = with_inputs(store, b"x")
    store.add_proposal(dataset_id, {}, PROPOSED)
    with engine_of(tmp_path).begin() as connection:
        connection.execute(text("CREATE EXTENSION amcheck"))
    assert find_damage(store._engine, store.scenario_files) == []
    with engine_of(tmp_path).begin() as connection:
        # A superuser can delete a row to which others refer.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("DELETE FROM dataset"))
    found = find_damage(store._engine, store.scenario_files)
    assert found == ["rows of proposal that refer to no row of dataset: 1"]
    store.close()


def test_damaged_files_are_found_when_the_service_starts(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = open_store(tmp_path)
    whole, damaged = (with_inputs(store, content) for content in (b"whole", b"damaged"))
    path = tmp_path / "scenarios" / store.dataset(damaged).scenario_hash / "content"
    path.write_bytes(b"turned")
    check = FileCheck(store, tmp_path)
    check.start()
    check.wait()
    assert damaged_datasets(store, tmp_path) == [damaged]
    assert [damaged in line for line in caplog.messages] == [True]
    assert whole not in caplog.text
    store.delete_dataset(damaged)
    assert damaged_datasets(store, tmp_path) == []
    store.close()


@pytest.mark.parametrize("fault", ["changed", "gone"])
def test_damaged_inputs_are_found_and_never_read(tmp_path: Path, fault: str) -> None:
    store = open_store(tmp_path)
    dataset_id = with_inputs(store, scenario_to_bytes(toy_scenario()))
    assert find_damage(store._engine, store.scenario_files) == []
    (flows,) = tmp_path.glob("scenarios/*/flows.parquet")
    if fault == "gone":
        flows.unlink()
    else:
        content = bytearray(flows.read_bytes())
        content[100] ^= 1
        flows.write_bytes(content)
    (found,) = find_damage(store._engine, store.scenario_files)
    assert 'the dataset "Toy"' in found
    assert "flows.parquet" in found
    with pytest.raises(ServiceError, match="zones restore") as error:
        store.scenario(dataset_id)
    assert error.value.status == 500
    store.delete_dataset(dataset_id)
    assert find_damage(store._engine, store.scenario_files) == []
    store.close()


def test_what_is_old_goes_and_what_a_record_came_from_stays(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    dataset_id = with_inputs(store, b"x")
    old, recorded, new = (store.add_proposal(dataset_id, {}, PROPOSED).id for _ in range(3))
    store.records.add("r-1", created(), proposal_id=recorded)
    done, waiting = (store.add_job(dataset_id, {}, maximum_waiting=9).id for _ in range(2))
    store.end_job(done, "cancelled", {"status": 409, "detail": "x"})
    orphan = store.scenario_files.stage(b"orphan")
    store.scenario_files.keep(orphan)
    before = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=40)
    with engine_of(tmp_path).begin() as connection:
        change = "UPDATE proposal SET created_at = :before WHERE id <> :new"
        connection.execute(text(change), {"before": before, "new": new})
        change = "UPDATE job SET finished_at = :before WHERE finished_at IS NOT NULL"
        connection.execute(text(change), {"before": before})
    kept = prune(store)
    assert (kept.jobs, kept.proposals, kept.files) == (0, 0, 1)
    with working_as("Ann"):
        pruned = prune(store, older_than_days=30)
    assert (pruned.jobs, pruned.proposals, pruned.files) == (1, 1, 0)
    trail = [(each.agency_id, each.caller, each.act, each.object_id) for each in store.audit.entries(maximum=2)]
    assert trail == [("local", "Ann", "proposal deleted", old), ("local", "Ann", "job deleted", done)]
    assert {each.id for each in store.proposals()} == {recorded, new}
    assert [each.id for each in store.jobs()] == [waiting]
    assert old not in {each.id for each in store.proposals()}
    store.close()


@pytest.mark.skipif(is_postgres(), reason="PostgreSQL shrinks its own files when it vacuums")
def test_the_database_shrinks_when_something_is_deleted(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    dataset = store.add_dataset("Large", IngestedDataset(report={"a": "x" * 3_000_000}, scenario=b"x"))
    store._wipe()
    held = (tmp_path / "feeder_zones.sqlite").stat().st_size
    store.delete_dataset(dataset.id)
    assert held - (tmp_path / "feeder_zones.sqlite").stat().st_size > 2_900_000
    store.close()
