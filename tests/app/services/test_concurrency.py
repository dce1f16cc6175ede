"""What is read while requests wait is limited; the service still answers."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from app.jobs import dataset_tasks, tasks
from tests.examples.service_requests import ask_for_zones, running_service, toy_uploads
from tests.examples.toy_register import register_uploads
from tests.faulty_files import slow_tasks


def test_analyses_hold_no_slot_of_uploads_and_can_be_cancelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_service(tmp_path, analysis_workers=1, maximum_uploads=1) as client:
        dataset = client.post("/datasets", files=toy_uploads()).json()
        proposal = ask_for_zones(client, dataset["id"], identification="official:designation=CSI")["id"]
        monkeypatch.setattr(tasks, "analyse", slow_tasks.sleep_for_ever)
        address = f"/proposals/{proposal}/stability?resamples=200"
        started = [client.post(f"{address}&seed={seed}").headers["location"] for seed in (1, 2, 2)]
        assert started[1] == started[2] != started[0]
        assert client.get(f"{address}&seed=1").json()["type"].endswith(":not-computed")
        assert client.post("/registers", files=register_uploads()).status_code == 201
        assert {client.delete(each).json()["status"] for each in started} == {"cancelled"}


def test_uploads_beyond_the_slots_are_refused_and_health_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dataset_tasks, "ingest", slow_tasks.sleep_for_ever)
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
