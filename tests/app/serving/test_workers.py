"""Several processes that share one socket: one that dies is replaced; numbers are of all; a signal ends all."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from pathlib import Path

from tests.examples.running_server import RunningServer, running_server


def workers_of(server: RunningServer) -> list[int]:
    """The processes that serve: those children of the first that hold its socket."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                status = (folder / "status").read_text()
                command = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if f"PPid:\t{server.process.pid}\n" in status and b"spawn_main" in command:
                found.append(int(folder.name))
    return sorted(found)


def test_workers_end_with_the_first_process_even_if_it_is_killed(tmp_path: Path) -> None:
    with running_server(tmp_path, "--workers", "2") as server:
        workers = workers_of(server)
        server.process.kill()
        server.process.wait()
    deadline = time.monotonic() + 240
    while left := [pid for pid in workers if Path(f"/proc/{pid}").exists()]:
        assert time.monotonic() < deadline, left
        time.sleep(0.1)
    assert len(workers) == 2


def test_a_worker_that_dies_is_replaced_and_a_signal_ends_all(tmp_path: Path) -> None:
    with running_server(tmp_path, "--workers", "2", log_format="json") as server:
        deadline = time.monotonic() + 240
        while len(before := workers_of(server)) < 2 and time.monotonic() < deadline:
            time.sleep(0.1)
        assert len(before) == 2
        os.kill(before[0], signal.SIGKILL)
        while before[0] in (now := workers_of(server)) or len(now) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        answers = [server.get("/datasets") for _ in range(20)]
        assert {answer[:12] for answer in answers} == {b"HTTP/1.1 200"}
        text = server.get("/metrics").decode()
        (counted,) = re.findall(r'zones_http_requests_total\{method="GET",route="/datasets",status="200"\} (.+)', text)
        assert float(counted) == 20  # of both processes
        after = workers_of(server)
        server.stop()
        assert [pid for pid in after if Path(f"/proc/{pid}").exists()] == []
        lines = [json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{")]
        assert sum(line.get("route") == "/datasets" for line in lines) == 20
