"""What ``zones verify`` finds damaged."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import DBAPIError

from app.store.database import is_sqlite
from app.store.document_hashes import find_changed_documents
from app.store.scenario_files import ScenarioFiles
from app.store.tables import Base, Dataset


def find_damage(engine: Engine, files: ScenarioFiles) -> list[str]:
    """
    Read all that is stored.

    Parameters
    ----------
    engine
        Of the database.
    files
        The files next to it.

    Returns
    -------
    faults
        What is damaged or missing, a sentence each: pages, indexes, rows that refer to rows that do not exist,
        documents and files whose hash is not the one that they were written with.
    """
    with engine.connect() as connection:
        faults = [*(_faults_of_sqlite(connection) if is_sqlite(engine) else _faults_of_postgresql(connection))]
        if not faults:
            faults += find_changed_documents(connection, Base)
        datasets = connection.execute(select(Dataset.__table__.c.name, Dataset.__table__.c.scenario_hash)).all()
    checked = {each: files.check(each) for each in {scenario_hash for _, scenario_hash in datasets}}
    return faults + [f'the dataset "{name}": {checked[kept]}' for name, kept in datasets if checked[kept]]


def _faults_of_sqlite(connection: Connection) -> Iterator[str]:
    yield from (str(each) for each in connection.scalars(text("PRAGMA integrity_check")) if each != "ok")
    for row in connection.execute(text("PRAGMA foreign_key_check")):
        yield f"a row of {row[0]} refers to no row of {row[2]}"


def _faults_of_postgresql(connection: Connection) -> Iterator[str]:
    """
    Read every row, which reads every page: PostgreSQL reports those that it cannot read, or whose checksum is wrong.

    The extension amcheck, where it is installed and may be used, looks at the indexes and the tables themselves.
    """
    for table in Base.metadata.sorted_tables:
        for _ in connection.execute(select(table), execution_options={"yield_per": 100}):
            pass
    yield from _faults_by_amcheck(connection)
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            whole = key.column.table.alias()
            is_there = select(whole.c[key.column.name]).where(whole.c[key.column.name] == key.parent).exists()
            lost = select(func.count()).select_from(table).where(key.parent.is_not(None), ~is_there)
            if count := connection.scalar(lost):
                yield f"rows of {table.name} that refer to no row of {key.column.table.name}: {count:,}"


def _faults_by_amcheck(connection: Connection) -> Iterator[str]:
    if not connection.scalar(text("SELECT count(*) FROM pg_extension WHERE extname = 'amcheck'")):
        return
    indexes = (
        "SELECT c.relname, c.oid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " JOIN pg_am a ON a.oid = c.relam JOIN pg_class t ON t.oid = i.indrelid"
        " WHERE a.amname = 'btree' AND t.relname = ANY(:tables)"
        " AND t.relnamespace = current_schema()::regnamespace"
    )
    tables = [*Base.metadata.tables]
    for name, identifier in connection.execute(text(indexes), {"tables": tables}).all():
        yield from _checked(connection, name, "SELECT bt_index_check(CAST(:what AS oid), true)", identifier)
    for name in tables:
        whole = "SELECT string_agg(msg, '; ') FROM verify_heapam(CAST(:what AS regclass))"
        yield from _checked(connection, name, whole, f'"{name}"')


def _checked(connection: Connection, name: str, statement: str, what: object) -> Iterator[str]:
    try:
        with connection.begin_nested():
            found = connection.scalar(text(statement), {"what": what})
    except DBAPIError as error:
        code = getattr(error.orig, "sqlstate", "")
        if code == "42501":  # only a superuser may use the extension, unless others were granted it
            return
        if not str(code).startswith("XX"):
            raise
        found = str(error.orig).splitlines()[0]
    if found:
        yield f"{name}: {found}"
