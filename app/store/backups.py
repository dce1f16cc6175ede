"""
Backups of everything that is kept, made while the service runs: a folder with the rows, the files and their hashes.

The rows are a database of SQLite, whichever database the service uses. So a backup can be restored to the other one,
which is how a service moves from SQLite to PostgreSQL.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, delete, func, inspect, literal, select, text
from sqlalchemy.orm import Session

from app.errors import ServiceError
from app.settings import Settings
from app.storage_errors import explained
from app.store.access_store import holds
from app.store.access_tables import Agency, ApiKey, PageSession
from app.store.audit_store import note_act
from app.store.callers import LOCAL_AGENCY
from app.store.database import DATABASE_FILE, database_url, is_sqlite, make_engine, upgrade
from app.store.scenario_files import ScenarioFiles, sync_folder
from app.store.tables import Base, Dataset

FORMAT = "feeder-zones backup 1"
MANIFEST = "manifest.json"
_ROWS_AT_ONCE = 200
_TRIES = 5


def back_up(engine: Engine, directory: Path, target: Path) -> Path:
    """
    Copy rows and files to a new folder.

    Parameters
    ----------
    engine
        Of the database, which may be in use.
    directory
        The data directory.
    target
        The folder, which must not exist; it has this name only when it is whole.

    Returns
    -------
    target
        As given.

    Raises
    ------
    ServiceError
        409 if the folder exists, 503 if datasets were deleted again and again meanwhile.
    """
    if target.exists():
        raise ServiceError(409, f"{target} exists already. Name a folder that does not.")
    part = target.with_name(f"{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700, parents=True)
    for _ in range(_TRIES):
        _copy_rows_out(engine, part)
        if _copy_files(directory, part):
            break
    else:
        raise ServiceError(503, "Datasets were deleted while the backup was made. Try again.")
    listed = {each.relative_to(part).as_posix(): _describe(each) for each in sorted(part.rglob("*")) if each.is_file()}
    own = {
        "format": FORMAT,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "software": version("feeder-zones"),
    }
    (part / MANIFEST).write_text(json.dumps({**own, "files": listed}, indent=1), encoding="utf-8")
    for folder in (*(each for each in part.rglob("*") if each.is_dir()), part):
        sync_folder(folder)
    part.rename(target)
    sync_folder(target.parent)
    return target


def check_backup(source: Path) -> list[str]:
    """Say what is wrong with a backup: files that are missing, changed or unknown; nothing if it is whole."""
    try:
        manifest = json.loads((source / MANIFEST).read_bytes())
        listed: Mapping[str, Any] = manifest["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return [f"{source} has no {MANIFEST} that can be read"]
    if manifest.get("format") != FORMAT:
        return [f"{source} has another format: {manifest.get('format')}"]
    present = {each.relative_to(source).as_posix() for each in source.rglob("*") if each.is_file()} - {MANIFEST}
    faults = [f"{name} is missing" for name in sorted(set(listed) - present)]
    faults += [f"{name} is not listed" for name in sorted(present - set(listed))]
    whole = sorted(present & set(listed))
    return faults + [f"{name} has changed" for name in whole if _describe(source / name) != listed[name]]


@dataclass(frozen=True, kw_only=True)
class Restored:
    """
    What a restore brought back of the access to a service.

    Parameters
    ----------
    made_at
        When the backup was made, in the ISO form. What was revoked, taken away or deleted since then is back.
    holding_keys
        API keys that hold now, oldest first.
    revoked_keys
        How many keys were revoked by the restore.
    """

    made_at: str
    holding_keys: Sequence[ApiKey]
    revoked_keys: int


def restore(settings: Settings, source: Path, *, revoke_keys: bool = False) -> Restored:
    """
    Put a backup into an empty data directory, and into the database that the settings name.

    All sessions of pages end, and the audit trail of each agency says that data was restored.

    Parameters
    ----------
    settings
        ``data_directory`` and ``database``.
    source
        What :func:`back_up` made; a backup of an earlier version is brought up to date.
    revoke_keys
        Revoke every key: one that was revoked after the backup would hold again.

    Returns
    -------
    restored
        The keys that hold now, to be checked.

    Raises
    ------
    ServiceError
        422 if the backup is not whole, 409 if anything is in the data directory or the database. Tables without rows,
        and the folder and the reserve that go with them, are nothing: a command that lists keys makes them. After any
        error what was made is removed, so that it can be tried again.
    """
    if faults := check_backup(source):
        raise ServiceError(422, f"The backup is not whole, and nothing was restored: {'; '.join(faults[:10])}.")
    directory = settings.data_directory
    if directory.exists() and not _is_unused(directory):
        raise ServiceError(409, f"{directory} is not empty. Name an empty folder (FEEDER_ZONES_DATA_DIRECTORY).")
    with (
        explained(),
        _removing_what_was_made(directory, database_url(directory, settings.database)),
        ExitStack() as engines,
    ):
        target = make_engine(directory, settings.database)
        engines.callback(target.dispose)
        _refuse_rows(target)
        target.dispose()
        work = directory / ".restoring"
        shutil.copytree(source, work, ignore=lambda _folder, names: [each for each in names if each == "scenarios"])
        shutil.copytree(source / "scenarios", directory / "scenarios", dirs_exist_ok=True)
        kept = make_engine(work, f"sqlite:///{work / DATABASE_FILE}")
        engines.callback(kept.dispose)
        upgrade(kept, directory)
        restored = _limit_access(kept, _made_at(source), revoke_keys=revoke_keys)
        if is_sqlite(target):
            _copy_pages(work / DATABASE_FILE, Path(target.url.database or ""))
        else:
            upgrade(target, directory)
            _copy_rows_in(kept, target)
        shutil.rmtree(work)
        for each in (directory, *directory.rglob("*")):
            each.chmod(0o700 if each.is_dir() else 0o600)
    return restored


def _made_at(source: Path) -> str:
    return str(json.loads((source / MANIFEST).read_bytes()).get("made_at", ""))


def _limit_access(engine: Engine, made_at: str, *, revoke_keys: bool) -> Restored:
    """End the sessions of pages, which may have ended since the backup, and say which keys hold."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        session.execute(delete(PageSession))
        holding = [key for key in session.scalars(select(ApiKey).order_by(ApiKey.created_at, ApiKey.id)) if holds(key)]
        for agency_id in (LOCAL_AGENCY, *session.scalars(select(Agency.id).order_by(Agency.id))):
            note_act(session, agency_id, "data restored from a backup", "backup", made_at)
        for key in holding if revoke_keys else ():
            key.revoked_at = datetime.now(UTC)
            note_act(session, key.agency_id, "key revoked by a restore", "key", key.id)
    if revoke_keys:
        return Restored(made_at=made_at, holding_keys=(), revoked_keys=len(holding))
    return Restored(made_at=made_at, holding_keys=holding, revoked_keys=0)


