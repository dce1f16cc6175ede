"""The examples of the OpenAPI document, sent to a service in turn: each is answered as the document says."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Iterator, Mapping
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from types import SimpleNamespace
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from app.api.openapi_examples import BODIES, EXAMPLE_IDS, example_of
from app.errors import service_error
from app.jobs import isolated_process
from clustering import ClusteringError
from tests.examples.service_requests import ask_for_zones, running_service

pytestmark = pytest.mark.usefixtures("one_process")

# Members of documents that are lists of what one thing consists of, and not of rows with pages of their own.
OF_ONE_DOCUMENT = {
    ("/records/{record_id}/missing", "missing"),
    ("/rules/schema", "required"),
    ("/disclosure-policies/schema", "required"),
}
# Forms of answers about one proposal, match or year plan: whole documents, which are stored as such.
DOCUMENTS = (
    "/proposals/{proposal_id}/",
    "/matches/{result_id}/",
    "/year-plans/{result_id}/",
    "/releases/{release_id}/",
)
AT_SCHOOLS = {
    "spatial": {"bbox": [[-98.0, 38.01, -98.0, 38.11]], "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}
}
REFUSED = {
    # The flows of the example are promotions, which do not say where students live.
    ("post", "/proposals/{proposal_id}/capture"): 422,
    ("get", "/proposals/{proposal_id}/capture"): 404,
}
# Sent after everything else, as DELETE is: it ends what the others need.
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
    """Stands in for an isolated process: to start fifty of these takes longer than their work."""

    exitcode = 0

    def __init__(self, target: Any, args: tuple[Any, ...], *, daemon: bool) -> None:
        # As a process does, the thread has an end of the pipe of its own.
        super().__init__(target=target, args=(Connection(os.dup(args[0].fileno())), *args[1:]), daemon=daemon)

    def kill(self) -> None:
        """It has ended when there is a result."""


def work(sending: Any, *others: Any) -> None:
    """Do a task as an isolated process does, without limits; the last two are the task and its arguments."""
    task, arguments = others[-2:]
    with sending:
        try:
            sending.send(("result", task(lambda stage, fraction: None, *arguments)))
        except ClusteringError as error:
            sending.send(("problem", service_error(error).document()))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(isolated_process, "_context", SimpleNamespace(Pipe=Pipe, Process=InThread))
        patched.setattr(isolated_process, "_work", work)
        with running_service(tmp_path_factory.mktemp("examples"), allow_release=True) as running:
            yield running


@pytest.fixture(scope="module")
def document(service: TestClient) -> dict[str, Any]:
    return dict(service.get("/openapi.json").json())


@pytest.fixture(scope="module")
def ids(service: TestClient, document: dict[str, Any]) -> dict[str, str]:
    """Send every example except those that delete or withdraw; the identifiers of what was made."""
    made: dict[str, str] = {}
    for path, method in in_order(document):
        if method == "delete" or path in LAST:
            continue
        answer = send_and_check(service, document, path, method, made)
        if method == "post" and path in MADE_BY:
            name, member = MADE_BY[path]
            made[name] = answer.json()[member]
        if path == "/proposals" and method == "post":
            made["job_id"] = service.get("/jobs").json()[0]["id"]
    return made


def test_examples_that_make_and_read_are_answered_as_the_document_says(ids: dict[str, str]) -> None:
    assert len(set(ids.values())) == len(EXAMPLE_IDS)


def test_what_is_read_has_a_documented_form(service: TestClient, document: dict[str, Any], ids: dict[str, str]) -> None:
    kinds = set()
    for path, methods in document["paths"].items():
        if "get" not in methods:
            continue
        answer = service.get(filled(path, ids), headers={"Accept": "text/csv"})
        kinds.add(check(document, methods["get"], answer, path))
        if answer.status_code == 200:
            named = set(methods["get"]["responses"]["200"]["headers"])
            assert named <= {"API-Version", "ETag", "X-Request-ID", "X-Total-Count", "Link", "Content-Range"}, path
            for name in named - {"Link", "Content-Range"}:
                assert name in answer.headers, (path, name)
    assert {"application/problem+json", "text/csv"} <= kinds


def test_every_list_has_pages(service: TestClient, document: dict[str, Any], ids: dict[str, str]) -> None:
    operations = {path: methods["get"] for path, methods in document["paths"].items() if "get" in methods}
    lists = 0
    for path, operation in operations.items():
        content = operation["responses"]["200"]["content"]
        is_array = content.get("application/json", {}).get("schema", {}).get("type") == "array"
        if not {"limit", "after"} <= {each["name"] for each in operation.get("parameters", ())}:
            assert not is_array, f"a list without pages: {path}"
            if path.endswith("}") or path.startswith(DOCUMENTS) or "application/json" not in content:
                continue
            members = service.get(filled(path, ids)).json().items()
            bare = {(path, name) for name, value in members if isinstance(value, list)}
            assert bare <= OF_ONE_DOCUMENT, f"a list without pages: {bare}"
            continue
        lists += 1
        assert "X-Total-Count" in operation["responses"]["200"]["headers"], path
        check_pages(service, filled(path, ids))
    assert lists == 26


@pytest.mark.parametrize("path", ["/ogc/collections", "/ogc/jobs"])
def test_the_lists_of_the_map_interface_have_pages(service: TestClient, ids: dict[str, str], path: str) -> None:
    ask_for_zones(service, ids["dataset_id"], identification="official:designation=CSI", maximum_schools=4)
    check_pages(service, path, refused=400)
    document = service.get(f"{path}?limit=1").json()
    assert (document["numberReturned"], document["numberMatched"] > 1) == (1, True)
    extents = {each["id"].partition("-")[0]: each["extent"] for each in document.get("collections", ())}
    # The first of them is the newest dataset: its seven schools stand in a row.
    assert extents.get("schools", AT_SCHOOLS) == AT_SCHOOLS
    following = [each["href"] for each in document["links"] if each["rel"] == "next"]
    assert service.get(following[0]).json()["numberMatched"] == document["numberMatched"]


def test_examples_that_delete_are_answered_as_the_document_says(
    service: TestClient, document: dict[str, Any], ids: dict[str, str]
) -> None:
    deleting = [(path, method) for path, method in in_order(document) if method == "delete" or path in LAST]
    assert len(deleting) == 7
    for path, method in deleting:
        send_and_check(service, document, path, method, ids)


def send_and_check(
    service: TestClient, document: Mapping[str, Any], path: str, method: str, ids: Mapping[str, str]
) -> Any:
    operation = document["paths"][path][method]
    answer = send(service, path, method, operation, ids)
    is_answered = 200 <= answer.status_code < 300 or answer.status_code == REFUSED.get((method, path))
    assert is_answered, (method, path, answer.text)
    check(document, operation, answer, f"{method} {path}")
    return answer


def in_order(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Bodies as they are listed, then what starts without a body, then what reads, then what deletes."""
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


