"""A database of an earlier release is upgraded when it is opened, and nothing in it is lost."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    inspect,
    text,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import TypeEngine

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


@pytest.mark.filterwarnings("ignore:Did not recognize type 'geometry'")
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


def test_who_started_a_job_made_it_and_a_record_gets_the_dataset_of_its_proposal(tmp_path: Path) -> None:
    with empty_database(tmp_path).begin() as connection:
        migrate(connection, tmp_path, "0011")
        insert(connection, "dataset", DATASET)
        insert(connection, "proposal", {**PROPOSAL, **PARTS})
        for number, (made_by, started_by) in enumerate(((None, "Ann"), ("Ben", "Ben"), (None, ""))):
            own = {"id": f"job-{number}", "status": "failed", "made_by": made_by, "started_by": started_by}
            insert(connection, "job", {**JOB, **own})
        for record_id, proposal_id in (("kept", "p"), ("of what is gone", "q"), ("of none", None)):
            begun = {"id": record_id, "created_at": "2026-01-03 00:00:00", "revision": 1}
            insert(connection, "zone_record", {**begun, "proposal_id": proposal_id})
    store = open_store(tmp_path)
    assert [store.job(f"job-{number}").made_by for number in range(3)] == ["Ann", "Ben", None]
    with engine_of(tmp_path).connect() as connection:
        rows = connection.execute(text("SELECT id, dataset_id FROM zone_record")).all()
    assert {row[0]: row[1] for row in rows} == {"kept": "d", "of what is gone": None, "of none": None}
    store.close()


def filled_tables(connection: Connection) -> dict[str, dict[str, Any]]:
    """A row in every table; keys that lead to another table lead to its row."""
    known = MetaData()
    known.reflect(connection)
    rows = {}
    for table in known.sorted_tables:
        if table.name in ("alembic_version", "spatial_ref_sys"):
            continue
        led = {key.parent.name: f"{key.column.table.name}-1" for key in table.foreign_keys}
        sample = {column.name: _sample(column.type) for column in table.columns}
        own = {"id": f"{table.name}-1"} if isinstance(sample.get("id"), str) else {}
        row = sample | own | led
        connection.execute(table.insert(), row)
        rows[table.name] = row
    return rows


def _sample(kind: TypeEngine[Any]) -> Any:
    samples: dict[type[TypeEngine[Any]], Any] = {
        JSON: {"kept": [1, None, "é"]},
        DateTime: datetime(2026, 1, 2, 3, 4, 5, 678),  # noqa: DTZ001 (as the database keeps it)
        LargeBinary: b"kept \x00 bytes",
        Boolean: True,
        Integer: 1,
        Float: 0.25,
        String: "kept",
    }
    return next(value for known, value in samples.items() if isinstance(kind, known))


@pytest.mark.parametrize("revision", ["0001", "0002", "0003", "0004", "0005", "0006", "0007"])
@pytest.mark.filterwarnings("ignore:Did not recognize type 'geometry'")
def test_every_row_of_every_earlier_schema_outlives_the_upgrade(tmp_path: Path, revision: str) -> None:
    with empty_database(tmp_path).begin() as connection:
        migrate(connection, tmp_path, revision)
        rows = filled_tables(connection)
    assert len(rows) >= 3
    store = open_store(tmp_path)
    assert store.scenario_files.read(store.dataset("dataset-1").scenario_hash) == rows["dataset"].pop("scenario")
    known = MetaData()
    with engine_of(tmp_path).connect() as connection:
        known.reflect(connection)
        for name, row in rows.items():
            (found,) = connection.execute(known.tables[name].select()).mappings()
            assert {column: found[column] for column in row} == row, name
    store.delete_dataset("dataset-1")
    store.close()
