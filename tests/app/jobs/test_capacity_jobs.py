"""Jobs of matches and year plans: taken up again after a kill, cancelled, stopped with what they rest on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.jobs import capacity_tasks
from app.queries.capacity_kinds import CAPACITY_KINDS
from app.store import open_store
from tests.examples.service_requests import ask_for_zones, running_service, toy_uploads, wait_for_job
from tests.examples.toy_register import register_uploads
from tests.faulty_files import slow_tasks

ROOT = Path(__file__).resolve().parents[3]


def inputs_of(client: TestClient) -> dict[str, str]:
    """A proposal and a register, by the names of their ids."""
    dataset = client.post("/datasets", files=toy_uploads()).json()["id"]
    proposal = ask_for_zones(client, dataset, identification="official:designation=CSI")["id"]
    return {"proposal_id": proposal, "register_id": client.post("/registers", files=register_uploads()).json()["id"]}


def queue_match(client: TestClient, inputs: dict[str, str]) -> str:
    address = f"/proposals/{inputs['proposal_id']}/matches"
    return str(client.post(address, json={"register_id": inputs["register_id"]}).headers["location"])


def wait_until_it_runs(client: TestClient, address: str) -> dict[str, Any]:
    while (job := client.get(address).json())["status"] == "queued":
        time.sleep(0.05)
    return dict(job)


@pytest.mark.parametrize("kind", CAPACITY_KINDS)
def test_a_service_killed_in_the_middle_of_a_job_finishes_it_when_it_comes_back(tmp_path: Path, kind: str) -> None:
    with running_service(tmp_path) as client:
        inputs = inputs_of(client)
    script = (
        "import os, signal, sys, tests.databases; from pathlib import Path; from app.store import open_store\n"
        "store = open_store(Path(sys.argv[1])); dataset_id = store.proposal(sys.argv[3]).dataset_id\n"
        "inputs = {'proposal_id': sys.argv[3], 'register_id': sys.argv[4]}\n"
        "job = store.add_job(dataset_id, {}, maximum_waiting=9, kind=sys.argv[2], inputs=inputs)\n"
        "store.note_progress(job.id, 'Choosing', 0.4); print(job.id, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path), kind, *inputs.values()],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    with running_service(tmp_path) as client:
        job = wait_for_job(client, f"/jobs/{killed.stdout.strip()}")
        assert (job["kind"], job["status"], job["problem"]) == (kind, "succeeded", None)
        made = client.get(job["links"][kind.replace(" ", "_")]).json()
        assert {name: made[name] for name in inputs} == inputs


def test_a_running_job_can_be_cancelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_service(tmp_path) as client:
        inputs = inputs_of(client)
        monkeypatch.setattr(capacity_tasks, "match", slow_tasks.sleep_for_ever)
        address = queue_match(client, inputs)
        wait_until_it_runs(client, address)
        assert client.delete(address).json()["status"] == "cancelled"
        assert client.get("/matches").json() == []


def test_deleting_the_proposal_stops_its_jobs_and_a_register_in_use_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_service(tmp_path) as client:
        inputs = inputs_of(client)
        monkeypatch.setattr(capacity_tasks, "match", slow_tasks.sleep_for_ever)
        address = queue_match(client, inputs)
        wait_until_it_runs(client, address)
        register = f"/registers/{inputs['register_id']}"
        assert client.delete(register).status_code == 409
        assert client.delete(f"/proposals/{inputs['proposal_id']}").status_code == 204
        assert client.get(address).json()["status"] == "cancelled"
        assert client.delete(register).status_code == 204


def test_a_job_whose_proposal_is_gone_says_so(tmp_path: Path) -> None:
    with running_service(tmp_path) as client:
        inputs = inputs_of(client)
    store = open_store(tmp_path)
    dataset_id = store.proposal(inputs["proposal_id"]).dataset_id
    job = store.add_job(dataset_id, {}, maximum_waiting=9, kind="match", inputs=inputs)
    store.delete_proposal(inputs["proposal_id"])
    store.close()
    with running_service(tmp_path) as client:
        failed = wait_for_job(client, f"/jobs/{job.id}")
    assert (failed["status"], failed["problem"]["status"]) == ("failed", 404)
    assert failed["problem"]["detail"] == "There is no such proposal."
