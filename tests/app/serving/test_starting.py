"""How processes start: while the database is away, and next to a service that runs already."""

from __future__ import annotations

import logging
import signal
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

import app.store
from app.jobs import Presence
from app.services.service import prepare_service
from app.serving import run
from app.settings import Settings


def test_a_worker_waits_for_the_database_and_says_so_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[object] = []

    class _BackAtTheThirdTime:
        """A database that is away twice."""

        def connect(self) -> AbstractContextManager[None]:
            tries.append(signal.getsignal(signal.SIGTERM))
            if len(tries) < 3:
                raise OperationalError("SELECT 1", {}, Exception("connection refused"))
            return nullcontext()

        def dispose(self) -> None:
            tries.append("disposed of")

    monkeypatch.setattr(app.store, "reach_database", lambda settings: _BackAtTheThirdTime())
    monkeypatch.setattr(run, "_LOOK_AGAIN_AFTER_S", 0.0)
    usual = signal.getsignal(signal.SIGTERM)
    caplog.set_level(logging.WARNING)
    run._await_database(Settings(data_directory=tmp_path))
    assert (len(tries), tries.pop()) == (4, "disposed of")
    assert [record.message for record in caplog.records] == [
        "the database cannot be reached; this process waits for it"
    ]
    # A signal ends the process while it waits, and the server has its own way afterwards.
    assert usual not in tries
    assert signal.getsignal(signal.SIGTERM) == usual


def test_a_second_service_on_a_data_directory_warns_of_the_first(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(data_directory=tmp_path)
    prepare_service(settings)
    assert caplog.messages == []
    first = Presence(tmp_path)
    prepare_service(settings)
    first.end()
    assert caplog.messages == ["another service runs on this data directory; start one, with more workers, instead"]
