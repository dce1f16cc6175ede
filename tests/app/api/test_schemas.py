"""The OpenAPI document lists the parameters of the requests that take them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.main import create_app
from app.settings import Settings
from clustering import parameter_schema


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app(Settings()).openapi()


def request_schema(document: dict[str, Any], path: str, media_type: str) -> dict[str, Any]:
    body = document["paths"][path]["post"]["requestBody"]["content"][media_type]["schema"]
    found: dict[str, Any] = document["components"]["schemas"][body["$ref"].rpartition("/")[2]]
    return found


def test_a_request_for_zones_lists_every_parameter(document: dict[str, Any]) -> None:
    listed = request_schema(document, "/proposals", "application/json")["properties"]["parameters"]["properties"]
    assert listed == parameter_schema()["properties"]
    assert all("default" in field for field in listed.values())
    assert listed["maximum_zones"]["default"] is None
    assert json.dumps(listed["maximum_schools"]["maximum"]) == "1000"
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
    assert text["contentSchema"]["properties"] == parameter_schema()["properties"]
    assert "set" in fields
