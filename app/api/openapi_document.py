"""
The OpenAPI document as the service really answers.

FastAPI describes a route by the types of its function. What a response as such says, which media types it has, how
errors look and which headers every answer carries is added here; a test compares it with what is answered.
"""

from __future__ import annotations

import re
from typing import Any

from app.problem_types import PROBLEM_TYPES

JSON, GEOJSON, CSV, HTML, PROBLEM = (
    "application/json",
    "application/geo+json",
    "text/csv",
    "text/html",
    "application/problem+json",
)
_JSON_OR_CSV = (JSON, CSV)
# The media types of answers that routes write themselves; the first pattern that fits counts.
_FORMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"/jobs/\{[^}]+\}/events", ("text/event-stream",)),
    (r"(/[^/]+)*/map", (HTML,)),
    (r"/(matches|year-plans)/\{[^}]+\}/picture", (HTML,)),
    (r"/records\.geojson", (GEOJSON,)),
    (r"/zones", (GEOJSON,)),
    (r"/(proposals|releases/\{[^}]+\}/proposals)/\{[^}]+\}/zones", (GEOJSON,)),
    (r"/(proposals|releases/\{[^}]+\}/proposals)/\{[^}]+\}/schools", (GEOJSON, CSV)),
    (r"/(proposals|releases/\{[^}]+\}/proposals)/\{[^}]+\}/(members|links)", (CSV,)),
    (r"/datasets/\{[^}]+\}/(set-aside|crosswalk)", (CSV,)),
    (r"/registers/\{[^}]+\}/(partners|duties)", (CSV,)),
    (r"/matches/\{[^}]+\}/(matches|unserved|unused|capacity)", (CSV,)),
    (r"/year-plans/\{[^}]+\}/(starts|falls|partners|unserved)", (CSV,)),
)
_ERRORS = {
    "400": "The request cannot be read.",
    "401": "Nobody is signed in.",
    "403": "This is not allowed.",
    "404": "There is no such thing.",
    "406": "The answer does not have the form that f or Accept asks for.",
    "409": "This conflicts with what is stored.",
    "413": "The request is too large.",
    "415": "The body's media type is not taken.",
    "422": "Something in the input is wrong.",
    "429": "Too many requests.",
    "503": "The service is busy.",
}
_OF_BODIES = ("409", "413", "415")
_ANY_JSON: dict[str, Any] = {}
_TEXT = {"type": "string"}


def with_true_responses(document: dict[str, Any]) -> dict[str, Any]:
    """
    Say of every operation which statuses, media types and headers it answers with.

    Parameters
    ----------
    document
        As FastAPI makes it; it is changed.

    Returns
    -------
    document
        The same.
    """
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = _problem_schema()
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    components["headers"] = _headers()
    components["responses"] = {"Problem": _problem("An error; its type is listed at /problems.")}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _describe(path, method, operation)
    return document


def _describe(path: str, method: str, operation: dict[str, Any]) -> None:
    responses: dict[str, Any] = operation["responses"]
    responses.pop("422", None)
    forms = _forms_of(path, method, operation)
    for status, response in tuple(responses.items()):
        if "4" <= status[0] <= "5" and not {"content", "$ref"} & set(response):
            responses[status] = _problem(response["description"])
            continue
        headers = response.setdefault("headers", {})
        headers |= {name: _header(name) for name in ("X-Request-ID", "API-Version")}
        if operation.get("deprecated"):
            headers |= {name: _header(name) for name in ("Deprecation", "Sunset")}
        if status.startswith("2") and status != "204":
            _describe_forms(response, forms)
        if status in ("201", "202"):
            response["headers"]["Location"] = _header("Location")
    if method == "get":
        _describe_reading(responses, forms)
        if any(each["name"] == "after" and each["in"] == "query" for each in operation.get("parameters", ())):
            responses["200"]["headers"]["X-Total-Count"] = _header("X-Total-Count")
    has_body = "requestBody" in operation
    for status, text in _ERRORS.items():
        if status in _OF_BODIES and not has_body and not (status == "409" and method != "get"):
            continue
        responses.setdefault(status, _problem(text))
    responses["default"] = {"$ref": "#/components/responses/Problem"}


def _describe_forms(response: dict[str, Any], forms: tuple[str, ...]) -> None:
    """Give a response the media types that the route really writes; what FastAPI knows of its JSON stays."""
    content = response.setdefault("content", {})
    if set(content) == set(forms):
        return
    known = content.get(JSON, {}).get("schema", _ANY_JSON)
    content.clear()
    for form in forms:
        content[form] = {"schema": known if form == JSON else _ANY_JSON if form == GEOJSON else _TEXT}


def _describe_reading(responses: dict[str, Any], forms: tuple[str, ...]) -> None:
    headers = responses["200"]["headers"]
    if forms not in ((HTML,), ("text/event-stream",)):
        headers["ETag"] = _header("ETag")
    headers["Link"] = _header("Link")
    whole = {form: responses["200"]["content"][form] for form in forms}
    responses["206"] = {
        "description": "A range of the bytes",
        "headers": {"Content-Range": _header("Content-Range")},
        "content": {form: {"schema": _TEXT} for form in whole},
    }
    responses["304"] = {"description": "The client has this version already"}
    responses["416"] = _problem("There are no such bytes.")


def _forms_of(path: str, method: str, operation: dict[str, Any]) -> tuple[str, ...]:
    if path.startswith("/ogc"):  # its routes say it themselves
        declared: dict[str, Any] = next(
            (each["content"] for each in operation["responses"].values() if each.get("content")), {}
        )
        return tuple(declared) or (JSON,)
    for pattern, forms in _FORMS:
        if re.fullmatch(pattern, path) and (method == "get" or path == "/zones"):
            return forms
    named: tuple[str, ...] = tuple(operation["responses"].get("200", {}).get("content", ()))
    if named not in ((), (JSON,)):
        return named
    parameters = operation.get("parameters", ())
    takes_form = any(each["name"] == "f" and each["in"] == "query" for each in parameters)
    return _JSON_OR_CSV if takes_form else (JSON,)


def _problem(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "headers": {"X-Request-ID": _header("X-Request-ID"), "Retry-After": _header("Retry-After")},
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _header(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{name}"}


def _headers() -> dict[str, Any]:
    described = {
        "X-Request-ID": "That of the request, or a new one; each line of the log has it.",
        "API-Version": "The version of this interface, as info.version of this document.",
        "Deprecation": "Since when this is deprecated (RFC 9745).",
        "Sunset": "When this may be removed (RFC 8594).",
        "Retry-After": "Seconds after which the same request may succeed.",
        "Location": "Where what was made, or its job, is.",
        "ETag": "The version, for If-None-Match, If-Match and If-Range.",
        "X-Total-Count": "How many entries the whole list has.",
        "Link": "What the answer is about (describedby), or the next page (next).",
        "Content-Range": "Which bytes these are, of how many.",
    }
    return {name: {"description": text, "schema": _TEXT} for name, text in described.items()}


def _problem_schema() -> dict[str, Any]:
    return {
        "type": "object",
        "title": "Problem",
        "description": "RFC 9457. Further members depend on the type.",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "enum": sorted(each.urn for each in PROBLEM_TYPES)},
            "title": _TEXT,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": _TEXT,
            "problems": {"type": "array", "items": {"type": "object"}},
            "problem_count": {"type": "integer"},
        },
    }
