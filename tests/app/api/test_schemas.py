"""The OpenAPI document lists the parameters of the requests that take them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.main import create_app
from app.settings import Settings
from clustering import MatchParameters, PlanYearsParameters, parameter_schema


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


@pytest.mark.parametrize(("path", "parameters"), [("matches", MatchParameters), ("year-plans", PlanYearsParameters)])
def test_a_request_about_capacity_lists_every_parameter(
    document: dict[str, Any], path: str, parameters: type[MatchParameters]
) -> None:
    request = request_schema(document, f"/proposals/{{proposal_id}}/{path}", "application/json")
    listed = request["properties"]["parameters"]["properties"]
    assert listed == parameter_schema(parameters)["properties"]
    assert all({"default", "description"} <= set(field) for field in listed.values())
    assert listed["budget_dollars"]["unit"] == "dollars a year"
    assert set(request["required"]) == {"register_id"}


def test_the_files_of_a_register_are_fields_of_a_form(document: dict[str, Any]) -> None:
    fields = request_schema(document, "/registers", "multipart/form-data")
    assert set(fields["properties"]) == {"partners", "preferences", "encoding", "read", "name", "dataset_id"}
    assert fields["required"] == ["partners"]
