"""Who is let in: keys, sessions of the pages, a trusted proxy; without keys, this machine alone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.pages.sign_in import _own_path
from app.services import authentication
from app.services.authentication import SECURE_SESSION_COOKIE, SESSION_COOKIE
from app.settings import Settings
from app.store import IngestedDataset, KeyRequest, Store, open_store
from tests.examples.two_agencies import bearer

PROXY = {"proxy_user_header": "X-User", "proxy_addresses": ["10.0.0.0/8"]}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    yield opened
    opened.close()


def key_for(store: Store, *roles: str, **own: Any) -> str:
    return store.access.add_key(KeyRequest(agency_id="local", name="Ann Lee", roles=roles, **own))


def serving(
    folder: Path, *, client: str = "127.0.0.1", address: str = "http://127.0.0.1", **settings: Any
) -> TestClient:
    application = create_app(Settings(data_directory=folder, **settings))
    return TestClient(application, base_url=address, client=(client, 50_000), follow_redirects=False)


def test_this_machine_alone_is_answered_until_there_is_a_key(tmp_path: Path, store: Store) -> None:
    with serving(tmp_path) as client:
        assert client.get("/datasets").status_code == 200
        # The service listens on a loopback address, but the request arrived at another.
        others = TestClient(client.app, base_url="http://192.168.0.9", headers={"Host": "127.0.0.1"})
        refused = others.get("/datasets")
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, 'Bearer realm="Feeder Zones"')
        assert others.get("/healthz").status_code == 200
    key = key_for(store, "viewer")
    with serving(tmp_path) as client:
        assert client.get("/datasets").status_code == 401
        assert client.get("/datasets", headers=bearer(key)).status_code == 200
        wrong = client.get("/datasets", headers=bearer(key + "x"))
        assert 'error="invalid_token"' in wrong.headers["www-authenticate"]
    with serving(tmp_path, public_releases="local") as client:
        assert (client.get("/releases").status_code, client.get("/datasets").status_code) == (200, 401)
    store.access.revoke_key(key.split("_")[1])
    with serving(tmp_path) as client:
        assert client.get("/datasets").status_code == 401, "The last key is revoked: nothing opens by that."
        assert client.get("/datasets", headers=bearer(key)).status_code == 401
    with serving(tmp_path, open_on_loopback=True) as client:
        assert client.get("/datasets").status_code == 200


def test_a_revoked_key_ends_within_seconds_and_with_it_its_sessions(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = key_for(store, "viewer")
    assert authentication._KEPT_S <= 5
    monkeypatch.setattr(authentication, "_KEPT_S", 0.2)
    with serving(tmp_path) as client:
        client.post("/sign-in", data={"key": key})
        session = {"Cookie": f"{SESSION_COOKIE}={client.cookies[SESSION_COOKIE]}"}
        client.cookies.clear()
        assert client.get("/datasets", headers=bearer(key)).status_code == 200
        assert client.get("/datasets", headers=session).status_code == 200
        store.access.revoke_key(key.split("_")[1])
        time.sleep(0.3)
        assert client.get("/datasets", headers=bearer(key)).status_code == 401
        assert client.get("/datasets", headers=session).status_code == 401


def test_a_session_of_the_pages(tmp_path: Path, store: Store) -> None:
    key = key_for(store, "analyst")
    with serving(tmp_path) as client:
        to_sign_in = client.get("/browse/records?x=1")
        assert (to_sign_in.status_code, to_sign_in.headers["location"]) == (
            303,
            "/sign-in?next=%2Fbrowse%2Frecords%3Fx%3D1",
        )
        assert 'value="/browse/records?x=1"' in client.get(to_sign_in.headers["location"]).text
        wrong = client.post("/sign-in", data={"key": "fz_0_0"})
        assert wrong.status_code == 401
        assert "set-cookie" not in wrong.headers
        entered = client.post("/sign-in", data={"key": key, "next": "/browse/records"})
        assert (entered.status_code, entered.headers["location"]) == (303, "/browse/records")
        cookie = entered.headers["set-cookie"]
        assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
        assert "Signed in as Ann Lee" in client.get("/").text
        token = client.cookies[SESSION_COOKIE]
        with store._engine.connect() as connection:
            raw = repr(connection.exec_driver_sql("SELECT * FROM page_session").all())
            kept = repr(connection.exec_driver_sql("SELECT * FROM api_key").all())
        assert token not in raw
        assert key.rsplit("_", 1)[-1] not in kept
        assert client.post("/sign-out").headers["location"] == "/sign-in"
        assert client.get("/", headers={"Cookie": f"{SESSION_COOKIE}={token}"}).status_code == 303


def test_the_audit_trail_names_the_route_of_what_was_refused_or_answered_early(
    tmp_path: Path, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    ann, ben = bearer(key_for(store, "analyst")), bearer(key_for(store, "viewer"))
    once = ann | {"Idempotency-Key": "k-1"}
    rule = {"name": "no-rule"}
    with serving(tmp_path) as client, caplog.at_level("INFO", logger="app.requests"):
        client.get("/sign-in")
        client.post("/sign-out", headers=ann)
        assert client.get("/datasets?offset=x", headers=ann).status_code == 422
        assert client.get("/datasets/d-1?f=odd", headers=ann).status_code in (406, 422)
        assert client.get("/datasets", headers=ann | {"Accept": "image/png"}).status_code == 406
        assert client.get("/static/none.css", headers=ann).status_code == 404
        for _ in range(2):
            assert client.post("/rules/check", json=rule, headers=once).status_code < 500
        assert client.delete("/datasets/d-1", headers=ben).status_code == 403
        assert client.get("/nowhere", headers=ann).status_code == 404
    seen = {(each.act, each.object_id, each.outcome) for each in store.of_agency("local").audit.entries()}
    assert {
        ("POST /sign-out", "", "answered"),
        ("GET /datasets", "", "refused 422"),
        ("GET /datasets", "", "refused 406"),
        ("GET /static/{path}", "", "refused 404"),
        ("DELETE /datasets/{dataset_id}", "d-1", "refused 403"),
        ("GET an address that is not there", "", "refused 404"),
    } <= seen
    assert [each for each in seen if "not there" in each[0]] == [
        ("GET an address that is not there", "", "refused 404")
    ]
    assert [each.args[1] for each in caplog.records].count("none") == 1
    assert "/sign-in" in {each.args[1] for each in caplog.records}


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example", "evil", "/a\nb"])
def test_signing_in_leads_nowhere_else(target: str) -> None:
    assert _own_path(target) == "/"
    assert _own_path("/browse/records?x=1") == "/browse/records?x=1"


def test_other_sites_cannot_use_a_session(tmp_path: Path, store: Store) -> None:
    key = key_for(store, "admin")
    with serving(tmp_path, address="https://127.0.0.1") as client:
        client.post("/sign-in", data={"key": key})
        assert SECURE_SESSION_COOKIE in client.cookies
        for headers in (
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site", "Origin": "https://other.127.0.0.1"},
        ):
            for path in ("/browse/registers", "/sign-in", "/sign-out"):
                assert client.post(path, data={"key": key}, headers=headers).status_code == 403, (path, headers)
        assert client.get("/datasets").status_code == 200, "Nobody was signed out."


@pytest.mark.parametrize("column", ["seen_at", "created_at"])
def test_sessions_lapse(tmp_path: Path, store: Store, column: str) -> None:
    key = key_for(store, "viewer")
    with serving(tmp_path) as client:
        client.post("/sign-in", data={"key": key})
        with store._engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE page_session SET {column} = '2026-01-01 00:00:00.000000'")
        assert client.get("/datasets").status_code == 401


def test_wrong_keys_are_counted_by_address(tmp_path: Path, store: Store) -> None:
    key_for(store, "viewer")
    with serving(tmp_path, failed_sign_ins=3) as client:
        statuses = [client.get("/datasets", headers=bearer(f"fz_{number}")).status_code for number in range(4)]
        assert statuses == [401, 401, 401, 429]
        answer = client.post("/sign-in", data={"key": "x"})
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["retry-after"]) <= 300
        assert "<h1>Sign in</h1>" in answer.text
        assert "/browse/" not in answer.text
        elsewhere = TestClient(client.app, base_url="http://127.0.0.1", client=("127.0.0.2", 1))
        assert elsewhere.get("/datasets", headers=bearer("fz_9")).status_code == 401


def test_what_holds_is_answered_where_wrong_keys_came_from(tmp_path: Path, store: Store) -> None:
    key, other = key_for(store, "viewer"), key_for(store, "viewer")
    with serving(tmp_path, failed_sign_ins=1) as client:
        assert client.post("/sign-in", data={"key": key}).status_code == 303
        statuses = [client.get("/datasets", headers=bearer(f"fz_{number}")).status_code for number in range(2)]
        assert statuses == [401, 429]
        assert client.get("/datasets").status_code == 200
        assert client.get("/datasets", headers=bearer(other)).status_code == 200
        assert client.post("/sign-in", data={"key": other}).status_code == 303


def test_a_key_makes_only_so_many_requests_in_a_minute(tmp_path: Path, store: Store) -> None:
    key, free = key_for(store, "viewer", requests_per_minute=5), key_for(store, "viewer")
    with serving(tmp_path) as client:
        answers = [client.get("/datasets", headers=bearer(key)) for _ in range(11)]
        # Eleven requests may lie in two minutes, five in each.
        refused = [each for each in answers if each.status_code == 429]
        assert len(refused) >= 1
        assert 1 <= int(refused[0].headers["retry-after"]) <= 60
        assert client.get("/datasets", headers=bearer(free)).status_code == 200


def test_a_trusted_proxy_names_the_user(tmp_path: Path, store: Store) -> None:
    store.access.add_agency("nc", "North Carolina")
    store.access.set_person("ann", "nc", ["analyst"])
    with serving(tmp_path, client="10.1.2.3", **PROXY) as client:
        assert client.get("/datasets").status_code == 401, "A proxy signs users in: nobody else is answered."
        assert client.get("/datasets", headers={"X-User": "ann"}).status_code == 200
        assert client.get("/datasets", headers={"X-User": "ben"}).status_code == 401
        assert client.get("/datasets", headers=[("X-User", "ann"), ("X-User", "cal")]).status_code == 401
        assert client.get("/audit", headers={"X-User": "ann"}).json()["missing_right"] == "admin"
    with serving(tmp_path, client="11.1.2.3", **PROXY) as client:
        assert client.get("/datasets", headers={"X-User": "ann"}).status_code == 401, "It is no trusted proxy."
    named = {**PROXY, "proxy_agency_header": "X-Agency", "proxy_roles_header": "X-Roles"}
    with serving(tmp_path, client="10.1.2.3", **named) as client:
        for agency, roles, status in (("nc", "admin", 200), ("zz", "admin", 401), ("nc", "viewer", 403), ("", "", 403)):
            headers = {"X-User": "ann", "X-Agency": agency, "X-Roles": roles}
            assert client.get("/audit", headers=headers).status_code == status, (agency, roles)
        # A proxy that adds its headers to those of the client.
        both = [("X-User", "ann"), ("X-Agency", "nc"), ("X-Roles", "admin"), ("X-Roles", "viewer")]
        assert client.get("/audit", headers=both).status_code == 401


def test_the_ledger_has_the_name_of_the_caller(tmp_path: Path, store: Store) -> None:
    key = key_for(store, "admin")
    with serving(tmp_path, allow_release=True) as client:
        zone = {"zone_id": "z", "name": "Z", "school_ids": ["1"]}
        body = {"by": "The board", "why": "Agreed", "zone": zone}
        made = client.post("/records", json=body, headers=bearer(key)).json()
        (change,) = client.get(f"/records/{made['record_id']}/history", headers=bearer(key)).json()["history"]
        assert change["by"] == "Ann Lee (The board)"
        acts = {(each["act"], each["object_id"]) for each in client.get("/audit", headers=bearer(key)).json()}
        assert ("record added", made["record_id"]) in acts
        assert ("GET /records/{record_id}/history", made["record_id"]) in acts


def test_an_agency_stores_and_computes_only_so_much(tmp_path: Path, store: Store) -> None:
    key = key_for(store, "analyst")
    store.access.add_agency("nc", "North Carolina")
    with serving(tmp_path, quota_datasets=1, quota_jobs=1) as client:
        store.of_agency("nc").add_dataset("Others'", IngestedDataset(report={}, scenario=b""))
        files = [("schools", ("s.csv", b"x", "text/csv"))]
        assert client.post("/datasets", files=files, headers=bearer(key)).status_code == 422
        store.of_agency("local").add_dataset("Ours", IngestedDataset(report={}, scenario=b""))
        refused = client.post("/datasets", files=files, headers=bearer(key))
        assert (refused.status_code, refused.json()["quota"]) == (403, "datasets")


def test_a_proxy_that_forwards_and_signs_in_is_recognised_by_its_own_address(tmp_path: Path, store: Store) -> None:
    store.access.set_person("ann", "local", ["viewer"])
    sent = {"X-User": "ann", "X-Forwarded-For": "10.9.9.9, 203.0.113.7"}
    with serving(tmp_path, client="10.1.2.3", forwarded_allow_ips=["10.1.2.3"], **PROXY) as client:
        assert client.get("/datasets", headers=sent).status_code == 200
        # Wrong keys count against the client that the proxy saw, not against the proxy.
        for _ in range(25):
            refused = client.get("/datasets", headers={**bearer("fz_wrong"), "X-Forwarded-For": "203.0.113.7"})
        assert refused.status_code == 429
        other = client.get("/datasets", headers={**bearer("fz_wrong"), "X-Forwarded-For": "203.0.113.8"})
        assert other.status_code == 401
    with serving(tmp_path, client="203.0.113.9", forwarded_allow_ips=["10.1.2.3"], **PROXY) as client:
        forged = {"X-User": "ann", "X-Forwarded-For": "10.1.2.3"}
        assert client.get("/datasets", headers=forged).status_code == 401
