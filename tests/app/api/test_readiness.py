"""Indicator sets, assessments and readiness over HTTP."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest
from starlette.testclient import TestClient

from tests.examples.service_requests import toy_uploads, upload

ASSESSED = pd.DataFrame(
    {
        "school_id": ["0007", "0007", "0010"],
        "indicator": ["learn-1", "teach-1", "learn-1"],
        "value": ["2", "4", "3"],
        "date": "2024-03-01",
        "rater": "=Ada",
    }
)


@pytest.fixture
def fresh_dataset(client: TestClient) -> str:
    return str(client.post("/datasets", files=toy_uploads(), data={"name": "Toy"}).json()["id"])


def test_the_sets_that_ship_are_listed(client: TestClient) -> None:
    shipped = client.get("/indicator-sets").json()
    assert [each["set_id"] for each in shipped] == ["readiness-triangle", "district-self-assessment"]


def test_an_upload_adds_a_revision_and_overwrites_nothing(client: TestClient, fresh_dataset: str) -> None:
    address = f"/datasets/{fresh_dataset}/assessments"
    first = client.post(address, files=[upload("file", ASSESSED, "spring.csv")])
    assert first.status_code == 201, first.text
    second = client.post(address, files=[upload("file", ASSESSED.assign(value="1"), "corrected.csv")])
    assert second.json()["revision"] == 2
    history = client.get(address).json()
    assert [(each["revision"], each["summary"]["file"]) for each in history] == [
        (2, "corrected.csv"),
        (1, "spring.csv"),
    ]
    assert history[1] == first.json()


def test_readiness_of_a_proposal(client: TestClient, dataset_id: str, proposal_id: str) -> None:
    client.post(f"/datasets/{dataset_id}/assessments", files=[upload("file", ASSESSED)])
    answered = client.get(f"/proposals/{proposal_id}/readiness")
    assert answered.status_code == 200, answered.text
    subjects = {each["subject_id"]: each for each in answered.json()["subjects"]}
    west = next(each for each in subjects["zone-0010"]["values"] if each["indicator_id"] == "learn-1")
    assert (west["value"], west["least"], west["assessed_schools"]) == (2.5, 2, 2)
    table = client.get(f"/proposals/{proposal_id}/readiness?f=csv")
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert {row["state"] for row in rows} >= {"strength", "gap", "not assessed"}
    earlier = client.get(f"/proposals/{proposal_id}/readiness", params={"on": "2020-01-01"}).json()
    assert all(each["assessed"] == 0 for each in earlier["subjects"])


def test_a_set_of_the_state_is_used(client: TestClient, fresh_dataset: str) -> None:
    own = pd.DataFrame(
        {"set": "ours", "indicator": ["p1"], "title": ["<b>Practice</b>"], "least": "0", "greatest": "2"}
    )
    rated = ASSESSED.iloc[:1].assign(set="ours", indicator="p1")
    refused = client.post(f"/datasets/{fresh_dataset}/assessments", files=[upload("file", rated)])
    assert refused.status_code == 422
    assert client.post(f"/datasets/{fresh_dataset}/indicator-sets", files=[upload("file", own)]).status_code == 201
    listed = client.get(f"/datasets/{fresh_dataset}/indicator-sets").json()
    assert [each["set_id"] for each in listed][-1] == "ours"
    assert client.post(f"/datasets/{fresh_dataset}/assessments", files=[upload("file", rated)]).status_code == 201


def test_every_problem_of_a_file_comes_at_once_and_nothing_is_kept(client: TestClient, fresh_dataset: str) -> None:
    faulty = ASSESSED.assign(value=["9", "x", "3"], date=["soon", "2024-03-01", "2024-03-01"])
    refused = client.post(f"/datasets/{fresh_dataset}/assessments", files=[upload("file", faulty, "<i>.csv")])
    assert refused.status_code == 422
    assert refused.json()["problem_count"] == 3
    assert client.get(f"/datasets/{fresh_dataset}/assessments").json() == []


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/proposals/none/readiness", 404),
        ("/datasets/none/assessments", 404),
        ("/datasets/none/indicator-sets", 404),
        ("/proposals/{proposal}/readiness?set=nothing", 422),
        ("/proposals/{proposal}/readiness?on=soon", 422),
        ("/proposals/{proposal}/readiness?day=2024-03-01", 422),
    ],
)
def test_what_is_not_there_is_told(
    client: TestClient, dataset_id: str, proposal_id: str, address: str, status: int
) -> None:
    client.post(f"/datasets/{dataset_id}/assessments", files=[upload("file", ASSESSED)])
    answered = client.get(address.format(proposal=proposal_id))
    assert answered.status_code == status
    assert answered.json()["status"] == status


def test_one_file_at_a_time_in_the_field_file(client: TestClient, fresh_dataset: str) -> None:
    address = f"/datasets/{fresh_dataset}/assessments"
    assert client.post(address, files=[upload("file", ASSESSED), upload("file", ASSESSED)]).status_code == 422
    assert client.post(address, files=[upload("assessments", ASSESSED)]).status_code == 422
    missing = client.post("/datasets/none/assessments", files=[upload("file", ASSESSED)])
    assert missing.status_code == 404
