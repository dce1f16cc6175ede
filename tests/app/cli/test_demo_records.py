"""The records of the demo."""

from __future__ import annotations

from pathlib import Path

from app.cli.demo_records import begin_demo_records
from app.store import open_store
from tests.examples.service_requests import ask_for_zones, running_service, toy_uploads


def test_two_zones_have_records_one_of_them_with_a_story(tmp_path: Path) -> None:
    with running_service(tmp_path) as client:
        dataset_id = client.post("/datasets", files=toy_uploads()).json()["id"]
        proposal_id = ask_for_zones(client, dataset_id, identification="official:designation=CSI")["id"]
    store = open_store(tmp_path)
    begin_demo_records(store, proposal_id)
    designated, proposed = store.records.records(proposal_id=proposal_id)
    assert (designated.stage, proposed.stage) == ("designated", "proposed")
    assert [each.state for each in designated.conditions] == ["agreed", "agreed", "negotiating", "asked"]
    assert designated.contract is not None
    assert [day.isoformat() for day in designated.contract.reviews] == ["2028-01-01", "2029-07-01"]
    store.close()
    with running_service(tmp_path) as client:
        assert client.get(f"/browse/records/{designated.record_id}").status_code == 200
