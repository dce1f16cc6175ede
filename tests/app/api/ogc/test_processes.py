"""OGC API Processes: Zones are proposed by a client that knows the standard and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from clustering import ProposalParameters
from tests.examples.service_requests import wait_for_job

EXECUTION = "/ogc/processes/propose-zones/execution"
EXCEPTIONS = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0"
RULE = "official:designation=CSI"


def inputs(dataset_id: str, **parameters: Any) -> dict[str, Any]:
    return {"inputs": {"dataset_id": dataset_id, "identification": RULE, **parameters}}


def test_the_process_describes_every_parameter(client: TestClient) -> None:
    listed = client.get("/ogc/processes").json()["processes"]
    assert [each["id"] for each in listed] == ["propose-zones"]
    process = client.get("/ogc/processes/propose-zones").json()
    assert list(process["inputs"]) == ["dataset_id", *ProposalParameters().as_dict()]
    assert process["inputs"]["leakage_weight"]["schema"]["type"] == "number"
    assert set(process["outputs"]) == {"proposal", "zones", "zone-schools", "links"}
    assert process["jobControlOptions"] == ["sync-execute", "async-execute", "dismiss"]
    assert any(each["href"].endswith(EXECUTION) for each in process["links"])


def test_a_client_that_waits_gets_links_to_what_was_made(client: TestClient, dataset_id: str) -> None:
    answer = client.post(EXECUTION, json=inputs(dataset_id, maximum_schools={"value": 4}))
    assert answer.status_code == 200, answer.text
    results = answer.json()
    zones = client.get(results["zones"]["href"]).json()["features"]
    assert [each["properties"]["school_count"] for each in zones] == [4, 4]
    proposal = client.get(results["proposal"]["href"]).json()["proposal"]
    assert proposal["parameters"]["maximum_schools"] == 4
    some = client.post(EXECUTION, json={**inputs(dataset_id), "outputs": {"zones": {}}}).json()
    assert list(some) == ["zones"]


def test_a_client_that_does_not_wait_gets_a_job(client: TestClient, dataset_id: str) -> None:
    answer = client.post(EXECUTION, json=inputs(dataset_id), headers={"Prefer": "respond-async"})
    assert (answer.status_code, answer.headers["preference-applied"]) == (201, "respond-async")
    job = answer.json()
    assert answer.headers["location"] == f"http://127.0.0.1/ogc/jobs/{job['jobID']}"
    assert (job["type"], job["processID"]) == ("process", "propose-zones")
    assert job["status"] in ("accepted", "running", "successful")
    wait_for_job(client, f"/jobs/{job['jobID']}")
    done = client.get(answer.headers["location"]).json()
    assert (done["status"], done["progress"]) == ("successful", 100)
    assert done["created"] <= done["finished"]
    results = client.get(f"{answer.headers['location']}/results").json()
    assert client.get(results["links"]["href"]).json()["numberMatched"] == 14
    listed = client.get("/ogc/jobs").json()["jobs"]
    assert job["jobID"] in {each["jobID"] for each in listed}
    assert len(client.get("/ogc/jobs?limit=1").json()["jobs"]) == 1


def test_a_job_can_be_dismissed(client: TestClient, dataset_id: str) -> None:
    queued = client.post(EXECUTION, json=inputs(dataset_id, leakage_weight=0.31), headers={"Prefer": "respond-async"})
    own = f"/ogc/jobs/{queued.json()['jobID']}"
    before = client.get(f"{own}/results")
    dismissed = client.delete(own)
    assert dismissed.status_code == 200
    if dismissed.json()["status"] == "dismissed":  # it may have been done already
        assert before.status_code == 404
        assert before.json()["type"] == f"{EXCEPTIONS}/result-not-ready"
        assert client.get(own).json()["status"] == "dismissed"
        assert client.get(f"{own}/results").status_code == 409
    else:
        assert dismissed.json()["status"] == "successful"


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "/ogc/processes/none", "no-such-process"),
        ("POST", "/ogc/processes/none/execution", "no-such-process"),
        ("GET", "/ogc/jobs/none", "no-such-job"),
        ("GET", "/ogc/jobs/none/results", "no-such-job"),
        ("DELETE", "/ogc/jobs/none", "no-such-job"),
    ],
)
def test_what_is_not_there_has_the_type_of_the_standard(client: TestClient, method: str, path: str, name: str) -> None:
    answer = client.request(method, path, **({"json": {}} if method == "POST" else {}))
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.json()["type"] == f"{EXCEPTIONS}/{name}"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b'{"inputs": []}', 400),
        (b'{"inputs": {}}', 400),
        (b'{"inputs": {"dataset_id": 1}}', 400),
        (b'{"inputs": {"dataset_id": "x"}, "outputs": {"roads": {}}}', 400),
        (b'{"inputs": {"dataset_id": "none"}}', 404),
        (b'{"inputs": {"dataset_id": "none", "maximum_schools": "many"}}', 404),
    ],
)
def test_what_cannot_be_executed_is_refused(client: TestClient, body: bytes, status: int) -> None:
    answer = client.post(EXECUTION, content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_wrong_inputs_are_named(client: TestClient, dataset_id: str) -> None:
    answer = client.post(EXECUTION, json=inputs(dataset_id, leakage_weigth=1))
    assert answer.status_code == 422
    assert "leakage_weight" in answer.text
