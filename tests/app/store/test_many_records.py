"""Changes of several records in one transaction: all of them are kept, or none, whatever happens in between."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store import AddedChanges, RecordConflictError, Store, open_store
from clustering import RecordChange
from tests.examples.zone_records import change, created

ROOT = Path(__file__).resolve().parents[3]
DYING = """
import os, sys
from pathlib import Path
from sqlalchemy.orm import Session
import tests.databases
from app.store import AddedChanges, open_store
from tests.examples.zone_records import created

calls = []
add_all = Session.add_all
def dying(self, rows):
    calls.append(1)
    if len(calls) == 2:
        self.flush()
        os._exit(9)  # as a kill: nothing is closed, and the first record is written
    add_all(self, rows)
Session.add_all = dying
records = open_store(Path(sys.argv[1])).records
records.append_all([AddedChanges(name, [created()]) for name in ("a", "b")], proposal_id="p", known=[])
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    yield opened
    opened.close()


def noted(revision: int) -> RecordChange:
    return change(revision, "condition", condition_id="hire", note=f"Revision {revision}")


def test_records_are_begun_and_changed_together(store: Store) -> None:
    begun = [AddedChanges("a", [created(), noted(2)]), AddedChanges("b", [created()])]
    store.records.append_all(begun, proposal_id="p", known=[])
    store.records.append_all([AddedChanges("b", [noted(2), noted(3)])], proposal_id="p", known=["a", "b"])
    assert {each.revision for each in store.records.records(proposal_id="p")} == {2, 3}
    assert [each.revision for each in store.records.changes("b")] == [1, 2, 3]


def test_a_conflict_of_one_record_keeps_the_others_out(store: Store) -> None:
    store.records.append_all([AddedChanges("a", [created()])], proposal_id="p", known=[])
    late = [AddedChanges("b", [created()]), AddedChanges("a", [noted(3)])]
    with pytest.raises(RecordConflictError) as caught:
        store.records.append_all(late, proposal_id="p", known=["a"])
    assert (caught.value.record_id, caught.value.revision) == ("a", 1)
    with pytest.raises(RecordConflictError):  # another editor has begun a record meanwhile
        store.records.append_all([AddedChanges("b", [created()])], proposal_id="p", known=[])
    assert [each.revision for each in store.records.records(proposal_id="p")] == [1]


def test_a_process_killed_between_two_records_leaves_neither(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    died = subprocess.run([sys.executable, "-c", DYING, str(tmp_path)], cwd=ROOT, check=False)
    assert died.returncode == 9
    opened = open_store(tmp_path)
    assert opened.records.records() == []
    opened.records.append_all([AddedChanges("a", [created()])], proposal_id="p", known=[])
    assert len(opened.records.records()) == 1
    opened.close()
