"""Proposals: asked for, waited for, served in every form."""

from __future__ import annotations

import csv
import io
import json

import pytest
from starlette.testclient import TestClient

from clustering import MAP_CONTENT_SECURITY_POLICY, propose_zones
from tests.examples.service_requests import ask_for_zones, toy_uploads, wait_for_job
from tests.examples.toy_district import EAST, WEST, toy_scenario


def test_a_request_is_queued_and_its_job_leads_to_the_proposal(client: TestClient, dataset_id: str) -> None:
    response = client.post("/proposals", json={"dataset_id": dataset_id})
    assert response.status_code == 202
    assert response.headers["location"] == f"/jobs/{response.json()['id']}"
    job = wait_for_job(client, response.headers["location"])
    assert job["status"] == "succeeded"
    assert job["progress"] == 1
    body = client.get(job["links"]["proposal"]).json()
    # West alone is below 67%; the optimum is that of toy_district.
    assert body["proposal"]["solution"]["score"] == propose_zones(toy_scenario()).solution.score
    assert [zone["anchor_id"] for zone in body["proposal"]["zones"]] == [WEST]
    assert job["id"] in [each["id"] for each in client.get("/jobs").json()]


def test_a_client_that_prefers_to_wait_gets_the_proposal_itself(client: TestClient, dataset_id: str) -> None:
    response = client.post(
        "/proposals",
        json={"dataset_id": dataset_id, "parameters": {"identification": "official:designation=CSI"}},
        headers={"Prefer": "respond-async, wait=60"},
    )
    assert response.status_code == 200
    assert response.headers["preference-applied"] == "wait=60"
    body = response.json()
    assert response.headers["content-location"] == f"/proposals/{body['id']}"
    score = propose_zones(toy_scenario(), {"identification": "official:designation=CSI"}).solution.score
    assert body["proposal"]["solution"] == {
        "method": "exact",
        "status": "optimal",
        "score": score,
        "bound": score,
        "gap": 0.0,
    }
    assert [zone["anchor_id"] for zone in body["proposal"]["zones"]] == [WEST, EAST]
    assert client.get(f"/proposals/{body['id']}").json() == body


def test_a_failure_within_the_wait_is_its_problem_document(client: TestClient, dataset_id: str) -> None:
    response = client.post(
        "/proposals",
        json={"dataset_id": dataset_id, "parameters": {"years": [1999]}},
        headers={"Prefer": "wait=60"},
    )
    assert response.status_code == 422
    assert response.json()["problems"][0]["value"] == "1999"
    later = client.post("/proposals", json={"dataset_id": dataset_id, "parameters": {"years": [1999]}})
    job = wait_for_job(client, later.headers["location"])
    assert job["status"] == "failed"
    assert job["problem"]["status"] == 422


def test_locks_that_contradict_the_limits_are_a_conflict(client: TestClient, dataset_id: str) -> None:
    parameters = {"force_in": ["0006"], "maximum_distance_km": 1}
    response = client.post(
        "/proposals", json={"dataset_id": dataset_id, "parameters": parameters}, headers={"Prefer": "wait=60"}
    )
    assert response.status_code == 409
    assert any("0006" in violation for violation in response.json()["violations"])


def test_every_form_of_a_proposal_tells_of_the_same_schools(client: TestClient, proposal_id: str) -> None:
    whole = client.get(f"/proposals/{proposal_id}").json()
    zones = client.get(whole["links"]["zones"])
    assert zones.headers["content-type"] == "application/geo+json"
    features = zones.json()["features"]
    assert [feature["properties"] for feature in features] == whole["proposal"]["zones"]
    assert {feature["geometry"]["type"] for feature in features} == {"Polygon"}
    schools = client.get(whole["links"]["schools"]).json()["features"]
    assert len(schools) == 11
    by_csv = list(csv.DictReader(io.StringIO(client.get(whole["links"]["schools"] + "?f=csv").text)))
    accepted = client.get(whole["links"]["schools"], headers={"Accept": "text/csv"})
    assert list(csv.DictReader(io.StringIO(accepted.text))) == by_csv
    assert [row["school_id"] for row in by_csv] == [feature["id"] for feature in schools]
    assert {row["school_id"] for row in by_csv if row["role"] == "anchor"} == {WEST, EAST}
    members = list(csv.DictReader(io.StringIO(client.get(whole["links"]["members"]).text)))
    memberships = [
        (zone["zone_id"], member["school_id"]) for zone in whole["proposal"]["zones"] for member in zone["members"]
    ]
    assert [(row["zone_id"], row["school_id"]) for row in members] == memberships
    assert len(list(csv.DictReader(io.StringIO(client.get(whole["links"]["links"]).text)))) == 14


