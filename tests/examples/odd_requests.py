r"""
Odd texts and numbers for every field and parameter of every route, pages among them, drawn from its own description.

``python -m tests.examples.odd_requests 2000 60`` sends 2,000 different ones, 60 to each field in turn, and prints what
was answered; a third number skips so many fields.
"""

from __future__ import annotations

import copy
import itertools
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.examples.service_requests import ask_for_zones, toy_uploads
from tests.examples.toy_register import register_uploads
from tests.examples.zone_records import another_zone

# Texts as JSON writes them, between its quotation marks; then numbers and constants.
_TEXTS = (
    *("\\ud800", "\\udfff", "a\\ud83d", "\\udc00\\ud800", "\\u0000", "a\\u0000b", "", " ", "\\u00a0", "\\ufeff"),
    *("\\u202eabc", "\\u2066x\\u2069", "\\u200b", "\\ufffe", "\\uffff", "\\ud83d\\ude00", "e\\u0301\\u0301", "\\u2028"),
    *("../../etc/passwd", "%00", "%ff", "%c0%af", "%s%n", "{0}", "${x}", "'; DROP TABLE job; --", "=1+1", "-", "nan"),
    *("inf", "-inf", "1e400", "9223372036854775808", "-9223372036854775809", "1e308", "0x10", "1_000", "\\u0661"),
    *("9999-12-31", "0001-01-01", "2024-02-30", "true", "null", "[]", "{}", "\\\\", "\\n", "\\t", "\\u001b[31m"),
    *("a" * 5_000, "9" * 400, "9" * 5_000, "\\ud800" * 300, "[" * 500, "<script>", "&amp;", "#", "?", "/", "//", ";"),
    *(
        '{\\"a\\": \\"\\\\ud800\\"}',
        '[\\"\\\\ud800\\"]',
        "x=\\ud800",
        "x=1e400",
        '{\\"a\\": NaN}',
        '[{\\"a\\": 1e999}]',
    ),
)
_NUMBERS: tuple[str, ...] = (
    "NaN",
    "Infinity",
    "-Infinity",
    "1e400",
    "-1e400",
    "9" * 30,
    "-" + "9" * 30,
    "9223372036854775808",
    "1.5e-320",
)
_NUMBERS += ("0", "-1", "true", "null", "[]", "{}", "9" * 5_000, '[["\\ud800"]]', '{"\\ud800": 1}', '{"a": "\\u0000"}')
# Bytes behind percent signs that no text in UTF-8 has.
_BYTES = ("%ff", "%c0%80", "%ed%a0%80", "%f8%88%80%80%80", "%00", "a%00b", "%e2%28%a1", "%80", "%fe%fe")


LISTS = (
    *("/datasets", "/jobs", "/proposals", "/registers", "/matches", "/year-plans", "/records", "/checklists"),
    *("/ledger", "/releases"),
)


@dataclass(frozen=True)
class Field:
    """A field or parameter of a route."""

    method: str
    path: str
    where: str  # path, query, header, json, form
    name: tuple[str, ...]


def odd_json(count: int) -> list[str]:
    """So many different values, each as JSON."""
    known = [*(f'"{text}"' for text in _TEXTS), *_NUMBERS]
    chosen = random.Random(18)
    parts = [*_TEXTS[:22], "a", "0", "\\u00e9", "\\u4e2d", "\\u0007", " ", "1", "%", "."]
    while len(known) < count:
        known.append('"' + "".join(chosen.choices(parts, k=chosen.randint(2, 12))) + '"')
    return known[:count]


def all_fields(application: Any) -> list[Field]:
    """Every parameter, every field of every body; by operation."""
    routes = []
    for route in all_routes(application):
        shown = copy.copy(route)
        shown.include_in_schema = True
        routes.append(shown)
    document = get_openapi(title="x", version="1", routes=routes)
    schemas = document["components"]["schemas"]
    found = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            parameters = operation.get("parameters", ())
            found += [Field(method, path, each["in"], (each["name"],)) for each in parameters]
            for kind, body in operation.get("requestBody", {}).get("content", {}).items():
                where = "json" if kind == "application/json" else "form"
                found += [Field(method, path, where, name) for name in _names(body["schema"], schemas)]
    return found


