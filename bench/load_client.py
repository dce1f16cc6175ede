"""The client of the load benchmark: wrk, whose one thread sends more than any of the servers can answer."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

_UNITS_MS = {"us": 0.001, "ms": 1.0, "s": 1_000.0, "m": 60_000.0}


@dataclass(frozen=True, kw_only=True)
class Load:
    """
    What a server answered under load.

    Parameters
    ----------
    per_s
        Requests answered each second.
    median_ms, p99_ms
        Milliseconds until the answer was there.
    errors
        Answers other than 2xx and 3xx, connections that failed, and requests that got no answer in two seconds.
    """

    per_s: float
    median_ms: float
    p99_ms: float
    errors: int


def press(port: int, path: str, *, seconds: float, connections: int, headers: Mapping[str, str] | None = None) -> Load:
    """
    Ask for one address as often as the server answers.

    Parameters
    ----------
    port, path
        Of the loopback address.
    seconds
        How long.
    connections
        At the same time; they stay open.
    headers
        Of each request.

    Returns
    -------
    load
        Of all connections together.
    """
    program = shutil.which("wrk")
    if program is None:
        raise SystemExit("wrk is missing: run make bench-load, or on Debian apt-get install wrk.")
    said = [word for name, value in (headers or {}).items() for word in ("-H", f"{name}: {value}")]
    address = f"http://127.0.0.1:{port}{path}"
    command = [program, "-t1", f"-c{connections}", f"-d{seconds:g}s", "--latency", *said, address]
    return read_wrk(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def read_wrk(printed: str) -> Load:
    """Read what wrk prints."""
    shares = {share: float(value) * _UNITS_MS[unit] for share, value, unit in _SHARE.findall(printed)}
    failed = sum(map(int, re.findall(r"(?:connect|read|write|timeout) (\d+)", printed)))
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", printed)
    per_s = re.search(r"Requests/sec:\s+([\d.]+)", printed)
    return Load(
        per_s=float(per_s[1]) if per_s else 0.0,
        median_ms=shares.get("50", float("nan")),
        p99_ms=shares.get("99", float("nan")),
        errors=failed + (int(refused[1]) if refused else 0),
    )


_SHARE = re.compile(r"^\s+(\d\d)%\s+([\d.]+)(us|ms|s|m)$", re.MULTILINE)


class IdleAttackers:
    """
    Connections that send half a request and then nothing.

    Parameters
    ----------
    port
        Of the server.
    count
        How many; those that are closed are opened again by :meth:`renew`.
    """

    def __init__(self, port: int, count: int) -> None:
        self.port = port
        self.count = count
        self.opened = 0
        self._open: list[socket.socket] = []

    def renew(self) -> None:
        """Open as many as are missing."""
        for each in [each for each in self._open if _is_closed(each)]:
            each.close()
            self._open.remove(each)
        while len(self._open) < self.count:
            try:
                connection = socket.create_connection(("127.0.0.1", self.port), timeout=2)
                connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half: ")
            except OSError:
                return
            connection.setblocking(False)
            self._open.append(connection)
            self.opened += 1

    def still_open(self) -> int:
        """How many the server has not closed."""
        return sum(not _is_closed(each) for each in self._open)

    def close(self) -> None:
        """Close all."""
        for each in self._open:
            each.close()


def _is_closed(connection: socket.socket) -> bool:
    """Whether the other end has closed it."""
    try:
        return connection.recv(4_096, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
