"""The service of the load benchmark: with a generated state and a proposal, then under further loads."""

from __future__ import annotations

import json
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from itertools import count as count_from
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench.load_client import IdleAttackers
from bench.servers import Program, get, zones_service
from bench.turns import Row
from clustering import generate_state, write_state

_CONNECTIONS, _ATTACKERS = 1_000, 500
_READS_PER_S = 50


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


def add_key(program: Program) -> dict[str, str]:
    """Make a key that may read, after which every request needs one; the header with it."""
    command = [program.command[0], "keys", "add", "reader", "--role", "viewer", "--requests-per-minute", "0"]
    printed = subprocess.run(command, env=program.environment, check=True, capture_output=True, text=True)
    key = max(printed.stdout.split(), key=len)
    return {"Authorization": f"Bearer {key}"}


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


def while_solving(service: Loaded, *, jobs: int, most_ms: float, seconds: float = 60) -> list[Row]:
    """Read at the pace of people while proposals are solved that differ in what they ask, so that each is solved."""
    program = service.program
    # A large state that takes long: ten of them, two at a time.
    dataset_id = upload_state(program.port, 20_000, seed=2)
    names = []
    for number in range(jobs):
        asked = {"dataset_id": dataset_id, "parameters": {"minimum_link_share": 0.01 + number / 1_000}}
        names.append(str(post_json(program.port, "/proposals", asked)["id"]))
    took, failed, memory = read_at_pace(
        program, service.path, per_s=_READS_PER_S, seconds=seconds, is_needed=lambda: _unfinished(program.port, names)
    )
    note = f"{len(took)} reads, {_READS_PER_S} a second, until {_ended(program.port, names)} of {jobs} jobs had ended"
    rows = [
        _row("solving_p99", _quantile(took, 0.99), "ms", most=most_ms, note=note),
        _row("solving_p50", _quantile(took, 0.5), "ms", note=f"the longest took {max(took):.0f} ms"),
        _row("solving_errors", failed, "", most=0),
        _row("solving_memory", memory, "MB", note="service and all its processes, the most"),
    ]
    for name in names:
        send(program.port, "DELETE", f"/jobs/{name}")
    return rows


def read_at_pace(
    program: Program, path: str, *, per_s: float, seconds: float, is_needed: Callable[[], bool]
) -> tuple[list[float], int, float]:
    """
    Read at fixed moments, whether or not the answer before has come; a late answer makes the next ones late too.

    Parameters
    ----------
    program, path
        The service and what is read.
    per_s, seconds
        How often, and how long at most.
    is_needed
        Asked every few seconds; it ends when this says so.

    Returns
    -------
    took_ms
        From the moment when a read was due to the end of its answer.
    failed
        Answers other than 200.
    memory_mb
        The most that the service had.
    """
    connection = HTTPConnection("127.0.0.1", program.port, timeout=60)
    start, took, failed, memory = time.perf_counter(), [], 0, 0.0
    for number in range(int(per_s * seconds)):
        due = start + number / per_s
        if number % int(5 * per_s) == 0:
            memory = max(memory, program.memory_mb())
            if not is_needed():
                break
            start += time.perf_counter() - due  # looking took time: nobody waited
            due = time.perf_counter()
        time.sleep(max(0.0, due - time.perf_counter()))
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        failed += response.status != 200
        took.append(1_000 * (time.perf_counter() - due))
    connection.close()
    return took, failed, memory


def attacked(service: Loaded, *, seconds: float, most_ms: float) -> list[Row]:
    """Read over 500 open connections in turn, while 500 others send half a request, and again when they are closed."""
    attackers, stop = IdleAttackers(service.program.port, _ATTACKERS), threading.Event()

    def attack() -> None:
        while not stop.is_set():
            attackers.renew()
            stop.wait(0.2)

    thread = threading.Thread(target=attack)
    thread.start()
    time.sleep(2)
    took, failed = _read_over_many(service, _CONNECTIONS - _ATTACKERS, seconds)
    open_now = attackers.still_open()
    stop.set()
    thread.join()
    attackers.close()
    note = f"{open_now} attackers open at the end, {attackers.opened} opened in all"
    return [
        _row("attacked_errors", failed, "", most=0, note=note),
        _row("attacked_p99", _quantile(took, 0.99), "ms", most=most_ms, note=f"the longest took {max(took):.0f} ms"),
        _row("attacked_reads", len(took) / seconds, "/s", note="each on the next of 500 connections"),
        _row("attacked_memory", service.program.memory_mb(), "MB"),
    ]


def _read_over_many(service: Loaded, count: int, seconds: float) -> tuple[list[float], int]:
    """Milliseconds of each read, and how many failed; connections are opened first and stay open."""
    connections = [HTTPConnection("127.0.0.1", service.program.port, timeout=60) for _ in range(count)]
    took, failed, deadline = [], 0, time.perf_counter() + seconds
    for number in count_from(0):
        start = time.perf_counter()
        if start > deadline and number >= count:
            break
        try:
            connections[number % count].request("GET", service.path)
            response = connections[number % count].getresponse()
            response.read()
            failed += response.status != 200
        except (OSError, HTTPException):
            failed += 1
        took.append(1_000 * (time.perf_counter() - start))
    for each in connections:
        each.close()
    return took, failed


def _row(name: str, value: float, unit: str, most: float | None = None, note: str = "") -> Row:
    return Row(name=name, value=value, unit=unit, most=most, note=note)


def _quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def _ended(port: int, names: list[str]) -> int:
    return sum(not _unfinished(port, [name]) for name in names)


def _unfinished(port: int, names: list[str]) -> bool:
    jobs = (json.loads(get(port, f"/jobs/{name}")[1]) for name in names)
    return any(each["status"] in ("queued", "running") for each in jobs)
