"""Two agencies in one database: one that has a row of every kind, and one that has none."""

from __future__ import annotations

from pathlib import Path

from app.jobs.kinds import answer_row
from app.store import (
    ANALYSIS,
    MATCH,
    PROPOSAL_PARTS,
    YEAR_PLAN,
    CheckedRegister,
    IngestedDataset,
    KeyRequest,
    RenderedResult,
    Store,
    capacity_row,
    open_store,
)
from app.store.ledger import note
from app.store.release_tables import BaseProtection, RegisteredFact, Registration, Release, ReleasedFile
from clustering import list_checklists
from tests.examples.zone_records import created

MARK = "seen by agency A alone"
ROLES = ("analyst", "exact", "admin")


def two_agencies(folder: Path) -> tuple[Store, dict[str, str]]:
    """Make both; the answer has the open store, and the identifiers of the rows of agency A by their names in paths."""
    store = open_store(folder, with_exact=True)
    for agency in ("a", "b"):
        store.access.add_agency(agency, agency.upper())
    return store, fill(store.of_agency("a"))


def fill(store: Store) -> dict[str, str]:
    """Give an agency a row of every kind."""
    report = {"partners": [], "crosswalk": [], "mark": MARK}
    dataset = store.add_dataset(MARK, IngestedDataset(report=report, scenario=MARK.encode()))
    parts = RenderedResult(summary={"mark": MARK}, parts={part.column: MARK.encode() for part in PROPOSAL_PARTS})
    known = {"dataset_id": dataset.id}
    for name, disclosure in (("proposal_id", "protected"), ("other_id", "exact")):
        known[name] = store.add_proposal(dataset.id, {"disclosure": disclosure}, parts).id
    register = CheckedRegister(report=report, summary={"partners": 2}, content=MARK.encode())
    known["register_id"] = store.capacity.add_register(MARK, register).id
    inputs = {"proposal_id": known["proposal_id"], "register_id": known["register_id"]}
    made = RenderedResult(summary={"zones": 3}, parts={"match.json": MARK.encode(), "year_plan.json": MARK.encode()})
    for kind, name in ((MATCH, "match_id"), (YEAR_PLAN, "year_plan_id")):
        job = store.add_job(dataset.id, {}, maximum_waiting=9, kind=kind, inputs=inputs, name=MARK)
        known[name] = store.finish_job(job.id, lambda job: capacity_row(job, made)) or ""
        known["job_id"], known["result_id"] = job.id, known[name]
    question = {"question": "reach", "proposal_id": known["proposal_id"]}
    job = store.add_job(dataset.id, {}, maximum_waiting=9, kind=ANALYSIS, inputs=question)
    store.finish_job(job.id, lambda job: answer_row(job, {"json": MARK.encode()}))
    store.keyed_answers.begin(f"{dataset.id} key")
    store.indicator_uploads.add(dataset.id, "assessments", {"sets": [MARK]}, MARK.encode())
    record_id = "0b0e7e64-0000-4000-8000-000000000001"
    store.records.add(record_id, created(), proposal_id=known["proposal_id"])
    checklist = list_checklists()[0].model_copy(update={"checklist_id": "0b0e7e64-0000-4000-8000-000000000002"})
    store.records.add_checklist(checklist)
    known |= {"record_id": record_id, "checklist_id": checklist.checklist_id, "release_id": _release(store, dataset.id)}
    return known


def _release(store: Store, dataset_id: str) -> str:
    protection = {"policy": {}, "method": "none", "key": b"", "audit": {"mark": MARK, "cells": 0}}
    with store._writing() as session:
        session.add(Registration(id=dataset_id, content_tag=MARK))
        session.flush()
        session.add(RegisteredFact(registration_id=dataset_id, kind="promotions", year=2022, schools=b"", tags=b""))
        session.add(BaseProtection(registration_id=dataset_id, audience="public", **protection))
        release = Release(dataset_id=dataset_id, title=MARK, public_report={"proposals": []}, report={"mark": MARK})
        session.add(release)
        session.flush()
        session.add(ReleasedFile(release_id=release.id, number=1, name="proposal.json", content=MARK.encode()))
        note(session, "released", by=MARK, why=MARK, dataset_id=dataset_id, release_id=release.id)
    return release.id


def keys_of(store: Store, agency: str) -> dict[str, str]:
    """Keys of an agency by what they are: with every role, of a viewer, expired, revoked."""
    made = {
        "everything": store.access.add_key(KeyRequest(agency_id=agency, name="Ann", roles=ROLES)),
        "viewer": store.access.add_key(KeyRequest(agency_id=agency, name="Ben", roles=["viewer"])),
        "expired": store.access.add_key(KeyRequest(agency_id=agency, name="Cal", roles=ROLES, days=-1)),
        "revoked": store.access.add_key(KeyRequest(agency_id=agency, name="Dee", roles=ROLES)),
    }
    store.access.revoke_key(made["revoked"].split("_")[1])
    return made


def bearer(key: str) -> dict[str, str]:
    """The header that sends a key."""
    return {"Authorization": f"Bearer {key}"}


def key_of_other_dataset(store: Store, agency: str) -> str:
    """A key that opens one further dataset of an agency, and nothing of what the agency had before."""
    facts = {"schools": 1, "school_years": []}
    ingested = IngestedDataset(report={"facts": facts, "basis": {"method": "given"}}, scenario=b"other")
    dataset = store.of_agency(agency).add_dataset("Other", ingested)
    roles = ("analyst", "exact")
    return store.access.add_key(KeyRequest(agency_id=agency, name="Eve", roles=roles, dataset_ids=[dataset.id]))
