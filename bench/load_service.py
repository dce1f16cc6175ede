"""The service of the load benchmark: with a generated state and a proposal, then under further loads."""

from __future__ import annotations

import json
import tempfile
import threading
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench.load_client import IdleAttackers, Load, press
from bench.servers import Program, get, zones_service
from bench.turns import Row
from clustering import generate_state, write_state

_CONNECTIONS, _ATTACKERS = 1_000, 500


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """
    A running service with one proposal.

    Parameters
    ----------
    program
        It.
    dataset_id
        A generated state.
    path
        Of the Zones of its proposal.
    zones
        What is answered there.
    """

    program: Program
    dataset_id: str
    path: str
    zones: bytes


def loaded_service(folder: Path, schools: int, *, database: str = "", processes: int = 1) -> Loaded:
    """Start the service over a new folder, upload a generated state and propose its Zones."""
    program = zones_service(folder, database=database, processes=processes, workers=2, allow_release="true")
    program.start("/healthz")
    dataset_id = upload_state(program.port, schools)
    proposal = post_json(program.port, "/proposals", {"dataset_id": dataset_id}, Prefer="wait=60")
    path = f"/proposals/{proposal['id']}/zones"
    return Loaded(program=program, dataset_id=dataset_id, path=path, zones=get(program.port, path)[1])


def upload_state(port: int, schools: int, seed: int = 1) -> str:
    """Upload the plain tables of a generated state; the id of its dataset."""
    with tempfile.TemporaryDirectory() as name:
        write_state(generate_state(schools=schools, seed=seed), Path(name))
        files = {
            "schools": (Path(name) / "schools.csv").read_bytes(),
            "flows": (Path(name) / "promotions.csv").read_bytes(),
        }
    # Generated states have the same schools: further counts of them are kept on purpose.
    decided = {"second_cut": "release", "by": "The benchmark", "why": "States are generated"}
    status, answer = send(port, "POST", "/datasets", *form(files, **decided))
    if status not in (200, 201):
        raise RuntimeError(f"the upload was answered with {status}: {answer[:2_000]!r}")
    return str(json.loads(answer)["id"])


def form(files: dict[str, bytes], **fields: str) -> tuple[bytes, dict[str, str]]:
    """A form with files: its body and its headers."""
    boundary = uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, content in files.items():
        head = f'Content-Disposition: form-data; name="{name}"; filename="{name}.csv"\r\nContent-Type: text/csv\r\n\r\n'
        parts.append(f"--{boundary}\r\n{head}".encode() + content + b"\r\n")
    body = b"".join([*parts, f"--{boundary}--\r\n".encode()])
    return body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def send(
    port: int, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    """Send one request; the status and the body."""
    connection = HTTPConnection("127.0.0.1", port, timeout=300)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def post_json(port: int, path: str, document: dict[str, Any], **headers: str) -> dict[str, Any]:
    """Send JSON and read JSON; RuntimeError for any error."""
    body = json.dumps(document).encode()
    status, answer = send(port, "POST", path, body, {"Content-Type": "application/json", **headers})
    if status >= 300:
        raise RuntimeError(f"{path} was answered with {status}: {answer[:2_000]!r}")
    return dict(json.loads(answer))


def while_solving(service: Loaded, *, jobs: int, most_ms: float) -> list[Row]:
    """Read while proposals are solved that differ in what they ask, so that none is answered by another."""
    program = service.program
    # A large state that takes long: ten of them, two at a time.
    dataset_id = upload_state(program.port, 20_000, seed=2)
    names = []
    for number in range(jobs):
        asked = {"dataset_id": dataset_id, "parameters": {"minimum_link_share": 0.01 + number / 1_000}}
        names.append(str(post_json(program.port, "/proposals", asked)["id"]))
    loads: list[Load] = []
    memory: list[float] = []
    while _unfinished(program.port, names) and len(loads) < 60:
        # A fixed, modest number of readers: how long do people wait?
        loads.append(press(program.port, service.path, seconds=2, connections=4))
        memory.append(program.memory_mb())
    return [
        _row("solving_p99", max(load.p99_ms for load in loads), "ms", most=most_ms, note="the worst two seconds"),
        _row("solving_p50", max(load.median_ms for load in loads), "ms", note=f"{2 * len(loads)} s in all"),
        _row("solving_reads", sum(load.per_s for load in loads) / len(loads), "/s", note=_errors(loads)),
        _row("solving_memory", max(memory), "MB", note="service and all its processes, the most"),
    ]


def attacked(service: Loaded, *, seconds: float) -> list[Row]:
    """Read with 500 connections while 500 others send half a request, and again, and again."""
    attackers, stop = IdleAttackers(service.program.port, _ATTACKERS), threading.Event()

    def attack() -> None:
        while not stop.is_set():
            attackers.renew()
            stop.wait(0.2)

    thread = threading.Thread(target=attack)
    thread.start()
    time.sleep(2)
    load = press(service.program.port, service.path, seconds=seconds, connections=_CONNECTIONS - _ATTACKERS)
    open_now = attackers.still_open()
    stop.set()
    thread.join()
    attackers.close()
    note = f"{open_now} attackers open at the end, {attackers.opened} opened in all"
    return [
        _row("attacked_errors", load.errors, "", most=0, note=note),
        _row("attacked_p99", load.p99_ms, "ms", note=f"p50 {load.median_ms:.1f} ms, 500 readers without pause"),
        _row("attacked_reads", load.per_s, "/s"),
        _row("attacked_memory", service.program.memory_mb(), "MB"),
    ]


def _row(name: str, value: float, unit: str, most: float | None = None, note: str = "") -> Row:
    return Row(name=name, value=value, unit=unit, most=most, note=note)


def _errors(loads: list[Load]) -> str:
    return f"{sum(load.errors for load in loads)} errors"


def _unfinished(port: int, names: list[str]) -> bool:
    jobs = (json.loads(get(port, f"/jobs/{name}")[1]) for name in names)
    return any(each["status"] in ("queued", "running") for each in jobs)
