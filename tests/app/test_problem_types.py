"""Every error of the service has a stable type, and every type is documented."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.errors import ServiceError, error_from_document
from app.problem_types import PROBLEM_TYPES, TYPES_BY_NAME, problem_type

ROOT = Path(__file__).resolve().parents[2]


def raised() -> list[tuple[str, int, str | None]]:
    """Every status in the code that an error is made with, with where it is and the type that it names."""
    found: list[tuple[str, int, str | None]] = []
    for path in sorted((ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in ("ServiceError", "request_error"):
                continue
            status = node.args[0] if node.args else None
            names = [each.value for each in node.keywords if each.arg == "type_name"]
            name = str(names[0].value) if names and isinstance(names[0], ast.Constant) else None
            if isinstance(status, ast.Constant):
                found.append((f"{path.name}:{node.lineno}", int(str(status.value)), name))
    return found


def test_every_error_in_the_code_has_a_type_that_comes_with_its_status() -> None:
    errors = raised()
    assert len(errors) > 60
    # What others build may name a type before it is listed here; that is what this finds.
    unknown = [error for error in errors if error[2] is not None and error[2] not in TYPES_BY_NAME]
    assert unknown == []
    assert [error for error in errors if error[1] not in problem_type(error[1], error[2]).statuses] == []


def test_every_type_is_documented_in_its_own_words() -> None:
    text = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| ([\d, ]+) \| (.+) \| (.+) \|$", text, flags=re.MULTILINE)
    listed = [(t.name, ", ".join(map(str, t.statuses)), t.title, t.what_to_do) for t in PROBLEM_TYPES]
    assert rows == listed
    assert len(TYPES_BY_NAME) == len(PROBLEM_TYPES)


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (400, "malformed-request"),
        (403, "forbidden"),
        (404, "not-found"),
        (409, "conflict"),
        (412, "changed-meanwhile"),
        (418, "malformed-request"),
        (422, "invalid-input"),
        (503, "busy"),
        (599, "server-error"),
    ],
)
def test_an_error_without_a_type_has_that_of_its_status(status: int, name: str) -> None:
    assert ServiceError(status, "So it is.").document()["type"] == f"urn:feeder-zones:problem:{name}"


def test_an_error_of_another_process_keeps_its_type() -> None:
    error = ServiceError(409, "So it is.", type_name="second-cut", extra={"more": 1})
    again = error_from_document(error.document())
    assert again.document() == error.document()
    # Documents of jobs of earlier versions have no type.
    earlier = {"type": "about:blank", "title": "Conflict", "status": 409, "detail": "So it was."}
    assert error_from_document(earlier).document()["type"].endswith(":conflict")


def test_the_types_are_listed_and_found_by_name(client: TestClient) -> None:
    listed = client.get("/problems").json()
    assert [each["type"] for each in listed] == [each.urn for each in PROBLEM_TYPES]
    for each in listed:
        assert client.get(f"/problems/{each['type'].rsplit(':', 1)[1]}").json() == each
    missing = client.get("/problems/none")
    assert (missing.status_code, missing.json()["type"]) == (404, "urn:feeder-zones:problem:not-found")
