"""Who made what: lists and details say it, and so does the refusal to delete the work of somebody else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.store import Caller, KeyRequest, PresentRequest, open_store, present_request
from tests.examples.two_agencies import bearer, fill


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, dict[str, str], dict[str, str]]]:
    """The service with a row of every kind that Ann Lee made, their identifiers, and keys of others by agency."""
    folder = tmp_path_factory.mktemp("made")
    store = open_store(folder)
    for agency in ("a", "b"):
        store.access.add_agency(agency, agency.upper())
    token = present_request.set(PresentRequest(Caller("a", "Ann Lee", frozenset({"analyst"}))))
    known = fill(store.of_agency("a"))
    present_request.reset(token)
    keys = {
        agency: store.access.add_key(KeyRequest(agency_id=agency, name="Ben", roles=("analyst",))) for agency in "ab"
    }
    store.close()
    with TestClient(create_app(Settings(data_directory=folder)), base_url="http://127.0.0.1") as client:
        yield client, known, keys


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/datasets", "dataset_id"),
        ("/proposals", "proposal_id"),
        ("/registers", "register_id"),
        ("/matches", "match_id"),
        ("/year-plans", "year_plan_id"),
        ("/jobs", "job_id"),
    ],
)
def test_lists_say_who_made_what(
    served: tuple[TestClient, dict[str, str], dict[str, str]], path: str, name: str
) -> None:
    client, known, keys = served
    listed = client.get(path, headers=bearer(keys["a"])).json()
    assert {each["made_by"] for each in listed} == {"Ann Lee"}
    assert known[name] in {each["id"] for each in listed}
    assert client.get(path, headers=bearer(keys["b"])).json() == []


def test_the_refusal_of_a_deletion_names_who_made_it_within_the_agency_alone(
    served: tuple[TestClient, dict[str, str], dict[str, str]],
) -> None:
    client, known, keys = served
    for path in (f"/datasets/{known['dataset_id']}", f"/proposals/{known['proposal_id']}"):
        refused = client.delete(path, headers=bearer(keys["a"]))
        assert (refused.status_code, refused.json()["made_by"]) == (403, "Ann Lee")
        assert "the work of Ann Lee" in refused.json()["detail"]
        unknown = client.delete(path, headers=bearer(keys["b"]))
        assert unknown.status_code == 404
        assert "Ann" not in unknown.text
