"""The audit trail in the database: added with each change in the same transaction, and read by an agency's admins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, event, func, insert, literal, select
from sqlalchemy.orm import Session

from app.store.access_tables import AuditEntry, AuditPruning
from app.store.agency_scope import AGENCY, AgencySession
from app.store.callers import present_request
from app.store.paging import Page, Rows, read_numbered
from app.store.release_tables import Release
from app.store.sessions import TableAccess
from app.store.tables import (
    CapacityResult,
    Dataset,
    IndicatorUpload,
    Job,
    KeptChecklist,
    Proposal,
    Register,
    ZoneRecordRow,
)

MAXIMUM_ENTRIES = 1_000

_NAMES: dict[type[Any], str] = {
    Dataset: "dataset",
    Proposal: "proposal",
    Register: "register",
    CapacityResult: "result",
    IndicatorUpload: "indicators",
    ZoneRecordRow: "record",
    KeptChecklist: "checklist",
    Release: "release",
    Job: "job",
}
# What the database deletes with a row, by the column that names it.
_GO_WITH: dict[type[Any], Sequence[tuple[type[Any], Any]]] = {
    Dataset: tuple((each, each.dataset_id) for each in (Proposal, CapacityResult, IndicatorUpload, Job)),
    Proposal: ((CapacityResult, CapacityResult.proposal_id),),
}


class AuditStore(TableAccess):
    """Reads the audit trail, and adds what no change of a row says: reads, refusals, signing in."""

    def add(self, rows: Sequence[dict[str, Any]]) -> None:
        """Add entries, each with its ``agency_id``."""
        if rows:
            with self._writing() as session:
                session.execute(insert(AuditEntry), rows)

    def entries(self, page: Page | None = None, *, maximum: int = MAXIMUM_ENTRIES) -> Rows[AuditEntry]:
        """Entries, newest first."""
        with self._sessions() as session:
            return read_numbered(session, select(AuditEntry), AuditEntry, page, maximum=maximum)

    def remove_before(self, before: datetime) -> int:
        """
        Remove entries of all agencies before a time, and note it: the database refuses any other way.

        Parameters
        ----------
        before
            The time. The database refuses to delete later entries.

        Returns
        -------
        removed
            How many entries; nothing is noted if there are none.
        """
        old = AuditEntry.at < before
        with self._writing_little(of_service=True) as session:
            count = session.scalar(select(func.count(AuditEntry.id)).where(old)) or 0
            if count:
                session.add(AuditPruning(before=before, entries=count))
                session.flush()
                session.execute(delete(AuditEntry).where(old))
        return count

    def removals(self) -> Sequence[AuditPruning]:
        """When entries were removed, and how many, newest first."""
        with self._sessions_of_service() as session:
            return session.scalars(select(AuditPruning).order_by(AuditPruning.id.desc())).all()


def note_act(session: Session, agency_id: str, act: str, kind: str, identifier: str) -> None:
    """Write down, in the transaction of a session, what is done to keys, people, agencies and backups."""
    session.connection().execute(insert(AuditEntry), [_entry(agency_id, act, kind, identifier)])


def note_removal(connection: Connection, table: type[Any], condition: ColumnElement[bool]) -> None:
    """Write down, each in the trail of its agency, that rows are deleted; before they are, for they are read."""
    kind = _NAMES[table]
    said = {
        name: literal(value) for name, value in _entry("", f"{kind} deleted", kind, "").items() if value is not None
    }
    columns = said | {"agency_id": table.agency_id, "object_id": table.id}
    rows = select(*columns.values()).where(condition)
    connection.execute(insert(AuditEntry).from_select(list(columns), rows))


@event.listens_for(AgencySession, "before_flush")
def _note_what_goes_with(session: Session, _context: Any, _instances: Any) -> None:
    """Write down what the database deletes with a row."""
    if session.info.get(AGENCY) is None:
        return
    for row in session.deleted:
        for table, column in _GO_WITH.get(type(row), ()):
            note_removal(session.connection(), table, column == row.id)


@event.listens_for(AgencySession, "after_flush")
def _note_changes(session: Session, _context: Any) -> None:
    """Write down what a flush added, changed and deleted, in its transaction."""
    agency_id = session.info.get(AGENCY)
    if agency_id is None:
        return
    changed = [row for row in session.dirty if session.is_modified(row)]
    acts = (("added", session.new), ("changed", changed), ("deleted", session.deleted))
    rows = [
        _entry(agency_id, f"{name} {act}", name, str(row.id), made_by=getattr(row, "made_by", None))
        for act, listed in acts
        for row in listed
        if (name := _NAMES.get(type(row))) and not (name == "job" and act == "changed")
    ]
    if rows:
        session.connection().execute(insert(AuditEntry), rows)


def _entry(agency_id: str, act: str, kind: str, identifier: str, *, made_by: str | None = None) -> dict[str, Any]:
    present = present_request.get()
    caller = present.caller.name or made_by or ""
    own = {"agency_id": agency_id, "caller": caller, "key_id": present.caller.key_id, "outcome": "done"}
    return {**own, "act": act, "object_kind": kind, "object_id": identifier, "request_id": present.request_id}
