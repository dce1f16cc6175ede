"""A full disk, a database locked, read-only, unreachable or damaged: each its message, and recovery without hands."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from app.errors import ServiceError
from app.storage_errors import explained, storage_error
from app.store import IngestedDataset, open_store
from tests.databases import PostgresServer, is_postgres
from tests.examples.service_requests import running_service, toy_uploads

only_sqlite = pytest.mark.skipif(is_postgres(), reason="of SQLite")
REPORT = {"text": "x" * 1_000_000}
MEGABYTE = 1 << 20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of 40 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", folder], check=False, capture_output=True)
    if made.returncode:
        pytest.skip("a disk can be mounted by root only")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@only_sqlite
def test_a_full_disk_is_said_and_deletion_works(small_disk: Path) -> None:
    store = open_store(small_disk / "data", reserve_mb=12)
    kept = [store.add_dataset("Kept", IngestedDataset(report=REPORT, scenario=b"x")).id for _ in range(3)]
    filler = small_disk / "filler"
    filler.write_bytes(bytes(shutil.disk_usage(small_disk).free))
    with pytest.raises((ServiceError, OperationalError, OSError)) as caught:
        store.add_dataset("More", IngestedDataset(report=REPORT, scenario=os.urandom(2 * MEGABYTE)))
    error = caught.value if isinstance(caught.value, ServiceError) else storage_error(caught.value)
    assert error is not None
    assert (error.status, "disk" in error.detail, "full" in error.detail) == (507, True, True)
    for dataset_id in kept:
        store.delete_dataset(dataset_id)
    filler.unlink()
    store.add_dataset("Again", IngestedDataset(report=REPORT, scenario=b"x"))
    assert (small_disk / "data" / "reserve").stat().st_size == 12 * MEGABYTE
    store.close()


@only_sqlite
def test_a_database_locked_by_another_is_busy_and_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.store.database.LOCK_TIMEOUT_MS", 50)
    with running_service(tmp_path) as client:
        other = sqlite3.connect(tmp_path / "feeder_zones.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        refused = client.post("/datasets", files=toy_uploads())
        assert (refused.status_code, refused.json()["detail"][:21]) == (503, "The database is busy.")
        assert refused.headers["retry-after"] == "10"
        assert client.get("/datasets").json() == []
        other.execute("ROLLBACK")
        other.close()
        assert client.post("/datasets", files=toy_uploads()).status_code == 201


@only_sqlite
def test_a_damaged_database_is_refused_when_it_is_opened(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.add_dataset("Kept", IngestedDataset(report=REPORT, scenario=b"x"))
    store.close()
    path = tmp_path / "feeder_zones.sqlite"
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 5] = b"\xff" * 8192
    path.write_bytes(content)
    with pytest.raises(ServiceError, match="zones restore") as error:
        open_store(tmp_path)
    assert (error.value.status, error.value.detail[:24]) == (500, "The database is damaged ")


def test_kinds_of_faults() -> None:
    def of_sqlite(code: int) -> OperationalError:
        cause = sqlite3.OperationalError("x")
        cause.sqlite_errorcode = code
        return OperationalError("x", None, cause)

    statuses = {code: getattr(storage_error(of_sqlite(code)), "status", None) for code in (5, 8, 11, 13, 14, 1, 1032)}
    # 1032 is SQLITE_READONLY_DBMOVED; 1 is a fault of the statement, and so of the program.
    assert statuses == {5: 503, 8: 503, 11: 500, 13: 507, 14: 503, 1: None, 1032: 503}
    disk = {number: getattr(storage_error(OSError(number, "x")), "status", None) for number in (28, 30, 13, 122, 2)}
    assert disk == {28: 507, 30: 503, 13: 503, 122: 507, 2: None}
    assert "read-only" in str(storage_error(OSError(30, "x")))


@pytest.mark.skipif(not is_postgres(), reason="of PostgreSQL")
def test_a_text_that_postgresql_cannot_hold_is_refused(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    for name in ("a\0b", "\0"):
        with pytest.raises(ServiceError, match="such as NUL") as error, explained():
            store.add_dataset(name, IngestedDataset(report={}, scenario=b"x"))
        assert (error.value.status, error.value.type_name) == (422, "unreadable-text")
    assert store.datasets() == []
    store.close()


@pytest.mark.skipif(not is_postgres(), reason="of PostgreSQL")
def test_the_service_goes_on_when_postgresql_comes_back(tmp_path: Path) -> None:
    server = PostgresServer("-c listen_addresses=")  # what it acknowledged is on the disk
    with running_service(tmp_path, database=server.address()) as client:
        assert client.post("/datasets", files=toy_uploads()).status_code == 201
        server.stop()
        for _ in range(2):
            refused = client.get("/datasets")
            assert (refused.status_code, "cannot be reached" in refused.json()["detail"]) == (503, True)
        assert client.post("/datasets", files=toy_uploads()).status_code == 503
        client.app.state.service.authenticator._asked_at = 0  # type: ignore[attr-defined]
        assert client.get("/datasets").status_code == 503, "Whether there are keys cannot be looked up either."
        server.start()
        assert [each["name"] for each in client.get("/datasets").json()] != []
        assert client.post("/datasets", files=toy_uploads()).status_code == 200
    server.remove()


@only_sqlite
def test_a_folder_that_is_read_only_is_said(small_disk: Path) -> None:
    open_store(small_disk / "data").close()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises(ServiceError, match="read-only") as error:
        open_store(small_disk / "data")
    assert error.value.status == 503
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    open_store(small_disk / "data").close()
    shutil.rmtree(small_disk / "data")
