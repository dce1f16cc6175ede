"""The OpenAPI document says what is answered: statuses, media types, headers and the form of errors."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from app.problem_types import PROBLEM_TYPES


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
