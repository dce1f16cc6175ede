"""The OpenAPI document says what is answered: statuses, media types, headers and the form of errors."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from app.problem_types import PROBLEM_TYPES

# Each would compute for seconds.
_SLOW: tuple[str, ...] = (
    "plans",
    "stability",
    "trade-off",
    "selection-frequency",
    "replacement-cost",
    "zone-sizes",
    "frontier",
)
_SLOW += ("best-matches", "best-year-plans", "one-more", "years-to-reach-all", "reach", "persistence", "capture")


@pytest.fixture(scope="module")
def document(client: TestClient) -> dict[str, Any]:
    return dict(client.get("/openapi.json").json())


def test_every_operation_says_how_it_fails(document: dict[str, Any]) -> None:
    assert len(document["paths"]) > 90
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            responses = operation["responses"]
            assert {"400", "401", "403", "404", "422", "429", "503", "default"} <= set(responses), (method, path)
            assert ("415" in responses) == ("requestBody" in operation)
            for status, response in responses.items():
                if status >= "4" and status != "default" and "$ref" not in response and not path.startswith("/ogc"):
                    assert list(response["content"]) == ["application/problem+json"], (method, path, status)
    named = document["components"]["schemas"]["Problem"]["properties"]["type"]["enum"]
    assert named == sorted(each.urn for each in PROBLEM_TYPES)
    assert "HTTPValidationError" not in str(document)


def test_what_is_read_has_a_documented_form(client: TestClient, document: dict[str, Any], ids: dict[str, str]) -> None:
    seen: dict[str, int] = {}
    for path, methods in document["paths"].items():
        if "get" not in methods or path.rsplit("/", 1)[1] in _SLOW:
            continue
        address = path
        for name, value in ids.items():
            address = address.replace("{" + name + "}", value)
        documented = methods["get"]["responses"]
        for accept in ("*/*", "text/csv"):
            response = client.get(address, headers={"Accept": accept})
            kind = response.headers["content-type"].partition(";")[0]
            assert str(response.status_code) in documented, (path, response.status_code)
            content = documented[str(response.status_code)]["content"]
            assert kind in content, (path, accept, kind)
            seen[kind] = seen.get(kind, 0) + 1
            if response.status_code == 200:
                unsent = {"Link", "Content-Range"}
                named = set(documented["200"]["headers"]) - unsent
                assert named <= {"API-Version", "ETag", "X-Request-ID", "X-Total-Count"}
                for name in named:
                    assert name in response.headers, (path, name)
    assert {"application/json", "application/geo+json", "text/csv", "text/html"} <= set(seen)
