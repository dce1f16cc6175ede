"""The version of the interface: a major version only gains, and deprecated routes say so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, Response
from starlette.testclient import TestClient

from app.api.request_checks import ALL_REQUEST_CHECKS
from app.api.versions import INTERFACE_VERSION, deprecated
from app.main import create_app
from app.settings import Settings

# The version, then a line for each operation, each of its parameters and each member of its answers.
PROMISED = Path(__file__).parent / "interface.txt"


def promises(document: dict[str, Any]) -> Iterator[str]:
    """What clients may rely on, a line each."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            own = f"{method.upper()} {path}"
            yield own
            for each in operation.get("parameters", ()):
                if not each.get("required") or each["in"] == "path":
                    yield f"{own} {each['in']} {each['name']}"
            for status in ("200", "201", "202"):
                content = operation["responses"].get(status, {}).get("content", {})
                yield from (f"{own} {status} {kind}" for kind in content)
                yield from (f"{own} {status} {name}" for name in members(content, document))


def members(content: dict[str, Any], document: dict[str, Any]) -> Iterator[str]:
    schema = content.get("application/json", {}).get("schema", {})
    named = re.search(r"'#/components/schemas/(\w+)'", str(schema))
    if named is not None:
        yield from document["components"]["schemas"][named[1]].get("properties", {})


def required(document: dict[str, Any]) -> Iterator[str]:
    """What requests must have; the same within a major version."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for each in operation.get("parameters", ()):
                if each.get("required") and each["in"] != "path":
                    yield f"{method.upper()} {path} requires {each['name']}"
            named = re.search(r"'#/components/schemas/(\w+)'", str(operation.get("requestBody", "")))
            if named is not None:
                for name in document["components"]["schemas"][named[1]].get("required", ()):
                    yield f"{method.upper()} {path} requires {name}"


def test_a_major_version_loses_nothing(client: TestClient) -> None:
    """If this fails, something that clients rely on is gone, or something new is missing in the file: add it there."""
    document = client.get("/openapi.json").json()
    version, *lines = PROMISED.read_text("utf-8").splitlines()
    assert document["info"]["version"] == INTERFACE_VERSION
    assert version.split(".")[0] == INTERFACE_VERSION.split(".")[0]
    now = {*promises(document), *required(document)}
    assert sorted(now ^ set(lines)) == []


def test_every_answer_names_the_version(client: TestClient) -> None:
    for path in ("/datasets", "/datasets/none", "/nowhere", "/", "/ogc", "/healthz"):
        assert client.get(path).headers["API-Version"] == INTERFACE_VERSION


def test_a_deprecated_route_says_so(tmp_path: Path) -> None:
    router = APIRouter()
    notice = deprecated(since=date(2026, 12, 1), sunset=date(2027, 6, 1), instead="/datasets")

    @router.get("/old", **notice)
    def old() -> Response:
        return Response("{}", media_type="application/json")

    application = create_app(Settings(data_directory=tmp_path))
    application.router.routes.insert(0, *_routes(router))
    operation = application.openapi()["paths"]["/old"]["get"]
    assert operation["deprecated"]
    assert {"Deprecation", "Sunset"} <= set(operation["responses"]["200"]["headers"])
    with TestClient(application, base_url="http://127.0.0.1") as client:
        headers = client.get("/old").headers
        assert headers["Deprecation"] == "@1796083200"  # 2026-12-01T00:00:00Z
        assert headers["Sunset"] == "Tue, 01 Jun 2027 00:00:00 GMT"
        assert '</datasets>; rel="successor-version"' in headers["Link"]
        assert "Deprecation" not in client.get("/problems").headers


def _routes(router: APIRouter) -> list[Any]:
    checked = APIRouter(dependencies=ALL_REQUEST_CHECKS)
    checked.include_router(router)
    return list(checked.routes)


def test_a_short_notice_is_refused() -> None:
    with pytest.raises(ValueError, match="180 days"):
        deprecated(since=date(2026, 12, 1), sunset=date(2027, 5, 1), instead="/datasets")


def main() -> None:
    """Write the file anew, after the version was raised or something was added."""
    import tempfile  # noqa: PLC0415

    document = create_app(Settings(data_directory=Path(tempfile.mkdtemp()))).openapi()
    lines = [INTERFACE_VERSION, *sorted({*promises(document), *required(document)})]
    PROMISED.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
