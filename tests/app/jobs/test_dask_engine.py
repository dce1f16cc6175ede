"""Jobs on a real Dask cluster: a scheduler and two workers in processes of their own, which are killed."""

from __future__ import annotations

import gc
import socket
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.errors import ServiceError
from app.jobs import Engine, LocalProcesses, ProcessLimits, open_engine, tasks
from app.queries.proposal_analyses import ANALYSES
from clustering import propose_zones, render_proposal, scenario_from_bytes, scenario_to_bytes
from tests.examples.dask_cluster import Cluster, running_cluster
from tests.examples.service_requests import running_service, toy_uploads, wait_for_job
from tests.examples.toy_district import toy_scenario
from tests.faulty_files import slow_tasks

distributed = pytest.importorskip("distributed")

# The package leaves sockets to the collector when the other end was killed.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
LIMITS = ProcessLimits(time_limit_s=120, memory_mb=2048)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    before = open_sockets()
    with running_cluster() as started:
        started.start("scheduler", "one", "two")
        yield started
    for each in open_sockets() - before:
        each.close()


@pytest.fixture(scope="module")
def engine(cluster: Cluster) -> Iterator[Engine]:
    opened = open_engine(cluster.address)
    wait_until(lambda: not opened.fault)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def toy_document() -> bytes:
    scenario = scenario_from_bytes(scenario_to_bytes(toy_scenario()))
    return render_proposal(propose_zones(scenario, {"identification": "official:designation=CSI"}))["proposal.json"]


def open_sockets() -> set[socket.socket]:
    return {each for each in gc.get_objects() if isinstance(each, socket.socket) and each.fileno() >= 0}


def wait_until(is_so: Any) -> Any:
    deadline = time.monotonic() + 60
    while not (found := is_so()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def work_of(cluster: Cluster) -> dict[str, list[str]]:
    """What each worker does, by its name."""
    with distributed.Client(cluster.address, set_as_default=False) as client:
        workers = client.scheduler_info(n_workers=-1)["workers"]
        return {workers[address]["name"]: list(keys) for address, keys in client.processing().items()}


def begun(cluster: Cluster) -> list[str]:
    """The key of each task that a worker began, as often as it began."""
    with distributed.Client(cluster.address, set_as_default=False) as client:
        return list(client.run_on_scheduler(_begun))


def _begun(dask_scheduler: Any) -> list[str]:
    log = dask_scheduler.transition_log
    return [key for key, _, state, *_ in log if state == "processing" and key.startswith("feeder-zones")]


def test_the_answer_is_the_same_although_a_worker_is_killed_in_the_middle(
    cluster: Cluster, engine: Engine, tmp_path: Path
) -> None:
    work = (scenario_to_bytes(toy_scenario()), {"identification": "official:designation=CSI"}, "Toy")
    locally = LocalProcesses().run(tasks.propose, *work, limits=LIMITS)
    answers: list[Any] = []
    task = partial(slow_tasks.propose_the_second_time, folder=str(tmp_path))
    thread = threading.Thread(target=lambda: answers.append(engine.run(task, *work, limits=LIMITS)))
    thread.start()
    wait_until((tmp_path / "begun").exists)
    (killed,) = [name for name, keys in work_of(cluster).items() if keys]
    cluster.kill(killed)
    thread.join(60)
    (answer,) = answers
    assert dict(answer.parts) == dict(locally.parts)
    assert answer.summary == locally.summary
    cluster.start(killed)


def test_an_analysis_is_done_in_parts_and_only_a_lost_part_again(
    cluster: Cluster, engine: Engine, toy_document: bytes
) -> None:
    before, killed = begun(cluster), list[str]()

    def kill() -> None:
        """Kill the worker that has nothing but parts."""
        killed.extend(name for name, keys in work_of(cluster).items() if all(map(_is_part, keys)))
        cluster.kill(*killed)

    def note(stage: str, fraction: float) -> None:
        noted.append(fraction)
        if stage == "Solving resampled flows" and killing.ident is None:
            killing.start()

    killing = threading.Thread(target=kill)
    noted: list[float] = []
    work = analysis_of(toy_document, "stability", resamples=60)
    spread = engine.run(slow_tasks.analyse_in_many_parts, *work, limits=LIMITS, progress=note)
    assert spread == LocalProcesses().run(tasks.analyse, *work, limits=LIMITS)
    assert noted == sorted(noted)
    (_, *parts) = begun(cluster)[len(before) :]
    assert killed
    assert len(parts) > 16
    assert all(map(_is_part, parts))
    cluster.start(*killed)


def _is_part(key: str) -> bool:
    return key.startswith("feeder-zones-part")


def analysis_of(document: bytes, name: str, **parameters: Any) -> tuple[Any, ...]:
    (analysis,) = (each for each in ANALYSES if each.name == name)
    return scenario_to_bytes(toy_scenario()), document, analysis, analysis.parameters(**parameters)


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


def test_a_cancelled_analysis_stops_all_its_parts(cluster: Cluster, engine: Engine, toy_document: bytes) -> None:
    cancelled = threading.Event()

    def cancel(stage: str, fraction: float) -> None:
        if stage == "Solving resampled flows":
            cancelled.set()

    work = analysis_of(toy_document, "stability", resamples=1000)
    with pytest.raises(ServiceError, match="cancelled"):
        engine.run(slow_tasks.analyse_in_many_parts, *work, limits=LIMITS, progress=cancel, cancelled=cancelled)
    wait_until(lambda: not any(work_of(cluster).values()))


def test_a_job_outlives_its_cluster_and_the_service_answers_meanwhile(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "propose", partial(slow_tasks.propose_the_second_time, folder=str(tmp_path)))
    everybody = ("scheduler", "one", "two")
    cluster.kill(*everybody)
    # It starts although there is no cluster.
    with running_service(tmp_path / "data", engine=cluster.address) as client:
        found = client.get("/readyz")
        assert (found.status_code, found.json()["status"]) == (200, "jobs wait")
        assert "No Dask scheduler answers" in found.json()["checks"]["engine"]
        dataset = client.post("/datasets", files=toy_uploads()).json()["id"]
        job = client.post("/proposals", json={"dataset_id": dataset}).headers["location"]
        assert client.get(job).json()["status"] == "queued"
        cluster.start(*everybody)
        wait_until((tmp_path / "begun").exists)
        cluster.kill(*everybody)
        wait_until(lambda: client.get(job).json()["status"] == "queued")
        assert client.get(f"/datasets/{dataset}").status_code == 200
        cluster.start(*everybody)
        ended = wait_for_job(client, job)
        assert ended["status"] == "succeeded"
        assert client.get("/readyz").json()["status"] == "ok"
        assert len(client.get("/proposals").json()) == 1
