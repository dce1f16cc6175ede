"""How the tables are read and written: sessions, the write lock, and what is wiped after a deletion."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Engine, Select, text
from sqlalchemy.orm import Session, sessionmaker

from app.errors import ServiceError
from app.store.agency_scope import AGENCY, AgencySession, agency_information
from app.store.callers import present_request
from app.store.database import is_sqlite, reserve_of, take_write_lock
from app.store.dataset_scope import DATASETS, dataset_information
from app.store.exact_counts import Rested, refuse_exact_row, rests_on_exact, without_exact

Row = TypeVar("Row")
RestedRow = TypeVar("RestedRow", bound=Rested)

MAXIMUM_LISTED = 200


class TableAccess:
    """
    Sessions of one database; each part of the store is one of these.

    Parameters
    ----------
    engine
        Of a database that is at its newest migration; with the option ``AGENCY``, it sees that agency's rows alone,
        and with ``DATASETS`` only those of them that hang on these datasets.
    with_exact
        Whether what rests on exact counts of students may be read. Else it is not listed, and refused by its id with
        403, so that no route, page or job can show it.
    """

    def __init__(self, engine: Engine, *, with_exact: bool = False) -> None:
        self._engine = engine
        self._with_exact = with_exact
        options = engine.get_execution_options()
        agency_id = options.get(AGENCY)
        self._agency_id: str | None = agency_id
        info: dict[str, Any] | None = None
        if agency_id is not None:
            info = agency_information(agency_id) | dataset_information(agency_id, options.get(DATASETS))
        # For what concerns the service as a whole, such as the length of its queue.
        whole = engine.execution_options(**{AGENCY: None, DATASETS: None})
        self._sessions_of_service: sessionmaker[Session] = sessionmaker(
            whole, class_=AgencySession, expire_on_commit=False
        )
        self._sessions: sessionmaker[Session] = sessionmaker(
            engine, class_=AgencySession, expire_on_commit=False, info=info
        )

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        """Write alone; 507 if the disk is full."""
        reserve_of(self._engine).refuse_without()
        with self._sessions.begin() as session:
            take_write_lock(session)
            yield session

    @contextmanager
    def _writing_little(self, *, of_service: bool = False) -> Iterator[Session]:
        """Write alone what makes room, or what ends work: the disk space that is held back serves for that."""
        reserve = reserve_of(self._engine)
        reserve.give_up_if_needed()
        sessions = self._sessions_of_service if of_service else self._sessions
        with sessions.begin() as session:
            take_write_lock(session)
            yield session

    def _listable(self, listed: Select[Any], table: type[Rested]) -> Select[Any]:
        """Leave out of a list what may not be read."""
        return listed if self._with_exact else without_exact(listed, table)

    def _readable(self, session: Session, row: RestedRow) -> RestedRow:
        """Give back a row; 403 if it may not be read."""
        if not self._with_exact:
            refuse_exact_row(session, row)
        elif (present := present_request.get()).caller.is_signed_in and rests_on_exact(session, row):
            present.note_exact(type(row).__tablename__, row.id)
        return row

    def _wipe(self) -> None:
        """Overwrite what was deleted: SQLite's log would keep it until its space is needed."""
        if not is_sqlite(self._engine):
            return
        with self._engine.connect() as connection:
            # As a script: a statement of its own would give back one page and stop.
            connection.connection.cursor().executescript("PRAGMA incremental_vacuum")
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        reserve_of(self._engine).make()


def found(row: Row | None, kind: str) -> Row:
    """Give back a row; 404 if there is none."""
    if row is None:
        raise ServiceError(404, f"There is no such {kind}.")
    return row
