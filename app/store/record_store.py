"""Records of Zones and checklists in the database: changes are only added, each to the revision that its editor saw."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import ServiceError
from app.store.dataset_scope import DATASETS, WHOLE_AGENCY
from app.store.paging import Page, Rows, read_rows
from app.store.tables import KeptChecklist, Proposal, ZoneRecordChange, ZoneRecordRow
from clustering import Checklist, RecordChange, RecordedZone, ZoneRecord, checklist_document, record_of

Sessions = Callable[[], AbstractContextManager[Session]]
MAXIMUM_RECORDS_LISTED = 1_000
MAXIMUM_RECORDS_HELD = 2_000


class RecordConflictError(Exception):
    """
    Somebody else has changed the record since the editor saw it.

    Parameters
    ----------
    revision
        Of the record now.
    record_id
        The record, where a request changes several.
    """

    def __init__(self, revision: int, record_id: str = "") -> None:
        super().__init__(f"the record is at revision {revision}")
        self.revision = revision
        self.record_id = record_id


class RecordExistsError(Exception):
    """
    The Zone has a record whose life has not ended.

    Parameters
    ----------
    record
        That record.
    """

    def __init__(self, record: ZoneRecord) -> None:
        super().__init__(f"the Zone has the record {record.record_id}")
        self.record = record


@dataclass(frozen=True)
class AddedChanges:
    """
    Changes of one record, in the order of their revisions.

    Parameters
    ----------
    record_id
        The record; a new one if the first change has the revision 1.
    changes
        One or more.
    """

    record_id: str
    changes: Sequence[RecordChange]


class RecordStore:
    """
    Records of Zones, and the state's own checklists.

    Parameters
    ----------
    reading, writing
        Make a session that reads, and one that holds the write lock from its start and commits at its end.
    """

    def __init__(self, *, reading: Sessions, writing: Sessions) -> None:
        self._reading = reading
        self._writing = writing
        # A record at a revision never changes, and a list of many is made of many more changes.
        self._record_at = lru_cache(maxsize=MAXIMUM_RECORDS_HELD)(self._make_record)

    def add(
        self, record_id: str, change: RecordChange, *, proposal_id: str | None = None, zone: RecordedZone | None = None
    ) -> None:
        """
        Begin a record.

        Parameters
        ----------
        record_id
            Its new identifier.
        change
            The first: ``created``.
        proposal_id
            The proposal that its Zone came from.
        zone
            The Zone, if it may have no other record whose life goes on, wherever that one came from.

        Raises
        ------
        RecordExistsError
            It has one; nothing is written.
        """
        with self._writing() as session:
            if zone is not None:
                self._refuse_second(session, [zone])
            session.add(_new_row(session, record_id, change.revision, proposal_id))
            session.flush()
            session.add(_row_of(record_id, change))

    def _refuse_second(self, session: Session, zones: Sequence[RecordedZone], *, own_id: str | None = None) -> None:
        """Refuse Zones that have a record whose life has not ended, other than their own, in all of the agency."""
        if not zones:
            return
        others = select(ZoneRecordRow).where(ZoneRecordRow.id != (own_id or "")).execution_options(**WHOLE_AGENCY)
        shown = session.info.get(DATASETS)
        for row in session.scalars(others):
            record = self._record_at(row.id, row.revision)
            if record.stage != "ended" and any(record.zone.is_same_zone(zone) for zone in zones):
                if shown is not None and row.dataset_id not in shown:
                    raise ServiceError(409, "The Zone has a record already, which your key does not open.")
                raise RecordExistsError(record)

    def append(self, record_id: str, change: RecordChange, *, zone: RecordedZone | None = None) -> None:
        """
        Add a change to a record.

        Parameters
        ----------
        record_id
            The record.
        change
            The next one after the revision that its editor saw.
        zone
            The Zone that the change makes of it, if no other record whose life goes on may be of it.

        Raises
        ------
        ServiceError
            404 if there is no such record.
        RecordConflictError
            The record has another revision by now; nothing is written.
        RecordExistsError
            The Zone has another record; nothing is written.
        """
        with self._writing() as session:
            row = session.get(ZoneRecordRow, record_id)
            if row is None:
                raise _no_record()
            if row.revision != change.revision - 1:
                raise RecordConflictError(row.revision)
            self._refuse_second(session, [] if zone is None else [zone], own_id=record_id)
            row.revision = change.revision
            session.add(_row_of(record_id, change))

    def append_all(
        self,
        added: Sequence[AddedChanges],
        *,
        proposal_id: str,
        known: Iterable[str],
        zones: Sequence[RecordedZone] = (),
    ) -> None:
        """
        Add changes to several records of a proposal, and begin others; all of it or nothing.

        Parameters
        ----------
        added
            The changes of each record, one after the other.
        proposal_id
            The proposal that the Zones of new records came from.
        known
            Every record of the proposal that the editor saw.
        zones
            Those of the new records, if they may have no other record whose life goes on.

        Raises
        ------
        RecordConflictError
            A record has another revision by now, or the proposal has another record; nothing is written.
        RecordExistsError
            A Zone of a new record has another one; nothing is written.
        """
        with self._writing() as session:
            listed = select(ZoneRecordRow).where(ZoneRecordRow.proposal_id == proposal_id)
            rows = {row.id: row for row in session.scalars(listed)}
            if new := sorted(set(rows) - set(known)):
                raise RecordConflictError(rows[new[0]].revision, new[0])
            self._refuse_second(session, zones)
            for each in added:
                first, last = each.changes[0].revision, each.changes[-1].revision
                row = rows.get(each.record_id)
                if row is None:
                    session.add(_new_row(session, each.record_id, last, proposal_id))
                    session.flush()
                elif row.revision != first - 1:
                    raise RecordConflictError(row.revision, each.record_id)
                else:
                    row.revision = last
                session.add_all([_row_of(each.record_id, change) for change in each.changes])

    def changes(self, record_id: str) -> Sequence[RecordChange]:
        """Changes of a record, in order; 404 if there is no such record."""
        return self._changes(record_id)

    def _changes(self, record_id: str, **options: bool) -> Sequence[RecordChange]:
        listed = select(ZoneRecordChange).where(ZoneRecordChange.record_id == record_id).execution_options(**options)
        with self._reading() as session:
            rows = session.scalars(listed.order_by(ZoneRecordChange.revision)).all()
        if not rows:
            raise _no_record()
        return [_change_of(row) for row in rows]

    def record(self, record_id: str, *, revision: int | None = None) -> ZoneRecord:
        """One record, as it is now or as it was at a revision; 404 if there is no such record or revision."""
        with self._reading() as session:
            now = session.scalar(select(ZoneRecordRow.revision).where(ZoneRecordRow.id == record_id))
        wanted = now if revision is None else revision
        if now is None or wanted is None or not 1 <= wanted <= now:
            raise _no_record()
        return self._record_at(record_id, wanted)

    def records(
        self,
        *,
        proposal_id: str | None = None,
        page: Page | None = None,
        maximum: int | None = MAXIMUM_RECORDS_LISTED,
    ) -> Rows[ZoneRecord]:
        """Records as they are now, newest first; of those alone that came from a proposal, if one is given."""
        listed = select(ZoneRecordRow)
        if proposal_id is not None:
            listed = listed.where(ZoneRecordRow.proposal_id == proposal_id)
        with self._reading() as session:
            rows = read_rows(session, listed, ZoneRecordRow, page, maximum=maximum)
        records: Rows[ZoneRecord] = Rows(self._record_at(row.id, row.revision) for row in rows)
        records.total, records.after = rows.total, rows.after
        return records

    def _make_record(self, record_id: str, revision: int) -> ZoneRecord:
        # Whoever asks has found the record, or compares Zones with those of all of the agency.
        return record_of(self._changes(record_id, **WHOLE_AGENCY)[:revision])

    def add_checklist(self, checklist: Checklist) -> None:
        """Keep a checklist of the state's own, under its identifier."""
        with self._writing() as session:
            session.add(KeptChecklist(id=checklist.checklist_id, document=checklist_document(checklist)))

    def checklists(self) -> Sequence[KeptChecklist]:
        """The state's own checklists, newest first."""
        listed = select(KeptChecklist).order_by(KeptChecklist.created_at.desc(), KeptChecklist.id)
        with self._reading() as session:
            return session.scalars(listed).all()

    def checklist(self, checklist_id: str) -> KeptChecklist:
        """One of the state's own checklists; 404 if there is none."""
        with self._reading() as session:
            kept = session.get(KeptChecklist, checklist_id)
        if kept is None:
            raise ServiceError(404, "There is no such checklist.")
        return kept


def _new_row(session: Session, record_id: str, revision: int, proposal_id: str | None) -> ZoneRecordRow:
    """The row of a new record, which hangs on the dataset of its proposal."""
    of_proposal = select(Proposal.dataset_id).where(Proposal.id == (proposal_id or ""))
    dataset_id = session.scalar(of_proposal)
    return ZoneRecordRow(id=record_id, revision=revision, proposal_id=proposal_id, dataset_id=dataset_id)


def _row_of(record_id: str, change: RecordChange) -> ZoneRecordChange:
    return ZoneRecordChange(
        record_id=record_id,
        revision=change.revision,
        at=change.at,
        by=change.by,
        why=change.why,
        kind=change.kind,
        content=dict(change.content),
    )


def _change_of(row: ZoneRecordChange) -> RecordChange:
    return RecordChange(revision=row.revision, at=row.at, by=row.by, why=row.why, kind=row.kind, content=row.content)


def _no_record() -> ServiceError:
    return ServiceError(404, "There is no such record.")
