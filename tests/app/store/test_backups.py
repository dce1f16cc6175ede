"""Backups: made while the service writes, whole or refused, restored to either database."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from app.errors import ServiceError
from app.settings import Settings
from app.store import (
    PROPOSAL_PARTS,
    IngestedDataset,
    KeyRequest,
    RenderedResult,
    Store,
    back_up,
    check_backup,
    open_store,
    restore,
)
from app.store.database import make_engine
from clustering import scenario_to_bytes
from tests.databases import address_of, empty_database, is_postgres
from tests.examples.toy_district import toy_scenario
from tests.examples.zone_records import change, created

PROPOSED = RenderedResult(summary={"zones": 1}, parts={part.column: b'{"features": []}' for part in PROPOSAL_PARTS})


def filled(store: Store) -> tuple[str, str]:
    """A dataset with a proposal, and a record with two changes."""
    dataset = store.add_dataset("Toy", IngestedDataset(report={"a": 1}, scenario=scenario_to_bytes(toy_scenario())))
    proposal = store.add_proposal(dataset.id, {"maximum_schools": 8}, PROPOSED)
    store.records.add("r-1", created(), proposal_id=proposal.id)
    store.records.append("r-1", change(2, "condition", condition_id="hire", note="Hired"))
    return dataset.id, proposal.id


def made(folder: Path, database: str = "") -> tuple[Path, str, str]:
    """A backup of a filled store that is still open while it is made."""
    store = open_store(folder / "data", database=database)
    dataset_id, proposal_id = filled(store)
    target = back_up(store._engine, folder / "data", folder / "backup")
    store.close()
    return target, dataset_id, proposal_id


def check_that_all_is_there(store: Store, dataset_id: str, proposal_id: str) -> None:
    assert store.scenario(dataset_id) == scenario_to_bytes(toy_scenario())
    assert store.dataset(dataset_id).report == {"a": 1}
    assert store.proposal_part(proposal_id, "zones") == b'{"features": []}'
    assert store.proposal(proposal_id).parameters == {"maximum_schools": 8}
    # Further rows are numbered after those that came with a number.
    store.records.append("r-1", change(3, "condition", condition_id="hire", note="Later"))
    assert [each.revision for each in store.records.changes("r-1")] == [1, 2, 3]


def test_a_backup_is_restored_to_an_empty_folder(tmp_path: Path) -> None:
    target, *known = made(tmp_path)
    assert check_backup(target) == []
    restored = tmp_path / "restored"
    if is_postgres():
        empty_database(restored)
    restore(Settings(data_directory=restored, database=address_of(restored)), target)
    modes = {path.stat().st_mode & 0o777 for path in restored.rglob("*")}
    assert modes == {0o700, 0o600}
    store = open_store(restored)
    check_that_all_is_there(store, *known)
    store.close()


@pytest.mark.skipif(not is_postgres(), reason="it moves a service from SQLite to PostgreSQL")
def test_a_service_moves_to_postgresql(tmp_path: Path) -> None:
    target, *known = made(tmp_path, f"sqlite:///{tmp_path / 'lite.sqlite'}")
    restored = tmp_path / "restored"
    empty_database(restored)
    restore(Settings(data_directory=restored, database=address_of(restored)), target)
    assert list(restored.glob("*.sqlite")) == []
    store = open_store(restored)
    check_that_all_is_there(store, *known)
    store.close()


@pytest.mark.parametrize("revoke_keys", [False, True])
def test_a_restore_ends_sessions_and_names_the_keys_that_hold(tmp_path: Path, revoke_keys: bool) -> None:
    store = open_store(tmp_path / "data")
    made = [store.access.add_key(KeyRequest(agency_id="local", name=name, roles=["viewer"])) for name in "AB"]
    kept, revoked = (store.access.key_of(key) for key in made)
    assert kept is not None
    assert revoked is not None
    session = store.access.begin_session(kept)
    target = back_up(store._engine, tmp_path / "data", tmp_path / "backup")
    store.access.revoke_key(revoked.id)
    store.access.end_session(session)
    store.close()
    folder = tmp_path / "restored"
    if is_postgres():
        empty_database(folder)
    restored = restore(Settings(data_directory=folder, database=address_of(folder)), target, revoke_keys=revoke_keys)
    # The backup is older than the revocation.
    assert sorted(key.id for key in restored.holding_keys) == ([] if revoke_keys else sorted([kept.id, revoked.id]))
    assert restored.revoked_keys == (2 if revoke_keys else 0)
    store = open_store(folder)
    assert store.access.key_of_session(session, idle=timedelta(1), longest=timedelta(1)) is None
    assert [store.access.key_of(key) is not None for key in made] == [not revoke_keys] * 2
    acts = [each.act for each in store.of_agency("local").audit.entries()]
    assert acts[::-1][2:] == ["data restored from a backup"] + ["key revoked by a restore"] * restored.revoked_keys
    store.close()


def test_nothing_is_restored_over_anything(tmp_path: Path) -> None:
    target, *_ = made(tmp_path)
    before = sorted(path.name for path in (tmp_path / "data").iterdir())
    with pytest.raises(ServiceError, match="is not empty"):
        restore(Settings(data_directory=tmp_path / "data"), target)
    store = open_store(tmp_path / "data")
    with pytest.raises(ServiceError, match="exists already"):
        back_up(store._engine, tmp_path / "data", target)
    store.close()
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == before


def test_a_restore_that_fails_leaves_nothing_and_can_be_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, *known = made(tmp_path)
    restored = tmp_path / "restored"
    if is_postgres():
        empty_database(restored)
    settings = Settings(data_directory=restored, database=address_of(restored))
    with monkeypatch.context() as patched:
        patched.setattr("app.store.backups.upgrade", refuse_upgrade)
        with pytest.raises(ServiceError, match="no PostGIS"):
            restore(settings, target)
    assert not restored.exists()
    restore(settings, target)
    store = open_store(restored)
    check_that_all_is_there(store, *known)
    store.close()


def refuse_upgrade(*_: object) -> None:
    """As a database without PostGIS does."""
    raise ServiceError(503, "no PostGIS")


def test_tables_without_rows_are_restored_into_and_rows_are_not(tmp_path: Path) -> None:
    target, *known = made(tmp_path)
    listed, restored, again = (tmp_path / name for name in ("listed", "restored", "again"))
    database = address_of(listed) if is_postgres() else f"sqlite:///{tmp_path / 'other.sqlite'}"
    open_store(restored, database=database, reserve_mb=1).close()
    assert {each.name for each in restored.iterdir()} == {"reserve", "scenarios"}
    restore(Settings(data_directory=restored, database=database), target)
    store = Store(make_engine(restored, database), restored)
    check_that_all_is_there(store, *known)
    store.close()
    with pytest.raises(ServiceError, match="has rows of the service already"):
        restore(Settings(data_directory=again, database=database), target)
    assert not again.exists()


@pytest.mark.parametrize("fault", ["changed", "missing", "not listed"])
def test_a_backup_that_is_not_whole_is_refused(tmp_path: Path, fault: str) -> None:
    target, *_ = made(tmp_path)
    (schools,) = target.glob("scenarios/*/schools.parquet")
    if fault == "changed":
        schools.write_bytes(schools.read_bytes()[:-1] + b"x")
    elif fault == "missing":
        schools.unlink()
    else:
        (target / "scenarios" / "more").write_bytes(b"x")
    (found,) = check_backup(target)
    assert fault in found
    with pytest.raises(ServiceError, match="nothing was restored"):
        restore(Settings(data_directory=tmp_path / "restored"), target)
    assert not (tmp_path / "restored").exists()


def test_a_folder_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    assert "manifest.json" in check_backup(tmp_path)[0]
    (tmp_path / "manifest.json").write_text(json.dumps({"format": "another", "files": {}}))
    assert "another format" in check_backup(tmp_path)[0]


def test_a_dataset_deleted_meanwhile_is_not_half_in_the_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(tmp_path / "data")
    dataset_id, _ = filled(store)
    copied = shutil.copytree
    calls: list[Path] = []

    def delete_first(source: Path, target: Path, **options: object) -> Path:
        if not calls:
            calls.append(source)
            store.delete_dataset(dataset_id)
        return Path(copied(source, target, **options))

    monkeypatch.setattr("app.store.backups.shutil.copytree", delete_first)
    target = back_up(store._engine, tmp_path / "data", tmp_path / "backup")
    assert calls
    assert list((target / "scenarios").iterdir()) == []
    assert check_backup(target) == []
    store.close()
