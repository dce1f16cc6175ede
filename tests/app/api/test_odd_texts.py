"""Texts that UTF-8 cannot hold, numbers that no column can: refused at the door, by every route, and never stored."""

from __future__ import annotations

import json

import pytest
from starlette.testclient import TestClient

from app.errors import ServiceError
from app.main import create_app
from app.odd_values import is_odd_bytes, is_odd_text, odd_address, odd_form, refuse_odd_json
from app.settings import Settings
from tests.examples.odd_requests import LISTS, all_fields, odd_json, send_all
from tests.examples.service_requests import toy_uploads

pytestmark = pytest.mark.usefixtures("one_process")


def test_every_field_of_every_route_takes_an_odd_value_without_an_error_of_the_service(
    client: TestClient, settings: Settings, dataset_id: str, proposal_id: str
) -> None:
    ids = {"dataset_id": dataset_id, "proposal_id": proposal_id, "number": "1"}
    fields = all_fields(create_app(settings))
    assert len(fields) > 550
    assert {field.where for field in fields} == {"path", "query", "header", "json", "form"}
    answers = send_all(client, fields, odd_json(400), 1, ids)
    assert [answer for answer in answers if answer[2] >= 500 and answer[2] != 503] == []
    assert {path: client.get(path).status_code for path in LISTS} == dict.fromkeys(LISTS, 200)


@pytest.mark.parametrize(
    "sent",
    [
        '"\\ud800"',
        '["\\udfff"]',
        '{"a": {"b": "x\\u0000"}}',
        '{"\\ud800": 1}',
        "NaN",
        "[-Infinity]",
        "[1e400]",
        str(2**63),
    ],
)
def test_json_that_nothing_can_keep_is_refused(sent: str) -> None:
    with pytest.raises(ServiceError) as caught:
        refuse_odd_json(sent, "body")
    assert caught.value.status == 422
    json.dumps(caught.value.document(), ensure_ascii=False).encode()  # the problem itself can be sent


@pytest.mark.parametrize(
    "sent", ['"\\ud83d\\ude00"', '"\u202e"', str(2**63 - 1), str(-(2**63)), "1e308", "{", "[" * 100_000]
)
def test_other_json_is_left_to_whoever_reads_it(sent: str) -> None:
    refuse_odd_json(sent)


def test_texts_and_bytes_are_told_apart() -> None:
    assert [is_odd_text(text) for text in ("\ud800", "a\0", "\U0001f600", "")] == [True, True, False, False]
    assert [is_odd_bytes(data) for data in (b"\xff", b"\0", b"\xed\xa0\x80", "é".encode())] == [True, True, True, False]
    assert odd_form(b"a=%ff&b=1") is not None
    assert odd_form(b"a=%C3%A9&b=+&c") is None
    assert odd_address(b"/datasets/%c0%af", b"") is not None
    assert odd_address(b"/datasets/%C3%A9", b"a=%C3%A9") is None


def test_a_lone_surrogate_spoils_no_list(client: TestClient, dataset_id: str) -> None:
    before = client.get("/jobs").json()
    body = f'{{"dataset_id": "{dataset_id}", "parameters": {{"force_in": ["\\ud800"]}}}}'
    refused = client.post("/proposals", content=body, headers={"Content-Type": "application/json"})
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:feeder-zones:problem:unreadable-text")
    assert refused.json()["problems"][0]["column"] == "parameters.force_in.0"
    assert client.get("/jobs").json() == before


def test_json_inside_a_form_is_looked_at_too(client: TestClient) -> None:
    for parameters in ('{"force_in": ["\\ud800"]}', '{"time_limit_s": NaN}'):
        refused = client.post("/zones", files=toy_uploads(), data={"parameters": parameters})
        assert refused.status_code == 422, refused.text
        assert refused.json()["problems"][0]["column"].startswith("parameters.")


def test_a_form_that_ends_too_early_is_refused_and_nothing_of_it_is_stored(client: TestClient) -> None:
    before = client.get("/datasets").json()
    request = client.build_request("POST", "/datasets", files=toy_uploads())
    whole = request.read()
    for cut in (whole[: len(whole) // 2], whole[:-5]):
        refused = client.post("/datasets", content=cut, headers={"Content-Type": request.headers["Content-Type"]})
        assert (refused.status_code, refused.json()["type"]) == (400, "urn:feeder-zones:problem:malformed-request")
        assert "last boundary" in refused.json()["detail"]
    assert client.get("/datasets").json() == before


@pytest.mark.parametrize(
    ("path", "sent", "kind", "taken"),
    [
        ("/proposals", b"{}", None, "application/json"),
        ("/proposals", b"{}", "text/plain", "application/json"),
        ("/proposals", b"a=1", "application/x-www-form-urlencoded", "application/json"),
        ("/datasets", b"{}", "application/json", "multipart/form-data"),
        ("/datasets", b"{}", None, "multipart/form-data"),
    ],
)
def test_a_body_of_another_kind_is_415(
    client: TestClient, path: str, sent: bytes, kind: str | None, taken: str
) -> None:
    refused = client.post(path, content=sent, headers={"Content-Type": kind} if kind else {})
    assert (refused.status_code, refused.json()["type"]) == (415, "urn:feeder-zones:problem:unsupported-media-type")
    assert taken in refused.json()["detail"]
    assert taken in refused.headers["Accept"]


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**400, 0])
def test_a_number_that_no_column_holds_is_no_number_of_a_proposal(client: TestClient, number: int) -> None:
    for part in ("", "/zones", "/schools", "/members", "/links", "/map"):
        refused = client.get(f"/releases/none/proposals/{number}{part}")
        assert (refused.status_code, refused.json()["type"]) == (422, "urn:feeder-zones:problem:invalid-input")
