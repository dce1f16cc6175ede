"""Leases of jobs: claimed once, in fair turns, taken back when they lapse, given up after the third time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store import PROPOSAL, IngestedDataset, Job, Origin, RenderedResult, Store, open_store, proposal_row
from tests.app.store.test_capacity_store import PROPOSED

KINDS = (PROPOSAL,)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def dataset_id(store: Store) -> str:
    return store.add_dataset("Toy", IngestedDataset(report={}, scenario=b"")).id


def add(store: Store, dataset_id: str, by: str = "", key: str = "") -> str:
    return store.add_job(dataset_id, {}, maximum_waiting=99, origin=Origin(request_key=key, made_by=by or None)).id


def claim(store: Store, owner: str = "one", *, most: int = 9, of_a_caller: int = 9, seconds: float = 60) -> str | None:
    job = store.leases.claim(owner, KINDS, most_running=most, most_of_a_caller=of_a_caller, seconds=seconds)
    return None if job is None else job.id


def keep(store: Store, job_id: str, owner: str) -> str | None:
    rendered: RenderedResult = PROPOSED
    return store.finish_job(job_id, lambda job: proposal_row(job.dataset_id, job.parameters, rendered), owner=owner)


def test_callers_take_turns_and_the_oldest_job_of_each_comes_first(store: Store, dataset_id: str) -> None:
    anna = [add(store, dataset_id, "Anna") for _ in range(3)]
    ben = [add(store, dataset_id, "Ben") for _ in range(2)]
    assert [claim(store) for _ in range(6)] == [anna[0], ben[0], anna[1], ben[1], anna[2], None]


def test_nobody_holds_up_everybody_and_no_more_run_than_may(store: Store, dataset_id: str) -> None:
    anna = [add(store, dataset_id, "Anna") for _ in range(3)]
    assert [claim(store, most=3, of_a_caller=2) for _ in range(3)] == [anna[0], anna[1], None]
    (ben, carl) = add(store, dataset_id, "Ben"), add(store, dataset_id, "Carl")
    assert claim(store, most=3, of_a_caller=2) == ben
    assert claim(store, most=3, of_a_caller=2) is None
    assert store.job(carl).status == "queued"
    # Where callers have no names, one person may use it all.
    nameless = add(store, dataset_id)
    assert claim(store, of_a_caller=0) == nameless


def test_whoever_lost_a_lease_keeps_nothing(store: Store, dataset_id: str) -> None:
    job_id = add(store, dataset_id)
    assert claim(store, "one", seconds=-1) == job_id
    store.leases.take_back_lapsed()
    assert claim(store, "two") == job_id
    assert keep(store, job_id, "one") is None
    store.end_job(job_id, "failed", {}, owner="one")
    assert store.leases.owned("one") == set()
    assert keep(store, job_id, "two") is not None
    assert (store.job(job_id).status, len(store.proposals(dataset_id))) == ("succeeded", 1)
    assert keep(store, job_id, "two") is None


def test_a_job_that_is_lost_three_times_fails_with_a_sentence(store: Store, dataset_id: str) -> None:
    job_id = add(store, dataset_id)
    for _ in range(3):
        assert claim(store, "gone") == job_id
        store.leases.take_back_lapsed({"gone"})
    job: Job = store.job(job_id)
    assert (job.status, job.attempts) == ("failed", 3)
    assert job.problem is not None
    assert "ended 3 times" in job.problem["detail"]


def test_a_stop_gives_leases_back_and_counts_as_no_attempt(store: Store, dataset_id: str) -> None:
    job_id = add(store, dataset_id)
    for _ in range(5):
        assert claim(store, "one") == job_id
        store.leases.renew("one", {job_id: ("Solving", 0.7)}, seconds=60)
        store.leases.give_back("one")
    job = store.job(job_id)
    assert (job.status, job.attempts, job.stage, job.progress) == ("queued", 0, "Waiting", 0)


def test_a_renewed_lease_is_held(store: Store, dataset_id: str) -> None:
    job_id = add(store, dataset_id)
    claim(store, "one", seconds=-1)
    store.leases.renew("one", {job_id: ("Solving", 0.5)}, seconds=60)
    store.leases.take_back_lapsed()
    job = store.job(job_id)
    assert (job.status, job.stage, job.progress, job.lease_owner) == ("running", "Solving", 0.5, "one")


def test_identical_requests_share_a_job_as_long_as_it_or_its_result_is_there(store: Store, dataset_id: str) -> None:
    first = add(store, dataset_id, key="a")
    assert add(store, dataset_id, key="a") == first != add(store, dataset_id, key="b")
    assert claim(store) == first
    result_id = keep(store, first, "one")
    assert result_id is not None
    assert add(store, dataset_id, key="a") == first
    store.delete_proposal(result_id)
    second = add(store, dataset_id, key="a")
    assert second != first
    store.end_job(second, "failed", {})
    assert add(store, dataset_id, key="a") not in (first, second)
    assert add(store, dataset_id) != add(store, dataset_id)
