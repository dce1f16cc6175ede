"""Opening the store: the database is checked and brought up to date first."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from app.errors import ServiceError
from app.settings import Settings
from app.storage_errors import explained
from app.store.agency_scope import refuse_statements_without_agency
from app.store.database import check_pages, database_url, make_engine, reserve_of, upgrade
from app.store.dataset_scope import refuse_statements_without_datasets
from app.store.store import Store
from app.store.tables import Base


def open_store(directory: Path, *, database: str = "", with_exact: bool = False, reserve_mb: int = 0) -> Store:
    """
    Open the database, making or upgrading it first.

    Parameters
    ----------
    directory
        The data directory, made if it does not exist.
    database
        Address of the database; blank for SQLite in the data directory.
    with_exact
        Whether what rests on exact counts of students may be read.
    reserve_mb
        Disk space to hold back, so that work can be ended and datasets deleted on a disk that is full.

    Returns
    -------
    store
        Ready.

    Raises
    ------
    ServiceError
        The database is damaged or cannot be reached, or the disk is full or read-only.
    """
    with explained():
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        engine = make_engine(directory, database, reserve_mb=reserve_mb)
        check_pages(engine)
        upgrade(engine, directory)
        refuse_statements_without_agency(engine, Base)
        refuse_statements_without_datasets(engine)
        reserve_of(engine).make()
        return Store(engine, directory, with_exact=with_exact)


def reach_database(settings: Settings) -> Engine:
    """Reach the database that settings name, as it is: neither checked nor brought up to date; 404 if there is none."""
    url = database_url(settings.data_directory, settings.database)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        raise ServiceError(404, f"There is no database in {settings.data_directory} (FEEDER_ZONES_DATA_DIRECTORY).")
    return make_engine(settings.data_directory, settings.database)


def open_settings_store(settings: Settings, *, with_exact: bool = False) -> Store:
    """Open the database that settings name, as :func:`open_store` does."""
    return open_store(
        settings.data_directory, database=settings.database, with_exact=with_exact, reserve_mb=settings.reserve_mb
    )
