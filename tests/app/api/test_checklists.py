"""Checklists over HTTP: those that ship, and the state's own."""

from __future__ import annotations

from starlette.testclient import TestClient

from tests.examples.service_requests import upload
from tests.examples.zone_records import another_zone

OWN = b"item_id,area,title,required\n007,time,Longer day,yes\n008,money,Pay,no\n"


def test_a_checklist_of_ones_own_is_kept_and_used(client: TestClient) -> None:
    response = client.post("/checklists", files=[upload("checklist", OWN, name="own.csv")], data={"name": "Our own"})
    assert response.status_code == 201, response.text
    own = response.json()
    assert response.headers["Location"] == f"/checklists/{own['checklist_id']}"
    assert (own["title"], own["file_name"]) == ("Our own", "own.csv")
    assert client.get(response.headers["Location"]).json() == own
    listed = [each["checklist_id"] for each in client.get("/checklists").json()]
    assert listed[:3] == [
        "delaware_partnership_zone",
        "miami_school_improvement_zone",
        "springfield_empowerment_zone",
    ]
    assert own["checklist_id"] in listed
    request = {"by": "Ann", "why": "Begun", "zone": another_zone(), "checklist": own["checklist_id"]}
    assert [each["item_id"] for each in client.post("/records", json=request).json()["missing"]] == ["007"]


def test_what_is_downloaded_can_be_uploaded_again(client: TestClient) -> None:
    shipped = client.get("/checklists/miami_school_improvement_zone").json()
    for name, address in (("a.json", ""), ("a.csv", "?f=csv")):
        body = client.get(f"/checklists/miami_school_improvement_zone{address}").content
        again = client.post("/checklists", files=[upload("checklist", body, name=name)])
        assert again.json()["items"] == shipped["items"]


def test_every_fault_of_a_file_is_told_and_nothing_is_kept(client: TestClient) -> None:
    before = client.get("/checklists").json()
    faulty = OWN.replace(b"time", b"tim").replace(b"008", b"007")
    response = client.post("/checklists", files=[upload("checklist", faulty, name="own.csv")])
    assert response.status_code == 422
    assert {(each["table"], each["row"], each["column"]) for each in response.json()["problems"]} == {
        ("own.csv", 2, "area"),
        ("own.csv", 3, "item_id"),
    }
    assert client.get("/checklists").json() == before


def test_fields_and_numbers_of_files_that_do_not_fit_are_refused(client: TestClient) -> None:
    two = [upload("checklist", OWN, name="a.csv"), upload("checklist", OWN, name="b.csv")]
    assert client.post("/checklists", files=two).status_code == 422
    assert client.post("/checklists", files=[upload("plan", OWN)]).status_code == 422
    assert client.get("/checklists/none").status_code == 404
