"""
The database itself: SQLite in the data directory, or PostgreSQL by address; how it is reached and brought up to date.

One writer works at a time on both, so that what a transaction has looked up stays true until it is committed. SQLite
gives its write lock to ``BEGIN IMMEDIATE``; on PostgreSQL a transaction takes an advisory lock first.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.orm import Session

from app.storage_errors import damaged_database
from app.store.reserve import Reserve

DATABASE_FILE = "feeder_zones.sqlite"
# How long a transaction waits for another one's lock, and a connection for the server.
LOCK_TIMEOUT_MS, CONNECT_TIMEOUT_S = 15_000, 5
# Every thread that answers requests can have a connection of SQLite; those of PostgreSQL are shared by all processes.
_POOL = {"sqlite": {"pool_size": 10, "max_overflow": 40}, "postgresql": {"pool_size": 5, "max_overflow": 15}}
_POOL_TIMEOUT_S = 15

_RESERVE = "feeder_zones_reserve"

# Keys of the advisory locks on PostgreSQL; any numbers that nothing else uses in this database.
_WRITE_LOCK = 7_104_001


def default_address(directory: Path) -> str:
    """Give the address of the database that is used if no setting names another: SQLite in the data directory."""
    return f"sqlite:///{directory / DATABASE_FILE}"


def database_url(directory: Path, database: str = "") -> URL:
    """
    Read the address of a database.

    Parameters
    ----------
    directory
        The data directory.
    database
        The setting; blank for SQLite in the data directory.

    Returns
    -------
    url
        PostgreSQL is reached with psycopg 3, whether or not the address says so.

    Raises
    ------
    ValueError
        It is no address, or one of another database.
    """
    try:
        url = make_url(database or default_address(directory))
    except Exception as error:
        shown = "This" if "@" in database else repr(database)  # there may be a password in it
        raise ValueError(f"{shown} is no address of a database, such as postgresql://user@host/name.") from error
    kind = url.get_backend_name()
    if kind not in _POOL:
        raise ValueError(f"The database must be SQLite or PostgreSQL, not {kind}.")
    return url.set(drivername="postgresql+psycopg") if kind == "postgresql" else url


def make_engine(directory: Path, database: str = "", *, reserve_mb: int = 0) -> Engine:
    """
    Make the engine of a database; nothing is read or written yet, a private file for SQLite apart.

    Parameters
    ----------
    directory, database
        As for :func:`database_url`.
    reserve_mb
        Disk space to hold back in the data directory (see :class:`app.store.reserve.Reserve`).

    Returns
    -------
    engine
        A connection that the server has dropped is replaced when it is next needed, so that the service recovers by
        itself when the database comes back.
    """
    url = database_url(directory, database)
    kind = url.get_backend_name()
    reserve = Reserve(directory / "reserve", reserve_mb << 20)
    shared = {"pool_timeout": _POOL_TIMEOUT_S, "execution_options": {_RESERVE: reserve}}
    pool: dict[str, Any] = {**_POOL[kind], **shared}
    if kind == "sqlite":
        path = Path(url.database or "")
        # It holds exact counts: for the service's user alone. The files that SQLite adds get the same rights.
        path.touch(mode=0o600)
        path.chmod(0o600)
        engine = create_engine(url, **pool)
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    options = {"connect_timeout": CONNECT_TIMEOUT_S, "options": f"-c lock_timeout={LOCK_TIMEOUT_MS}"}
    return create_engine(url, pool_pre_ping=True, connect_args=options, **pool)


def reserve_of(engine: Engine) -> Reserve:
    """The disk space that is held back for work on a database."""
    held: Reserve = engine.get_execution_options()[_RESERVE]
    return held


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.execute(f"PRAGMA busy_timeout={LOCK_TIMEOUT_MS}")
    # Before the first table is made: then the file shrinks when something is deleted. Later it would only write.
    if connection.execute("PRAGMA page_count").fetchone()[0] == 0:
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
    # FULL: in WAL mode NORMAL may lose acknowledged commits when the power fails.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def is_sqlite(reached: Engine | Connection | Session) -> bool:
    """Whether the database is SQLite; else it is PostgreSQL."""
    bind = reached.get_bind() if isinstance(reached, Session) else reached
    return bind.dialect.name == "sqlite"


def take_write_lock(session: Session | Connection) -> None:
    """
    Wait until no other transaction writes, and let none write until this one ends.

    Parameters
    ----------
    session
        Nothing was done in its transaction yet: on SQLite, a reader that turns writer could find the lock gone.
    """
    if is_sqlite(session):
        session.execute(text("BEGIN IMMEDIATE"))
    else:
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITE_LOCK})


def check_pages(engine: Engine) -> None:
    """
    Look for damage in the file of SQLite; PostgreSQL looks after its own.

    Parameters
    ----------
    engine
        Of the database.

    Raises
    ------
    ServiceError
        500, if the file is damaged.
    """
    if not is_sqlite(engine):
        return
    with engine.connect() as connection:
        found = connection.execute(text("PRAGMA quick_check(1)")).scalar()
    if found != "ok":
        raise damaged_database(str(found))


def upgrade(engine: Engine, directory: Path) -> None:
    """
    Bring the tables up to the newest migration, all of it or nothing, whoever else starts at the same time.

    Parameters
    ----------
    engine
        Of the database.
    directory
        The data directory.
    """
    with engine.begin() as connection:
        take_write_lock(connection)
        command.upgrade(migration_configuration(connection, directory), "head")


def migration_configuration(connection: Connection, directory: Path) -> Config:
    """Make what Alembic needs to know: the connection and, for migrations that move files, the data directory."""
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    configuration.attributes.update(connection=connection, directory=directory)
    return configuration
