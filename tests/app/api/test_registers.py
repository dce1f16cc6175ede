"""Registers over HTTP: uploaded, checked, shown, forgotten."""

from __future__ import annotations

import csv
import io

import pytest
from starlette.testclient import TestClient

from tests.examples.service_requests import upload
from tests.examples.toy_register import DISTANT, PRAIRIE, TUTORS, register_uploads, toy_partners


@pytest.fixture(scope="module")
def register_address(client: TestClient) -> str:
    response = client.post("/registers", files=register_uploads(), data={"name": "Ours\u202e"})
    assert response.status_code == 201, response.text
    return response.headers["location"]


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_register_is_kept_as_it_was_read(client: TestClient, register_address: str) -> None:
    shown = client.get(register_address).json()
    assert shown["name"] == "Ours"
    assert shown["links"]["self"] == register_address
    assert shown["register"]["counts"]["lead_partners"] == 2
    assert (
        shown["summary"]["statement"]
        == "2 Lead Partners can take on 27 more schools. 1 of them can be matched, with 7 of these schools."
    )
    prairie = next(each for each in shown["register"]["partners"] if each["partner_id"] == PRAIRIE)
    assert (prairie["schools_now"], prairie["maximum_schools"], prairie["missing_for_match"]) == (2, 9, [])
    listed = client.get("/registers").json()
    assert {name: shown[name] for name in ("id", "name", "summary", "links")}.items() <= listed[0].items()
    assert "register" not in listed[0]


def test_its_tables_are_served(client: TestClient, register_address: str) -> None:
    response = client.get(f"{register_address}/partners?f=csv")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert [row["partner_id"] for row in rows_of(response.text)] == [PRAIRIE, DISTANT, TUTORS]
    duties = rows_of(client.get(f"{register_address}/duties").text)
    assert {(row["partner_id"], row["state"]) for row in duties} == {(PRAIRIE, "met"), (DISTANT, "promised")}
    assert len(duties) == 8


def test_every_problem_comes_at_once_and_nothing_is_kept(client: TestClient) -> None:
    before = client.get("/registers").json()
    partners = toy_partners()
    partners.loc[0, "schools_now"], partners.loc[1, "approval"] = "many", "perhaps"
    response = client.post("/registers", files=register_uploads(partners))
    assert response.status_code == 422
    problem = response.json()
    assert problem["detail"] == "2 problems in the input. Nothing was stored."
    assert {(each["row"], each["column"], each["value"]) for each in problem["problems"]} == {
        (2, "schools_now", "many"),
        (3, "approval", "perhaps"),
    }
    assert client.get("/registers").json() == before


def test_a_register_is_checked_against_a_dataset(client: TestClient, dataset_id: str) -> None:
    partners = toy_partners().assign(home_district=["01", "77", ""])
    files = register_uploads(partners)
    alone, checked = (
        client.post("/registers", files=files, data=data).json()["register"]["warnings"]
        for data in ({}, {"dataset_id": dataset_id})
    )
    assert [each["value"] for each in alone if each.get("column") == "home_district"] == []
    assert "77" in [each["value"] for each in checked if each.get("column") == "home_district"]
    missing = client.post("/registers", files=files, data={"dataset_id": "none"})
    assert missing.status_code == 404


@pytest.mark.parametrize(
    ("files", "data", "status"),
    [
        ([upload("preferences", toy_partners())], {}, 422),
        (register_uploads(), {"parameters": "{}"}, 422),
        ([upload("partners", b"\x00\x01\x02")], {}, 422),
    ],
)
def test_what_is_no_register_is_refused(
    client: TestClient, files: list[tuple[str, object]], data: dict[str, str], status: int
) -> None:
    response = client.post("/registers", files=files, data=data)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def test_a_register_is_forgotten(client: TestClient) -> None:
    address = client.post("/registers", files=register_uploads()).headers["location"]
    assert client.delete(address).status_code == 204
    for path in ("", "/partners", "/duties"):
        assert client.get(address + path).status_code == 404
    assert client.delete(address).status_code == 404
