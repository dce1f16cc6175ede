"""Datasets: what an upload answers, and that a bad one keeps nothing."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pandas as pd
import pytest
from starlette.testclient import TestClient

from app.services import datasets
from app.store import IngestedDataset
from clustering import plain_text
from clustering.zones.protection_choice import protect
from tests.examples.service_requests import toy_uploads, upload
from tests.examples.toy_district import toy_flows, toy_scenario, toy_schools
from tests.faulty_files.hostile_names import HOSTILE_NAMES


def assert_flow_students(report: dict[str, Any]) -> None:
    """The total of flows is the range that the library's protected cells add up to, and holds the true total."""
    feeding = [report[f"flow_students_{end}"]["feeding"] for end in ("low", "high")]
    protected = protect(toy_scenario(), "protected").flows
    assert feeding == [protected[f"students_{end}"].sum() for end in ("low", "high")]
    assert feeding[0] < toy_flows()["students"].astype(int).sum() < feeding[1]


def test_an_upload_is_answered_with_its_ingest_report(client: TestClient) -> None:
    response = client.post("/datasets", files=toy_uploads(), data={"name": "  Toy  "})
    assert response.status_code == 201
    body = response.json()
    assert response.headers["location"] == f"/datasets/{body['id']}" == body["links"]["self"]
    assert body["name"] == "Toy"
    report = body["report"]
    assert [(file["role"], file["name"], file["rows_read"], file["rows_used"]) for file in report["files"]] == [
        ("schools", "schools.csv", 11, 11),
        ("flows", "flows.csv", None, None),  # a row more where anybody left a grade
    ]
    assert report["files"][0]["columns"]["latitude"] == "lat"
    assert report["flow_rows"] == {"feeding": 14}
    assert_flow_students(report)
    assert report["facts"]["schools"] == 11
    assert report["facts"]["official_list_columns"]["designation"] == ["CSI"]
    assert client.get(f"/datasets/{body['id']}").json() == body
    assert body["id"] in [each["id"] for each in client.get("/datasets").json()]
    assert client.delete(f"/datasets/{body['id']}").status_code == 204
    assert client.get(f"/datasets/{body['id']}").status_code == 404


