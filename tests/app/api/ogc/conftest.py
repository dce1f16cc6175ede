"""One server on loopback for all clients, over the service that the other tests use."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from starlette.testclient import TestClient


@dataclass(frozen=True)
class Served:
    """The interface as clients see it, and what the service itself says of the proposal (not through a layer)."""

    base: str
    dataset_id: str
    proposal_id: str
    zones: dict[str, Any]
    schools: dict[str, dict[str, Any]]
    links: list[dict[str, str]]

    def collection(self, layer: str) -> str:
        return f"{layer}-{self.dataset_id if layer == 'schools' else self.proposal_id}"


@contextmanager
def served_application(application: Any) -> Iterator[str]:
    """A server on loopback for an application that runs already; its address."""
    server = uvicorn.Server(uvicorn.Config(application, lifespan="off", log_level="warning"))
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="package")
def served(client: TestClient, dataset_id: str, proposal_id: str) -> Iterator[Served]:
    zones = client.get(f"/proposals/{proposal_id}/zones").json()
    schools = client.get(f"/proposals/{proposal_id}/schools").json()["features"]
    header, *lines = client.get(f"/proposals/{proposal_id}/links").text.splitlines()
    with served_application(client.app) as address:
        yield Served(
            base=f"{address}/ogc",
            dataset_id=dataset_id,
            proposal_id=proposal_id,
            zones=zones,
            schools={each["id"]: each for each in schools},
            links=[dict(zip(header.split(","), line.split(","), strict=True)) for line in lines],
        )
