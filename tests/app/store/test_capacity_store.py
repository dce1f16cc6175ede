"""Registers, matches and year plans in the database: kept whole or not at all, and never left without their base."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import ServiceError
from app.store import (
    PROPOSAL_PARTS,
    CheckedRegister,
    IngestedDataset,
    RenderedResult,
    Store,
    capacity_row,
    open_store,
    proposal_row,
)

REGISTER = CheckedRegister(report={"partners": []}, summary={"partners": 2}, content=b"partners")
RENDERED = RenderedResult(summary={"zones": 3}, parts={"match.json": b"{}", "matches.csv": b"zone_id\n"})
PROPOSED = RenderedResult(summary={}, parts={part.column: b"" for part in PROPOSAL_PARTS})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def inputs(store: Store) -> dict[str, str]:
    """A dataset with a proposal, and a register."""
    dataset = store.add_dataset("Toy", IngestedDataset(report={}, scenario=b""))
    proposal = store.add_proposal(dataset.id, {}, PROPOSED)
    return {"proposal_id": proposal.id, "register_id": store.capacity.add_register("Ours", REGISTER).id}


def queue_match(store: Store, inputs: dict[str, str], kind: str = "match") -> str:
    dataset_id = store.proposal(inputs["proposal_id"]).dataset_id
    return store.add_job(dataset_id, {"need": "students"}, maximum_waiting=9, kind=kind, inputs=inputs).id


def finish_match(store: Store, job_id: str) -> str:
    result_id = store.finish_job(job_id, lambda job: capacity_row(job, RENDERED))
    assert result_id is not None
    return result_id


def status_of(error: pytest.ExceptionInfo[ServiceError]) -> int:
    return error.value.status


def test_a_result_is_kept_with_its_job(store: Store, inputs: dict[str, str]) -> None:
    job_id = queue_match(store, inputs)
    result_id = finish_match(store, job_id)
    job, result = store.job(job_id), store.capacity.result(result_id, "match")
    assert (job.status, job.result_id, job.proposal_id) == ("succeeded", result_id, None)
    assert {name: getattr(result, name) for name in inputs} == inputs
    assert (result.parameters, result.summary) == ({"need": "students"}, {"zones": 3})
    assert store.capacity.part(result_id, "matches.csv") == b"zone_id\n"
    assert [each.id for each in store.capacity.results("match", **inputs)] == [result_id]
    assert store.capacity.results("year plan") == []
    for missing in (lambda: store.capacity.result(result_id, "year plan"), lambda: store.capacity.part(result_id, "x")):
        with pytest.raises(ServiceError) as error:
            missing()
        assert status_of(error) == 404


def test_neither_result_nor_end_of_the_job_is_kept_if_the_proposal_is_gone(
    store: Store, inputs: dict[str, str]
) -> None:
    job_id = queue_match(store, inputs)
    store.delete_proposal(inputs["proposal_id"])
    with pytest.raises(ServiceError) as error:
        store.finish_job(job_id, lambda job: capacity_row(job, RENDERED))
    assert status_of(error) == 409
    assert store.job(job_id).status == "queued"
    assert store.capacity.results("match") == []


def test_a_job_is_finished_once(store: Store, inputs: dict[str, str]) -> None:
    job_id = queue_match(store, inputs)
    finish_match(store, job_id)
    assert store.finish_job(job_id, lambda job: capacity_row(job, RENDERED)) is None
    assert len(store.capacity.results("match")) == 1


def test_a_register_in_use_is_not_deleted(store: Store, inputs: dict[str, str]) -> None:
    register_id = inputs["register_id"]
    job_id = queue_match(store, inputs, kind="year plan")
    with pytest.raises(ServiceError, match="1 result rests on this register, or will") as error:
        store.capacity.delete_register(register_id)
    assert status_of(error) == 409
    result_id = finish_match(store, job_id)
    finish_match(store, queue_match(store, inputs))
    with pytest.raises(ServiceError, match="2 results rest on this register"):
        store.capacity.delete_register(register_id)
    store.capacity.delete_result(result_id, "year plan")
    store.delete_proposal(inputs["proposal_id"])  # and the match with it
    store.capacity.delete_register(register_id)
    assert store.capacity.registers() == []


def test_a_dataset_takes_its_results_with_it(store: Store, inputs: dict[str, str], tmp_path: Path) -> None:
    result_id = finish_match(store, queue_match(store, inputs))
    store.delete_dataset(store.proposal(inputs["proposal_id"]).dataset_id)
    assert store.capacity.results("match") == store.jobs() == []
    with pytest.raises(ServiceError):
        store.capacity.part(result_id, "matches.csv")
    assert store.capacity.register_content(inputs["register_id"]) == b"partners"
    assert [path for path in tmp_path.rglob("*") if path.is_file() and b"zone_id\n" in path.read_bytes()] == []


def test_jobs_are_found_by_the_proposal_that_they_start_from(store: Store, inputs: dict[str, str]) -> None:
    dataset_id = store.proposal(inputs["proposal_id"]).dataset_id
    other = store.add_job(dataset_id, {}, maximum_waiting=9).id
    own = queue_match(store, inputs)
    assert store.unfinished_jobs(proposal_id=inputs["proposal_id"]) == [own]
    assert store.unfinished_jobs(dataset_id) == [other, own]
    made = store.finish_job(other, lambda job: proposal_row(job.dataset_id, job.parameters, PROPOSED))
    assert store.job(other).proposal_id == made
