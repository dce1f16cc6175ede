"""Progress of jobs as server-sent events, also of jobs that another worker process runs."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.api import job_events
from app.store import open_store
from tests.examples.service_requests import ask_for_zones, running_service, toy_uploads


def events_of(client: TestClient, job_id: str) -> list[tuple[str, dict[str, object]]]:
    response = client.get(f"/jobs/{job_id}/events")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    blocks = [dict(line.split(": ", 1) for line in block.splitlines()) for block in response.text.strip().split("\n\n")]
    return [(block["event"], json.loads(block["data"])) for block in blocks if "event" in block]


def test_a_job_that_another_process_runs_is_followed_to_its_end(tmp_path: Path) -> None:
    with running_service(tmp_path, workers=1) as client:
        dataset = client.post("/datasets", files=toy_uploads()).json()["id"]
        other = open_store(tmp_path)
        # The other process has the job before this one can take it.
        waiting = other.leases.waiting
        job = other.add_job(dataset, {}, maximum_waiting=9, kind="of the other")
        assert waiting(["of the other"])
        shares = {"most_running": 1, "most_of_a_caller": 1, "seconds": 60.0}
        assert other.leases.claim("elsewhere/1", ["of the other"], **shares) is not None  # type: ignore[arg-type]

        def work() -> None:
            other.leases.renew("elsewhere/1", {job.id: ("Solving", 0.4)}, seconds=60)
            time.sleep(1)
            other.end_job(job.id, "failed", {"status": 504, "detail": "It took too long."}, owner="elsewhere/1")

        thread = threading.Thread(target=work)
        thread.start()
        events = events_of(client, job.id)
        thread.join()
        other.close()
        assert [name for name, _ in events][-1] == "end"
        assert [job["stage"] for name, job in events if name == "progress"][-1] == "Solving"
        assert events[-1][1]["status"] == "failed"
        assert events[-1][1]["problem"] == {"status": 504, "detail": "It took too long."}


def test_a_job_that_is_done_has_its_end_alone(client: TestClient, dataset_id: str) -> None:
    ask_for_zones(client, dataset_id, maximum_schools=6)
    done = client.get("/jobs").json()[0]
    assert [name for name, _ in events_of(client, done["id"])] == ["end"]
    assert client.get("/jobs/none/events").status_code == 404


def test_a_service_that_stops_says_when_to_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_service(tmp_path, workers=1) as client:
        dataset = client.post("/datasets", files=toy_uploads()).json()["id"]
        other = open_store(tmp_path)
        job = other.add_job(dataset, {}, maximum_waiting=9, kind="of the other")
        other.close()
        stopping = threading.Event()
        stopping.set()
        monkeypatch.setattr(job_events, "STOPPING", stopping)
        answer = client.get(f"/jobs/{job.id}/events").text
        assert "retry: 2000" in answer
        assert "event: end" not in answer
