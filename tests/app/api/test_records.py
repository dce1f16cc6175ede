"""Records over HTTP: begun from a proposal or as given, changed to the revision that was seen, read in every form."""

from __future__ import annotations

import csv
import io
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from clustering import list_checklists
from tests.examples.service_requests import ask_for_zones, running_service, toy_uploads
from tests.examples.toy_district import WEST
from tests.examples.toy_register import PRAIRIE, register_uploads
from tests.examples.zone_records import ZONE, another_zone

WHO = {"by": "Ann Lee", "why": "The board agreed"}


def begin(client: TestClient, **more: Any) -> dict[str, Any]:
    response = client.post("/records", json={**WHO, "zone": another_zone(), **more})
    assert response.status_code == 201, response.text
    return dict(response.json())


def change(client: TestClient, record_id: str, seen: int | str, kind: str, **content: Any) -> Any:
    seen_tag = seen if isinstance(seen, str) else f'"{seen}"'
    body = {**WHO, "kind": kind, "content": content}
    return client.post(f"/records/{record_id}/changes", json=body, headers={"If-Match": seen_tag})


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_record_as_given_begins_proposed(client: TestClient) -> None:
    zone = another_zone()
    response = client.post("/records", json={**WHO, "zone": zone, "checklist": "miami_school_improvement_zone"})
    assert response.status_code == 201
    assert response.headers["ETag"] == '"1"'
    record = response.json()
    assert response.headers["Location"] == record["links"]["self"] == f"/records/{record['record_id']}"
    assert (record["stage"], record["revision"], record["changed_by"]) == ("proposed", 1, "Ann Lee")
    assert record["zone"]["school_ids"] == zone["school_ids"]
    required = [item.item_id for item in list_checklists()[1].items if item.required]
    assert [each["item_id"] for each in record["missing"]] == required
    assert client.get(f"/records/{record['record_id']}").json() == record


def test_the_life_of_a_zone_of_a_proposal_outlives_the_dataset(tmp_path: Path) -> None:
    with running_service(tmp_path) as client:
        dataset_id = client.post("/datasets", files=toy_uploads()).json()["id"]
        proposal = ask_for_zones(client, dataset_id, identification="official:designation=CSI")
        address = f"/proposals/{proposal['id']}/zones/zone-{WEST}/record"
        record = client.post(address, json=WHO).json()
        outlines = client.get(f"/proposals/{proposal['id']}/zones").json()["features"]
        for path in (f"/proposals/{proposal['id']}", f"/datasets/{dataset_id}"):
            assert client.delete(path).status_code == 204
        record_id = record["record_id"]
        assert change(client, record_id, 1, "stage", to="designated").status_code == 201
        kept = client.get(f"/records/{record_id}").json()
        assert kept["zone"]["origin"]["proposal_id"] == proposal["id"]
        assert kept["zone"]["origin"]["parameters"] == proposal["proposal"]["parameters"]
        (feature,) = client.get("/records.geojson").json()["features"]
        (outline,) = [each["geometry"] for each in outlines if each["id"] == f"zone-{WEST}"]
        assert feature["geometry"] == outline
        assert (feature["properties"]["stage"], feature["properties"]["missing_count"]) == ("designated", 11)
        assert client.get(f"/records?proposal_id={proposal['id']}").json()["records"][0]["record_id"] == record_id
        assert client.get("/records?proposal_id=other").json()["records"] == []
    with running_service(tmp_path) as client:
        assert client.get(f"/records/{record_id}").json() == kept


def test_a_change_needs_the_revision_that_was_seen(client: TestClient) -> None:
    record_id = begin(client)["record_id"]
    body = {**WHO, "kind": "stage", "content": {"to": "designated"}}
    assert client.post(f"/records/{record_id}/changes", json=body).status_code == 428
    assert change(client, record_id, "*", "stage", to="designated").status_code == 428
    for tag in ("1", '"1", "2"', '"'):
        assert change(client, record_id, tag, "stage", to="designated").status_code == 400
    for tag in ('"x"', '"-1"', '"' + "9" * 30 + '"'):
        assert change(client, record_id, tag, "stage", to="designated").status_code == 412
    response = change(client, record_id, 'W/"1"', "stage", to="designated")
    assert (response.status_code, response.headers["ETag"]) == (201, '"2"')


