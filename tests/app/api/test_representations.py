"""Heads, versions, ranges and compressed forms of what is served; and that there is no version of what is not there."""

from __future__ import annotations

import gzip
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.examples.odd_requests import all_routes
from tests.examples.service_requests import ask_for_zones, running_service, toy_uploads

MADE_UP = "00000000-0000-0000-0000-000000000000"


@pytest.fixture(scope="module")
def document(client: TestClient, proposal_id: str) -> tuple[str, Any]:
    address = f"/proposals/{proposal_id}/zones"
    return address, client.get(address, headers={"Accept-Encoding": "identity"})


@pytest.mark.parametrize(
    "path", ["/datasets", "/docs", "/", "/static/pages.css", "/proposals/{}", "/proposals/{}/schools?f=csv", "/none"]
)
def test_a_head_is_that_of_the_whole_answer_without_its_body(client: TestClient, proposal_id: str, path: str) -> None:
    whole, head = (client.request(method, path.format(proposal_id)) for method in ("GET", "HEAD"))
    assert (head.status_code, head.content) == (whole.status_code, b"")
    differing = ("x-request-id", "date")
    kept = [{name: each.headers[name] for name in each.headers if name not in differing} for each in (whole, head)]
    assert kept[0] == kept[1]


def test_whoever_has_a_version_gets_it_only_once(
    client: TestClient, document: tuple[str, Any], dataset_id: str
) -> None:
    for address in (document[0], "/datasets", f"/datasets/{dataset_id}", "/rules", "/indicator-sets"):
        tag = client.get(address).headers["ETag"]
        for known in (tag, f'"other", {tag}', f"W/{tag.removeprefix('W/')}", "*"):
            again = client.get(address, headers={"If-None-Match": known})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["ETag"].removeprefix("W/") == tag.removeprefix("W/")
        assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_compressed_form_has_the_same_version_whenever_it_was_compressed(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def packed(second: int, **headers: str) -> Any:
        monkeypatch.setattr(gzip, "time", SimpleNamespace(time=lambda: second))
        return client.get("/rules/schema", headers={"Accept-Encoding": "gzip", **headers})

    first, later = packed(1), packed(2_000_000_000)
    assert (first.headers["Content-Encoding"], first.headers["ETag"]) == ("gzip", later.headers["ETag"])
    # The bytes are others, of the same content: the tag says so.
    assert first.headers["ETag"].startswith("W/")
    assert packed(3, **{"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert client.get("/rules/schema", headers={"Accept-Encoding": "identity"}).headers["ETag"].startswith('"')


def _known(client: TestClient, application: Any, ids: dict[str, str]) -> dict[str, str]:
    """The ETag of every route that gives one, with the ids put in."""
    tags = {}
    for route in all_routes(application):
        assert isinstance(route, APIRoute)
        path = route.path_format
        if "GET" in route.methods and all(name in ids for name in route.param_convertors):
            address = path.format(**ids)
            if "ETag" in (response := client.get(address)).headers and response.status_code == 200:
                tags[path] = response.headers["ETag"]
    return tags


def test_nothing_is_unchanged_that_is_deleted_made_up_or_forbidden(tmp_path: Path) -> None:
    settings = Settings(data_directory=tmp_path)
    with running_service(tmp_path, allow_exact=True) as client:
        dataset_id = client.post("/datasets", files=toy_uploads()).json()["id"]
        by_list = {"identification": "official:designation=CSI"}
        ids = {
            name: {"dataset_id": dataset_id, "proposal_id": ask_for_zones(client, dataset_id, **more, **by_list)["id"]}
            for name, more in {"protected": {}, "exact": {"disclosure": "exact"}}.items()
        }
        tags = {name: _known(client, client.app, own) for name, own in ids.items()}
        of_proposals = [path for path in tags["exact"] if "{proposal_id}" in path]
        assert len(of_proposals) >= 6
        assert client.delete(f"/proposals/{ids['protected']['proposal_id']}").status_code == 204
        for path in of_proposals:
            for proposal_id in (ids["protected"]["proposal_id"], MADE_UP):
                for known in (tags["protected"].get(path, "*"), tags["exact"][path], "*"):
                    headers = {"If-None-Match": known}
                    for method in ("GET", "HEAD"):
                        address = path.format(dataset_id=dataset_id, proposal_id=proposal_id)
                        assert client.request(method, address, headers=headers).status_code == 404, (method, address)
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as strict:
        for path in of_proposals:
            for known in (tags["exact"][path], "*"):
                refused = strict.get(path.format(**ids["exact"]), headers={"If-None-Match": known})
                assert refused.status_code == 403, path
        for path in ("/jobs", "/proposals", "/datasets", "/"):
            assert ids["exact"]["proposal_id"] not in strict.get(path).text


def test_a_range_is_a_part_of_the_bytes(client: TestClient, document: tuple[str, Any]) -> None:
    address, whole = document
    assert whole.headers["Accept-Ranges"] == "bytes"
    size = len(whole.content)
    wanted = {
        "bytes=0-9": (0, 9),
        "bytes=5-": (5, size - 1),
        "bytes=-7": (size - 7, size - 1),
        f"bytes=10-{size * 9}": (10, size - 1),
        f"bytes=-{size * 9}": (0, size - 1),
    }
    for asked, (first, last) in wanted.items():
        part = client.get(address, headers={"Range": asked, "Accept-Encoding": "gzip"})
        assert (part.status_code, part.headers["Content-Range"]) == (206, f"bytes {first}-{last}/{size}"), asked
        assert part.content == whole.content[first : last + 1]
        assert int(part.headers["Content-Length"]) == last + 1 - first
    for asked in (f"bytes={size}-", "bytes=9-3", "bytes=-0"):
        refused = client.get(address, headers={"Range": asked})
        assert (refused.status_code, refused.headers["Content-Range"]) == (416, f"bytes */{size}")
        assert refused.json()["type"] == "urn:feeder-zones:problem:range-not-satisfiable"
    for asked in ("bytes=0-1,4-5", "lines=1-2", "bytes=a-b", "bytes=-"):
        assert client.get(address, headers={"Range": asked}).status_code == 200


def test_a_range_of_another_version_is_the_whole(client: TestClient, document: tuple[str, Any]) -> None:
    address, whole = document
    for condition, status in ((whole.headers["ETag"], 206), ('"other"', 200), (f"W/{whole.headers['ETag']}", 200)):
        response = client.get(address, headers={"Range": "bytes=0-9", "If-Range": condition})
        assert response.status_code == status, condition


def test_answers_are_compressed_for_whoever_takes_that(client: TestClient, document: tuple[str, Any]) -> None:
    address, whole = document
    with client.stream("GET", address, headers={"Accept-Encoding": "gzip"}) as packed:
        raw = b"".join(packed.iter_raw())
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(raw) == whole.content
    assert len(raw) < len(whole.content) / 2
    assert packed.headers["ETag"] == f"W/{whole.headers['ETag']}"
    assert "accept-encoding" in packed.headers["Vary"].lower()
    assert client.head(address, headers={"Accept-Encoding": "zstd"}).headers["Content-Encoding"] == "zstd"
    assert "Content-Encoding" not in whole.headers


def test_other_origins_read_only_what_the_settings_let_them(tmp_path: Path, client: TestClient) -> None:
    foreign = {"Origin": "https://maps.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}
    assert client.get("/datasets", headers=foreign).status_code == 403
    settings = Settings(data_directory=tmp_path, cors_origins=["https://maps.example"])
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as open_to_maps:
        answer = open_to_maps.get("/datasets", headers=foreign)
        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, "https://maps.example")
        assert "Access-Control-Allow-Credentials" not in answer.headers
        asked = {**foreign, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "if-match"}
        assert open_to_maps.options("/records", headers=asked).status_code == 200
        for origin in ("https://evil.example", "null", "https://maps.example.evil.example"):
            assert open_to_maps.get("/datasets", headers={**foreign, "Origin": origin}).status_code == 403


@pytest.mark.parametrize("origin", ["*", "maps.example", "https://maps.example/path", "null"])
def test_origins_are_named_in_full(origin: str) -> None:
    with pytest.raises(ValueError, match="origins"):
        Settings(cors_origins=[origin])


@pytest.mark.parametrize(
    ("address", "forms"),
    [
        ("/records?f=xml", "'json' or 'csv'"),
        ("/proposals/none/plans?f=html", "'json' or 'csv'"),
        ("/registers/none/partners?f=json", "'csv'"),
        ("/releases/none/proposals/1/schools?f=x", "'json' or 'csv'"),
        ("/datasets?f=csv", "json"),
        ("/datasets/none/set-aside?f=json", "csv"),
        ("/records.geojson?f=csv", "geojson"),
        ("/ogc/collections?f=csv", "f=json or f=html"),
    ],
)
def test_an_unknown_form_is_406_everywhere(client: TestClient, address: str, forms: str) -> None:
    refused = client.get(address)
    assert (refused.status_code, refused.json()["type"]) == (406, "urn:feeder-zones:problem:not-acceptable")
    assert forms in refused.json()["detail"]


def test_the_only_form_may_be_named(client: TestClient) -> None:
    assert client.get("/datasets?f=json").json() == client.get("/datasets").json()
    assert client.post("/rules/check?f=csv", json={"rule": "essa_csi_graduation"}).status_code == 406


def test_the_error_for_an_unknown_address_names_it_and_a_remedy(client: TestClient) -> None:
    unknown = client.get("/schools/12?x=y")
    assert (unknown.status_code, unknown.json()["type"]) == (404, "urn:feeder-zones:problem:not-found")
    assert unknown.json()["detail"].startswith("There is no address /schools/12: /docs lists")
    refused = client.put("/rules/check", json={})  # not those of /rules/{rule_id}
    assert (refused.status_code, refused.headers["Allow"]) == (405, "POST")
    refused = client.put("/datasets", json={})
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD, POST")
    assert refused.json()["detail"] == "/datasets does not take PUT: it takes GET, HEAD, POST."
