"""Upkeep of what is stored: what can go, and how files shrink."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, delete, select, text

from app.store.audit_store import note_removal
from app.store.database import is_sqlite, take_write_lock
from app.store.store import Store
from app.store.tables import CapacityResult, Job, Proposal, ZoneRecordRow

_LEFT_BEHIND_S = 24 * 3600
_FINISHED = ("succeeded", "failed", "cancelled")


@dataclass(frozen=True, kw_only=True)
class Pruned:
    """
    What was removed.

    Parameters
    ----------
    jobs, proposals
        How many rows.
    files
        Folders of inputs that no dataset had.
    audit_entries
        Entries of the audit trail.
    """

    jobs: int
    proposals: int
    files: int
    audit_entries: int


def prune(store: Store, *, older_than_days: int = 0, audit_days: int = 0) -> Pruned:
    """
    Remove what is old or of no use, and let files shrink.

    Parameters
    ----------
    store
        The store, without an owner: it sees all.
    older_than_days
        Age of finished jobs and of proposals that go; 0 for none. Proposals that a record of a Zone came from stay,
        as do datasets, registers, releases and the ledger.
    audit_days
        Age of entries of the audit trail that go; 0 for none. When and how many is written down.

    Returns
    -------
    pruned
        How much was removed.
    """
    jobs = proposals = 0
    if older_than_days:
        before = datetime.now(UTC) - timedelta(days=older_than_days)
        recorded = select(ZoneRecordRow.proposal_id).where(ZoneRecordRow.proposal_id.is_not(None))
        with store._engine.begin() as connection:  # noqa: SLF001 (a part of the store, in a module of its own)
            take_write_lock(connection)
            old = (Job.finished_at < before) & Job.status.in_(_FINISHED)
            note_removal(connection, Job, old)
            jobs = connection.execute(delete(Job).where(old)).rowcount
            unused = (Proposal.created_at < before) & Proposal.id.not_in(recorded)
            note_removal(connection, CapacityResult, CapacityResult.proposal_id.in_(select(Proposal.id).where(unused)))
            note_removal(connection, Proposal, unused)
            proposals = connection.execute(delete(Proposal).where(unused)).rowcount
    entries = store.audit.remove_before(datetime.now(UTC) - timedelta(days=audit_days)) if audit_days else 0
    files = store.remove_unused_files()
    left = store.scenario_files.remove_unfinished(time.time() - _LEFT_BEHIND_S)
    _shrink(store._engine)  # noqa: SLF001
    return Pruned(jobs=jobs, proposals=proposals, files=len(files) + len(left), audit_entries=entries)


def _shrink(engine: Engine) -> None:
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        if is_sqlite(engine):
            connection.execute(text("PRAGMA auto_vacuum=INCREMENTAL"))
        connection.execute(text("VACUUM"))
        if is_sqlite(engine):
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