def test_of_two_editors_the_second_is_told_who_changed_what_and_nothing_is_overwritten(client: TestClient) -> None:
    record_id = begin(client)["record_id"]
    assert change(client, record_id, 1, "condition", condition_id="time-calendar", state="agreed").status_code == 201
    response = change(client, record_id, 1, "condition", condition_id="time-calendar", state="lapsed")
    assert (response.status_code, response.json()["type"]) == (412, "urn:feeder-zones:problem:changed-meanwhile")
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["detail"].startswith("The record was changed since you saw it, by Ann Lee.")
    assert problem["revision"] == 2
    (since,) = problem["since"]
    assert (since["by"], since["why"], since["revision"]) == ("Ann Lee", "The board agreed", 2)
    assert {"part": "condition time-calendar", "field": "state", "before": None, "after": "agreed"} in since["fields"]
    kept = client.get(f"/records/{record_id}").json()
    assert (kept["revision"], kept["conditions"][0]["state"]) == (2, "agreed")
    assert change(client, record_id, 2, "condition", condition_id="time-calendar", state="lapsed").status_code == 201
    assert change(client, record_id, 9, "stage", to="designated").json()["since"] == []


def test_protected_is_refused_with_everything_that_is_missing_unless_by_exception(client: TestClient) -> None:
    record_id = begin(client)["record_id"]
    assert change(client, record_id, 1, "stage", to="protected").json()["problems"][0]["remedy"] == (
        "It can become designated or ended."
    )
    change(client, record_id, 1, "stage", to="designated")
    response = change(client, record_id, 2, "stage", to="protected")
    assert response.status_code == 422
    assert response.json()["problem_count"] == 11
    assert response.json()["detail"].endswith("Nothing was stored.")
    response = change(client, record_id, 2, "stage", to="protected", exception="The court ordered it")
    assert response.status_code == 201
    assert response.json()["life"][-1]["exception"] == "The court ordered it"
    assert len(response.json()["life"][-1]["missing"]) == 11


def test_a_day_can_be_asked_for(client: TestClient) -> None:
    record_id = begin(client)["record_id"]
    change(client, record_id, 1, "condition", condition_id="time-calendar", state="agreed", until="2027-06-30")
    for day, state in (("2027-06-30", "agreed"), ("2027-07-01", "lapsed")):
        record = client.get(f"/records/{record_id}?on={day}").json()
        assert [each["state"] for each in record["conditions"]] == [state]
        missing = client.get(f"/records/{record_id}/missing?on={day}").json()
        assert ("time-calendar" in [each["item_id"] for each in missing["missing"]]) == (state == "lapsed")
    assert client.get(f"/records/{record_id}?on=soon").status_code == 422


def test_tables_come_as_csv_and_run_nothing_in_a_spreadsheet(client: TestClient) -> None:
    record_id = begin(client, zone=another_zone(name="=West"))["record_id"]
    change(client, record_id, 1, "condition", condition_id="own", area="money", name="+Buses", note="a\nb")
    listed = {row["record_id"]: row for row in rows_of(client.get("/records?f=csv").text)}
    assert listed[record_id]["name"] == "'=West"
    (condition,) = rows_of(client.get(f"/records/{record_id}", headers={"Accept": "text/csv"}).text)
    assert (condition["name"], condition["note"], condition["required"]) == ("'+Buses", "a\nb", "")
    history = rows_of(client.get(f"/records/{record_id}/history?f=csv").text)
    assert [row["after"] for row in history if row["field"] == "note"] == ["a\nb"]
    missing = rows_of(client.get(f"/records/{record_id}/missing?f=csv&checklist=springfield_empowerment_zone").text)
    assert [row["item_id"] for row in missing][-1] == "contract-three-parties"


