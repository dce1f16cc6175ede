"""The demo: its records, its readiness and progress, and the partner that its match chose."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.cli.demo import load_demo
from app.cli.demo_records import DemoPartner, begin_demo_records
from app.settings import Settings
from app.store import open_store
from tests.examples.service_requests import ask_for_zones, running_service, toy_uploads


def test_zones_have_records_with_a_story_each(tmp_path: Path) -> None:
    with running_service(tmp_path) as client:
        dataset_id = client.post("/datasets", files=toy_uploads()).json()["id"]
        proposal_id = ask_for_zones(client, dataset_id, identification="official:designation=CSI")["id"]
    store = open_store(tmp_path)
    begin_demo_records(store, proposal_id, {"zone-0011": DemoPartner("P-1", "Prairie")})
    designated, reviewed = store.records.records(proposal_id=proposal_id)
    assert (designated.stage, reviewed.stage) == ("designated", "under review")
    assert [each.state for each in designated.conditions] == ["agreed", "agreed", "negotiating", "asked"]
    assert designated.contract is not None
    assert [day.isoformat() for day in designated.contract.reviews] == ["2028-01-01", "2029-07-01"]
    assert (designated.contract.partner_id, designated.contract.partner) == (None, "A Lead Partner (fictional)")
    assert reviewed.zone.zone_id == "zone-0011"  # Zones with a partner come first
    assert reviewed.contract is not None
    assert (reviewed.contract.partner_id, reviewed.contract.partner) == ("P-1", "Prairie")
    assert [step.stage for step in reviewed.life] == ["proposed", "designated", "protected", "under review"]
    store.close()
    with running_service(tmp_path) as client:
        assert client.get(f"/browse/records/{designated.record_id}").status_code == 200


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, str]]:
    folder = tmp_path_factory.mktemp("demo")
    proposal_id = load_demo(Settings(data_directory=folder))
    with running_service(folder) as client:
        yield client, proposal_id


def test_the_partners_of_its_records_are_those_of_its_match(demo: tuple[TestClient, str]) -> None:
    client, _ = demo
    match_id = client.get("/matches").json()[0]["id"]
    match = client.get(f"/matches/{match_id}").json()["match"]
    matched = {each["zone_id"]: each["partner_id"] for each in match["matches"]}
    records = client.get("/records").json()["records"]
    assert [each["stage"] for each in records] == ["proposed", "designated", "under review"]
    for row in records[1:]:
        record = client.get(f"/records/{row['record_id']}").json()
        assert record["contract"]["partner_id"] == matched[row["zone_id"]]
        assert record["warnings"] == []  # the register knows the partner, and both contracts are of five years


def test_it_has_readiness_and_progress(demo: tuple[TestClient, str]) -> None:
    client, proposal_id = demo
    summary = client.get(f"/proposals/{proposal_id}/progress").json()["summary"]
    falls = {each["entry_fall"] for each in summary}
    assert {2021, 2026, None} == falls  # under review, designated, and not started
    reviewed = next(each for each in summary if each["entry_fall"] == 2021)
    assert reviewed["met_36"] + reviewed["not_met_36"] > 0
    subjects = client.get(f"/proposals/{proposal_id}/readiness").json()["subjects"]
    assert any(each["weakest_school"] for each in subjects)
    start = client.get("/").text
    for page in ("readiness", "progress"):
        address = f"/browse/proposals/{proposal_id}/{page}"
        assert f'href="{address}"' in start
        assert client.get(address).status_code == 200
    record_id = client.get("/records").json()["records"][0]["record_id"]
    assert f'href="/browse/proposals/{proposal_id}/progress"' in client.get(f"/browse/records/{record_id}").text


def test_the_map_of_its_records_says_how_ready_they_are_and_whether_they_work(demo: tuple[TestClient, str]) -> None:
    client, _ = demo
    drawn = client.get("/records/map").text
    assert "schools assessed" in drawn
    assert "At 36 months (2023-24) it met" in drawn
    assert "Not started, so there are entry values only" in drawn


def test_it_is_loaded_once(demo: tuple[TestClient, str]) -> None:
    client, proposal_id = demo
    folder = client.app.state.service.settings.data_directory  # type: ignore[attr-defined]
    before = json.dumps([client.get(address).json() for address in ("/records", "/registers", "/proposals")])
    assert load_demo(Settings(data_directory=folder)) == proposal_id
    assert json.dumps([client.get(address).json() for address in ("/records", "/registers", "/proposals")]) == before
