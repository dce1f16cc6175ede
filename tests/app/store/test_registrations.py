"""Registrations in the database: datasets of an earlier version, and what stays of a deleted one."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from app.store import IngestedDataset, open_store
from clustering import report_document, scenario_from_bytes, scenario_to_bytes
from tests.examples.service_requests import running_service, toy_uploads
from tests.examples.toy_district import toy_flows, toy_scenario


def test_datasets_of_an_earlier_version_are_registered_when_the_service_starts(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    scenario = toy_scenario()
    report = report_document(scenario.report)
    kept = store.add_dataset("Toy", IngestedDataset(report=report, scenario=scenario_to_bytes(scenario)))
    broken = store.add_dataset("Broken", IngestedDataset(report=report, scenario=b"bytes"))
    assert store.registrations.protections(kept.id) == {}
    assert scenario_from_bytes(store.scenario(kept.id)).protections == {}
    store.close()
    with running_service(tmp_path) as client:
        assert set(client.get(f"/datasets/{kept.id}/protection").json()) == {"protected"}
        assert client.get(f"/datasets/{broken.id}/protection").json() == {}
        refused = client.post("/datasets", files=toy_uploads(flows=toy_flows()[:3]))
        assert refused.status_code == 409
        assert [each["dataset_id"] for each in refused.json()["second_cut_of"]] == [kept.id]
    store = open_store(tmp_path)
    protections = scenario_from_bytes(store.scenario(kept.id)).protections
    assert (list(protections), protections["protected"].policy.name) == (["protected"], "standard")
    store.close()


def test_a_deleted_dataset_leaves_schools_and_years_but_no_hash_of_a_count(tmp_path: Path) -> None:
    with running_service(tmp_path) as client:
        dataset = client.post("/datasets", files=toy_uploads()).json()["id"]
        assert client.delete(f"/datasets/{dataset}").status_code == 204
    store = open_store(tmp_path)
    with store.registrations._engine.connect() as connection:
        rows = connection.execute(text("SELECT kind, year, tags FROM registered_fact")).all()
    store.close()
    assert {year for _, year, _ in rows} == {2022}
    assert {tags for *_, tags in rows} == {b""}
