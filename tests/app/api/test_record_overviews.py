"""Conditions of many Zones from a file, all of it or nothing; what is due, and the map, of all records."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from clustering import MAP_CONTENT_SECURITY_POLICY
from tests.examples.service_requests import ask_for_zones, running_service, toy_uploads, upload
from tests.examples.toy_district import WEST
from tests.examples.zone_records import ZONE

pytestmark = pytest.mark.usefixtures("one_process")

WHO = {"by": "Ann Lee", "why": "The agency's list"}
HOSTILE = "</td><script>alert(1)</script>{{7*7}}"
FILE = f"""zone_id,condition,state,until,partner,contract_starts_on,contract_ends_on
zone-{WEST},time-calendar,agreed,2030-06-30,Mastery,2026-08-31,2031-06-30
zone-{WEST},Shared governance,asked,,,,
"""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[TestClient, str]]:
    """A service of its own, with a proposal."""
    with running_service(tmp_path) as client:
        dataset_id = client.post("/datasets", files=toy_uploads()).json()["id"]
        yield client, ask_for_zones(client, dataset_id, identification="official:designation=CSI")["id"]


def send(client: TestClient, proposal_id: str, text: str = FILE, **fields: Any) -> Any:
    files = [upload("conditions", text.encode(), name="ours.csv")]
    return client.post(f"/proposals/{proposal_id}/conditions", files=files, data={**WHO, **fields})


def seen_of(client: TestClient) -> list[str]:
    return [f"{each['record_id']}={each['revision']}" for each in client.get("/records").json()["records"]]


def zone_ids(client: TestClient, proposal_id: str) -> list[str]:
    return [each["id"] for each in client.get(f"/proposals/{proposal_id}/zones").json()["features"]]


def other_zone(client: TestClient, proposal_id: str) -> str:
    return next(each for each in zone_ids(client, proposal_id) if each != f"zone-{WEST}")


def test_a_file_begins_records_and_then_adds_what_is_new(own: tuple[TestClient, str]) -> None:
    client, proposal_id = own
    response = send(client, proposal_id)
    assert response.status_code == 201, response.text
    (record,) = response.json()["records"]
    assert (record["zone_id"], record["stage"], record["revision"]) == (f"zone-{WEST}", "proposed", 4)
    assert (record["condition_count"], record["settled_count"], record["partner"]) == (2, 1, "Mastery")
    assert response.json()["warnings"] == []
    kept = client.get(f"/records/{record['record_id']}").json()
    assert kept["zone"]["outline"] is not None
    assert {entry["by"] for entry in client.get(f"/records/{record['record_id']}/history").json()["history"]} == {
        "Ann Lee"
    }
    again = send(client, proposal_id, seen=seen_of(client))
    assert (again.status_code, again.json()["records"]) == (201, [])
    changed = FILE.replace("agreed,", "in force,") + f"{other_zone(client, proposal_id)},time-calendar,asked,,,,\n"
    both = send(client, proposal_id, changed, seen=seen_of(client))
    assert [(each["revision"], each["settled_count"]) for each in both.json()["records"]] == [(5, 1), (2, 0)]


def test_what_is_downloaded_can_be_uploaded_again(own: tuple[TestClient, str]) -> None:
    client, proposal_id = own
    send(client, proposal_id)
    body = client.get(f"/records/conditions?f=csv&proposal_id={proposal_id}").text
    rows = list(csv.DictReader(io.StringIO(body)))
    assert [(each["condition_id"], each["recorded_state"], each["partner"]) for each in rows] == [
        ("time-calendar", "agreed", "Mastery"),
        ("governance-shared", "asked", "Mastery"),
    ]
    assert send(client, proposal_id, body, seen=seen_of(client)).json()["records"] == []
    assert client.get("/records/conditions").json()["conditions"][0]["state"] == "agreed"


def test_nothing_is_kept_if_anything_is_wrong(own: tuple[TestClient, str]) -> None:
    client, proposal_id = own
    faulty = FILE + f"{other_zone(client, proposal_id)},hire,agreed,2026-02-30,,,\nelsewhere,x,asked,,,,\n"
    response = send(client, proposal_id, faulty)
    assert response.status_code == 422
    assert {(each["table"], each["row"], each["column"]) for each in response.json()["problems"]} == {
        ("ours.csv", 4, "until"),
        ("ours.csv", 4, "area"),
        ("ours.csv", 5, "zone_id"),
    }
    assert send(client, proposal_id, by="").status_code == 422
    assert send(client, proposal_id, checklist="none").status_code == 404
    assert send(client, proposal_id, seen="x=y").status_code == 422
    assert send(client, "none").status_code == 404
    assert send(client, proposal_id, other="1").status_code == 422
    assert client.get("/records").json()["records"] == []


def test_records_changed_since_conflict_and_keep_the_other_zones_out(own: tuple[TestClient, str]) -> None:
    client, proposal_id = own
    send(client, proposal_id)
    seen = seen_of(client)
    record_id = seen[0].partition("=")[0]
    body = {"by": "Bob", "why": "Met", "kind": "condition", "content": {"condition_id": "time-calendar", "note": "!"}}
    assert client.post(f"/records/{record_id}/changes", json=body, headers={"If-Match": '"4"'}).status_code == 201
    changed = FILE.replace("agreed,", "in force,") + f"{other_zone(client, proposal_id)},time-calendar,asked,,,,\n"
    assert send(client, proposal_id, changed).status_code == 428
    for given in (seen, ""):
        response = send(client, proposal_id, changed, seen=given)
        assert response.status_code == 409
        assert response.json()["record_id"] == record_id
        assert response.json()["since"][-1]["by"] == "Bob"
    assert len(client.get("/records").json()["records"]) == 1


def test_a_file_with_a_contract_of_thirty_years_is_kept_and_doubted(own: tuple[TestClient, str]) -> None:
    client, proposal_id = own
    response = send(client, proposal_id, FILE.replace("2031-06-30", "2056-08-30"))
    assert response.status_code == 201, response.text
    (warning,) = response.json()["warnings"]
    assert warning["record_id"] == response.json()["records"][0]["record_id"]
    assert warning["message"] == "The contract runs for about 30 years."
    assert "3 to 5 years" in warning["remedy"]


def test_what_is_due_is_told_up_to_a_day(own: tuple[TestClient, str]) -> None:
    client, proposal_id = own
    send(client, proposal_id)
    due = client.get("/records/due?on=2028-01-01&until=2031-12-31").json()
    assert [(each["due_on"], each["kind"], each["what"]) for each in due["due"]] == [
        ("2028-02-29", "review", "Review after 18 months"),
        ("2029-08-31", "review", "Review after 36 months"),
        ("2030-06-30", "condition lapses", due["due"][2]["what"]),
        ("2031-06-30", "contract ends", "Contract with Mastery"),
    ]
    assert client.get("/records/due?on=2028-01-01").json()["until"] == "2028-12-31"
    rows = list(csv.DictReader(io.StringIO(client.get("/records/due?on=2028-01-01&f=csv").text)))
    assert [each["due_on"] for each in rows] == ["2028-02-29"]
    assert client.get("/records/due?on=2028-01-01&until=2027-01-01").status_code == 422
    assert client.get("/records/due?on=9999-12-31").status_code == 200


def test_the_map_is_drawn_with_the_policy_of_other_maps(own: tuple[TestClient, str]) -> None:
    client, _ = own
    client.post("/records", json={**WHO, "zone": {**ZONE, "name": HOSTILE}})
    response = client.get("/records/map?on=2026-01-01")
    assert response.status_code == 200
    assert response.headers["Content-Security-Policy"] == MAP_CONTENT_SECURITY_POLICY
    assert response.headers["Content-Type"].startswith("text/html")
    assert HOSTILE not in response.text
    assert "1 Zone on 2026-01-01: 1 proposed." in response.text
    assert "0 Zones on" in client.get("/records/map?proposal_id=none").text


def test_a_page_takes_the_file_and_comes_back_with_every_problem(own: tuple[TestClient, str]) -> None:
    client, proposal_id = own
    address = f"/browse/proposals/{proposal_id}/conditions"
    assert f'href="{address}"' in client.get(f"/browse/proposals/{proposal_id}").text
    assert client.get(address).status_code == 200
    faulty = upload("conditions", FILE.replace("agreed", HOSTILE).encode(), name="ours.csv")
    refused = client.post(address, files=[faulty], data={**WHO, "why": "Reason typed"})
    assert refused.status_code == 422
    assert "Reason typed" in refused.text
    assert HOSTILE not in refused.text
    assert "There is no such state." in refused.text
    sent = client.post(address, files=[upload("conditions", FILE.encode())], data={**WHO, "seen": ""})
    assert sent.status_code == 200  # after the redirection
    assert "One record was begun or changed." in sent.text
    assert 'href="/records/map"' in sent.text
    changed = upload("conditions", FILE.replace("agreed,", "in force,").encode())
    conflict = client.post(address, files=[changed], data={**WHO, "seen": ""})
    assert conflict.status_code == 409
    assert "Nothing of the file was kept" in conflict.text
