"""Every route, with every key of another agency: what is not theirs answers as what was never there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app.errors import ServiceError
from app.main import create_app
from app.services.rights import right_of
from app.settings import Settings
from app.store import KeyRequest, Store
from app.store.agency_scope import agency_tables
from app.store.tables import Base
from tests.examples.two_agencies import MARK, bearer, key_of_other_dataset, keys_of, two_agencies
from tests.oracles.disclosure_attacker.http_answers import routes_of

pytestmark = pytest.mark.usefixtures("one_process")

PUBLIC = {
    *(("GET", path) for path in ("/healthz", "/docs", "/openapi.json", "/sign-in")),
    # Metrics, which count over agencies, have a key of their own.
    *(("GET", path) for path in ("/readyz", "/metrics", "/problems", "/problems/{name}")),
    *(("POST", path) for path in ("/sign-in", "/sign-out")),
}
FOR_ADMINS = {
    ("GET", "/audit"),
    ("GET", "/ledger"),
    ("GET", "/datasets/{dataset_id}/releases"),
    ("POST", "/datasets/{dataset_id}/releases"),
    ("POST", "/datasets/{dataset_id}/releases/{release_id}/withdrawal"),
    ("POST", "/browse/datasets/{dataset_id}/releases"),
    ("POST", "/browse/datasets/{dataset_id}/releases/{release_id}/withdrawal"),
}
_NAME = re.compile(r"{(\w+)(?::path)?}")
_WHO = {"by": "Ann", "why": "To look"}
# What a POST needs before it looks anything up; names in braces are identifiers.
BODIES: dict[str, dict[str, Any]] = {
    "/proposals": {"dataset_id": "{dataset_id}"},
    "/datasets/{dataset_id}/identification": {"rule": "graduation_rate<0.67"},
    "/datasets/{dataset_id}/rule-comparisons": {"first": "graduation_rate<0.67", "second": "graduation_rate<0.5"},
    "/datasets/{dataset_id}/cycles": {"rule": "graduation_rate<0.67"},
    "/datasets/{dataset_id}/crosswalk": {"confirmed": [0]},
    "/datasets/{dataset_id}/releases": {**_WHO, "proposal_ids": ["{proposal_id}"]},
    "/datasets/{dataset_id}/releases/{release_id}/withdrawal": _WHO,
    "/proposals/{proposal_id}/matches": {"register_id": "{register_id}"},
    "/proposals/{proposal_id}/year-plans": {"register_id": "{register_id}"},
    "/proposals/{proposal_id}/zones/{zone_id:path}/record": _WHO,
    "/records/{record_id}/changes": {**_WHO, "kind": "contract", "content": {"partner": "P"}},
}
# As BODIES, of forms; a file is sent under every name that a route takes.
FIELDS = {**_WHO, "register_id": "{register_id}", "seen": "1", "key": "x", "proposal_ids": "{proposal_id}"}
FILES = {"/datasets/{dataset_id}/plans": "plan", "/proposals/{proposal_id}/conditions": "conditions"}
COLLECTIONS = [
    ("schools", "dataset_id"),
    *((name, row) for row in ("proposal_id", "other_id") for name in ("zones", "zone-schools", "links")),
]
LISTS = ("dataset_id", "proposal_id", "register_id", "record_id")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Store, dict[str, str]]]:
    folder = tmp_path_factory.mktemp("apart")
    store, known = two_agencies(folder)
    settings = Settings(data_directory=folder, allow_exact=True, allow_release=True, failed_sign_ins=100_000)
    with TestClient(create_app(settings), base_url="http://127.0.0.1", follow_redirects=False) as client:
        yield client, store, known
    store.close()


def filled(value: Any, known: dict[str, str]) -> Any:
    """Put identifiers in for their names."""
    if isinstance(value, dict):
        return {name: filled(each, known) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, known) for each in value]
    return _NAME.sub(lambda name: known[name[1]], value) if isinstance(value, str) else value


def ask(client: TestClient, route: tuple[str, str], known: dict[str, str], key: str | None) -> tuple[int, str, str]:
    """Send a request to a route: status, headers and body, with the identifiers' names in their stead."""
    method, path = route
    given: dict[str, Any] = {"headers": {"If-Match": '"1"', **(bearer(key) if key else {})}}
    if method in ("POST", "PUT", "PATCH"):
        if path in BODIES:
            given["json"] = filled(BODIES[path], known)
        elif path.startswith("/browse") or path in FILES:
            given["data"] = {} if path in FILES else filled(FIELDS, known)
        if path in FILES:
            given["files"] = [(FILES[path], ("x.csv", b"school_id,zone\n1,2\n", "text/csv"))]
    answer = client.request(method, filled(path, known), **given)
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items() if name != "x-request-id")
    texts = [answer.text, headers]
    for name, identifier in known.items():
        if len(identifier) < len(str(uuid4())):
            continue
        texts = [each.replace(identifier, f"<{name}>") for each in texts]
    return answer.status_code, texts[0], texts[1]


