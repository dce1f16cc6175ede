"""Jobs: a restart loses nothing, a job that takes too long is stopped, a cancelled one stays cancelled."""

from __future__ import annotations

import errno
import functools
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient

from app.errors import ServiceError
from app.jobs import LocalProcesses, queue, tasks
from app.queries.proposal_analyses import ANALYSES
from app.store import IngestedDataset, Store, open_store
from clustering import propose_zones, scenario_to_bytes
from tests.databases import PostgresServer, is_postgres
from tests.examples.service_requests import ask_for_zones, running_service, toy_uploads, wait_for_job
from tests.examples.toy_district import toy_scenario
from tests.faulty_files import slow_tasks


def test_a_restart_loses_nothing(tmp_path: Path) -> None:
    with running_service(tmp_path) as client:
        dataset = client.post("/datasets", files=toy_uploads()).json()
        proposal = ask_for_zones(client, dataset["id"])
        # Analyses are computed anew, from what is compared here; one of them is asked for.
        computed = {analysis.name for analysis in ANALYSES[1:]}
        links = {name: address for name, address in proposal["links"].items() if name not in computed}
        parts = {name: client.get(address).content for name, address in links.items()}
    with running_service(tmp_path) as client:
        assert {name: client.get(address).content for name, address in links.items()} == parts
        assert client.get(dataset["links"]["self"]).json() == dataset


def test_a_service_killed_in_the_middle_of_a_job_finishes_it_when_it_comes_back(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    dataset = store.add_dataset("Toy", IngestedDataset(report={}, scenario=scenario_to_bytes(toy_scenario())))
    waiting = store.add_job(dataset.id, {}, maximum_waiting=9)
    running = store.add_job(dataset.id, {}, maximum_waiting=9)
    store.note_progress(running.id, "Solving", 0.4)
    store.close()
    with running_service(tmp_path) as client:
        for job in (waiting, running):
            assert wait_for_job(client, f"/jobs/{job.id}")["status"] == "succeeded"


def test_a_job_beyond_its_time_is_stopped_while_the_service_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "propose", slow_tasks.sleep_for_ever)
    with running_service(tmp_path, job_time_limit_s=1.5) as client:
        dataset = client.post("/datasets", files=toy_uploads()).json()
        address = client.post("/proposals", json={"dataset_id": dataset["id"]}).headers["location"]
        while client.get(address).json()["status"] == "queued":
            time.sleep(0.05)
        assert client.get("/healthz").json() == {"status": "ok"}
        job = wait_for_job(client, address)
    assert job["status"] == "failed"
    assert job["problem"]["status"] == 504
    assert "1.5 seconds" in job["problem"]["detail"]


def test_a_job_that_ends_while_the_disk_is_full_is_told_as_failed_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = []

    def end_later(store: Store, job_id: str, *rest: Any, **more: Any) -> None:
        attempts.append(job_id)
        if len(attempts) < 3:
            raise OSError(errno.ENOSPC, "the disk is full")
        end_job(store, job_id, *rest, **more)

    def refuse(*_arguments: Any, **_more: Any) -> None:
        raise OSError(errno.ENOSPC, "the disk is full")

    end_job = Store.end_job
    monkeypatch.setattr(Store, "finish_job", refuse)
    monkeypatch.setattr(Store, "end_job", end_later)
    monkeypatch.setattr(queue, "_KEEP_AGAIN_AFTER_S", (0.01,))
    monkeypatch.setattr(queue, "_LOOK_EVERY_S", 0.01)
    with running_service(tmp_path) as client:
        dataset = client.post("/datasets", files=toy_uploads()).json()
        address = client.post("/proposals", json={"dataset_id": dataset["id"]}).headers["location"]
        job = wait_for_job(client, address)
    assert (job["status"], job["problem"]["status"], len(attempts)) == ("failed", 507, 3)


@pytest.mark.skipif(is_postgres(), reason="another program locks the file of SQLite")
def test_a_result_waits_until_the_database_is_no_longer_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Nobody waits for the lock: each attempt fails at once, and so do the renewals of the lease.
    monkeypatch.setattr(queue, "_KEEP_AGAIN_AFTER_S", (0.1,) * 100)
    with running_service(tmp_path) as client:
        dataset = client.post("/datasets", files=toy_uploads()).json()
        engine = client.app.state.service.store._engine  # type: ignore[attr-defined]
        event.listen(engine, "checkout", lambda connection, *_: connection.execute("PRAGMA busy_timeout=0"))
        locked = threading.Event()

        def lock_before_keeping(*given: Any, **more: Any) -> Any:
            if not locked.is_set():
                other.execute("BEGIN IMMEDIATE")
                locked.set()
            return finish_job(*given, **more)

        finish_job = Store.finish_job
        monkeypatch.setattr(Store, "finish_job", lock_before_keeping)
        with closing(sqlite3.connect(tmp_path / "feeder_zones.sqlite", check_same_thread=False)) as other:
            address = client.post("/proposals", json={"dataset_id": dataset["id"]}).headers["location"]
            assert locked.wait(60)
            time.sleep(0.6)
            assert client.get(address).json()["status"] == "running"
            other.rollback()
            assert wait_for_job(client, address)["status"] == "succeeded"
        assert len(client.get("/proposals").json()) == 1


