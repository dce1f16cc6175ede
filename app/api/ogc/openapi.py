"""The OpenAPI 3.0 document of the OGC interface."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from app.api.ogc.answers import GEOJSON, HTML, JSON, OPENAPI, SCHEMA
from app.api.ogc.items import DEFAULT_LIMIT, MAXIMUM_LIMIT
from app.api.ogc.process_documents import PROCESS_ID
from app.api.ogc.schemas import field_schemas
from app.services.layers import DATASET_LAYERS, PROPOSAL_LAYERS, list_layers
from app.services.service import Service
from clustering import layer_fields

_PROBLEM = "application/problem+json"
_ERRORS = {
    "400": "A query parameter or the body cannot be used",
    "401": "The caller is not signed in",
    "403": "The caller may not do this, or exact counts are not given",
    "404": "There is no such thing",
    "406": "Neither JSON nor HTML is accepted",
    "409": "An earlier version made the proposal, or no answer satisfies the locks and limits",
    "422": "The inputs of the process cannot be used",
    "429": "Too many requests",
    "500": "Something went wrong",
    "503": "The service is busy",
}
_READING = ("400", "401", "403", "404", "406", "409", "429", "500", "503")
_MAXIMUM_LISTED = 200  # datasets and proposals; older ones have the general paths
_ITEM_NAMES = ("limit", "bbox", "datetime", "after", "properties", "crs", "bbox-crs", "f")


def openapi_document(service: Service, base: str) -> dict[str, Any]:
    """
    Write the document for a caller.

    Parameters
    ----------
    service
        The caller's, whose collections are listed one by one.
    base
        Address of the interface.

    Returns
    -------
    document
        OpenAPI 3.0.3. Each collection has its own path with its properties as parameters: clients pass on only the
        filters that are declared so.
    """
    paths = {**_general_paths(), **_process_paths()}
    for layer in list_layers(service, maximum=_MAXIMUM_LISTED):
        own = f"/collections/{layer.collection_id}"
        paths[own] = _get("The collection", "f")
        paths[f"{own}/items"] = _get("Its features", *_ITEM_NAMES, *_filter_names(layer.name), kind=GEOJSON)
        paths[f"{own}/items/{{featureId}}"] = _get("One feature", "featureId", "f", "crs", kind=GEOJSON)
        paths[f"{own}/queryables"] = _get("Properties to pick features by", "f", kind=SCHEMA)
        paths[f"{own}/schema"] = _get("Properties of its features", "f", kind=SCHEMA)
    return {
        "openapi": "3.0.3",
        "info": {"title": "Feeder Zones: OGC API", "version": version("feeder-zones")},
        "servers": [{"url": base}],
        "paths": paths,
        "components": {
            "parameters": {**_general_parameters(), **_filter_parameters()},
            "responses": {
                f"E{status}": {"description": text, "content": {_PROBLEM: {"schema": {"type": "object"}}}}
                for status, text in _ERRORS.items()
            },
        },
    }


def _general_paths() -> dict[str, Any]:
    return {
        "/": _get("Where everything is", "f"),
        "/conformance": _get("What of the standards is kept", "f"),
        "/api": _get("This document", "f", kind=OPENAPI),
        "/collections": _get("Collections", "f", "limit", "after"),
    }


def _process_paths() -> dict[str, Any]:
    body = {"required": True, "content": {JSON: {"schema": {"type": "object", "required": ["inputs"]}}}}
    execute = {
        **_operation("Propose Zones", "prefer", kind=JSON, errors=(*_READING, "422")),
        "requestBody": body,
        "operationId": "execute",
    }
    execute["responses"]["201"] = {"description": "The job", "content": {JSON: {"schema": {"type": "object"}}}}
    job = {**_get("One job", "jobId", "f"), "delete": _operation("Dismiss a job", "jobId", kind=JSON)}
    return {
        "/processes": _get("All processes", "f"),
        f"/processes/{PROCESS_ID}": _get("The process", "f"),
        f"/processes/{PROCESS_ID}/execution": {"post": execute},
        "/jobs": _get("Jobs, newest first", "f", "limit", "after"),
        "/jobs/{jobId}": job,
        "/jobs/{jobId}/results": _get("What a job made", "jobId", "f"),
    }


def _get(summary: str, *parameters: str, kind: str = JSON) -> dict[str, Any]:
    return {"get": _operation(summary, *parameters, kind=kind, with_html=True)}


def _operation(
    summary: str, *parameters: str, kind: str, with_html: bool = False, errors: tuple[str, ...] = _READING
) -> dict[str, Any]:
    content: dict[str, Any] = {kind: {"schema": {"type": "object"}}}
    if with_html:
        content[HTML] = {"schema": {"type": "string"}}
    return {
        "summary": summary,
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in parameters],
        "responses": {
            "200": {"description": "The document", "content": content},
            **{status: {"$ref": f"#/components/responses/E{status}"} for status in errors},
        },
    }


def _general_parameters() -> dict[str, Any]:
    texts: dict[str, Any] = {"type": "string"}
    limit = {"type": "integer", "minimum": 1, "maximum": MAXIMUM_LIMIT, "default": DEFAULT_LIMIT}
    numbers = {"oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}], "type": "array"}
    bbox = {**numbers, "items": {"type": "number"}}
    names = {"type": "array", "items": texts}
    listed = {"style": "form", "explode": False}
    return {
        "f": _parameter("f", {"type": "string", "enum": ["json", "html"]}, "Form; or by Accept."),
        "limit": _parameter("limit", limit, "Most that are listed.", **listed),
        "bbox": _parameter("bbox", bbox, "West, south, east, north in degrees.", **listed),
        "datetime": _parameter("datetime", texts, "A time or an interval; features have none, so all fit.", **listed),
        "after": _parameter("after", texts, "Where the page before ended; its link next has it."),
        "properties": _parameter("properties", names, "Properties that are wanted.", **listed),
        "crs": _parameter("crs", texts, "CRS84 alone."),
        "bbox-crs": _parameter("bbox-crs", texts, "CRS84 alone."),
        "prefer": {"name": "Prefer", "in": "header", "schema": texts, "description": "respond-async, or wait=N."},
        "featureId": {"name": "featureId", "in": "path", "required": True, "schema": texts},
        "jobId": {"name": "jobId", "in": "path", "required": True, "schema": texts},
    }


def _parameter(name: str, schema: dict[str, Any], description: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema, **more}


def _filter_parameters() -> dict[str, Any]:
    """The properties of each kind of layer, as parameters."""
    return {
        f"{layer}.{name}": _parameter(
            name, {"type": schema["type"]}, schema.get("description", ""), style="form", explode=False
        )
        for layer in (*DATASET_LAYERS, *PROPOSAL_LAYERS)
        for name, schema in field_schemas(layer_fields(layer)).items()
    }


def _filter_names(layer: str) -> list[str]:
    return [f"{layer}.{name}" for name in layer_fields(layer)]
