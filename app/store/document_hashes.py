"""Hashes of documents in rows: a database notices a page that it cannot read, but not a single changed bit."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from sqlalchemy import JSON, Connection, LargeBinary, Table, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from app.store.agency_scope import AgencySession

_ROWS_AT_ONCE = 10


class WithHashes:
    """A row whose bytes never change; ``hashes`` has the SHA-256 of each of their columns. Earlier rows have none."""

    hashes: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True), default=None, deferred=True)


@event.listens_for(AgencySession, "before_flush")
def _hash_bytes(session: Session, _context: Any, _instances: Any) -> None:
    for row in session.new:
        if isinstance(row, WithHashes):
            held = {name: getattr(row, name) for name in _columns_of_bytes(type(row).__table__)}  # type: ignore[attr-defined]
            row.hashes = {name: sha256(value).hexdigest() for name, value in held.items() if value is not None}


def find_changed_documents(connection: Connection, base: type[DeclarativeBase]) -> Iterator[str]:
    """
    Read every row with hashes.

    Parameters
    ----------
    connection
        To the database.
    base
        Of the tables.

    Yields
    ------
    fault
        A sentence for each row whose bytes do not have the hashes that they were written with.
    """
    for mapper in base.registry.mappers:
        if issubclass(mapper.class_, WithHashes):
            yield from _changed_rows(connection, mapper.class_.__table__)  # type: ignore[attr-defined]


def _changed_rows(connection: Connection, table: Table) -> Iterator[str]:
    hashed = select(table).where(table.c.hashes.is_not(None))
    rows = connection.execute(hashed, execution_options={"yield_per": _ROWS_AT_ONCE})
    for row in rows.mappings():
        changed = [name for name, known in row["hashes"].items() if sha256(row[name]).hexdigest() != known]
        if changed:
            key = ", ".join(str(row[column.name]) for column in table.primary_key)
            yield f"the {table.name} {key}: {', '.join(changed)} does not have the hash that it was written with"


def _columns_of_bytes(table: Table) -> list[str]:
    return [column.name for column in table.columns if isinstance(column.type, LargeBinary)]