def contents(store: Store) -> dict[str, list[Any]]:
    """Every row of every table that agencies have, save the audit trail and when a key was used."""
    with store._engine.connect() as connection:
        names = set(agency_tables(Base)) - {"audit_entry", "api_key", "page_session"}
        return {name: sorted(map(repr, connection.execute(text(f"SELECT * FROM {name}")))) for name in sorted(names)}


def test_every_route_has_a_right(service: tuple[TestClient, Store, dict[str, str]]) -> None:
    routes = routes_of(service[0].app)  # type: ignore[arg-type]
    assert {route for route in routes if right_of(*route) is None} == PUBLIC
    assert {route for route in routes if right_of(*route) == "admin"} == FOR_ADMINS
    others = routes - PUBLIC - FOR_ADMINS
    assert {right_of(*route) for route in others if route[0] == "GET"} == {"viewer"}
    assert {right_of(*route) for route in others if route[0] != "GET"} == {"analyst"}


@pytest.mark.parametrize("who", ["another agency", "a key for another dataset"])
def test_others_see_and_change_nothing(service: tuple[TestClient, Store, dict[str, str]], who: str) -> None:
    client, store, known = service
    known = {**known, "zone_id": "zone-0010", "anchor_id": "0010", "name": "x", "number": "1", "rule_id": "x"}
    stored = {name for name in known if name.endswith("_id")} - {"zone_id", "anchor_id", "rule_id"}
    made_up = {**known, **{name: str(uuid4()) for name in stored}}
    for each in (known, made_up):
        each |= {"collection_id": f"zones-{each['proposal_id']}", "feature_id": "zone-0010", "fid": "zone-0010"}
        each |= {"process_id": "propose-zones", "tile": "0"}
    keys = keys_of(store, "b")
    if who != "another agency":
        keys["everything"] = key_of_other_dataset(store, "a")
    before, statuses = contents(store), Counter[int]()
    for route in sorted(routes_of(client.app)):  # type: ignore[arg-type]
        try:
            theirs = ask(client, route, known, keys["everything"])
            never = ask(client, route, made_up, keys["everything"])
        except KeyError as error:
            raise AssertionError(f"{route}: the test has nothing for {error}") from None
        assert theirs == never or route[1] in ("/audit", "/metrics"), route
        assert MARK not in theirs[1] + theirs[2], route
        if names := stored & set(_NAME.findall(route[1])):
            # Nothing there, or a question that is not whole.
            is_refused = theirs[0] == 403 and who != "another agency" and right_of(*route) == "admin"
            statuses[theirs[0]] += not is_refused
            assert theirs[0] in (404, 422) or is_refused, (route, names, theirs)
        _look_through_lists(client, route, known, keys["everything"])
        if who == "another agency":
            _refuse_the_others(client, route, known, keys)
    assert contents(store) == before
    assert statuses[404] > 0.9 * statuses.total(), statuses


def _look_through_lists(client: TestClient, route: tuple[str, str], known: dict[str, str], key: str) -> None:
    """A list does not hold what belongs to others, not even when it is asked for by its identifier."""
    if route[0] != "GET" or "{" in route[1]:
        return
    for name in LISTS:
        answer = client.get(route[1], params={name: known[name]}, headers=bearer(key))
        assert MARK not in answer.text, route