def _is_unused(directory: Path) -> bool:
    """Whether a data directory has only what opening a store on PostgreSQL makes."""
    scenarios = directory / "scenarios"
    is_known = {each.name for each in directory.iterdir()} <= {"reserve", scenarios.name}
    return is_known and not (scenarios.exists() and any(scenarios.iterdir()))


@contextmanager
def _removing_what_was_made(directory: Path, url: URL) -> Iterator[None]:
    """Make the data directory; after an error, leave it and the file of SQLite as they were."""
    is_new = not directory.exists()
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = Path(url.database or "") if url.get_backend_name() == "sqlite" else None
    of_database = [file.with_name(f"{file.name}{ending}") for ending in ("", "-wal", "-shm")] if file else []
    new_files = [each for each in of_database if not each.exists()]
    try:
        yield
    except BaseException:
        # Made first: without it nothing was copied, and the folder of scenarios may be that of a service.
        if (work := directory / ".restoring").exists():
            shutil.rmtree(directory / "scenarios", ignore_errors=True)
            shutil.rmtree(work, ignore_errors=True)
        for each in new_files:
            each.unlink(missing_ok=True)
        if is_new:
            directory.rmdir()
        raise


def _copy_rows_out(engine: Engine, part: Path) -> None:
    path = part / DATABASE_FILE
    path.unlink(missing_ok=True)
    if is_sqlite(engine):
        _copy_pages(Path(engine.url.database or ""), path)
        return
    copied = make_engine(part, f"sqlite:///{path}")
    upgrade(copied, part)
    _copy_rows_in(engine, copied)
    with copied.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        connection.execute(text("PRAGMA journal_mode=DELETE"))
    copied.dispose()
    (part / "scenarios").rmdir()


def _copy_pages(source: Path, target: Path) -> None:
    """Copy a database of SQLite as it is at one moment, whoever writes to it."""
    target.touch(mode=0o600)
    with closing(sqlite3.connect(source)) as origin, closing(sqlite3.connect(target)) as copied:
        origin.backup(copied)
        copied.execute("PRAGMA journal_mode=DELETE")


def _copy_rows_in(source: Engine, target: Engine) -> None:
    """Copy every row as it is at one moment."""
    with source.connect() as reading, target.begin() as writing:
        if not is_sqlite(source):
            reading.execution_options(isolation_level="REPEATABLE READ")
        for table in Base.metadata.sorted_tables:
            rows = reading.execution_options(yield_per=_ROWS_AT_ONCE).execute(select(table))
            for several in rows.mappings().partitions():
                writing.execute(table.insert(), [dict(each) for each in several])
            if not is_sqlite(target):
                _continue_numbers(writing, table)


def _continue_numbers(connection: Connection, table: Any) -> None:
    """Let PostgreSQL number further rows after those that came with a number."""
    for column in table.primary_key if len(table.primary_key) == 1 else ():
        named = select(func.pg_get_serial_sequence(table.name, column.name))
        if column.type.python_type is int and (sequence := connection.scalar(named)):
            last = select(func.coalesce(func.max(column), 0) + 1).scalar_subquery()
            connection.execute(select(func.setval(sequence, last, False)))


def _copy_files(directory: Path, part: Path) -> bool:
    """Copy the files that the copied rows name; whether all were there."""
    copied = make_engine(part, f"sqlite:///{part / DATABASE_FILE}")
    with copied.connect() as connection:
        hashes = set(connection.scalars(select(Dataset.__table__.c.scenario_hash)))
        connection.execute(text("PRAGMA journal_mode=DELETE"))
    copied.dispose()
    source, target = ScenarioFiles(directory).folder, part / "scenarios"
    target.mkdir(mode=0o700, exist_ok=True)
    for each in sorted(hashes):
        try:
            shutil.copytree(source / each, target / each, dirs_exist_ok=True)
        except (FileNotFoundError, shutil.Error):
            return False
    for gone in {each.name for each in target.iterdir()} - hashes:
        shutil.rmtree(target / gone)
    return True


def _refuse_rows(engine: Engine) -> None:
    known = {*Base.metadata.tables} & {*inspect(engine).get_table_names()}
    with engine.connect() as connection:
        # Not by its columns: the tables may be those of an earlier version.
        tables = [select(literal(1)).select_from(Base.metadata.tables[name]).limit(1) for name in sorted(known)]
        if any(connection.scalar(each) for each in tables):
            raise ServiceError(409, "The database has rows of the service already. Name an empty one.")


def _describe(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": file_digest(file, "sha256").hexdigest()}