def check(document: Mapping[str, Any], operation: Mapping[str, Any], answer: Any, name: str) -> str:
    """The status, the media type and the schema of an answer are those of the document; gives the media type."""
    assert str(answer.status_code) in operation["responses"], name
    content = operation["responses"][str(answer.status_code)].get("content", {})
    if not content:
        assert answer.content == b"", name
        return ""
    kind = answer.headers["content-type"].partition(";")[0]
    assert kind in content, (name, kind)
    if kind.endswith("json"):
        schema = {**content[kind].get("schema", {}), "components": document["components"]}
        Draft202012Validator(schema).validate(answer.json())
    return str(kind)


def filled(path: str, ids: Mapping[str, str]) -> str:
    """The path of a route with identifiers that this service gave, else those of the examples."""
    for name in re.findall(r"\{(\w+)\}", path):
        path = path.replace("{" + name + "}", str(true_ids(example_of(path, name), ids)))
    return path


def rows_of(path: str, answer: Any) -> list[Any]:
    """The rows of a list, which is the answer or its only member that is one."""
    document = answer.json()
    if isinstance(document, list):
        return document
    lists = [value for name, value in document.items() if isinstance(value, list) and name != "links"]
    assert len(lists) == 1, path
    return list(lists[0])


def check_pages(service: TestClient, path: str, *, refused: int = 422) -> None:
    """Pages of one row are the first rows of the list; headers give its length and the next page."""
    whole = service.get(path, params={"limit": 1000})
    assert whole.status_code == 200, (path, whole.text)
    total = int(whole.headers["X-Total-Count"])
    assert "next" not in whole.headers.get("Link", ""), path
    rows, found, address = rows_of(path, whole), [], f"{path}?limit=1"
    for _ in range(max(1, min(total, 3))):
        page = service.get(address)
        assert page.headers["X-Total-Count"] == str(total), path
        found += rows_of(path, page)
        linked = re.search(r"<([^>]+)>; rel=\"next\"", page.headers.get("Link", ""))
        address = linked[1] if linked else ""
    assert found == rows[: len(found)], path
    assert bool(address) == (total > 3), path
    for query in ("limit=0", "limit=x", "after=x"):
        assert service.get(f"{path}?{query}").status_code == refused, (path, query)
