"""The examples of the OpenAPI document, sent to a service in turn: each is answered as the document says."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Mapping
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from app.api.openapi_examples import BODIES, EXAMPLE_IDS
from app.errors import service_error
from app.jobs import isolated_process
from clustering import ClusteringError
from tests.examples.service_requests import running_service

# Sent after everything else: they take away what the others are about.
REFUSED = {
    # The flows of the example are promotions, which do not say where students live.
    ("post", "/proposals/{proposal_id}/capture"): 422,
    ("get", "/proposals/{proposal_id}/capture"): 404,
}
LAST = ("/datasets/{dataset_id}/releases/{release_id}/withdrawal",)
MADE_BY = {
    "/datasets": ("dataset_id", "id"),
    "/proposals": ("proposal_id", "id"),
    "/datasets/{dataset_id}/plans": ("other_id", "id"),
    "/registers": ("register_id", "id"),
    "/proposals/{proposal_id}/matches": ("match_id", "id"),
    "/proposals/{proposal_id}/year-plans": ("year_plan_id", "id"),
    "/records": ("record_id", "record_id"),
    "/datasets/{dataset_id}/releases": ("release_id", "id"),
}


def test_every_operation_has_examples(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            without = {each["name"] for each in operation.get("parameters", ()) if "example" not in each}
            assert without <= {"after"}, (method, path)
            for content in operation.get("requestBody", {}).get("content", {}).values():
                assert "example" in content, (method, path)


class InThread(threading.Thread):
    """Stands in for a process of its own: fifty of these take longer than what they do here."""

    exitcode = 0

    def __init__(self, target: Any, args: tuple[Any, ...], *, daemon: bool) -> None:
        # As a process does, the thread has an end of the pipe of its own.
        super().__init__(target=target, args=(Connection(os.dup(args[0].fileno())), *args[1:]), daemon=daemon)

    def kill(self) -> None:
        """It has ended when there is a result."""


def work(sending: Any, _alive: Any, _memory_mb: int, task: Any, arguments: tuple[Any, ...]) -> None:
    with sending:
        try:
            sending.send(("result", task(lambda stage, fraction: None, *arguments)))
        except ClusteringError as error:
            sending.send(("problem", service_error(error).document()))


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr(isolated_process, "_context", SimpleNamespace(Pipe=Pipe, Process=InThread))
    monkeypatch.setattr(isolated_process, "_work", work)
    with running_service(tmp_path, allow_release=True) as running:
        yield running


def test_every_example_is_answered_as_the_document_says(service: TestClient) -> None:
    document = service.get("/openapi.json").json()
    ids: dict[str, str] = {}
    sent = 0
    for path, method in in_order(document):
        operation = document["paths"][path][method]
        answer = send(service, path, method, operation, ids)
        sent += 1
        succeeded = 200 <= answer.status_code < 300
        assert succeeded or answer.status_code == REFUSED.get((method, path)), (method, path, answer.text)
        check(document, operation, answer, f"{method} {path}")
        if method == "post" and path in MADE_BY:
            name, member = MADE_BY[path]
            ids[name] = answer.json()[member]
        if path == "/proposals" and method == "post":
            ids["job_id"] = service.get("/jobs").json()[0]["id"]
    assert sent == sum(map(len, document["paths"].values()))


def in_order(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Bodies as they are listed, then what starts without a body, then what reads, then what takes away."""
    every = [(path, method) for path, methods in document["paths"].items() for method in methods]
    bodies = [*BODIES]

    def turn(each: tuple[str, str]) -> tuple[int, int]:
        path, method = each
        if method == "delete":
            return 4, -every.index(each)
        if path in LAST:
            return 3, 0
        if method == "post":
            return (0, bodies.index(path)) if path in BODIES else (1, 0)
        return 2, 0

    return sorted(every, key=turn)


def send(service: TestClient, path: str, method: str, operation: Mapping[str, Any], ids: Mapping[str, str]) -> Any:
    query: dict[str, Any] = {}
    headers: dict[str, str] = {}
    address = path
    for each in operation.get("parameters", ()):
        example = true_ids(each.get("example"), ids)
        if each["in"] == "path":
            address = address.replace("{" + each["name"] + "}", str(example))
        elif each["in"] == "header":
            headers[each["name"]] = example
        elif example is not None:
            query[each["name"]] = example
    content = operation.get("requestBody", {}).get("content", {})
    given: dict[str, Any] = {}
    for kind, each in content.items():
        body = true_ids(each["example"], ids)
        given = {"json": body} if kind == "application/json" else form(body)
    return service.request(method, address, params=query, headers=headers, **given)


def true_ids(example: Any, ids: Mapping[str, str]) -> Any:
    """An example with the identifiers that this service gave."""
    text = json.dumps(example)
    for name, value in ids.items():
        text = text.replace(EXAMPLE_IDS[name], value)
    return json.loads(text)


def form(body: Mapping[str, Any]) -> dict[str, Any]:
    """A form: lists of texts with lines are files."""
    files = [
        (name, (f"{name}.csv", text.encode(), "text/csv"))
        for name, value in body.items()
        if isinstance(value, list)
        for text in value
        if "\n" in text
    ]
    known = {name for name, _ in files}
    return {"files": files, "data": {name: value for name, value in body.items() if name not in known}}


def check(document: Mapping[str, Any], operation: Mapping[str, Any], answer: Any, name: str) -> None:
    """The status, the media type and the schema of an answer are those of the document."""
    assert str(answer.status_code) in operation["responses"], name
    content = operation["responses"][str(answer.status_code)].get("content", {})
    if not content:
        assert answer.content == b"", name
        return
    kind = answer.headers["content-type"].partition(";")[0]
    assert kind in content, (name, kind)
    if kind.endswith("json"):
        schema = {**content[kind].get("schema", {}), "components": document["components"]}
        Draft202012Validator(schema).validate(answer.json())
