"""Matches of names over HTTP: proposed for files without ids, confirmed row by row, and nothing is kept."""

from __future__ import annotations

import csv

from starlette.testclient import TestClient

SCHOOLS = (
    "school_id,name,grades,graduation_rate\n0001,@Elm School,K-5,\n0011,Oak Middle School,6-8,\n"
    "0021,Adams High School,9-12,55\n"
)
FEEDERS = "School,Feeds To\n@Elm School,Oak Middle School\nOak Middle School,Adams High School\n"
Files = list[tuple[str, tuple[str, bytes, str]]]


def files(**tables: str) -> Files:
    return [(role, (f"{role}.csv", table.encode(), "text/csv")) for role, table in tables.items()]


def test_names_are_proposed_confirmed_and_given_back(client: TestClient) -> None:
    before = client.get("/datasets").json()
    given = files(schools=SCHOOLS, flows=FEEDERS)
    response = client.post("/name-matches?f=csv", files=given)
    assert response.status_code == 200, response.text
    assert 'filename="matches.csv"' in response.headers["content-disposition"]
    assert client.get("/datasets").json() == before
    rows = list(csv.DictReader(response.text.splitlines()))
    assert {(row["school_name"], row["school_id"], row["confirmed"]) for row in rows} == {
        ("'@Elm School", "0001", ""),  # disarmed for spreadsheets
        ("Oak Middle School", "0011", ""),
        ("Adams High School", "0021", ""),
    }
    confirmed = response.text.replace('files.",', 'files.",yes')
    dataset = client.post("/datasets", files=[*given, *files(name_matches=confirmed)])
    assert dataset.status_code == 201, dataset.text
    assert dataset.json()["report"]["basis"]["method"] == "feeder table"
    assert dataset.json()["report"]["flow_rows"]["feeding"] == 2


def test_the_names_of_a_plan_are_proposed_as_json_and_the_same_names_confirmed(client: TestClient) -> None:
    response = client.post("/name-matches", files=files(schools=SCHOOLS, plan=FEEDERS), data={"confirm_exact": "true"})
    rows = response.json()["matches"]
    assert {(row["file"], row["school_id"], row["confirmed"]) for row in rows} == {
        ("plan.csv", "0001", "yes"),
        ("plan.csv", "0011", "yes"),
        ("plan.csv", "0021", "yes"),
    }


def test_what_cannot_be_matched_is_refused(client: TestClient) -> None:
    assert client.post("/name-matches", files=files(flows=FEEDERS)).status_code == 422
    unknown = client.post("/name-matches", files=files(schools=SCHOOLS), data={"estimate": "true"})
    assert (unknown.status_code, unknown.json()["problems"][0]["column"]) == (422, "estimate")
