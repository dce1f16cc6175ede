"""What is read while requests wait is limited; the service still answers."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from app.jobs import tasks
from tests.examples.service_requests import running_service, toy_uploads
from tests.faulty_files import slow_tasks


def test_uploads_beyond_the_slots_are_refused_and_health_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "ingest", slow_tasks.sleep_for_ever)
    with running_service(tmp_path, maximum_uploads=2, upload_time_limit_s=3) as client:
        answers: list[int] = []
        threads = [
            threading.Thread(target=lambda: answers.append(client.post("/datasets", files=toy_uploads()).status_code))
            for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        assert client.get("/healthz").json() == {"status": "ok"}
        for thread in threads:
            thread.join()
        assert sorted(answers) == [503, 503, 503, 503, 504, 504]
        assert list((tmp_path / "uploads").iterdir()) == []
