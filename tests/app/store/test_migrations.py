"""A database of an earlier release is upgraded when it is opened, and nothing in it is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from app.store import open_store
from app.store.database import migration_configuration
from app.store.tables import Base
from tests.databases import empty_database, engine_of

DATASET = {"id": "d", "name": "Kept", "created_at": "2026-01-01 00:00:00", "report": "{}", "summary": "{}"}
PARTS = dict.fromkeys(("document", "zones", "schools", "schools_csv", "members_csv", "links_csv", "map"), b"part")
PROPOSAL = {"id": "p", "dataset_id": "d", "created_at": "2026-01-02 00:00:00", "parameters": "{}", "summary": "{}"}
JOB = {
    "dataset_id": "d",
    "parameters": json.dumps({"maximum_schools": 8}),
    "stage": "Done",
    "progress": 1.0,
    "created_at": "2026-01-02 00:00:00",
}


def migrate(connection: Connection, folder: Path, revision: str, *, down: bool = False) -> None:
    configuration = migration_configuration(connection, folder)
    (command.downgrade if down else command.upgrade)(configuration, revision)


def insert(connection: Connection, table: str, row: dict[str, object]) -> None:
    names, places = ", ".join(row), ", ".join(f":{name}" for name in row)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), row)


@pytest.fixture
def first_release(tmp_path: Path) -> Path:
    """A folder with a database of the first tables: a dataset, its proposal, and two jobs."""
    with empty_database(tmp_path).begin() as connection:
        migrate(connection, tmp_path, "0001")
        insert(connection, "dataset", {**DATASET, "scenario": b"bytes"})
        insert(connection, "proposal", {**PROPOSAL, **PARTS})
        insert(connection, "job", {**JOB, "id": "done", "status": "succeeded", "proposal_id": "p"})
        insert(connection, "job", {**JOB, "id": "waiting", "status": "queued", "stage": "Waiting", "progress": 0.0})
    return tmp_path


def test_an_upgrade_loses_nothing(first_release: Path) -> None:
    store = open_store(first_release)
    assert store.scenario("d") == b"bytes"
    assert store.proposal_part("p", "map") == b"part"
    done = store.job("done")
    assert (done.status, done.proposal_id, done.parameters) == ("succeeded", "p", {"maximum_schools": 8})
    assert (done.kind, done.inputs, done.capacity_result_id) == ("proposal", {}, None)
    assert store.unfinished_jobs() == ["waiting"]
    store.close()
    again = open_store(first_release)
    assert again.job("waiting").kind == "proposal"
    again.delete_dataset("d")
    assert again.jobs() == again.proposals() == []
    again.close()


def test_the_migrations_make_the_tables_that_the_code_knows(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    seen = inspect(engine_of(tmp_path))
    for name, table in Base.metadata.tables.items():
        assert {each["name"] for each in seen.get_columns(name)} == set(table.columns.keys()), name
        made = {
            (*each["constrained_columns"], each["referred_table"], each["options"].get("ondelete"))
            for each in seen.get_foreign_keys(name)
        }
        known = {(key.parent.name, key.column.table.name, key.ondelete) for key in table.foreign_keys}
        assert made == known, name


def test_a_downgrade_brings_the_first_tables_back(first_release: Path) -> None:
    store = open_store(first_release)
    store.close()
    with engine_of(first_release).begin() as connection:
        migrate(connection, first_release, "0001", down=True)
        made = set(inspect(connection).get_table_names()) - {"spatial_ref_sys"}
        assert made == {"alembic_version", "dataset", "proposal", "job"}
        assert connection.execute(text("SELECT count(*) FROM job")).scalar() == 2
        with pytest.raises(IntegrityError):
            insert(connection, "job", {**JOB, "id": "done", "status": "queued"})