def _refuse_the_others(client: TestClient, route: tuple[str, str], known: dict[str, str], keys: dict[str, str]) -> None:
    """A viewer changes nothing; keys that do not hold, and no key, open nothing."""
    right = right_of(*route)
    if right is None:
        return
    if right != "viewer":
        assert ask(client, route, known, keys["viewer"])[0] == 403, route
    is_page = route[0] == "GET" and (route[1] == "/" or route[1].startswith("/browse/"))
    for key in (keys["expired"], keys["revoked"], None, keys["viewer"][:-1] + "!"):
        assert ask(client, route, known, key)[0] == (303 if is_page else 401), route


def test_the_agency_itself_sees_what_it_has(service: tuple[TestClient, Store, dict[str, str]]) -> None:
    client, store, known = service
    own = bearer(keys_of(store, "a")["everything"])
    for name, path in (("dataset_id", "datasets"), ("proposal_id", "proposals"), ("job_id", "jobs")):
        assert known[name] in client.get(f"/{path}", headers=own).text
        assert client.get(f"/{path}/{known[name]}", headers=own).status_code == 200
    assert MARK in client.get("/ledger", headers=own).text
    for _ in range(3):  # the later ones are answered from memory
        assert client.get(f"/proposals/{known['proposal_id']}/zones", headers=own).status_code == 200
    path = "GET /proposals/{proposal_id}/zones"
    seen = [each for each in client.get("/audit", headers=own).json() if each["act"] == path]
    assert sum(each["times"] for each in seen if each["object_id"] == known["proposal_id"]) == 3
    assert client.get(f"/releases/{known['release_id']}", headers=own).json()["title"] == MARK


def test_exact_counts_need_the_right_and_are_written_down(service: tuple[TestClient, Store, dict[str, str]]) -> None:
    client, store, known = service
    keys = keys_of(store, "a")
    path = f"/proposals/{known['other_id']}/zones"
    assert client.get(path, headers=bearer(keys["viewer"])).status_code == 403
    assert known["other_id"] not in client.get("/proposals", headers=bearer(keys["viewer"])).text
    assert client.get(path, headers=bearer(keys["everything"])).status_code == 200
    newest = store.of_agency("a").audit.entries(maximum=20)
    exact = [(each.caller, each.object_id) for each in newest if each.act == "exact counts read"]
    assert exact == [("Ann", known["other_id"])]


def test_a_key_for_one_dataset_opens_nothing_else(service: tuple[TestClient, Store, dict[str, str]]) -> None:
    client, store, known = service
    roles = ("analyst", "exact")
    own = KeyRequest(agency_id="a", name="Fay", roles=roles, dataset_ids=[known["dataset_id"]])
    key = bearer(store.access.add_key(own))
    paths = {f"/{kind}s/{known[f'{kind}_id']}" for kind in ("dataset", "proposal", "job", "record", "release")}
    assert {path: client.get(path, headers=key).status_code for path in paths} == dict.fromkeys(paths, 200)
    key_of_other_dataset(store, "a")
    for kind, path in (("dataset", "datasets"), ("match", "matches"), ("release", "releases")):
        assert known[f"{kind}_id"] in client.get(f"/{path}", headers=key).text
    assert [each["id"] for each in client.get("/datasets", headers=key).json()] == [known["dataset_id"]]
    collections = {each["id"] for each in client.get("/ogc/collections", headers=key).json()["collections"]}
    assert collections == {f"{name}-{known[row]}" for name, row in COLLECTIONS}
    for path in (f"/registers/{known['register_id']}", f"/checklists/{known['checklist_id']}"):
        assert client.get(path, headers=key).status_code == 404
    for path, field in (("/datasets", "schools"), ("/registers", "partners"), ("/checklists", "checklist")):
        answer = client.post(path, files={field: ("x.csv", b"a,b\n1,2\n", "text/csv")}, headers=key)
        assert (answer.status_code, answer.json()["detail"][:30]) == (403, "Your key opens single datasets")
    with pytest.raises(ServiceError, match="role admin"):
        store.access.add_key(replace(own, roles=["admin"]))
    with pytest.raises(ServiceError, match="no dataset none"):
        store.access.add_key(replace(own, dataset_ids=["none"]))