def all_routes(application: Any) -> Iterator[APIRoute]:
    """Every route of an application, pages among them."""
    return _flat(application.routes)


def _flat(routes: Any) -> Iterator[APIRoute]:
    for route in routes:
        if hasattr(route, "original_router"):
            yield from _flat(route.original_router.routes)
        elif isinstance(route, APIRoute):
            yield route


def _names(
    schema: Mapping[str, Any], schemas: Mapping[str, Any], start: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
    if start:
        yield start
    if len(start) < 3:
        for name, inner in schema.get("properties", {}).items():
            yield from _names(inner, schemas, (*start, name))


def served_ids(client: TestClient) -> dict[str, str]:
    """One of everything, by the name of its path parameter."""
    dataset_id = client.post("/datasets", files=toy_uploads()).json()["id"]
    proposal_id = ask_for_zones(client, dataset_id, identification="official:designation=CSI")["id"]
    register_id = client.post("/registers", files=register_uploads()).json()["id"]
    who = {"by": "Ann", "why": "Because"}
    record = client.post("/records", json={**who, "zone": another_zone()}).json()
    match = client.post(
        f"/proposals/{proposal_id}/matches", json={"register_id": register_id}, headers={"Prefer": "wait=60"}
    ).json()
    asked = {**who, "title": "T", "parameters": [{"identification": "official:designation=CSI"}]}
    released = client.post(f"/datasets/{dataset_id}/releases", json=asked).json()
    return {
        "dataset_id": dataset_id,
        "proposal_id": proposal_id,
        "other_id": proposal_id,
        "register_id": register_id,
        "record_id": record["record_id"],
        "result_id": match["id"],
        "release_id": released.get("id", "none"),
        "number": "1",
        "checklist_id": "miami_school_improvement_zone",
        "name": "standard",
        "rule_id": "essa_csi_graduation",
        "zone_id": "zone-0001",
        "job_id": client.get("/jobs").json()[0]["id"],
    }


def send(client: TestClient, field: Field, value: str, ids: Mapping[str, str]) -> Any:
    """Send a request that is in order, but for one field, whose value is given as JSON."""
    known = dict(ids) if field.method != "delete" else {}
    plain = json.loads(value) if len(value) < 4_000 or value.startswith('"') else value
    as_text = plain if isinstance(plain, str) else value
    path = field.path
    for name in [each.split("}")[0].split(":")[0] for each in path.split("{")[1:]]:
        given = _quoted(as_text) if field.where == "path" and field.name == (name,) else known.get(name, "none")
        path = path.replace("{" + name + "}", given).replace("{" + name + ":path}", given)
    headers: dict[str, Any] = {"If-Match": '"1"'} if path.endswith("/changes") else {}
    content: bytes = b""
    if field.where == "query":
        path += f"?{_quoted(field.name[0])}={_quoted(as_text)}"
    elif field.where == "header":
        headers[field.name[0]] = as_text.encode("utf-8", "replace").replace(b"\0", b" ").replace(b"\n", b" ")[:2_000]
    elif field.where == "json":
        headers["Content-Type"] = "application/json"
        content = _body(field, value, ids).encode()
    elif field.where == "form":
        headers["Content-Type"] = "multipart/form-data; boundary=XX"
        content = _form(field, as_text)
    return client.request(field.method.upper(), path or "/", content=content, headers=headers)


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="") or "%20"


_VALID = {
    "by": '"Ann"',
    "why": '"Because"',
    "kind": '"zone"',
    "content": "{}",
    "rule": '"essa_csi_graduation"',
    "first": '"essa_csi_graduation"',
    "second": '"essa_csi_graduation"',
    "years": "[2022]",
    "zone": '{"zone_id": "z", "name": "Z", "school_ids": ["1"]}',
    "confirmed": "[0]",
    "title": '"T"',
    "parameters": "{}",
}


