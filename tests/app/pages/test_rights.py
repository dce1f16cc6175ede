"""What a page offers depends on what whoever opens it may do; nothing is deleted before it is said what goes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.store import LOCAL_AGENCY, Caller, KeyRequest, PresentRequest, present_request
from tests.app.store.test_deletion import add_match
from tests.examples.service_requests import ask_for_zones, running_service, toy_uploads
from tests.examples.two_agencies import bearer


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with running_service(tmp_path_factory.mktemp("rights"), workers=1) as made:
        yield made


@pytest.fixture(scope="module")
def keys(client: TestClient) -> dict[str, dict[str, str]]:
    """Headers by name: Ann and Ben are analysts, Vic is a viewer."""
    access = client.app.state.service.authenticator.access  # type: ignore[attr-defined]
    roles = {"Ann": "analyst", "Ben": "analyst", "Vic": "viewer"}
    return {
        name: bearer(access.add_key(KeyRequest(agency_id="local", name=name, roles=[role])))
        for name, role in roles.items()
    }


@pytest.fixture(scope="module")
def dataset_id(client: TestClient, keys: dict[str, dict[str, str]]) -> str:
    return str(client.post("/datasets", files=toy_uploads(), headers=keys["Ann"]).json()["id"])


def test_a_viewer_sees_no_form_that_would_be_refused(
    client: TestClient, keys: dict[str, dict[str, str]], dataset_id: str
) -> None:
    for address in ("/", f"/browse/datasets/{dataset_id}", "/browse/registers"):
        seen = client.get(address, headers=keys["Vic"]).text
        forms = [part.split(">")[0] for part in seen.split("<form")[1:] if 'method="post"' in part.split(">")[0]]
        assert all("/sign-out" in form for form in forms), address
        assert "This needs the right <strong>analyst</strong>" in seen
        assert "Signed in as Vic (local, viewer)" in seen
        assert 'method="post"' in client.get(address, headers=keys["Ann"]).text.replace("/sign-out", "")
    assert "by Ann" in client.get("/", headers=keys["Vic"]).text


def test_it_is_said_what_goes_with_a_dataset_before_it_goes(
    client: TestClient, keys: dict[str, dict[str, str]], dataset_id: str
) -> None:
    store = client.app.state.service.store.of_agency(LOCAL_AGENCY)  # type: ignore[attr-defined]
    client.headers.update(keys["Ann"])
    proposal_id = ask_for_zones(client, dataset_id)["id"]
    token = present_request.set(PresentRequest(Caller(LOCAL_AGENCY, "Ben", frozenset({"analyst"}))))
    add_match(store, dataset_id, proposal_id)
    present_request.reset(token)
    own = f"/browse/datasets/{dataset_id}"
    assert f'href="{own}/delete"' in client.get(own).text
    before = client.get(f"{own}/delete").text
    assert "<li>1 proposal</li><li>1 match</li><li>2 jobs</li>" in before
    other = client.post(f"{own}/delete", headers=keys["Ben"])
    assert (other.status_code, "This is the work of Ann." in other.text) == (403, True)
    refused = client.post(f"{own}/delete")
    assert (refused.status_code, "1 match or year plan (made by Ben)" in refused.text) == (409, True)
    assert client.get(own).status_code == 200
    assert ">Match</a> of " in client.get(own).text