def test_any_name_is_kept_as_plain_text(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    uploads = toy_uploads()
    monkeypatch.setattr(datasets, "run_isolated", lambda *_, **__: IngestedDataset(report={}, scenario=b""))
    for name in ("Toy", *HOSTILE_NAMES):
        body = client.post("/datasets", files=uploads, data={"name": name}).json()
        assert body["name"] == plain_text(name).strip(), name
        assert client.delete(f"/datasets/{body['id']}").status_code == 204


def test_several_files_of_a_role_are_joined(client: TestClient) -> None:
    table = toy_schools()
    names, places = table.drop(columns=["lat", "lon"]), table[["school_id", "lat", "lon"]]
    flows = toy_flows()
    response = client.post(
        "/datasets",
        files=[
            upload("schools", names, "names.csv"),
            upload("schools", places, "places.csv"),
            upload("flows", flows[:7], "first.csv"),
            upload("flows", flows[7:], "second.csv"),
        ],
    )
    assert response.status_code == 201, response.text
    report = response.json()["report"]
    assert_flow_students(report)
    assert report["facts"]["schools_without_coordinates"] == 0
    assert response.json()["name"] == "names.csv, places.csv, first.csv, second.csv"


def test_all_problems_of_all_files_come_at_once_and_nothing_is_kept(client: TestClient) -> None:
    before = client.get("/datasets").json()
    schools, flows = toy_schools(), toy_flows()
    schools.loc[0, "lat"], schools.loc[3, "lon"] = "412", "-980"
    flows.loc[1, "students"] = "-7"
    response = client.post("/datasets", files=toy_uploads(schools, flows))
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == 422
    assert body["problem_count"] == 3
    assert [
        (problem["table"], problem["row"], problem["column"], problem.get("value")) for problem in body["problems"]
    ] == [
        ("schools.csv", 2, "lat", "412"),
        ("schools.csv", 5, "lon", "-980"),
        ("flows.csv", 3, "students", None),  # of counts of students no number is repeated
    ]
    assert all(problem["remedy"] for problem in body["problems"])
    assert client.get("/datasets").json() == before


def test_a_file_in_another_encoding_can_be_named(client: TestClient) -> None:
    schools = toy_schools()
    schools.loc[0, "name"] = "École Nord"
    files = [upload("schools", schools.to_csv(index=False).encode("cp1252")), toy_uploads()[1]]
    guessed = client.post("/datasets", files=files)
    assert guessed.status_code == 201
    assert "it was read as cp1252" in guessed.text
    named = client.post("/datasets", files=files, data={"encoding": "cp1252"})
    assert named.status_code == 201
    assert named.json()["report"]["warnings"] == []
    refused = client.post("/datasets", files=files, data={"read": "*:encoding=utf-8"})
    assert refused.status_code == 422
    assert "encoding" in refused.text


def test_the_exact_counts_of_flows_cannot_be_tested_by_a_hash(client: TestClient, dataset_id: str) -> None:
    files = client.get(f"/datasets/{dataset_id}").json()["report"]["files"]
    assert [("sha256" in file) for file in files] == [False, False]


@pytest.mark.parametrize("name", ["../../../etc/passwd", "C:\\secret\\schools.csv", "a\x00b.csv", "x" * 3000 + ".csv"])
def test_the_name_of_an_upload_is_never_a_path(client: TestClient, name: str) -> None:
    files = [upload("schools", toy_schools(), name), toy_uploads()[1]]
    response = client.post("/datasets", files=files)
    assert response.status_code == 201
    shown = response.json()["report"]["files"][0]["name"]
    assert "/" not in shown
    assert "\\" not in shown
    assert len(shown) <= 200
    client.delete(response.headers["location"])


def test_every_kind_of_warning_of_every_file_is_shown_with_its_number(client: TestClient) -> None:
    extra = toy_flows().iloc[[0] * 1_200].assign(origin=[f"X{number}" for number in range(1_200)])
    many, few = pd.concat([toy_flows(), extra]), pd.concat([toy_flows(), extra.head(2)])
    uploads = [
        upload("schools", toy_schools()),
        upload("flows", many, "many.csv"),
        upload("flows", few.assign(school_year="2021-22"), "few.csv"),
    ]
    dataset = client.post("/datasets", files=uploads).json()
    unlisted = {
        kind["table"]: kind["count"]
        for kind in dataset["report"]["warning_kinds"]
        if kind["message"].startswith("The school is not in the schools files")
    }
    assert unlisted == {"many.csv": 1_200, "few.csv": 2}
    page = client.get(f"/browse/datasets/{dataset['id']}").text
    assert re.search(r'<td [^>]*class="number"[^>]*>1,200</td>', page)
    assert "origin: X0; origin: X1" in page


def test_errors_of_every_file_are_told_with_their_true_number(client: TestClient) -> None:
    many = pd.concat([toy_flows()] * 100).assign(students="many")
    uploads = [
        upload("schools", toy_schools()),
        upload("flows", many, "many.csv"),
        upload("flows", toy_flows().assign(grade="fifth"), "few.csv"),
    ]
    problem = client.post("/datasets", files=uploads).json()
    counts = {(kind["table"], kind["message"]): kind["count"] for kind in problem["problem_kinds"]}
    assert counts["many.csv", "This is not a number of students."] == 1_400
    assert counts["few.csv", "This is not a grade."] == 14
    assert problem["problem_count"] == sum(counts.values())
    assert {each["table"] for each in problem["problems"]} == {"many.csv", "few.csv"}


def test_many_files_in_one_archive_are_files_of_the_role(client: TestClient) -> None:
    schools, whole = toy_schools(), io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, half in (("east/1.csv", schools[:5]), ("west/2.csv", schools[5:])):
            archive.writestr(name, half.to_csv(index=False))
    files = [upload("schools", whole.getvalue(), "all.zip"), toy_uploads()[1]]
    report = client.post("/datasets", files=files).json()["report"]
    assert [file["name"] for file in report["files"]] == ["all.zip/east/1.csv", "all.zip/west/2.csv", "flows.csv"]
