"""Whoever deletes a dataset or a proposal does not delete the work of others with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.errors import ServiceError
from app.queries.capacity_kinds import CAPACITY_KINDS
from app.services.capacity import delete_result
from app.store import (
    ANALYSIS,
    LOCAL_AGENCY,
    MATCH,
    PROPOSAL_PARTS,
    Caller,
    CheckedRegister,
    Dataset,
    IngestedDataset,
    PresentRequest,
    Proposal,
    RenderedResult,
    Store,
    capacity_row,
    open_store,
    present_request,
)
from tests.examples.zone_records import change, created

PROPOSED = RenderedResult(summary={}, parts={part.column: b"{}" for part in PROPOSAL_PARTS})
MATCHED = RenderedResult(summary={}, parts={"match.json": b"{}"})


@contextmanager
def acting(name: str, role: str = "analyst") -> Iterator[None]:
    """Act as somebody of the agency."""
    token = present_request.set(PresentRequest(Caller(LOCAL_AGENCY, name, frozenset({role}))))
    try:
        yield
    finally:
        present_request.reset(token)


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[tuple[Store, str, str]]:
    """A dataset and a proposal that Ann made."""
    store = open_store(tmp_path)
    own = store.of_agency(LOCAL_AGENCY)
    with acting("Ann"):
        dataset_id = own.add_dataset("Hers", IngestedDataset(report={}, scenario=b"x")).id
        proposal_id = own.add_proposal(dataset_id, {}, PROPOSED).id
    yield own, dataset_id, proposal_id
    store.close()


def add_proposal(store: Store, dataset_id: str, _proposal_id: str) -> None:
    store.add_proposal(dataset_id, {}, PROPOSED)


def add_match(store: Store, dataset_id: str, proposal_id: str, kind: str = MATCH) -> str:
    register = store.capacity.add_register("R", CheckedRegister(report={}, summary={}, content=b""))
    inputs = {"proposal_id": proposal_id, "register_id": register.id}
    job = store.add_job(dataset_id, {}, maximum_waiting=9, kind=kind, inputs=inputs)
    return str(store.finish_job(job.id, lambda job: capacity_row(job, MATCHED)))


def add_file(store: Store, dataset_id: str, _proposal_id: str) -> None:
    store.indicator_uploads.add(dataset_id, "assessments", {}, b"x")


def add_job(store: Store, dataset_id: str, proposal_id: str) -> None:
    store.add_job(dataset_id, {}, maximum_waiting=9, inputs={"proposal_id": proposal_id})


def add_record(store: Store, _dataset_id: str, proposal_id: str) -> None:
    by = present_request.get().caller.name
    store.records.add("r-1", replace(created(), by=f"{by} (State office)"), proposal_id=proposal_id)


@pytest.mark.parametrize(
    ("add", "dependents", "of_proposal"),
    [
        (add_proposal, {"proposals": 1}, {}),
        (add_match, {"matches and year plans": 1}, {"matches and year plans": 1}),
        (add_file, {"files of indicators": 1}, {}),
        (add_job, {"unfinished jobs": 1}, {"unfinished jobs": 1}),
        (add_record, {"records": 1}, {"records": 1}),
    ],
)
def test_the_work_of_others_stays(
    shared: tuple[Store, str, str],
    add: Callable[[Store, str, str], object],
    dependents: dict[str, int],
    of_proposal: dict[str, int],
) -> None:
    store, dataset_id, proposal_id = shared
    with acting("Ben"):
        add(store, dataset_id, proposal_id)
        with pytest.raises(ServiceError, match="the work of Ann"):
            store.delete_dataset(dataset_id)
    with acting("Ann"):
        for delete, row, expected in (
            (store.delete_proposal, proposal_id, of_proposal),
            (store.delete_dataset, dataset_id, dependents),
        ):
            if expected:
                with pytest.raises(ServiceError, match=r"Others use this .* \(made by Ben") as refused:
                    delete(row)
                assert (refused.value.status, refused.value.extra["dependents"]) == (409, expected)
                assert refused.value.extra["made_by"].split(" (")[0] == "Ben"
    assert store.dataset(dataset_id).made_by == "Ann"
    with acting("Cal", "admin"):
        store.delete_proposal(proposal_id)
        store.delete_dataset(dataset_id)
    assert store.datasets() == []


def test_ones_own_work_is_deleted_with_ones_dataset(shared: tuple[Store, str, str]) -> None:
    store, dataset_id, proposal_id = shared
    with acting("Ann"):
        for add in (add_proposal, add_match, add_file, add_job):
            add(store, dataset_id, proposal_id)
        store.refuse_deletion(Proposal, proposal_id)
        store.refuse_deletion(Dataset, dataset_id)
        store.delete_dataset(dataset_id)
    assert store.datasets() == store.jobs() == store.proposals() == []


def test_ones_own_record_blocks_nothing_until_others_change_it(shared: tuple[Store, str, str]) -> None:
    store, dataset_id, proposal_id = shared
    with acting("Ann"):
        add_record(store, dataset_id, proposal_id)
        store.refuse_deletion(Dataset, dataset_id)
    with acting("Ann B."):  # who is not Ann
        by = "Ann B. (State office)"
        store.records.append("r-1", change(2, "condition", by=by, condition_id="hire", state="asked"))
    with acting("Ann"):
        for delete, row in ((store.delete_dataset, dataset_id), (store.delete_proposal, proposal_id)):
            with pytest.raises(ServiceError, match=r"Others use .*: 1 record \(made by Ann B\. \(State office\)\)"):
                delete(row)


def test_ones_own_record_keeps_its_zone_when_ones_dataset_goes(shared: tuple[Store, str, str]) -> None:
    store, dataset_id, proposal_id = shared
    with acting("Ann"):
        add_record(store, dataset_id, proposal_id)
        store.delete_dataset(dataset_id)
    kept = store.records.record("r-1")
    assert (kept.revision, kept.zone.zone_id, kept.zone.school_ids) == (1, "zone-0010", ("0010", "0001"))


@pytest.mark.parametrize(("kind", "name"), [("match", "match_id"), ("year plan", "year_plan_id")])
def test_a_result_stays_while_a_job_of_somebody_else_starts_from_it(
    shared: tuple[Store, str, str], kind: str, name: str
) -> None:
    store, dataset_id, proposal_id = shared
    with acting("Ann"):
        result_id, other = (add_match(store, dataset_id, proposal_id, kind) for _ in range(2))
        own = store.add_job(dataset_id, {}, maximum_waiting=9, kind=ANALYSIS, inputs={name: result_id}).id
    with acting("Ben"):
        job_id = store.add_job(dataset_id, {}, maximum_waiting=9, kind=ANALYSIS, inputs={name: result_id}).id
        with pytest.raises(ServiceError, match="the work of Ann"):
            store.capacity.refuse_deletion(result_id, kind)
    assert store.unfinished_jobs(result_id=result_id) == [own, job_id]
    with acting("Ann"):
        for delete in (store.capacity.refuse_deletion, store.capacity.delete_result):
            with pytest.raises(ServiceError, match=f"Others use this {kind}: 1 unfinished job") as refused:
                delete(result_id, kind)
            assert (refused.value.status, refused.value.extra["dependents"]) == (409, {"unfinished jobs": 1})
        store.capacity.delete_result(other, kind)
        store.end_job(job_id, "cancelled", {})
        store.capacity.delete_result(result_id, kind)
    assert store.capacity.results(kind) == []


def test_ones_own_jobs_stop_with_the_result_and_those_of_others_go_on(shared: tuple[Store, str, str]) -> None:
    store, dataset_id, proposal_id = shared
    stopped: list[str] = []
    service = cast(Any, SimpleNamespace(store=store, queue=SimpleNamespace(cancel=stopped.append)))
    with acting("Ann"):
        used, own = (add_match(store, dataset_id, proposal_id) for _ in range(2))
        jobs = {
            each: store.add_job(dataset_id, {}, maximum_waiting=9, kind=ANALYSIS, inputs={"match_id": each}).id
            for each in (used, own)
        }
    with acting("Ben"):
        store.add_job(dataset_id, {}, maximum_waiting=9, kind=ANALYSIS, inputs={"match_id": used})
    with acting("Ann"):
        with pytest.raises(ServiceError, match="1 unfinished job"):
            delete_result(service, CAPACITY_KINDS[MATCH], used)
        delete_result(service, CAPACITY_KINDS[MATCH], own)
    assert stopped == [jobs[own]]
    assert [each.id for each in store.capacity.results(MATCH)] == [used]


def test_a_comparison_is_a_job_of_both_its_proposals(shared: tuple[Store, str, str]) -> None:
    store, dataset_id, proposal_id = shared
    with acting("Ann"):
        pair = {"proposal_id": "another", "other_proposal_id": proposal_id}
        compared = store.add_job(dataset_id, {}, maximum_waiting=9, kind=ANALYSIS, inputs=pair).id
        assert store.unfinished_jobs(proposal_id=proposal_id) == [compared]
        assert store.unfinished_jobs(proposal_id="another") == [compared]
        assert store.unfinished_jobs(proposal_id="a third") == []


def test_what_goes_with_a_dataset_is_in_the_audit_trail(shared: tuple[Store, str, str]) -> None:
    store, dataset_id, proposal_id = shared
    with acting("Ann"):
        result_id = add_match(store, dataset_id, proposal_id)
        add_file(store, dataset_id, proposal_id)
    jobs = [each.id for each in store.jobs()]
    (file,) = store.indicator_uploads.history(dataset_id, "assessments")
    with acting("Eve", "admin"):
        store.delete_dataset(dataset_id)
    deleted = {(each.act, each.object_id, each.caller) for each in store.audit.entries() if "deleted" in each.act}
    assert deleted == {
        ("dataset deleted", dataset_id, "Eve"),
        ("proposal deleted", proposal_id, "Eve"),
        ("result deleted", result_id, "Eve"),
        ("indicators deleted", file.id, "Eve"),
        *(("job deleted", each, "Eve") for each in jobs),
    }
    assert len(jobs) == 1
    assert store.of_agency("other").audit.entries() == []


def test_a_deletion_that_is_refused_is_not_in_the_audit_trail(shared: tuple[Store, str, str]) -> None:
    store, dataset_id, _ = shared
    with acting("Ben"), pytest.raises(ServiceError, match="the work of Ann"):
        store.delete_dataset(dataset_id)
    assert [each.act for each in store.audit.entries() if "deleted" in each.act] == []