def _body(field: Field, value: str, ids: Mapping[str, str]) -> str:
    known = {name: json.dumps(ids.get(name, "none")) for name in ("dataset_id", "register_id")}
    valid = {**_VALID, **known}
    needed = {
        "/proposals": ("dataset_id",),
        "matches": ("register_id",),
        "year-plans": ("register_id",),
        "changes": ("by", "why", "kind", "content"),
        "record": ("by", "why"),
        "/records": ("by", "why", "zone"),
        "releases": ("by", "why", "title"),
        "withdrawal": ("by", "why"),
        "identification": ("rule",),
        "rule-comparisons": ("first", "second"),
        "cycles": ("rule", "years"),
    }
    last = field.path if field.path in needed else field.path.rsplit("/", 1)[1]
    inner = value
    for name in reversed(field.name[1:]):
        inner = f"{{{json.dumps(name)}: {inner}}}"
    members = {name: valid[name] for name in needed.get(last, ())} | {field.name[0]: inner}
    return "{" + ", ".join(f"{json.dumps(name)}: {each}" for name, each in members.items()) + "}"


def _form(field: Field, text: str) -> bytes:
    data = text.encode("utf-8", "surrogatepass")
    name = field.name[0].encode()
    odd_name = data.replace(b'"', b"").replace(b"\n", b"").replace(b"\r", b"")
    file = b'--XX\r\nContent-Disposition: form-data; name="%b"; filename="%b"\r\n\r\nschool_id,name\n1,%b\n\r\n'
    plain = b'--XX\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'
    if field.name[0] not in _FILES:
        return plain % (name, data) + b"--XX--\r\n"
    if len(data) % 2:  # the same text inside JSON, escapes and all
        inner = text.encode("ascii", "backslashreplace").replace(b'"', b"")
        as_json = plain.replace(b'"\r\n\r\n', b'"; filename="x.json"\r\n\r\n', 1)
        return as_json % (name, b'[{"school_id": "%b"}]' % inner) + b"--XX--\r\n"
    return file % (name, odd_name, data) + b"--XX--\r\n"


_FILES: tuple[str, ...] = (
    "schools",
    "flows",
    "files",
    "plan",
    "file",
    "checklist",
    "partners",
    "preferences",
    "conditions",
)
_FILES += ("name_matches",)
_FILES += ("performance", "crosswalk", "catchments", "official_lists", "student_records")


def send_all(
    client: TestClient, fields: list[Field], values: list[str], each: int, ids: Mapping[str, str]
) -> list[tuple[Field, str, int]]:
    """
    Send to each field so many of the values, in turn.

    Returns
    -------
    answers
        The field, the value and the status.
    """
    turn = itertools.cycle(values)
    return [
        (field, value, send(client, field, value, ids).status_code)
        for field in fields
        for value in (values if each >= len(values) else itertools.islice(turn, each))
    ]


def main() -> None:
    """Send the values of the command line's number, some or all to each field, and say what was answered."""
    count, each = int(sys.argv[1]), int(sys.argv[2])
    settings = Settings(data_directory=Path(tempfile.mkdtemp()), allow_release=True, maximum_queued_jobs=1_000_000)
    application = create_app(settings)
    options: dict[str, Any] = {"raise_server_exceptions": False, "follow_redirects": False}
    with TestClient(application, base_url="http://127.0.0.1", **options) as client:
        ids, fields = served_ids(client), all_fields(application)
        statuses: Counter[int] = Counter()
        turn = itertools.cycle(odd_json(count))
        first = int(sys.argv[3]) if len(sys.argv) > 3 else 0
        for number, field in enumerate(fields[first:], first):
            for value in itertools.islice(turn, each):
                status = send(client, field, value, ids).status_code
                statuses[status] += 1
                if status >= 500 and status != 503:
                    _say(f"{status} {field} {value[:80]}")
            if number % 50 == 0:
                _say(f"{number} of {len(fields)}: {dict(statuses)}")
        _say(f"lists: {[client.get(path).status_code for path in LISTS]}")
    _say(f"{sum(statuses.values())} requests: {dict(statuses)}")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
