"""Agencies in the database: no statement of one reaches rows of another, whoever wrote the statement."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update

import app
from app.errors import ServiceError
from app.services.jobs import cancel_job
from app.store import (
    ApiKey,
    Caller,
    CheckedRegister,
    Dataset,
    IngestedDataset,
    Job,
    PresentRequest,
    Proposal,
    ScopeError,
    Store,
    present_request,
)
from app.store.agency_scope import agency_tables, names_agency
from app.store.tables import Base
from tests.examples.two_agencies import MARK, two_agencies

# What is the service's own: the key of hashes, the list of agencies, and when the audit trail was shortened.
OF_THE_SERVICE = {"secret", "agency", "audit_pruning"}
# Of schools and Zones, which the inputs of this test do not have.
WITHOUT_ROWS = {"dataset_school", "proposal_zone"}
# Code that may speak to the database without the mapper: it has nothing of agencies in it.
RAW = {"sessions.py", "store.py", "agency_scope.py", "audit_store.py", "database.py", "backups.py", "upkeep.py"} | {
    "existence.py",  # looks up identifiers that an answer to the same agency had
    *("damage.py", "document_hashes.py"),  # read everything, for whoever runs the service
    "dataset_scope.py",  # makes the conditions by which statements keep to datasets
    "run.py",  # waits until the database answers, and reads nothing
}


@pytest.fixture(scope="module")
def agencies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, dict[str, str]]]:
    store, known = two_agencies(tmp_path_factory.mktemp("agencies"))
    yield store, known
    store.close()


def test_every_table_belongs_to_agencies_or_to_the_service() -> None:
    assert set(agency_tables(Base)) == set(Base.metadata.tables) - OF_THE_SERVICE
    assert all("agency_id" in Base.metadata.tables[name].columns for name in agency_tables(Base))


def test_every_row_that_an_agency_makes_is_its_own(agencies: tuple[Store, dict[str, str]]) -> None:
    store, _ = agencies
    with store._engine.connect() as connection:
        for table in set(agency_tables(Base)) - {"api_key", "page_session", "person", "audit_entry"}:
            owners = set(connection.execute(text(f"SELECT agency_id FROM {table}")).scalars())
            assert owners == ({"a"} if table not in WITHOUT_ROWS else set()), table
        # That an agency was added is in its own trail.
        entries = text("SELECT DISTINCT agency_id FROM audit_entry WHERE object_kind <> 'agency'")
        assert connection.execute(entries).scalars().all() == ["a"]


def test_what_another_agency_has_was_never_there(agencies: tuple[Store, dict[str, str]]) -> None:
    whole, known = agencies
    own, other = whole.of_agency("a"), whole.of_agency("b")
    assert own.dataset(known["dataset_id"]).name == MARK
    for read in (other.dataset, other.scenario, other.delete_dataset):
        with pytest.raises(ServiceError, match="no such dataset"):
            read(known["dataset_id"])
    listed: tuple[Any, ...] = (
        other.datasets(),
        other.proposals(),
        other.jobs(),
        other.capacity.registers(),
        other.ledger.rows(),
    )
    listed += (other.records.records(), other.records.checklists(), other.releases.releases())
    assert not any(listed)
    assert {each.object_kind for each in other.audit.entries()} == {"agency"}
    assert other.registrations.protections(known["dataset_id"]) == {}
    assert (own.usage.datasets(), other.usage.datasets(), other.usage.stored_bytes()) == (1, 0, 0)
    files = own.scenario_files.size(own.dataset(known["dataset_id"]).scenario_hash)
    assert files >= len(MARK)
    assert own.usage.stored_bytes() == files + len(MARK) * (2 * 7 + 1 + 2 * 2 + 1 + 1 + 1)


def test_bulk_statements_keep_to_the_agency(agencies: tuple[Store, dict[str, str]]) -> None:
    whole, known = agencies
    whole.of_agency("b").end_job(known["job_id"], "cancelled", {})
    with whole.of_agency("b")._writing() as session:
        assert session.execute(update(Dataset).values(name="changed")).rowcount == 0  # type: ignore[attr-defined]
    assert whole.of_agency("a").job(known["job_id"]).status == "succeeded"
    assert whole.dataset(known["dataset_id"]).name == MARK


@pytest.mark.parametrize(
    "statement",
    [
        text("SELECT * FROM dataset"),
        text("DELETE FROM job"),
        select(Dataset.__table__.c.id),
        select(Proposal.__table__.c.id).where(Proposal.__table__.c.id == "x"),
        update(Job.__table__).values(stage="x"),
        insert(Job.__table__).values(id="x", dataset_id="x"),
        text("SELECT 1 FROM proposal AS other WHERE proposal.agency_id = 'b'"),
    ],
    ids=str,
)
def test_statements_that_forget_the_agency_are_refused(agencies: tuple[Store, dict[str, str]], statement: Any) -> None:
    with agencies[0].of_agency("b")._sessions() as session, pytest.raises(ScopeError):
        session.execute(statement)


def test_rows_of_another_agency_cannot_be_brought_in(agencies: tuple[Store, dict[str, str]]) -> None:
    whole, known = agencies
    foreign = whole.dataset(known["dataset_id"])
    foreign.name = "changed"
    with pytest.raises(ScopeError), whole.of_agency("b")._writing() as session:
        session.add(foreign)
    with pytest.raises(ScopeError), whole.of_agency("b")._writing() as session:
        session.add(ApiKey(id="k", agency_id="a", name="x", roles=[], secret_hash=b""))
    assert whole.dataset(known["dataset_id"]).name == MARK


@pytest.mark.parametrize(
    ("statement", "is_kept"),
    [
        ("SELECT 1", True),
        ("SELECT value FROM secret", True),
        ("SELECT job.id FROM job WHERE job.agency_id = ?", True),
        ("SELECT job.id, job.stage FROM job\nWHERE job.id = ?", False),
        ("SELECT job.id FROM job JOIN dataset ON dataset.id = job.x WHERE job.agency_id = ?", False),
        ("SELECT 1 FROM job AS j WHERE j.agency_id = ? AND j.id IN (SELECT job.id FROM job)", False),
        ("SELECT 1 FROM job, dataset WHERE job.agency_id = ? AND dataset.agency_id = ?", True),
        ("SELECT 1 FROM job, dataset WHERE job.agency_id = ?", False),
        ("UPDATE job SET stage=? WHERE job.id = ?", True),
        ("UPDATE job SET stage=? WHERE job.id = ? OR 1", False),
        ("DELETE FROM job WHERE job.status = ? AND job.agency_id = ?", True),
        ("INSERT INTO job (id, agency_id) VALUES (?, ?)", True),
        ("INSERT INTO job (id) VALUES (?)", False),
    ],
)
def test_statements_are_read_as_the_database_reads_them(statement: str, is_kept: bool) -> None:
    assert names_agency(statement, ("dataset", "job")) is is_kept


def test_nobody_but_the_store_speaks_to_the_database_without_the_mapper() -> None:
    raw = re.compile(r"__table__|metadata\.tables|\.connect\(\)|\btext\(\"|exec_driver_sql|\.raw_connection")
    folder = Path(app.__file__).parent
    found = {path.name for path in folder.rglob("*.py") if raw.search(path.read_text(encoding="utf-8"))}
    assert found - {path.name for path in (folder / "store" / "migrations").rglob("*.py")} <= RAW


def test_only_admins_delete_the_work_of_others(agencies: tuple[Store, dict[str, str]]) -> None:
    store = agencies[0].of_agency("b")
    ann, ben, admin = (
        Caller("b", name, frozenset({role}))
        for name, role in (("Ann", "analyst"), ("Ben", "analyst"), ("Cal", "admin"))
    )

    def acting(caller: Caller, act: Any, *given: Any) -> Any:
        token = present_request.set(PresentRequest(caller))
        try:
            return act(*given)
        finally:
            present_request.reset(token)

    empty = CheckedRegister(report={}, summary={}, content=b"")
    first, second, third = (acting(ann, store.capacity.add_register, "Hers", empty) for _ in range(3))
    assert first.made_by == "Ann"
    with pytest.raises(ServiceError, match="the work of Ann") as refused:
        acting(ben, store.capacity.delete_register, first.id)
    assert refused.value.status == 403
    acting(ann, store.capacity.delete_register, first.id)
    acting(admin, store.capacity.delete_register, second.id)
    assert [each.id for each in store.capacity.registers()] == [third.id]
    assert [(each.caller, each.act) for each in store.audit.entries(maximum=2)] == [
        ("Cal", "register deleted"),
        ("Ann", "register deleted"),
    ]
    acting(admin, store.capacity.delete_register, third.id)


def test_only_admins_stop_the_jobs_of_others(agencies: tuple[Store, dict[str, str]]) -> None:
    store = agencies[0].of_agency("b")
    ann, ben, admin = (
        Caller("b", name, frozenset({role}))
        for name, role in (("Ann", "analyst"), ("Ben", "analyst"), ("Cal", "admin"))
    )
    stopped: list[str] = []
    service: Any = SimpleNamespace(store=store, queue=SimpleNamespace(cancel=stopped.append))
    dataset = store.add_dataset("Hers", IngestedDataset(report={}, scenario=b"hers")).id
    token = present_request.set(PresentRequest(ann))
    try:
        job = store.add_job(dataset, {}, maximum_waiting=9)
        cancel_job(service, job.id)
        present_request.set(PresentRequest(ben))
        with pytest.raises(ServiceError, match="the work of Ann") as refused:
            cancel_job(service, job.id)
        present_request.set(PresentRequest(admin))
        cancel_job(service, job.id)
    finally:
        present_request.reset(token)
    assert (refused.value.status, stopped) == (403, [job.id, job.id])
    store.delete_dataset(dataset)
