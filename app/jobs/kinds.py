"""The kinds of jobs: what each works on, and the row in which its result is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.jobs import capacity_tasks, tasks
from app.queries.capacity_kinds import CAPACITY_KINDS
from app.store import (
    MATCH,
    PROPOSAL,
    YEAR_PLAN,
    CapacityResult,
    Job,
    Proposal,
    RenderedResult,
    Store,
    capacity_row,
    proposal_row,
)


@dataclass(frozen=True)
class Work:
    """
    What an isolated process does for a job.

    Parameters
    ----------
    task
        Of ``app.jobs.tasks`` or ``app.jobs.capacity_tasks``; returns a ``RenderedResult``.
    arguments
        Plain values.
    """

    task: Callable[..., RenderedResult]
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class JobKind:
    """
    A kind of jobs.

    Parameters
    ----------
    work
        Gathers what the job works on; ServiceError, 404, if something of it was deleted.
    row
        Makes the row of its result.
    """

    work: Callable[[Store, Job], Work]
    row: Callable[[Job, RenderedResult], Proposal | CapacityResult]


def _propose(store: Store, job: Job) -> Work:
    title = f"Proposed Zones: {store.dataset(job.dataset_id).name}"
    return Work(tasks.propose, (store.scenario(job.dataset_id), job.parameters, title))


def _match(store: Store, job: Job) -> Work:
    return Work(capacity_tasks.match, (capacity_base(store, job), job.parameters, _heading(store, job)))


def _plan_years(store: Store, job: Job) -> Work:
    return Work(capacity_tasks.plan, (capacity_base(store, job), job.parameters, _heading(store, job)))


def _heading(store: Store, job: Job) -> str:
    return f"{CAPACITY_KINDS[job.kind].heading}: {store.dataset(job.dataset_id).name}"


def capacity_base(store: Store, request: Job | CapacityResult) -> capacity_tasks.CapacityBase:
    """
    Gather what a match or a year plan starts from.

    Parameters
    ----------
    store
        Where it is.
    request
        The job, or its result.

    Returns
    -------
    base
        Stored bytes.

    Raises
    ------
    ServiceError
        404 if something of it was deleted, 409 if an earlier version made the proposal.
    """
    return capacity_tasks.CapacityBase(
        scenario=store.scenario(request.dataset_id),
        proposal=store.proposal_document(request.inputs["proposal_id"]),
        zones=store.proposal_part(request.inputs["proposal_id"], "zones"),
        register=store.capacity.register_content(request.inputs["register_id"]),
    )


JOB_KINDS = {
    PROPOSAL: JobKind(_propose, lambda job, rendered: proposal_row(job.dataset_id, job.parameters, rendered)),
    MATCH: JobKind(_match, capacity_row),
    YEAR_PLAN: JobKind(_plan_years, capacity_row),
}


def run_job(store: Store, job: Job, run: Callable[..., RenderedResult]) -> str | None:
    """
    Do the work of a job and keep its result.

    Parameters
    ----------
    store
        Where the job is; it works with what its agency may see.
    job
        Not finished.
    run
        Takes a task and its arguments, and runs it in another process.

    Returns
    -------
    result_id
        ``None`` if the job was finished or deleted meanwhile.

    Raises
    ------
    ServiceError
        What the work found wrong, or that what it rests on was deleted.
    """
    kind, own = JOB_KINDS[job.kind], store.of_agency(job.agency_id)
    work = kind.work(own, job)
    rendered = run(work.task, *work.arguments)
    return own.finish_job(job.id, lambda current: kind.row(current, rendered))
