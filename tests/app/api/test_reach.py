"""Schools within reach of an anchor over HTTP: the library's numbers, byte for byte."""

from __future__ import annotations

import csv
import io

from starlette.testclient import TestClient

from clustering import ZonePlanner, explain_reach, parse_parameters, table_bytes
from tests.examples.service_requests import ask_for_zones
from tests.examples.toy_district import EAST, PINE, WEST, toy_scenario

BOTH = "graduation_rate<0.9"


def test_the_service_explains_as_the_library_does(client: TestClient, dataset_id: str) -> None:
    proposal_id = ask_for_zones(client, dataset_id, identification=BOTH)["id"]
    answer = client.get(f"/proposals/{proposal_id}/reach?f=csv")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    table = explain_reach(ZonePlanner(toy_scenario()), parse_parameters({"identification": BOTH}))
    assert answer.content == table_bytes(table)
    body = client.get(f"/proposals/{proposal_id}/reach?anchor_id={WEST}").json()
    assert {row["anchor_id"] for row in body["reach"]} == {WEST}
    assert body["parameters"]["identification"] == BOTH
    assert body["provenance"]["tables_sha256"]
    (pine,) = [row for row in body["reach"] if row["school_id"] == PINE]
    assert pine["zone_id"] == f"zone-{EAST}"
    assert pine["loss_students"] == 75.0


def test_a_school_that_a_limit_excludes_has_its_reason(client: TestClient, dataset_id: str) -> None:
    proposal_id = ask_for_zones(client, dataset_id, identification=BOTH, force_out=[PINE])["id"]
    text = client.get(f"/proposals/{proposal_id}/reach", headers={"Accept": "text/csv"}).text
    rows = {(row["anchor_id"], row["school_id"]): row for row in csv.DictReader(io.StringIO(text))}
    assert rows[WEST, PINE]["bound_by"] == "force_out"
    assert rows[WEST, PINE]["reason"] == "It is forced out."
    assert rows[WEST, PINE]["loss_students"] == ""


def test_a_school_that_is_no_anchor_is_refused(client: TestClient, proposal_id: str) -> None:
    answer = client.get(f"/proposals/{proposal_id}/reach?anchor_id=0001")
    assert answer.status_code == 422
    assert "not an anchor" in answer.text
    assert client.get("/proposals/nothing/reach").status_code == 404
