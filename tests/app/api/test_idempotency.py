"""A POST that is sent twice under one key does its work once; another request under the same key is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.api.idempotency_middleware import RequestHash
from app.errors import ServiceError
from app.negotiation import prefers_csv, quality
from app.store import IngestedDataset, SentAnswer, idempotency, open_store
from app.store.tables import time_now
from tests.examples.service_requests import running_service, toy_uploads
from tests.examples.zone_records import another_zone

WHO = {"by": "Ann", "why": "Agreed"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with running_service(tmp_path_factory.mktemp("keyed")) as client:
        yield client


def begin(client: TestClient, key: str, zone: dict[str, Any], **headers: str) -> Any:
    return client.post("/records", json={**WHO, "zone": zone}, headers={"Idempotency-Key": key, **headers})


def test_what_is_sent_twice_is_done_once_and_answered_the_same(service: TestClient) -> None:
    zone = another_zone()
    first, again = begin(service, "one", zone), begin(service, "one", zone)
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert {name: again.headers[name] for name in ("Location", "ETag")} == {
        name: first.headers[name] for name in ("Location", "ETag")
    }
    assert (again.headers["Idempotency-Replayed"], "Idempotency-Replayed" in first.headers) == ("true", False)
    assert first.headers["X-Request-ID"] != again.headers["X-Request-ID"]
    # Without the key it is another request, and the Zone has its record.
    assert service.post("/records", json={**WHO, "zone": zone}).status_code == 409


def test_another_request_under_the_key_is_refused(service: TestClient) -> None:
    begin(service, "two", another_zone())
    before = service.get("/records").json()
    refused = begin(service, "two", another_zone())
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:feeder-zones:problem:key-used-otherwise")
    assert service.get("/records").json() == before


def test_a_form_is_the_same_whatever_its_boundary(service: TestClient) -> None:
    answers = [service.post("/datasets", files=toy_uploads(), headers={"Idempotency-Key": "form"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert len(service.get("/datasets").json()) == 1
    # What is deleted is in no answer that is kept, though it be deleted on a page.
    page = f"/browse{answers[0].headers['Location']}/delete"
    assert service.post(page, follow_redirects=False).status_code == 303
    anew = service.post("/datasets", files=toy_uploads(), headers={"Idempotency-Key": "form"})
    assert anew.status_code == 201
    assert anew.headers["Location"] != answers[0].headers["Location"]


def test_what_was_refused_can_be_sent_again(service: TestClient) -> None:
    zone = another_zone()
    assert begin(service, "three", {**zone, "school_ids": []}).status_code == 422
    assert begin(service, "three", zone).status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "x" * 201])
def test_a_key_has_its_form(service: TestClient, key: str) -> None:
    assert begin(service, key, another_zone()).status_code == 400


def test_the_hash_does_not_depend_on_how_the_bytes_arrive() -> None:
    def hashed(boundary: bytes, size: int) -> str:
        body = b"--%b\r\na\r\n--%b\r\nb%b--\r\n--%b--\r\n" % (boundary, boundary, boundary[:3], boundary)
        whole = RequestHash(
            {"type": "http", "headers": [(b"content-type", b"multipart/form-data; boundary=" + boundary)]}
        )
        for start in range(0, len(body), size):
            whole.add(body[start : start + size])
        return whole.digest()

    assert len({hashed(b"abcdef", size) for size in (1, 2, 5, 7, 1_000)}) == 1
    assert hashed(b"abcdef", 3) == hashed(b"abcxyz", 4)
    assert hashed(b"abcdef", 3) != hashed(b"xbcdef", 3)  # the text b"abc" is part of the first


def test_keys_are_kept_for_a_day_and_by_whom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(tmp_path)
    answers = store.of_agency("local").keyed_answers
    assert answers.begin("one") is None
    with pytest.raises(ServiceError) as caught:
        answers.begin("one")
    assert (caught.value.status, caught.value.headers) == (409, {"Retry-After": "2"})
    kept = SentAnswer("hash", 201, [("location", "/x")], b"body")
    answers.keep("one", kept)
    assert answers.begin("one") == kept
    now = time_now()
    monkeypatch.setattr(idempotency, "time_now", lambda: now + timedelta(hours=23, minutes=59))
    assert answers.begin("one") == kept
    monkeypatch.setattr(idempotency, "time_now", lambda: now + timedelta(hours=24, minutes=1))
    assert answers.begin("one") is None
    # A process was killed: its key is free again after a while.
    monkeypatch.setattr(idempotency, "time_now", lambda: now + timedelta(hours=25))
    assert answers.begin("one") is None
    answers.keep("one", kept)
    for agency_id, expected in (("other", kept), ("local", None)):
        of_agency = store.of_agency(agency_id)
        of_agency.delete_dataset(of_agency.add_dataset("One", IngestedDataset(report={}, scenario=b"x")).id)
        assert answers.begin("one") == expected
    store.close()


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", (1.0, 1.0, 1.0)),
        ("*/*", (1.0, 1.0, 1.0)),
        ("text/csv", (0.0, 1.0, 0.0)),
        ("application/json", (1.0, 0.0, 1.0)),
        ("text/*;q=0.5, application/json;q=0.4", (0.4, 0.5, 0.4)),
        ("application/geo+json, */*;q=0.1", (0.1, 0.1, 1.0)),
        ("text/csv;q=0, */*", (1.0, 0.0, 1.0)),
        ("application/json;q=2, nonsense", (0.0, 0.0, 0.0)),
    ],
)
def test_how_much_a_form_is_liked(accept: str, expected: tuple[float, ...]) -> None:
    kinds = ("application/json", "text/csv", "application/geo+json")
    assert tuple(quality(accept, kind) for kind in kinds) == expected


def test_csv_is_for_whoever_names_it() -> None:
    taken = ["text/csv", "text/csv, */*;q=0.1", "application/json;q=0.5, text/csv"]
    others = ["", "*/*", "text/csv;q=0", "application/json, text/csv;q=0.9", "text/html"]
    assert [prefers_csv(accept) for accept in (*taken, *others)] == [True] * 3 + [False] * 5


def test_an_answer_that_nobody_takes_is_406(service: TestClient) -> None:
    for path, accept in (("/datasets", "text/csv"), ("/records.geojson", "text/html"), ("/rules", "application/xml")):
        refused = service.get(path, headers={"Accept": accept})
        assert (refused.status_code, refused.json()["type"]) == (406, "urn:feeder-zones:problem:not-acceptable"), path
    for path, accept in (("/records.geojson", "application/json"), ("/records?f=csv", "text/html"), ("/", "text/html")):
        assert service.get(path, headers={"Accept": accept}).status_code == 200, path
