"""Requests that many tests make."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pandas as pd
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.examples.toy_district import toy_flows, toy_schools

Upload = tuple[str, tuple[str, bytes, str]]


class ReleasingClient(TestClient):
    """A client that releases second cuts on the record: all tests share one service and the same few students."""

    def post(self, url: str, **given: Any) -> Any:  # type: ignore[override]
        """Send, with a decision about second cuts among the fields of an upload."""
        if url in ("/datasets", "/browse/datasets") and "files" in given:
            decided = {"second_cut": "release", "by": "the tests", "why": "They share one service."}
            given["data"] = {**decided, **(given.get("data") or {})}
        return super().post(url, **given)


def upload(role: str, content: bytes | pd.DataFrame, name: str | None = None) -> Upload:
    """One file of a request."""
    data = content if isinstance(content, bytes) else content.to_csv(index=False).encode()
    return (role, (name or f"{role}.csv", data, "text/csv"))


def toy_uploads(schools: pd.DataFrame | None = None, flows: pd.DataFrame | None = None) -> list[Upload]:
    """The toy district as uploads; either table may be replaced."""
    return [
        upload("schools", toy_schools() if schools is None else schools),
        upload("flows", toy_flows() if flows is None else flows),
    ]


def running_service(folder: Path, **settings: Any) -> TestClient:
    """A service over a folder; it runs while the client is entered."""
    return TestClient(create_app(Settings(data_directory=folder, **settings)), base_url="http://127.0.0.1")


def ask_for_zones(client: TestClient, dataset_id: str, **parameters: Any) -> dict[str, Any]:
    """Ask for a proposal and wait for it."""
    response = client.post(
        "/proposals", json={"dataset_id": dataset_id, "parameters": parameters}, headers={"Prefer": "wait=60"}
    )
    assert response.status_code == 200, response.text
    return dict(response.json())


def compute(client: TestClient, address: str, **given: Any) -> Any:
    """
    Start an answer, wait for it, and read it.

    Answers with what GET says; or with what POST says, if that is no answer.
    """
    parameters = given.get("params")
    started = client.post(address, params=parameters, headers={"Prefer": "wait=60"})
    return client.get(address, **given) if started.status_code == 200 else started


def open_answer(client: TestClient, page: str, **fields: Any) -> Any:
    """Press the button that starts an answer, and follow the browser to the page that shows it, or what is wrong."""
    shown = client.post(f"{page}/compute", data=fields, follow_redirects=True)
    while "refresh" in shown.headers:
        time.sleep(0.05)
        shown = client.get(str(shown.url), follow_redirects=True)
    return shown


def wait_for_job(client: TestClient, address: str, seconds: float = 60) -> dict[str, Any]:
    """Ask for a job again and again until it is finished."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        job = client.get(address).json()
        if job["status"] not in ("queued", "running"):
            return dict(job)
        time.sleep(0.05)
    raise AssertionError(f"the job was not finished within {seconds} seconds")