def test_the_map_is_served_in_a_sandbox(client: TestClient, proposal_id: str) -> None:
    response = client.get(f"/proposals/{proposal_id}/map")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["content-security-policy"] == MAP_CONTENT_SECURITY_POLICY
    assert MAP_CONTENT_SECURITY_POLICY.startswith("sandbox allow-scripts; default-src 'none'")
    assert "West High Zone" in response.text


@pytest.mark.parametrize(
    "part", ["", "/zones", "/schools", "/schools?f=csv", "/members", "/members?f=csv", "/links", "/links?f=csv", "/map"]
)
def test_what_has_not_changed_is_not_sent_again(client: TestClient, proposal_id: str, part: str) -> None:
    first = client.get(f"/proposals/{proposal_id}{part}")
    again = client.get(f"/proposals/{proposal_id}{part}", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(f"/proposals/{proposal_id}{part}", headers={"If-None-Match": '"another"'})
    assert (other.status_code, other.content) == (200, first.content)


def test_the_same_request_gives_the_same_bytes(client: TestClient, dataset_id: str) -> None:
    first, second = (ask_for_zones(client, dataset_id, leakage_weight=0.3)["links"] for _ in range(2))
    for part in ("zones", "schools", "members", "links", "map"):
        assert client.get(first[part]).content == client.get(second[part]).content


def test_a_list_says_what_was_asked_for(client: TestClient, dataset_id: str) -> None:
    own = ask_for_zones(client, dataset_id, leakage_weight=0.3, maximum_schools=9)["links"]["self"]
    listed = client.get("/proposals", params={"dataset_id": dataset_id}).json()
    (found,) = (each for each in listed if each["links"]["self"] == own)
    assert found["changed_parameters"] == {"maximum_schools": 9, "leakage_weight": 0.3}
    assert found["request"] == "leakage weight 0.3, maximum schools 9"
    assert found["made_by"] is None


@pytest.mark.parametrize(
    "address", ["/proposals?dataset_id=nope", "/matches?proposal_id=nope", "/year-plans?register_id=nope"]
)
def test_a_list_of_what_is_not_there_is_not_empty_but_404(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_proposal_can_be_forgotten(client: TestClient, dataset_id: str) -> None:
    own = ask_for_zones(client, dataset_id)["links"]["self"]
    assert own in [each["links"]["self"] for each in client.get(f"/proposals?dataset_id={dataset_id}").json()]
    assert client.delete(own).status_code == 204
    assert client.get(own).status_code == 404
    assert client.get(f"{own}/map").status_code == 404


def test_exact_counts_are_refused_unless_allowed(client: TestClient, dataset_id: str) -> None:
    response = client.post("/proposals", json={"dataset_id": dataset_id, "parameters": {"disclosure": "exact"}})
    assert response.status_code == 403
    one_shot = client.post("/zones", files=toy_uploads(), data={"set": "disclosure=exact"})
    assert one_shot.status_code == 403


def test_one_shot_takes_parameters_as_json_and_one_by_one(client: TestClient) -> None:
    before = client.get("/datasets").json()
    response = client.post(
        "/zones",
        files=toy_uploads(),
        data={"parameters": json.dumps({"maximum_schools": 7}), "set": "identification=official:designation=CSI"},
    )
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/geo+json"
    body = response.json()
    assert body["parameters"]["maximum_schools"] == 7
    assert [feature["properties"]["anchor_id"] for feature in body["features"]] == [WEST, EAST]
    assert client.get("/datasets").json() == before