def test_the_history_has_every_change_as_it_was_given(client: TestClient) -> None:
    record_id = begin(client)["record_id"]
    change(client, record_id, 1, "contract", partner="Mastery", starts_on="2026-08-31")
    change(client, record_id, 2, "checklist", checklist_id="miami_school_improvement_zone")
    history = client.get(f"/records/{record_id}/history").json()["history"]
    assert [(each["revision"], each["kind"]) for each in history] == [(1, "created"), (2, "contract"), (3, "checklist")]
    assert history[1]["content"] == {"partner": "Mastery", "starts_on": "2026-08-31"}
    record = client.get(f"/records/{record_id}").json()
    assert record["checklist"]["title"] == "Miami-Dade School Improvement Zone"
    assert record["contract"]["reviews"] == ["2028-02-29", "2029-08-31"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {**WHO},
        {**WHO, "zone": {}},
        {**WHO, "zone": {**ZONE, "colour": "red"}},
        {**WHO, "zone": {**ZONE, "school_ids": [10]}},
        {**WHO, "zone": {**ZONE, "outline": {"type": "Polygon", "coordinates": [[[0, 1e400]]]}}},
        {**WHO, "zone": ZONE, "checklist": {"title": "x"}},
        {**WHO, "zone": ZONE, "more": 1},
        {**WHO, "zone": {**ZONE, "outline": {"type": "Polygon", "coordinates": [[[10**400, 0]] * 4]}}},
        {**WHO, "zone": {**ZONE, "origin": {"parameters": {"a": "\ud800"}}}},
        {**WHO, "zone": {**ZONE, "origin": {"provenance": {"\ud800": 1}}}},
        {**WHO, "zone": {**ZONE, "origin": {"note": "\ud800"}}},
        {**WHO, "zone": ZONE, "\ud800": 1},
        {"by": "\ud800", "why": "\ud800", "zone": ZONE},
        {"by": "", "why": "", "zone": ZONE},
        {"by": "x" * 301, "why": "y", "zone": ZONE},
    ],
)
def test_requests_that_cannot_be_used_get_a_problem_document_and_store_nothing(
    client: TestClient, body: dict[str, Any]
) -> None:
    before = client.get("/records").json()["records"]
    text = json.dumps(body)
    response = client.post("/records", content=text, headers={"Content-Type": "application/json"})
    assert response.status_code == 422, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["problems"]
    assert client.get("/records").json()["records"] == before


@pytest.mark.parametrize("levels", [31, 200, 2_000])
def test_deeply_nested_values_are_refused(client: TestClient, levels: int) -> None:
    nested = '{"a":' * levels + "1" + "}" * levels
    zone = '{"zone_id":"z","name":"n","school_ids":["1"],"origin":{"parameters":' + nested + "}}"
    text = '{"by":"a","why":"b","zone":' + zone + "}"
    response = client.post("/records", content=text, headers={"Content-Type": "application/json"})
    assert response.status_code in (400, 422), response.text
    assert client.get("/records").status_code == 200


def test_what_is_not_there_is_404(client: TestClient, proposal_id: str) -> None:
    assert client.get("/records/none").status_code == 404
    assert client.get("/records/none/history").status_code == 404
    assert change(client, "none", 1, "stage", to="ended").status_code == 404
    assert client.post("/records", json={**WHO, "zone": ZONE, "checklist": "none"}).status_code == 404
    assert client.post(f"/proposals/{proposal_id}/zones/none/record", json=WHO).status_code == 404
    assert client.post("/proposals/none/zones/none/record", json=WHO).status_code == 404
    assert client.delete("/records/none").status_code == 405


def test_exact_counts_that_the_service_does_not_give_begin_no_record(tmp_path: Path) -> None:
    with running_service(tmp_path, allow_exact=True) as client:
        dataset_id = client.post("/datasets", files=toy_uploads()).json()["id"]
        settings = {"identification": "official:designation=CSI", "disclosure": "exact"}
        proposal_id = ask_for_zones(client, dataset_id, **settings)["id"]
    with running_service(tmp_path) as client:
        assert client.post(f"/proposals/{proposal_id}/zones/zone-{WEST}/record", json=WHO).status_code == 403


