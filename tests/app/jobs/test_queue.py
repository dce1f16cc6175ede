"""Jobs: a restart loses nothing, a runaway is stopped, a cancelled one stays cancelled."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.errors import ServiceError
from app.jobs import ProcessLimits, run_isolated, tasks
from app.main import create_app
from app.settings import Settings
from app.store import IngestedDataset, open_store
from clustering import scenario_to_bytes
from tests.examples.service_requests import ask_for_zones, toy_uploads, wait_for_job
from tests.examples.toy_district import toy_scenario
from tests.faulty_files import slow_tasks

ROOT = Path(__file__).resolve().parents[3]
LIMITS = ProcessLimits(time_limit_s=60, memory_mb=8192)


def service(folder: Path, **settings: Any) -> TestClient:
    return TestClient(create_app(Settings(data_directory=folder, **settings)), base_url="http://127.0.0.1")


def test_a_restart_loses_nothing(tmp_path: Path) -> None:
    with service(tmp_path) as client:
        dataset = client.post("/datasets", files=toy_uploads()).json()
        proposal = ask_for_zones(client, dataset["id"])
        parts = {name: client.get(address).content for name, address in proposal["links"].items()}
    with service(tmp_path) as client:
        assert {name: client.get(address).content for name, address in proposal["links"].items()} == parts
        assert client.get(dataset["links"]["self"]).json() == dataset


def test_a_service_killed_in_the_middle_of_a_job_finishes_it_when_it_comes_back(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    dataset = store.add_dataset("Toy", IngestedDataset(report={}, scenario=scenario_to_bytes(toy_scenario())))
    waiting = store.add_job(dataset.id, {}, maximum_waiting=9)
    running = store.add_job(dataset.id, {}, maximum_waiting=9)
    store.note_progress(running.id, "Solving", 0.4)
    store.close()
    with service(tmp_path) as client:
        for job in (waiting, running):
            assert wait_for_job(client, f"/jobs/{job.id}")["status"] == "succeeded"


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_what_was_acknowledged_outlives_the_process(tmp_path: Path, ending: signal.Signals) -> None:
    script = (
        "import sys; from app.store import IngestedDataset, open_store; from pathlib import Path\n"
        "store = open_store(Path(sys.argv[1]))\n"
        "kept = store.add_dataset('Kept', IngestedDataset(report={}, scenario=b'bytes'))\n"
        "print(kept.id, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        dataset_id = process.stdout.readline().strip()
        process.send_signal(ending)
    store = open_store(tmp_path)
    assert store.scenario(dataset_id) == b"bytes"
    store.close()


def test_a_job_beyond_its_time_is_stopped_while_the_service_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "propose", slow_tasks.sleep_for_ever)
    with service(tmp_path, job_time_limit_s=1.5) as client:
        dataset = client.post("/datasets", files=toy_uploads()).json()
        address = client.post("/proposals", json={"dataset_id": dataset["id"]}).headers["location"]
        while client.get(address).json()["status"] == "queued":
            time.sleep(0.05)
        assert client.get("/healthz").json() == {"status": "ok"}
        job = wait_for_job(client, address)
    assert job["status"] == "failed"
    assert job["problem"]["status"] == 504
    assert "1.5 seconds" in job["problem"]["detail"]


def test_a_running_job_can_be_cancelled_and_stays_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "propose", slow_tasks.sleep_for_ever)
    with service(tmp_path, workers=1) as client:
        dataset = client.post("/datasets", files=toy_uploads()).json()
        running, waiting = (
            client.post("/proposals", json={"dataset_id": dataset["id"]}).headers["location"] for _ in range(2)
        )
        while client.get(running).json()["status"] == "queued":
            time.sleep(0.05)
        assert client.delete(waiting).json()["status"] == "cancelled"
        assert client.delete(running).json()["status"] == "cancelled"
        assert client.get(running).json()["problem"]["status"] == 409
    monkeypatch.undo()
    with service(tmp_path) as client:
        time.sleep(0.5)
        assert {client.get(address).json()["status"] for address in (running, waiting)} == {"cancelled"}
        assert client.get("/proposals").json() == []


def test_a_job_that_was_running_at_the_stop_is_taken_up_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "propose", slow_tasks.sleep_for_ever)
    with service(tmp_path) as client:
        dataset = client.post("/datasets", files=toy_uploads()).json()
        address = client.post("/proposals", json={"dataset_id": dataset["id"]}).headers["location"]
        while client.get(address).json()["status"] == "queued":
            time.sleep(0.05)
    monkeypatch.undo()
    with service(tmp_path) as client:
        assert wait_for_job(client, address)["status"] == "succeeded"


def test_deleting_a_dataset_stops_its_jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "propose", slow_tasks.sleep_for_ever)
    with service(tmp_path, workers=1) as client:
        dataset = client.post("/datasets", files=toy_uploads()).json()
        address = client.post("/proposals", json={"dataset_id": dataset["id"]}).headers["location"]
        assert client.delete(dataset["links"]["self"]).status_code == 204
        assert client.get(address).status_code == 404
        # The only worker is free again.
        monkeypatch.undo()
        other = client.post("/datasets", files=toy_uploads()).json()
        assert ask_for_zones(client, other["id"])["dataset_id"] == other["id"]


def test_too_many_waiting_jobs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "propose", slow_tasks.sleep_for_ever)
    with service(tmp_path, workers=1, maximum_queued_jobs=2) as client:
        dataset = client.post("/datasets", files=toy_uploads()).json()
        answers = [client.post("/proposals", json={"dataset_id": dataset["id"]}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 503]
    assert answers[2].headers["retry-after"] == "30"


def test_uploads_beyond_the_slots_are_refused_and_health_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "ingest", slow_tasks.sleep_for_ever)
    with service(tmp_path, maximum_uploads=2, upload_time_limit_s=3) as client:
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


def test_what_a_killed_service_left_is_swept(tmp_path: Path) -> None:
    (tmp_path / "uploads" / "left").mkdir(parents=True)
    with service(tmp_path):
        assert not (tmp_path / "uploads" / "left").exists()


def test_the_database_is_for_the_user_of_the_service_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with service(folder) as client:
        client.post("/datasets", files=toy_uploads())
        modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir() if path.is_file()}
        assert set(modes.values()) == {0o600}, modes
        assert folder.stat().st_mode & 0o777 == 0o700


def test_what_is_deleted_is_gone_from_the_disk(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    secret = b"exact counts of a small school" * 1_000
    dataset = store.add_dataset("Toy", IngestedDataset(report={}, scenario=secret))
    held = [path for path in tmp_path.iterdir() if secret[:60] in path.read_bytes()]
    assert held, "the control: it was there"
    store.delete_dataset(dataset.id)
    assert [path for path in tmp_path.iterdir() if secret[:60] in path.read_bytes()] == []
    store.close()


def test_exact_proposals_are_not_given_out_once_that_is_forbidden(tmp_path: Path) -> None:
    with service(tmp_path, allow_exact=True) as client:
        dataset = client.post("/datasets", files=toy_uploads()).json()
        links = ask_for_zones(client, dataset["id"], disclosure="exact")["links"]
        assert client.get(links["map"]).status_code == 200
    with service(tmp_path) as client:
        for part, address in links.items():
            assert client.get(address).status_code == (200 if part == "dataset" else 403), part


def test_isolated_processes_do_not_outlive_a_service_that_is_killed() -> None:
    script = (
        "from app.jobs import ProcessLimits, run_isolated\n"
        "from tests.faulty_files import slow_tasks\n"
        "report = lambda stage, fraction: print(stage, flush=True)\n"
        "if __name__ == '__main__':\n"
        "    limits = ProcessLimits(time_limit_s=600, memory_mb=8192)\n"
        "    run_isolated(slow_tasks.report_process_and_sleep, limits=limits, progress=report)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        os.kill(child, 0)
        process.kill()
    deadline = time.monotonic() + 20
    while _is_running(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_running(child)


def _is_running(process: int) -> bool:
    """Whether a process is there and not merely waiting to be buried."""
    try:
        return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return False


def test_a_process_that_wants_too_much_memory_or_dies_is_an_error_with_a_remedy() -> None:
    with pytest.raises(ServiceError) as caught:
        run_isolated(slow_tasks.allocate, limits=ProcessLimits(time_limit_s=60, memory_mb=2048))
    assert caught.value.status == 413
    with pytest.raises(ServiceError) as caught:
        run_isolated(slow_tasks.die, limits=LIMITS)
    assert caught.value.status == 500


def test_a_stopped_process_is_gone() -> None:
    cancelled, processes = threading.Event(), []

    def report(stage: str, fraction: float) -> None:
        processes.append(int(stage))
        cancelled.set()

    with pytest.raises(ServiceError, match="cancelled"):
        run_isolated(slow_tasks.report_process_and_sleep, limits=LIMITS, progress=report, cancelled=cancelled)
    with pytest.raises(ProcessLookupError):
        os.kill(processes[0], 0)


def test_two_clients_at_once_get_the_same_answer(client: TestClient, dataset_id: str) -> None:
    scores: list[float] = []
    ask = functools.partial(ask_for_zones, client, dataset_id)
    threads = [threading.Thread(target=lambda: scores.append(ask()["proposal"]["solution"]["score"])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert scores == [452.5] * 4
