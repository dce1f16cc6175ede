"""
Agencies kept apart in the database, so that no query can forget it.

A store of one agency adds its identifier to every SELECT, UPDATE and DELETE of the object-relational mapper and to
every new row. A second check reads each statement before it is sent: one that reaches rows of an agency without the
identifier is refused, whoever wrote it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Engine, event, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, ORMExecuteState, Session, mapped_column, with_loader_criteria

from app.errors import ServiceError
from app.store.callers import ADMIN, LOCAL_AGENCY, present_request

# Name of the option of an engine, and of the entry of a session, that holds the agency.
AGENCY = "feeder_zones_agency"
_SETTING = "feeder_zones.agency"

_BY_KEY = (
    r"(?:DELETE FROM|UPDATE) \"?(?P<table>{names})\"?(?: SET .*?)? WHERE (?:\"?(?P=table)\"?\.\w+ = \S+(?: AND )?)+"
)


class OfAgency:
    """A row that belongs to an agency."""

    __tablename__: str
    agency_id: Mapped[str] = mapped_column(server_default=LOCAL_AGENCY)


class MadeBy:
    """A row that remembers whose work it is; nothing where nobody was signed in."""

    made_by: Mapped[str | None] = mapped_column(default=None)


class ScopeError(RuntimeError):
    """A statement or row that would reach over to another agency; a fault of the service, never of its caller."""


class AgencySession(Session):
    """A session that keeps to the agency in its ``info``, if there is one."""


def agency_information(agency_id: str) -> dict[str, Any]:
    """What the sessions of an agency know of it."""
    criterion = with_loader_criteria(OfAgency, lambda row: row.agency_id == agency_id, include_aliases=True)
    return {AGENCY: agency_id, "criterion": criterion}


@event.listens_for(AgencySession, "do_orm_execute")
def _add_criterion(state: ORMExecuteState) -> None:
    info = state.session.info
    if AGENCY not in info or not (state.is_select or state.is_update or state.is_delete):
        return
    if state.is_column_load and (mapper := state.bind_mapper) is not None and issubclass(mapper.class_, OfAgency):
        # Of a row that is loaded already: the option does not reach these.
        state.statement = state.statement.where(mapper.class_.agency_id == info[AGENCY])  # type: ignore[attr-defined]
        return
    state.statement = state.statement.options(info["criterion"])


@event.listens_for(AgencySession, "after_begin")
def _name_agency(session: Session, _transaction: Any, connection: Connection) -> None:
    """Tell PostgreSQL whose transaction it is: its own policies (:func:`keep_rows_by_policy`) are a second wall."""
    if connection.dialect.name == "postgresql" and (agency_id := session.info.get(AGENCY)) is not None:
        connection.execute(select(func.set_config(_SETTING, agency_id, True)))


def keep_rows_by_policy(connection: Connection, tables: Sequence[str]) -> None:
    """
    Let PostgreSQL itself show and take rows of one agency alone, in transactions that name it.

    Parameters
    ----------
    connection
        To PostgreSQL; elsewhere nothing happens.
    tables
        Those whose rows belong to agencies. The policy holds for their owner too; only a superuser passes it.
    """
    if connection.dialect.name != "postgresql":
        return
    setting = f"coalesce(current_setting('{_SETTING}', true), '')"
    for table in tables:
        connection.exec_driver_sql(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        connection.exec_driver_sql(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        connection.exec_driver_sql(
            f"CREATE POLICY of_agency ON \"{table}\" USING ({setting} = '' OR agency_id = {setting})"
        )


def drop_policies(connection: Connection, tables: Sequence[str]) -> None:
    """Undo :func:`keep_rows_by_policy`."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        connection.exec_driver_sql(f'DROP POLICY of_agency ON "{table}"')
        connection.exec_driver_sql(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
        connection.exec_driver_sql(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')


@event.listens_for(AgencySession, "before_flush")
def _keep_rows(session: Session, _context: Any, _instances: Any) -> None:
    agency_id = session.info.get(AGENCY)
    if agency_id is None:
        return
    caller = present_request.get().caller
    for row in session.new:
        if isinstance(row, OfAgency) and row.agency_id is None:
            row.agency_id = agency_id
        if isinstance(row, MadeBy) and row.made_by is None and caller.is_signed_in:
            row.made_by = caller.name
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, OfAgency) and row.agency_id != agency_id:
            raise ScopeError(f"a row of {type(row).__name__} belongs to another agency")
    for row in session.deleted:
        if isinstance(row, MadeBy):
            refuse_work_of_others(row)


def refuse_work_of_others(row: MadeBy) -> None:
    """Refuse to delete, or to stop, what somebody else made: 403 unless the caller is an admin."""
    caller = present_request.get().caller
    if not caller.may(ADMIN) and row.made_by != caller.name:
        maker = row.made_by or "somebody who was not signed in"
        detail = f"This is the work of {maker}. Deleting or stopping it needs the right admin."
        raise ServiceError(403, detail, extra={"missing_right": ADMIN, "made_by": row.made_by})


def refuse_statements_without_agency(engine: Engine, base: type[DeclarativeBase]) -> None:
    """
    Refuse statements over the connections of an agency that reach its tables without naming it.

    Parameters
    ----------
    engine
        Of the database; connections of engines derived from it are looked at too.
    base
        Of the tables.
    """
    tables = agency_tables(base)

    def check(connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        """Refuse a statement."""
        if connection.get_execution_options().get(AGENCY) and not names_agency(statement, tables):
            raise ScopeError(f"a statement does not keep to its agency: {statement}")

    event.listen(engine, "before_cursor_execute", check)


def agency_tables(base: type[DeclarativeBase]) -> tuple[str, ...]:
    """Names of the tables whose rows belong to agencies, sorted."""
    own = (each.class_ for each in base.registry.mappers if issubclass(each.class_, OfAgency))
    return tuple(sorted(str(each.__tablename__) for each in own))


@lru_cache(maxsize=2_000)
def names_agency(statement: str, tables: Sequence[str]) -> bool:
    """
    Say whether a statement keeps to one agency wherever it names a table of agencies.

    Parameters
    ----------
    statement
        As it is sent to the database.
    tables
        Those whose rows belong to agencies.

    Returns
    -------
    is_kept
        An INSERT gives the column; any other statement compares the column once for each time that a table is named.
        The UPDATE and DELETE of a single row by its key is let through: its row was loaded under the agency.
    """
    text = " ".join(statement.split())
    names = "|".join(tables)
    if text.startswith("INSERT"):
        into = re.match(rf'INSERT INTO "?({names})"?(?!\w)', text)
        return into is None or "agency_id" in text
    if is_by_key(text, names):
        return True
    named = re.findall(rf'(?:\b(?:FROM|JOIN|UPDATE)|,) "?({names})"?(?![\w."])(?: AS "?(\w+)"?)?', text)
    needed = Counter(alias or table for table, alias in named)
    compared = Counter(re.findall(r'"?(\w+)"?\.agency_id (?:=|IN)', text))
    return all(compared[name] >= count for name, count in needed.items())


def is_by_key(statement: str, names: str) -> bool:
    """Whether a statement changes or deletes a single row by its key; ``names`` are tables, with ``|`` between them."""
    return re.fullmatch(_BY_KEY.format(names=names), " ".join(statement.split())) is not None
