"""Records in the database: durable, only added to, and changed by one editor at a time."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.errors import ServiceError
from app.store import IngestedDataset, RecordConflictError, open_store
from app.store.database import migration_configuration
from clustering import list_checklists, record_of
from tests.databases import empty_database, engine_of, is_postgres
from tests.examples.zone_records import CHECKLIST, change, created

ROOT = Path(__file__).resolve().parents[3]
WRITES_UNTIL_KILLED = """
import sys
from pathlib import Path
import tests.databases
from app.store import open_store
from tests.examples.zone_records import change, created
store = open_store(Path(sys.argv[1]))
store.records.add("r-1", created())
revision = 1
while True:
    print(revision, flush=True)
    revision += 1
    store.records.append("r-1", change(revision, "condition", condition_id="hire", note=str(revision)))
"""


def test_what_was_acknowledged_outlives_a_kill_in_mid_stream(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITES_UNTIL_KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        acknowledged = [int(process.stdout.readline()) for _ in range(20)]
        process.send_signal(signal.SIGKILL)
        acknowledged += [int(line) for line in process.stdout.read().splitlines() if line]
    store = open_store(tmp_path)
    changes = store.records.changes("r-1")
    record = record_of(changes)
    # The change that was being written when the process ended may be there whole, or not at all.
    assert record.revision - acknowledged[-1] in (0, 1)
    assert [each.revision for each in changes] == list(range(1, record.revision + 1))
    assert record.conditions[0].note == str(record.revision)
    store.records.append("r-1", change(record.revision + 1, "condition", condition_id="hire", note="Later"))
    store.close()


def test_of_two_editors_who_saw_the_same_revision_one_is_refused(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.records.add("r-1", created())
    outcomes: list[str] = []
    start = threading.Barrier(8)

    def edit(name: str) -> None:
        start.wait()
        try:
            store.records.append("r-1", change(2, "condition", by=name, condition_id="hire", holder=name))
            outcomes.append(name)
        except RecordConflictError as error:
            outcomes.append(f"refused at {error.revision}")

    editors = [threading.Thread(target=edit, args=(f"Editor {number}",)) for number in range(8)]
    for editor in editors:
        editor.start()
    for editor in editors:
        editor.join()
    (winner,) = [each for each in outcomes if each != "refused at 2"]
    assert outcomes.count("refused at 2") == 7
    record = record_of(store.records.changes("r-1"))
    assert (record.revision, record.changed_by, record.conditions[0].holder) == (2, winner, winner)
    store.close()


def test_a_revision_that_is_not_there_yet_conflicts_too(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.records.add("r-1", created())
    with pytest.raises(RecordConflictError):
        store.records.append("r-1", change(3, "condition", condition_id="hire"))
    with pytest.raises(ServiceError, match="no such record"):
        store.records.append("r-2", change(2, "condition", condition_id="hire"))
    with pytest.raises(ServiceError, match="no such record"):
        store.records.changes("r-2")
    assert len(store.records.changes("r-1")) == 1
    store.close()


@pytest.mark.parametrize("statement", ["UPDATE zone_record_change SET why = 'x'", "DELETE FROM zone_record_change"])
def test_a_change_can_be_neither_rewritten_nor_deleted(tmp_path: Path, statement: str) -> None:
    store = open_store(tmp_path)
    store.records.add("r-1", created())
    store.close()
    twice = (
        "INSERT INTO zone_record_change (record_id, revision, at, by, why, kind, content)"
        " SELECT record_id, revision, at, by, why, kind, content FROM zone_record_change"
    )
    replaced = twice if is_postgres() else twice.replace("INSERT", "INSERT OR REPLACE")
    engine = engine_of(tmp_path)
    for refused, message in (
        (replaced, "(?i)unique|only added"),
        (statement, "only added"),
        (twice, "(?i)unique|only added"),
    ):
        with pytest.raises(IntegrityError, match=message), engine.begin() as connection:
            connection.execute(text(refused))


def test_records_are_listed_newest_first_and_by_proposal(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    for name, proposal_id in (("r-1", "p-1"), ("r-2", None), ("r-3", "p-1")):
        store.records.add(name, created(), proposal_id=proposal_id)
    store.records.append("r-1", change(2, "condition", condition_id="hire"))
    assert [record.revision for record in store.records.records()] == [1, 1, 2]
    assert [record.revision for record in store.records.records(proposal_id="p-1")] == [1, 2]
    assert store.records.records(proposal_id="p-2") == []
    store.close()


def test_a_record_is_told_at_any_revision_and_as_it_is_now(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.records.add("r-1", created())
    for revision in range(2, 5):
        assert store.records.record("r-1").revision == revision - 1
        store.records.append("r-1", change(revision, "condition", condition_id="hire", note=str(revision)))
    assert store.records.record("r-1") == record_of(store.records.changes("r-1"))
    for revision in range(1, 5):
        kept = store.records.record("r-1", revision=revision)
        assert kept == record_of(store.records.changes("r-1")[:revision])
    for number in (-1, 0, 5):
        with pytest.raises(ServiceError, match="no such record"):
            store.records.record("r-1", revision=number)
    with pytest.raises(ServiceError, match="no such record"):
        store.records.record("r-2")
    store.close()


def test_checklists_are_kept(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.records.add_checklist(CHECKLIST)
    store.records.add_checklist(list_checklists()[0])
    assert {kept.id for kept in store.records.checklists()} == {"two", "delaware_partnership_zone"}
    assert store.records.checklist("two").document["title"] == CHECKLIST.title
    with pytest.raises(ServiceError, match="no such checklist"):
        store.records.checklist("three")
    store.close()


def test_a_database_from_before_records_is_upgraded_with_what_it_holds(tmp_path: Path) -> None:
    with empty_database(tmp_path).begin() as connection:
        command.upgrade(migration_configuration(connection, tmp_path), "0001")
        old = "INSERT INTO dataset VALUES ('d-1', 'Old', '2026-01-01 00:00:00', '{}', '{}', :scenario)"
        connection.execute(text(old), {"scenario": b""})
    store = open_store(tmp_path)
    assert [dataset.name for dataset in store.datasets()] == ["Old"]
    assert store.records.records() == []
    store.add_dataset("New", IngestedDataset(report={}, scenario=b""))
    store.close()
