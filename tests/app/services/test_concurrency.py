"""What is read while requests wait is limited; the service still answers."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from app.jobs import ProcessLimits, capacity_tasks, tasks
from app.services.service import Service
from tests.examples.service_requests import ask_for_zones, running_service, toy_uploads
from tests.examples.toy_register import register_uploads
from tests.faulty_files import slow_tasks


def test_analyses_beyond_the_slots_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_service(tmp_path, maximum_uploads=2, job_time_limit_s=60) as client:
        dataset = client.post("/datasets", files=toy_uploads()).json()
        proposal = ask_for_zones(client, dataset["id"], identification="official:designation=CSI")["id"]
        register = client.post("/registers", files=register_uploads()).json()["id"]
        asked_for = {"register_id": register}
        match = client.post(f"/proposals/{proposal}/matches", json=asked_for, headers={"Prefer": "wait=60"}).json()
        monkeypatch.setattr(capacity_tasks, "analyse", slow_tasks.sleep_for_ever)
        monkeypatch.setattr(Service, "job_limits", ProcessLimits(time_limit_s=1.5, memory_mb=8192))
        answers: list[tuple[int, str | None]] = []

        def ask() -> None:
            response = client.get(f"/matches/{match['id']}/one-more")
            answers.append((response.status_code, response.headers.get("retry-after")))

        threads = [threading.Thread(target=ask) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answers, key=str) == [(503, "5")] * 3 + [(504, None)] * 2


def test_uploads_beyond_the_slots_are_refused_and_health_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "ingest", slow_tasks.sleep_for_ever)
    with running_service(tmp_path, maximum_uploads=2, upload_time_limit_s=1.5) as client:
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
