"""Responses that are kept in memory: the same bytes as before, while the proposal is stored, and for nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from starlette.datastructures import State
from starlette.testclient import TestClient

from app.services.kept_responses import keep_while_stored, key_of
from app.services.service import Service
from app.store import LOCAL_AGENCY, Proposal
from tests.examples.service_requests import ask_for_zones, running_service, toy_uploads

PARTS = ("", "/zones", "/schools", "/schools?f=csv", "/members", "/links", "/map")


class Caller(NamedTuple):
    """What a key looks at of a caller."""

    agency_id: str
    name: str
    roles: frozenset[str]
    dataset_ids: frozenset[str] | None = None


@pytest.fixture(scope="module")
def small_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A service of its own: what it keeps is counted."""
    with running_service(tmp_path_factory.mktemp("kept"), allow_exact=True) as client:
        yield client


@pytest.fixture(scope="module")
def own_dataset(small_service: TestClient) -> str:
    return str(small_service.post("/datasets", files=toy_uploads()).json()["id"])


@pytest.fixture(scope="module")
def own_proposal(small_service: TestClient, own_dataset: str) -> str:
    return str(ask_for_zones(small_service, own_dataset, identification="official:designation=CSI")["id"])


@pytest.fixture
def deleted_later(small_service: TestClient, own_dataset: str) -> str:
    return str(
        ask_for_zones(small_service, own_dataset, identification="official:designation=CSI", maximum_steps=1)["id"]
    )


def _service(client: TestClient) -> Service:
    return client.app.state.service  # type: ignore[attr-defined, no-any-return]


def _without_reading(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the store give no part any more: what is answered now comes from memory."""

    def refuse(*_: object) -> bytes:
        raise AssertionError("the store was read")

    for with_exact in (False, True):
        store = _service(client).store.of_agency(LOCAL_AGENCY, with_exact=with_exact)
        monkeypatch.setattr(store, "proposal_part", refuse)
        monkeypatch.setattr(store, "proposal", refuse)


@pytest.mark.parametrize("part", PARTS)
def test_what_was_read_is_given_again_without_reading_the_store(
    small_service: TestClient, own_proposal: str, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/proposals/{own_proposal}{part}"
    first = small_service.get(address)
    _without_reading(small_service, monkeypatch)
    again = small_service.get(address)
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers.pop("x-request-id") != first.headers.pop("x-request-id")
    assert again.headers == first.headers


def test_a_client_that_has_it_gets_304_with_the_policy_of_the_map(
    small_service: TestClient, own_proposal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/proposals/{own_proposal}/map"
    first = small_service.get(address)
    _without_reading(small_service, monkeypatch)
    tag = first.headers["etag"].removeprefix("W/")
    for known in (tag, f"W/{tag}", f'"other", {tag}'):
        answer = small_service.get(address, headers={"If-None-Match": known})
        assert (answer.status_code, answer.content) == (304, b"")
        assert "content-length" not in answer.headers
        assert answer.headers["content-security-policy"] == first.headers["content-security-policy"]
    assert small_service.get(address, headers={"If-None-Match": '"other"'}).content == first.content


def test_what_was_deleted_is_gone_from_memory_at_once(small_service: TestClient, deleted_later: str) -> None:
    address = f"/proposals/{deleted_later}/zones"
    tag = small_service.get(address).headers["etag"]
    assert small_service.delete(f"/proposals/{deleted_later}").status_code == 204
    for headers in ({}, {"If-None-Match": tag}):
        assert small_service.get(address, headers=headers).status_code == 404


def test_each_form_is_kept_by_itself(small_service: TestClient, own_proposal: str) -> None:
    address = f"/proposals/{own_proposal}/schools"
    for _ in range(2):
        assert small_service.get(address).headers["content-type"] == "application/geo+json"
        assert small_service.get(address, headers={"Accept": "text/csv"}).headers["content-type"].startswith("text/csv")
        assert small_service.get(f"{address}?g=csv").status_code == 422


def test_exact_counts_are_read_anew_each_time(
    small_service: TestClient, own_dataset: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = ask_for_zones(small_service, own_dataset, disclosure="exact")["id"]
    address = f"/proposals/{proposal}/zones"
    assert small_service.get(address).status_code == 200
    _without_reading(small_service, monkeypatch)
    with pytest.raises(AssertionError, match="the store was read"):
        small_service.get(address)


def test_while_the_database_gives_no_answer_the_route_is_asked(
    small_service: TestClient, own_proposal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/proposals/{own_proposal}/zones"
    first = small_service.get(address)

    async def no_answer(_row: object) -> None:
        return None

    monkeypatch.setattr(_service(small_service).existence, "has", no_answer)
    assert small_service.get(address).content == first.content
    _without_reading(small_service, monkeypatch)
    with pytest.raises(AssertionError, match="the store was read"):
        small_service.get(address)


def _scope(*headers: tuple[bytes, bytes], caller: Caller | None = None, **others: Any) -> dict[str, Any]:
    usual = {"type": "http", "method": "GET", "scheme": "http", "path": "/proposals/1/zones", "query_string": b""}
    return {**usual, "headers": list(headers), "state": {} if caller is None else {"caller": caller}, **others}


def test_a_key_tells_agencies_roles_and_addresses_apart_but_not_the_people_of_an_agency() -> None:
    ann, ben = (Caller("north", name, frozenset({"viewer"})) for name in ("Ann", "Ben"))
    others = [
        _scope(caller=Caller("north", "Ann", frozenset({"viewer"}), frozenset({"a dataset"}))),
        _scope(caller=Caller("south", "Ann", frozenset({"viewer"}))),
        _scope(caller=Caller("north", "Ann", frozenset({"viewer", "exact"}))),
        _scope(),
        _scope((b"host", b"zones.example"), caller=ann),
        _scope((b"accept", b"text/csv"), caller=ann),
        _scope((b"accept-encoding", b"gzip"), caller=ann),
        _scope(caller=ann, root_path="/zones"),
        _scope(caller=ann, query_string=b"f=csv"),
    ]
    keys = [key_of(_scope(caller=ann)), *map(key_of, others)]
    assert len(set(keys)) == len(keys)
    assert None not in keys
    assert key_of(_scope(caller=ben)) == keys[0]


@pytest.mark.parametrize(
    "scope",
    [
        _scope((b"authorization", b"Bearer x")),
        _scope((b"cookie", b"session=x")),
        _scope((b"range", b"bytes=0-9")),
        _scope((b"origin", b"https://maps.example")),
        _scope(method="DELETE"),
        _scope(query_string=b"x" * 600),
    ],
)
def test_a_request_that_memory_cannot_judge_has_no_key(scope: dict[str, Any]) -> None:
    assert key_of(scope) is None


def test_only_what_is_protected_is_marked() -> None:
    marked = []
    for disclosure in ("protected", "public", "exact"):
        state = State()
        keep_while_stored(state, Proposal(id=disclosure, parameters={"disclosure": disclosure}, summary={}))
        marked.append(getattr(state, "kept_row", None))
    assert marked == [("proposal", "protected"), ("proposal", "public"), None]


def test_a_row_exists_from_its_writing_to_its_deletion(small_service: TestClient, deleted_later: str) -> None:
    existence = _service(small_service).store.open_existence()

    async def look() -> list[bool | None]:
        return [await existence.has(("proposal", each)) for each in (deleted_later, "none", "'; DROP TABLE proposal")]

    assert asyncio.run(look()) == [True, False, False]
    small_service.delete(f"/proposals/{deleted_later}")
    assert asyncio.run(look()) == [False, False, False]
    existence.close()
