"""Releases: made by someone who may, computed on the public base, on the record; read by anybody; withdrawn."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from starlette.testclient import TestClient

from app.store import open_store
from tests.databases import is_postgres
from tests.examples.service_requests import ask_for_zones, running_service, toy_uploads
from tests.examples.toy_district import toy_flows

pytestmark = pytest.mark.usefixtures("one_process")

REQUEST = {"identification": "official:designation=CSI"}
PUBLIC_RULE = {"rule": "official:designation=CSI", "disclosure": "public"}
SIGNED = {"by": "The data steward", "why": "The board asked for it."}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("releasing")


@pytest.fixture(scope="module")
def releasing(folder: Path) -> Iterator[TestClient]:
    """A service in which users may release, with the toy district."""
    with running_service(folder, allow_release=True) as client:
        assert client.post("/datasets", files=toy_uploads(), data={"name": "Toy"}).status_code == 201
        yield client


@pytest.fixture(scope="module")
def dataset(releasing: TestClient) -> str:
    return str(releasing.get("/datasets").json()[0]["id"])


@pytest.fixture(scope="module")
def released(releasing: TestClient, dataset: str) -> dict[str, Any]:
    refused = releasing.post("/proposals", json={"dataset_id": dataset, "parameters": {"disclosure": "public"}})
    assert refused.status_code == 409, "There is no public base before somebody releases one."
    assert releasing.post(f"/datasets/{dataset}/cycles", json=PUBLIC_RULE).status_code == 409
    proposal = ask_for_zones(releasing, dataset, **REQUEST)
    body = {**SIGNED, "title": "Zones of Toy", "parameters": [REQUEST], "proposal_ids": [proposal["id"]]}
    response = releasing.post(f"/datasets/{dataset}/releases", json=body)
    assert response.status_code == 201, response.text
    assert response.headers["location"] == f"/releases/{response.json()['id']}"
    return dict(response.json())


def test_anybody_reads_what_was_released(releasing: TestClient, released: dict[str, Any]) -> None:
    own = f"/releases/{released['id']}"
    (listed,) = releasing.get("/releases").json()
    assert listed == releasing.get(own).json()
    assert (listed["title"], [each["number"] for each in listed["proposals"]]) == ("Zones of Toy", [1, 2])
    links = listed["proposals"][0]["links"]
    document = releasing.get(links["self"]).json()
    assert document["parameters"]["disclosure"] == "public"
    assert [zone["anchor_id"] for zone in document["zones"]] == ["0010", "0011"]
    assert releasing.get(links["zones"]).json()["type"] == "FeatureCollection"
    assert releasing.get(links["schools"]).headers["content-type"] == "application/geo+json"
    tables = {name: releasing.get(links[name], params={"f": "csv"}) for name in ("schools", "members", "links")}
    assert all("released.csv" in each.headers["content-disposition"] for each in tables.values())
    assert len(tables["schools"].text.splitlines()) == 12  # a heading and eleven schools
    page = releasing.get(links["map"])
    assert page.headers["content-type"].startswith("text/html")
    assert "exact" not in page.text.lower().split("<body", 1)[1][:2000]


def test_schools_are_identified_on_the_public_base(
    releasing: TestClient, released: dict[str, Any], dataset: str
) -> None:
    answer = releasing.post(f"/datasets/{dataset}/identification", json=PUBLIC_RULE)
    assert answer.status_code == 200, answer.text
    assert answer.json()["provenance"]["disclosure"] == "public"
    assert [each["school_id"] for each in answer.json()["schools"] if each["certainty"] == "certain"] == [
        "0010",
        "0011",
    ]
    table = releasing.post(f"/datasets/{dataset}/identification", json=PUBLIC_RULE, params={"f": "csv"})
    assert "public.csv" in table.headers["content-disposition"]


def test_the_report_says_what_left_and_nothing_that_only_exact_counts_tell(
    releasing: TestClient, released: dict[str, Any]
) -> None:
    report = releasing.get(f"/releases/{released['id']}/report").json()
    for proposal in report["proposals"]:
        files = {file["name"]: file for file in proposal["files"]}
        assert set(files) >= {"proposal.json", "zones.geojson", "map.html", "links.csv"}
        for name, path in (("proposal.json", ""), ("links.csv", "/links"), ("map.html", "/map")):
            content = releasing.get(f"/releases/{released['id']}/proposals/{proposal['number']}{path}").content
            assert (files[name]["bytes"], files[name]["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert report["policy"]["name"] == "standard"
    # The toy district has 14 cells, of which one has fewer than ten students.
    small = (toy_flows()["students"].astype(int) < 10).sum()
    assert (report["hidden"]["cells"], report["hidden"]["hidden_cells"]) == (14, small)
    assert "compared_with_exact" not in report
    # It follows from exact counts, which this service gives to nobody.
    assert "compared_with_exact" not in released["report"]
    assert "audit" in released["report"]
    public = json.dumps([report, releasing.get(f"/releases/{released['id']}").json()])
    assert SIGNED["by"] not in public


def test_the_ledger_says_who_released_what(releasing: TestClient, released: dict[str, Any], dataset: str) -> None:
    rows = releasing.get("/ledger", params={"dataset_id": dataset}).json()
    row = rows[-1]
    assert (row["act"], row["by"], row["why"]) == ("released", SIGNED["by"], SIGNED["why"])
    assert (row["dataset_id"], row["release_id"]) == (dataset, released["id"])
    assert row["content"]["proposals"] == released["report"]["proposals"]
    assert releasing.get("/ledger", params={"dataset_id": "other"}).json() == []


def test_a_public_base_is_made_once(releasing: TestClient, released: dict[str, Any], dataset: str) -> None:
    body = {**SIGNED, "parameters": [REQUEST]}
    other = releasing.post(f"/datasets/{dataset}/releases", json={**body, "policy": {"minimum_students": 15}})
    assert other.status_code == 422
    assert "second cut" in other.text
    again = releasing.post(f"/datasets/{dataset}/releases", json=body)
    assert again.status_code == 201, again.text
    assert again.json()["report"]["proposals"][0] == released["report"]["proposals"][0] | {
        "files": again.json()["report"]["proposals"][0]["files"]
    }
    links = [releasing.get(f"/releases/{each}/proposals/1/links").text for each in (released["id"], again.json()["id"])]
    assert links[0] == links[1]
    public = ask_for_zones(releasing, dataset, **REQUEST, disclosure="public")
    assert releasing.get(public["links"]["links"]).text == links[0]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"by": " ", "why": "x", "parameters": [REQUEST]}, 422),
        ({**SIGNED, "parameters": []}, 422),
        ({**SIGNED, "proposal_ids": ["none"]}, 404),
        ({**SIGNED, "parameters": [{"maximum_schools": "many"}]}, 422),
        ({**SIGNED, "parameters": [REQUEST], "policy": {"minimum_students": 5}}, 422),
        ({**SIGNED, "parameters": [REQUEST], "policy": "nowhere"}, 422),
    ],
)
def test_what_cannot_be_released_leaves_nothing_behind(
    releasing: TestClient, dataset: str, body: dict[str, Any], status: int
) -> None:
    before = (releasing.get("/releases").json(), releasing.get("/ledger").json())
    assert releasing.post(f"/datasets/{dataset}/releases", json=body).status_code == status
    assert (releasing.get("/releases").json(), releasing.get("/ledger").json()) == before


def test_a_second_cut_is_not_released_in_addition_to_the_first(
    releasing: TestClient, released: dict[str, Any], dataset: str
) -> None:
    flows = toy_flows()
    flows.loc[0, "students"] = str(int(flows.loc[0, "students"]) + 1)
    uploaded = releasing.post("/datasets", files=toy_uploads(flows=flows), data={"second_cut": "release", **SIGNED})
    second = uploaded.json()["id"]
    body: dict[str, Any] = {**SIGNED, "parameters": [REQUEST]}
    refused = releasing.post(f"/datasets/{second}/releases", json=body)
    assert refused.status_code == 409
    assert refused.json()["second_cut_of"][0]["dataset_id"] == dataset
    assert refused.json()["problems"][0]["remedy"].startswith("Release proposals of that dataset instead.")
    assert releasing.post(f"/datasets/{second}/releases", json={**body, "second_cut": "release"}).status_code == 201
    assert releasing.get("/ledger").json()[0]["content"]["second_cut_of"][0]["dataset_id"] == dataset


def test_the_page_of_a_dataset_tells_of_its_base_and_releases(
    releasing: TestClient, released: dict[str, Any], dataset: str
) -> None:
    page = releasing.get(f"/browse/datasets/{dataset}").text
    assert "For users of this service" in page
    assert "For the public" in page
    assert "14 counts are hidden" in page
    assert f"/releases/{released['id']}/proposals/1/map" in page
    address = f"/browse/datasets/{dataset}/releases"
    refused = releasing.post(address, data={**SIGNED, "why": ""}, follow_redirects=False)
    assert refused.status_code == 422
    assert "Say who decides this" in refused.text
    proposal = releasing.get("/proposals", params={"dataset_id": dataset}).json()[0]["id"]
    form = {**SIGNED, "title": "From the page", "policy": "", "proposal_ids": proposal}
    assert releasing.post(address, data=form, follow_redirects=False).status_code == 303
    newest = releasing.get("/releases").json()[0]
    assert newest["title"] == "From the page"
    withdrawal = f"{address}/{newest['id']}/withdrawal"
    assert releasing.post(withdrawal, data=SIGNED, follow_redirects=False).status_code == 303
    assert "From the page" not in releasing.get(f"/browse/datasets/{dataset}").text


def test_a_release_is_withdrawn_on_the_record(releasing: TestClient, dataset: str) -> None:
    made = releasing.post(f"/datasets/{dataset}/releases", json={**SIGNED, "parameters": [REQUEST]}).json()
    address = f"/datasets/{dataset}/releases/{made['id']}/withdrawal"
    assert releasing.post(address, json={"by": "x", "why": ""}).status_code == 422
    assert releasing.post(f"/datasets/other/releases/{made['id']}/withdrawal", json=SIGNED).status_code == 404
    assert releasing.post(address, json=SIGNED).json()["withdrawn_at"] is not None
    own = f"/releases/{made['id']}"
    for path in ("", "/report", "/proposals/1", "/proposals/1/map", "/proposals/1/links"):
        assert releasing.get(own + path).status_code == 410
    assert made["id"] not in str(releasing.get("/releases").json())
    assert made["id"] in [each["id"] for each in releasing.get(f"/datasets/{dataset}/releases").json()]
    assert releasing.post(address, json=SIGNED).status_code == 410
    assert releasing.get("/ledger").json()[0]["act"] == "release withdrawn"


def test_without_the_right_nothing_is_released_and_the_ledger_is_closed(tmp_path: Path) -> None:
    with running_service(tmp_path) as client:
        own = client.post("/datasets", files=toy_uploads()).json()["id"]
        body = {**SIGNED, "parameters": [REQUEST]}
        assert client.post(f"/datasets/{own}/releases", json=body).status_code == 403
        for address in ("/ledger", f"/datasets/{own}/releases"):
            refused = client.get(address)
            assert refused.status_code == 403
            assert "reading the ledger need the setting FEEDER_ZONES_ALLOW_RELEASE" in refused.json()["detail"]
        assert client.get("/releases").json() == []
        base = client.get(f"/datasets/{own}/protection").json()
        assert set(base) == {"protected"}
        assert "key" not in str(base)
        assert "zones" not in base["protected"]["audit"]
        assert "Release to the public" not in client.get(f"/browse/datasets/{own}").text


def test_rows_of_the_ledger_are_only_added(releasing: TestClient, released: dict[str, Any], folder: Path) -> None:
    assert releasing.get("/ledger").json()
    store = open_store(folder)
    changes = ["UPDATE ledger SET why = 'x'", "DELETE FROM ledger", "DELETE FROM registration"]
    tables = () if is_postgres() else ("ledger", "registration", "registered_fact", "base_protection")
    changes += [f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}" for table in tables]
    for change in changes:
        with pytest.raises(IntegrityError), store.ledger._engine.begin() as connection:
            connection.execute(text(change))
    store.close()


def test_how_much_is_kept_of_the_exact_zones_is_told_where_exact_counts_are(tmp_path: Path) -> None:
    with running_service(tmp_path, allow_release=True, allow_exact=True) as client:
        own = client.post("/datasets", files=toy_uploads()).json()["id"]
        body = {**SIGNED, "parameters": [REQUEST]}
        (compared,) = client.post(f"/datasets/{own}/releases", json=body).json()["report"]["compared_with_exact"]
    assert (compared["zones_same"], compared["zones_exact"]) == (2, 2)
