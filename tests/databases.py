"""
The database under test: SQLite in each folder, or a database of its own for each folder on a PostgreSQL server.

``pytest --database=postgresql`` starts a server of its own; ZONES_TEST_DATABASE names one that runs already, by
the address of its database ``postgres``. Importing this module in a process of a test makes that process use it too.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, make_url, text
from sqlalchemy.pool import NullPool

import app.store.database
from app.store import open_store

ROOT = Path(__file__).resolve().parent.parent
VARIABLE = "ZONES_TEST_DATABASE"
TEMPLATE = "feeder_zones_template"
# A test's data need not outlive a power cut; tests of durability kill processes, not the machine.
_ROOM_BYTES = 6 * 1024**3
_OPTIONS = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c listen_addresses= -c max_connections=300"

_known: set[str] = set()


def is_postgres() -> bool:
    """Whether PostgreSQL is under test."""
    return bool(os.environ.get(VARIABLE))


def address_of(directory: Path) -> str:
    """The address of the database of a data directory; on PostgreSQL the database is made if it is not there."""
    if not is_postgres():
        return f"sqlite:///{directory / 'feeder_zones.sqlite'}"
    name = _name_of(directory)
    if name not in _known:
        _make(name, TEMPLATE)
    return _at(name).render_as_string(hide_password=False)


def engine_of(folder: Path) -> Engine:
    """An engine of the database of a data directory, for statements of a test; it keeps no connection open."""
    return _engine(make_url(address_of(folder)))


def empty_database(folder: Path) -> Engine:
    """The same for a new database without tables."""
    if is_postgres():
        _make(_name_of(folder), "template_with_postgis")
    return engine_of(folder)


def copy_folder(source: Path, target: Path) -> Path:
    """Copy a data directory with its database, which no service may use meanwhile."""
    if is_postgres():
        address_of(source)
        _make(_name_of(target), _name_of(source))
    return shutil.copytree(source, target)


def drop_databases(below: Path) -> None:
    """Drop the databases of a folder and of those within."""
    if is_postgres():
        names = {_name_of(each) for each in (below, *below.rglob("*"))} & _known
        _administer(*(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)' for name in sorted(names)))
        _known.difference_update(names)


def _name_of(folder: Path) -> str:
    return "t" + hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:40]


def _at(name: str) -> URL:
    return make_url(os.environ[VARIABLE]).set(database=name)


def _make(name: str, template: str) -> None:
    with _server().connect() as connection:
        is_there = connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name})
        if not is_there:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    _known.add(name)


def _administer(*statements: str) -> None:
    with _server().connect() as connection:
        for statement in statements:
            connection.execute(text(statement))


def _server() -> Engine:
    return _engine(make_url(os.environ[VARIABLE])).execution_options(isolation_level="AUTOCOMMIT")


def _engine(url: URL) -> Engine:
    kind = {"drivername": "postgresql+psycopg"} if url.get_backend_name() == "postgresql" else {}
    return create_engine(url.set(**kind), poolclass=NullPool)


def _folder_in_memory() -> str | None:
    """A folder of memory with room for the databases of all tests, if there is one: then no disk is kept busy."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > _ROOM_BYTES else None


class PostgresServer:
    """
    A server of PostgreSQL in a temporary folder, reached over a socket in it.

    Parameters
    ----------
    options
        Command-line options of the server.
    """

    def __init__(self, options: str = _OPTIONS) -> None:
        found = [ROOT / "scripts" / "find_postgres.sh"]
        self._programs = Path(subprocess.run(found, check=True, stdout=subprocess.PIPE, text=True).stdout.strip())
        self.folder = Path(tempfile.mkdtemp(prefix="feeder-zones-postgres-", dir=_folder_in_memory()))
        self._options = f"{options} -k {self.folder}"
        self.folder.chmod(0o755)
        # PostgreSQL refuses to run as root.
        self._as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._as_user:
            shutil.chown(self.folder, "postgres", "postgres")
        own = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        self._run("initdb", *own, "--pgdata", f"{self.folder}/data")
        self.start()
        # The server goes with this process, however it ends: then the pipe to this shell is closed.
        stop = f"{self._programs}/pg_ctl stop -m immediate -D {self.folder}/data"
        ending = f"cat >/dev/null; {stop}; rm -rf {self.folder}/*"
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/", "start_new_session": True}
        self._shell = subprocess.Popen([*self._as_user, "sh", "-c", ending], stdin=subprocess.PIPE, **silent)

    def address(self, name: str = "postgres") -> str:
        """The address of one of its databases."""
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        log = f"--log={self.folder}/log"
        self._run("pg_ctl", "start", "--wait", "--pgdata", f"{self.folder}/data", log, "--options", self._options)

    def stop(self) -> None:
        """Stop it at once, as a crash would."""
        self._run("pg_ctl", "stop", "--mode=immediate", "--pgdata", f"{self.folder}/data")

    def remove(self) -> None:
        """Stop it and remove what it wrote."""
        self._shell.communicate()
        self.folder.rmdir()

    def _run(self, program: str, *arguments: str) -> None:
        command: Sequence[str | Path] = [*self._as_user, self._programs / program, *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


def use_postgres() -> None:
    """Let every data directory without a set database have one on the server; make what these are copied from."""
    app.store.database.default_address = address_of
    with _server().connect() as connection:
        if connection.scalar(text(f"SELECT 1 FROM pg_database WHERE datname = '{TEMPLATE}'")):
            return
    _administer("CREATE DATABASE template_with_postgis")
    with _engine(_at("template_with_postgis")).begin() as connection:
        connection.execute(text("CREATE EXTENSION postgis"))
    _administer(f"CREATE DATABASE {TEMPLATE} TEMPLATE template_with_postgis")
    with tempfile.TemporaryDirectory() as folder:
        open_store(Path(folder), database=_at(TEMPLATE).render_as_string(hide_password=False)).close()


if is_postgres():
    app.store.database.default_address = address_of