def test_a_second_living_record_of_a_zone_is_a_conflict_that_names_the_first(client: TestClient) -> None:
    zone = another_zone(name="North Zone")
    first = begin(client, zone=zone)["record_id"]
    refused = client.post("/records", json={**WHO, "zone": {**zone, "name": "Called otherwise"}})
    assert refused.status_code == 409
    assert refused.headers["Content-Type"] == "application/problem+json"
    problem = refused.json()
    assert (problem["record_id"], problem["stage"]) == (first, "proposed")
    assert problem["links"]["record"] == f"/records/{first}"
    assert "North Zone" in problem["detail"]
    # Under another identifier it is the same Zone, for it has the same anchor; and so is it with other feeders.
    for same in ({"zone_id": "zone-other"}, {"anchor_ids": [], "school_ids": ["0001"], "school_names": {}}):
        again = client.post("/records", json={**WHO, "zone": {**zone, **same}})
        assert (again.status_code, again.json()["record_id"]) == (409, first)
    other = begin(client)["record_id"]
    became = change(client, other, 1, "zone", school_ids=zone["school_ids"], anchor_ids=zone["anchor_ids"])
    assert (became.status_code, became.json()["record_id"]) == (409, first)
    assert client.get(f"/records/{other}").json()["revision"] == 1
    assert change(client, first, 1, "stage", to="ended").status_code == 201
    assert begin(client, zone=zone)["record_id"] != first


def test_a_second_living_record_is_a_conflict_whether_it_is_of_a_proposal_or_not(tmp_path: Path) -> None:
    with running_service(tmp_path) as client:
        dataset_id = client.post("/datasets", files=toy_uploads()).json()["id"]
        # Two that differ in a limit that nothing reaches: identical requests would have one answer.
        proposals = [
            ask_for_zones(client, dataset_id, identification="official:designation=CSI", maximum_schools=most)
            for most in (10, 11)
        ]
        addresses = [f"/proposals/{each['id']}/zones/zone-{WEST}/record" for each in proposals]
        assert [client.post(address, json=WHO).status_code for address in addresses] == [201, 409]
        for zone in ({**ZONE, "zone_id": f"zone-{WEST}"}, {**ZONE, "zone_id": "x", "anchor_ids": [WEST]}):
            given = {**zone, "school_ids": [WEST], "anchor_ids": [WEST], "school_names": {}}
            assert client.post("/records", json={**WHO, "zone": given}).status_code == 409
        table = f"zone,condition,state\nzone-{WEST},time-calendar,agreed\n".encode()
        file = client.post(
            f"/proposals/{proposals[1]['id']}/conditions", data=WHO, files={"conditions": ("c.csv", table)}
        )
        assert file.status_code == 409, file.text
        refused = client.post(addresses[0], json=WHO)
        page = client.post(f"/browse{addresses[0]}", data={**WHO, "checklist": "delaware_partnership_zone"})
        assert refused.status_code == page.status_code == 409
        assert refused.json()["record_id"] in page.text
        assert len(client.get("/records").json()["records"]) == 1


def test_editors_who_begin_a_record_at_once_get_one(client: TestClient) -> None:
    request = {**WHO, "zone": another_zone()}
    with ThreadPoolExecutor(4) as threads:
        answered = list(threads.map(lambda _: client.post("/records", json=request).status_code, range(4)))
    assert sorted(answered) == [201, 409, 409, 409]


def test_a_partner_that_no_register_has_is_doubtful(tmp_path: Path) -> None:
    contract = {"partner": "Prairie", "partner_id": "LP-XXX", "starts_on": "2026-08-01", "ends_on": "2031-07-31"}
    with running_service(tmp_path) as client:
        record_id = begin(client)["record_id"]
        assert change(client, record_id, 1, "contract", **contract).json()["warnings"] == []  # there is no register
        register = client.post("/registers", files=register_uploads()).json()["id"]
        (warning,) = client.get(f"/records/{record_id}").json()["warnings"]
        assert (warning["column"], warning["value"]) == ("partner_id", "LP-XXX")
        assert "No register has a partner with this identifier." in client.get(f"/browse/records/{record_id}").text
        body = {**WHO, "kind": "contract", "content": contract, "register_id": register}
        tag = {"If-Match": '"2"'}
        refused = client.post(f"/records/{record_id}/changes", json=body, headers=tag)
        assert refused.status_code == 422
        assert refused.json()["problems"][0]["column"] == "partner_id"
        assert PRAIRIE in refused.json()["problems"][0]["remedy"]
        body["content"] = {**contract, "partner_id": PRAIRIE}
        changed = client.post(f"/records/{record_id}/changes", json=body, headers=tag)
        assert changed.status_code == 201
        assert changed.json()["warnings"] == []
        body["register_id"] = "none"
        assert client.post(f"/records/{record_id}/changes", json=body, headers={"If-Match": '"3"'}).status_code == 404