@pytest.mark.skipif(not is_postgres(), reason="the server of PostgreSQL is stopped")
def test_a_job_whose_database_stops_is_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_KEEP_AGAIN_AFTER_S", (0.1,))
    monkeypatch.setattr(tasks, "propose", functools.partial(slow_tasks.propose_after_a_while, folder=str(tmp_path)))
    server = PostgresServer("-c listen_addresses=")
    with running_service(tmp_path, database=server.address()) as client:
        dataset = client.post("/datasets", files=toy_uploads()).json()
        address = client.post("/proposals", json={"dataset_id": dataset["id"]}).headers["location"]
        while client.get(address).json()["status"] == "queued":
            time.sleep(0.05)
        server.stop()
        (tmp_path / "go on").touch()
        jobs = client.app.state.service.queue  # type: ignore[attr-defined]
        while not jobs._owed:
            time.sleep(0.05)
        server.start()
        assert wait_for_job(client, address)["status"] == "succeeded"
        assert len(client.get("/proposals").json()) == 1
    server.remove()


def test_a_job_that_is_lost_three_times_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    attempts = []

    def lose(*_arguments: Any, **_more: Any) -> Any:
        attempts.append(1)
        raise ServiceError(503, "The cluster lost this work. Try again.", type_name="busy")

    monkeypatch.setattr(LocalProcesses, "_run", lose)
    with running_service(tmp_path) as client:
        dataset = client.post("/datasets", files=toy_uploads()).json()
        address = client.post("/proposals", json={"dataset_id": dataset["id"]}).headers["location"]
        job = wait_for_job(client, address)
    assert (job["status"], job["problem"]["status"], len(attempts)) == ("failed", 503, 3)


def test_a_running_job_can_be_cancelled_and_stays_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "propose", slow_tasks.sleep_for_ever)
    with running_service(tmp_path, workers=1) as client:
        dataset = client.post("/datasets", files=toy_uploads()).json()
        requests = ({"dataset_id": dataset["id"], "parameters": {"maximum_schools": most}} for most in (8, 9))
        running, waiting = (client.post("/proposals", json=each).headers["location"] for each in requests)
        while client.get(running).json()["status"] == "queued":
            time.sleep(0.05)
        assert client.delete(waiting).json()["status"] == "cancelled"
        assert client.delete(running).json()["status"] == "cancelled"
        assert client.get(running).json()["problem"]["status"] == 409
    monkeypatch.undo()
    with running_service(tmp_path) as client:
        time.sleep(0.5)
        assert {client.get(address).json()["status"] for address in (running, waiting)} == {"cancelled"}
        assert client.get("/proposals").json() == []


def test_a_job_that_was_running_at_the_stop_is_taken_up_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "propose", slow_tasks.sleep_for_ever)
    with running_service(tmp_path) as client:
        dataset = client.post("/datasets", files=toy_uploads()).json()
        address = client.post("/proposals", json={"dataset_id": dataset["id"]}).headers["location"]
        while client.get(address).json()["status"] == "queued":
            time.sleep(0.05)
    monkeypatch.undo()
    with running_service(tmp_path) as client:
        assert wait_for_job(client, address)["status"] == "succeeded"


def test_deleting_a_dataset_stops_its_jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "propose", slow_tasks.sleep_for_ever)
    with running_service(tmp_path, workers=1) as client:
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
    with running_service(tmp_path, workers=1, maximum_queued_jobs=2) as client:
        dataset = client.post("/datasets", files=toy_uploads()).json()
        requests = [{"dataset_id": dataset["id"], "parameters": {"maximum_schools": most}} for most in (7, 8, 9)]
        answers = [client.post("/proposals", json=each) for each in requests]
    assert [answer.status_code for answer in answers] == [202, 202, 503]
    assert answers[2].headers["retry-after"] == "30"


def test_two_clients_at_once_get_the_same_answer(client: TestClient, dataset_id: str) -> None:
    scores: list[float] = []
    ask = functools.partial(ask_for_zones, client, dataset_id)
    threads = [threading.Thread(target=lambda: scores.append(ask()["proposal"]["solution"]["score"])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    proposal = propose_zones(toy_scenario(), {})
    assert scores == [pytest.approx(proposal.solution.score, abs=0.001)] * 4
