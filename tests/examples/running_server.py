"""A server of its own process on a free port of this machine, and what can be sent to it byte by byte."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class RunningServer:
    """A running ``zones serve``."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def connect(self, data: bytes = b"") -> socket.socket:
        """Open a connection and send something."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        if data:
            connection.sendall(data)
        return connection

    def exchange(self, data: bytes) -> bytes:
        """Send something and read until the server closes."""
        with self.connect(data) as connection:
            return read_all(connection)

    def get(self, path: str, *headers: str) -> bytes:
        """Ask for a path, and read the whole answer."""
        lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", *headers]
        return self.exchange("\r\n".join([*lines, "", ""]).encode())

    def stop(self) -> float:
        """End it with SIGTERM; how many seconds that took."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)
        return time.monotonic() - started


def read_all(connection: socket.socket) -> bytes:
    """Everything until the other side closes."""
    received = b""
    try:
        while chunk := connection.recv(65_536):
            received += chunk
    except ConnectionResetError:
        pass
    return received


@contextmanager
def running_server(folder: Path, *options: str, **settings: Any) -> Iterator[RunningServer]:
    """Start a server, wait until it answers, and end it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {f"FEEDER_ZONES_{name.upper()}": str(value) for name, value in settings.items()}
    environment = {**os.environ, **own, "FEEDER_ZONES_DATA_DIRECTORY": str(folder / "data")}
    log = folder / "log.txt"
    command = [sys.executable, "-m", "app.cli.main", "serve", "--port", str(port), *options]
    with log.open("wb") as written:
        process = subprocess.Popen(command, env=environment, stdout=written, stderr=written)
    server = RunningServer(port, process, log)
    try:
        _wait_until_it_answers(server)
        yield server
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _wait_until_it_answers(server: RunningServer) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            if b" 200 " in server.get("/healthz"):
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError(server.log.read_text())
