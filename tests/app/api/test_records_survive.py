"""The service killed while editors write: whatever it acknowledged is there when it is started again."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

from tests.databases import address_of, is_postgres
from tests.examples.service_requests import running_service
from tests.examples.zone_records import another_zone

ROOT = Path(__file__).resolve().parents[3]


def ask(address: str, body: dict[str, Any] | None = None, seen: int | None = None) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"} | ({} if seen is None else {"If-Match": f'"{seen}"'})
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(address, data, headers), timeout=10) as response:
        return dict(json.load(response))


def started(folder: Path, port: int) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "FEEDER_ZONES_DATA_DIRECTORY": str(folder), "FEEDER_ZONES_PORT": str(port)}
    if is_postgres():
        environment["FEEDER_ZONES_DATABASE"] = address_of(folder)
    command = [sys.executable, "-m", "app.cli.main", "serve"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            ask(f"http://127.0.0.1:{port}/healthz")
        except OSError:
            time.sleep(0.1)
        else:
            return process
    process.kill()
    raise AssertionError("the service did not start")


def test_a_killed_service_has_every_change_that_it_acknowledged(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = f"http://127.0.0.1:{port}"
    process = started(tmp_path, port)
    acknowledged: dict[str, int] = {}
    enough = threading.Event()

    def edit(record_id: str) -> None:
        while True:
            revision = acknowledged[record_id]
            content = {"condition_id": "time-calendar", "note": f"Revision {revision + 1}"}
            body = {"by": "Ann", "why": "Noted", "kind": "condition", "content": content}
            try:
                answer = ask(f"{own}/records/{record_id}/changes", body, revision)
            except (OSError, ValueError):  # it is gone
                return
            acknowledged[record_id] = answer["revision"]
            if answer["revision"] > 10:
                enough.set()

    try:
        for _ in range(3):
            record = ask(f"{own}/records", {"by": "Ann", "why": "Begun", "zone": another_zone()})
            acknowledged[record["record_id"]] = 1
        editors = [threading.Thread(target=edit, args=(record_id,)) for record_id in acknowledged]
        for editor in editors:
            editor.start()
        assert enough.wait(60)
        process.send_signal(signal.SIGKILL)
        for editor in editors:
            editor.join()
    finally:
        process.kill()
        process.wait()
    with running_service(tmp_path) as client:
        for record_id, revision in acknowledged.items():
            kept = client.get(f"/records/{record_id}").json()
            # The change on its way when the service was killed may be there whole, or not at all.
            assert kept["revision"] in (revision, revision + 1)
            assert kept["conditions"][0]["note"] == f"Revision {kept['revision']}"
            history = client.get(f"/records/{record_id}/history").json()["history"]
            assert [entry["revision"] for entry in history] == list(range(1, kept["revision"] + 1))
