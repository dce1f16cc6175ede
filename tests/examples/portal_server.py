"""A server on loopback that plays the portal, whole or broken, and a clock that does not wait."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from app.services.portal import Clock, PortalRequest, PortalSettings, fetch_portal

DIRECTORY = PortalRequest(endpoint="schools/ccd/directory", year=2021, filters={"fips": "37"})
FIRST = "/api/v1/schools/ccd/directory/2021/?fips=37"
Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Server:
    """A server that gives its answers in order for each path; the last one again and again."""

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    address: str = ""

    def take(self, path: str) -> Answer:
        self.requests.append(path)
        left = self.answers.get(path, [status(404)])
        return left.pop(0) if len(left) > 1 else left[0]


@contextmanager
def run_server() -> Iterator[Server]:
    scripted = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            scripted.agents.append(self.headers["User-Agent"])
            scripted.take(self.path)(self)

        def log_message(self, *details: object) -> None:
            """Be silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        scripted.address = f"http://127.0.0.1:{listening.server_address[1]}/api/v1/"
        threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield scripted
        listening.shutdown()


@dataclass
class FakeClock:
    """A clock whose hands move only when something waits."""

    time: float = 1_000.0
    waits: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += seconds

    def clock(self) -> Clock:
        return Clock(monotonic=lambda: self.time, now=lambda: self.time, sleep=self.sleep)


def body(content: bytes, code: int = 200, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def status(code: int, **headers: str) -> Answer:
    return body(b"", code, **headers)


def cut(handler: BaseHTTPRequestHandler) -> None:
    """Promise a thousand bytes, give ten, and hang up."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"count": ')
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)


def page(count: object, following: object, *ids: str) -> bytes:
    results = [{"ncessch": name, "year": 2021} for name in ids]
    return json.dumps({"count": count, "next": following, "previous": None, "results": results}).encode()


def three_pages(server: Server) -> list[bytes]:
    """Five records on three pages."""
    second, third = (f"{server.address}schools/ccd/directory/2021/?fips=37&page={number}" for number in (2, 3))
    contents = [page(5, second, "1", "2"), page(5, third, "3", "4"), page(5, None, "5")]
    for path, content in zip((FIRST, f"{FIRST}&page=2", f"{FIRST}&page=3"), contents, strict=True):
        server.answers[path] = [body(content)]
    return contents


def fetch(
    server: Server, folder: Path, clock: FakeClock | None = None, request: PortalRequest = DIRECTORY, **settings: Any
) -> list[Path]:
    made = PortalSettings(address=server.address, timeout_s=5, **settings)
    return fetch_portal(request, folder, settings=made, clock=(clock or FakeClock()).clock())


def manifest(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "manifest.json").read_bytes()))
