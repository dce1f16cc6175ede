"""Jobs on a real Dask cluster: a scheduler and two workers in processes of their own, one of which is killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.errors import ServiceError
from app.jobs import Engine, LocalProcesses, ProcessLimits, open_engine, tasks
from clustering import scenario_to_bytes
from tests.examples.service_requests import running_service, toy_uploads, wait_for_job
from tests.examples.toy_district import toy_scenario
from tests.faulty_files import slow_tasks

pytest.importorskip("distributed")

ROOT = Path(__file__).resolve().parents[3]
LIMITS = ProcessLimits(time_limit_s=120, memory_mb=2048)


class Cluster:
    """A scheduler and workers on the loopback address."""

    def __init__(self, processes: ExitStack, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self._start = partial(self._started, processes, folder)
        self._start("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
        self.workers = {name: self.start_worker(name) for name in ("one", "two")}

    def start_worker(self, name: str) -> subprocess.Popen[bytes]:
        own = ("--no-nanny", "--nthreads", "1", "--memory-limit", "0", "--no-dashboard", "--name", name)
        loaded = ("--preload", "app.jobs.dask_engine")
        return self._start("worker", self.address, "--host", "127.0.0.1", *own, *loaded, TEST_WORKER=name)

    @staticmethod
    def _started(processes: ExitStack, folder: Path, *command: str, **more: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *command],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **more},
            stderr=subprocess.DEVNULL,
        )
        processes.callback(process.wait)
        processes.callback(process.kill)
        return process


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with ExitStack() as processes:
        yield Cluster(processes, tmp_path_factory.mktemp("cluster"))


@pytest.fixture(scope="module")
def engine(cluster: Cluster) -> Iterator[Engine]:
    opened = open_engine(cluster.address)
    yield opened
    opened.close()


def test_the_answer_is_the_same_although_a_worker_is_killed_in_the_middle(
    cluster: Cluster, engine: Engine, tmp_path: Path
) -> None:
    work = (scenario_to_bytes(toy_scenario()), {"identification": "official:designation=CSI"}, "Toy")
    locally = LocalProcesses().run(tasks.propose, *work, limits=LIMITS)
    answers: list[Any] = []
    run = partial(engine.run, slow_tasks.propose_after_a_lost_worker, str(tmp_path), *work, limits=LIMITS)
    thread = threading.Thread(target=lambda: answers.append(run()))
    thread.start()
    note = tmp_path / "first worker"
    while not note.exists() or not note.read_text():
        time.sleep(0.05)
    killed = note.read_text()
    cluster.workers[killed].send_signal(signal.SIGKILL)
    thread.join(60)
    (answer,) = answers
    assert dict(answer.parts) == dict(locally.parts)
    assert answer.summary == locally.summary
    cluster.workers[killed] = cluster.start_worker(killed)


def test_progress_arrives_problems_are_told_and_a_cancelled_task_frees_its_worker(engine: Engine) -> None:
    cancelled, noted = threading.Event(), []

    def note(stage: str, fraction: float) -> None:
        noted.append((stage, fraction))
        cancelled.set()

    with pytest.raises(ServiceError, match="cancelled"):
        engine.run(slow_tasks.sleep_for_ever, limits=LIMITS, progress=note, cancelled=cancelled)
    assert noted[0][0] == "Sleeping"
    # Both workers have one thread each: neither may still be busy.
    for _ in range(2):
        with pytest.raises(ServiceError) as caught:
            engine.run(slow_tasks.allocate, limits=LIMITS)
        assert (caught.value.status, caught.value.type_name) == (422, "memory-limit")


def test_the_service_computes_on_the_cluster(cluster: Cluster, tmp_path: Path) -> None:
    with running_service(tmp_path, engine=cluster.address) as client:
        dataset = client.post("/datasets", files=toy_uploads()).json()["id"]
        started = client.post("/proposals", json={"dataset_id": dataset}).headers["location"]
        job = wait_for_job(client, started)
        assert job["status"] == "succeeded"
        assert client.get(job["links"]["proposal"]).json()["proposal"]["zones"]


def test_an_engine_that_does_not_answer_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.jobs.dask_engine._CONNECT_WITHIN_S", 0.2)
    with pytest.raises(ServiceError, match="No Dask scheduler answers"):
        open_engine("tcp://127.0.0.1:9")
