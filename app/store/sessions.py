"""How the tables are read and written: sessions, the write lock, and what is wiped after a deletion."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from app.errors import ServiceError

Row = TypeVar("Row")

MAXIMUM_LISTED = 200


class TableAccess:
    """
    Sessions of one database; each part of the store is one of these.

    Parameters
    ----------
    engine
        Of a database that is at its newest migration.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._sessions = sessionmaker(engine, expire_on_commit=False)

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        with self._sessions.begin() as session:
            # The write lock is taken at once: a reader that turns writer could otherwise find it gone.
            session.execute(text("BEGIN IMMEDIATE"))
            yield session

    def _wipe(self) -> None:
        """Overwrite what was deleted: SQLite's log would keep it until its space is needed."""
        with self._engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


def found(row: Row | None, kind: str) -> Row:
    """Give back a row; 404 if there is none."""
    if row is None:
        raise ServiceError(404, f"There is no such {kind}.")
    return row
