"""The OpenAPI document lists the parameters of the requests that take them."""

from __future__ import annotations

from typing import Any

import pytest

from app.main import create_app
from app.settings import Settings
from clustering import parameter_schema


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app(Settings()).openapi()


def expected() -> dict[str, Any]:
    """The parameters without defaults of ``null``, which FastAPI leaves out: their type says that they may be null."""
    fields = parameter_schema()["properties"].items()
    return {name: {key: value for key, value in field.items() if value is not None} for name, field in fields}


def request_schema(document: dict[str, Any], path: str, media_type: str) -> dict[str, Any]:
    body = document["paths"][path]["post"]["requestBody"]["content"][media_type]["schema"]
    found: dict[str, Any] = document["components"]["schemas"][body["$ref"].rpartition("/")[2]]
    return found


def test_a_request_for_zones_lists_every_parameter(document: dict[str, Any]) -> None:
    listed = request_schema(document, "/proposals", "application/json")["properties"]["parameters"]["properties"]
    assert listed == expected()
    assert listed["time_limit_s"] == {
        "type": "number",
        "minimum": 0.1,
        "maximum": 86_400,
        "default": 300,
        "unit": "seconds",
        "description": listed["time_limit_s"]["description"],
    }


@pytest.mark.parametrize("path", ["/datasets/{dataset_id}/plans", "/zones"])
def test_forms_list_them_as_the_content_of_their_text(document: dict[str, Any], path: str) -> None:
    fields = request_schema(document, path, "multipart/form-data")["properties"]
    text, _ = fields["parameters"]["anyOf"]
    assert text["contentMediaType"] == "application/json"
    assert text["contentSchema"]["properties"] == expected()
    assert "set" in fields
