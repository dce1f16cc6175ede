"""The audit trail in the database: added with each change in the same transaction, and read by an agency's admins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, event, func, insert, select
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


@event.listens_for(AgencySession, "after_flush")
def _note_changes(session: Session, _context: Any) -> None:
    """Write down what a flush added, changed and deleted, in its transaction."""
    agency_id = session.info.get(AGENCY)
    if agency_id is None:
        return
    changed = [row for row in session.dirty if session.is_modified(row)]
    acts = (("added", session.new), ("changed", changed), ("deleted", session.deleted))
    rows = [
        _entry(agency_id, f"{name} {act}", name, row)
        for act, listed in acts
        for row in listed
        if (name := _NAMES.get(type(row))) and not (name == "job" and act == "changed")
    ]
    if rows:
        session.connection().execute(insert(AuditEntry), rows)


def _entry(agency_id: str, act: str, kind: str, row: Any) -> dict[str, Any]:
    present = present_request.get()
    caller = present.caller.name or getattr(row, "made_by", None) or ""
    own = {"agency_id": agency_id, "caller": caller, "key_id": present.caller.key_id, "outcome": "done"}
    return {**own, "act": act, "object_kind": kind, "object_id": str(row.id), "request_id": present.request_id}
