"""The kinds of jobs: what each works on, and the row in which its result is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from app.errors import ServiceError
from app.jobs import capacity_tasks, tasks
from app.queries.analysis import Analysis
from app.queries.capacity_kinds import CAPACITY_KINDS
from app.store import (
    ANALYSIS,
    MATCH,
    PROPOSAL,
    YEAR_PLAN,
    Answer,
    AnswerForm,
    CapacityResult,
    Job,
    Proposal,
    Store,
    capacity_row,
    proposal_row,
    result_id_name,
)

# The question that is no analysis of the registry.
COMPARISON = "comparison"


@dataclass(frozen=True)
class Work:
    """
    What an isolated process does for a job.

    Parameters
    ----------
    task
        A task of this package; returns what ``JobKind.row`` makes a row of.
    arguments
        Plain values.
    """

    task: Callable[..., Any]
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
    row: Callable[[Job, Any], Proposal | CapacityResult | Answer]


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


def job_kinds(analyses: Sequence[Analysis]) -> dict[str, JobKind]:
    """
    List the kinds of jobs.

    Parameters
    ----------
    analyses
        That are offered for a proposal.

    Returns
    -------
    kinds
        By name.
    """
    return {
        PROPOSAL: JobKind(_propose, lambda job, rendered: proposal_row(job.dataset_id, job.parameters, rendered)),
        MATCH: JobKind(_match, capacity_row),
        YEAR_PLAN: JobKind(_plan_years, capacity_row),
        ANALYSIS: JobKind(partial(_analyse, analyses), answer_row),
    }


def work_on(
    store: Store, job: Job, run: Callable[..., Any], kinds: Mapping[str, JobKind], *, owner: str | None = None
) -> Callable[[], str | None]:
    """
    Do the work of a job.

    Parameters
    ----------
    store
        Where the job is; it works with what its agency may see.
    job
        Not finished.
    run
        Takes a task and its arguments, and runs it in another process.
    kinds
        Of jobs.
    owner
        Who has the lease, if the job is worked on under one.

    Returns
    -------
    keep
        Keeps the result; it may be called again if the database did not take it. It answers with the id of the result,
        or ``None`` if the job was finished, deleted or leased to another meanwhile.

    Raises
    ------
    ServiceError
        What the work found wrong, or that what it rests on was deleted.
    """
    kind, own = kinds[job.kind], store.of_agency(job.agency_id)
    work = kind.work(own, job)
    made = run(work.task, *work.arguments)
    return lambda: own.finish_job(job.id, lambda current: kind.row(current, made), owner=owner)


def run_job(store: Store, job: Job, run: Callable[..., Any]) -> str | None:
    """Do the work of a job and keep its result, as :func:`work_on`, where nothing takes jobs from the table."""
    return work_on(store, job, run, job_kinds(()))()


def _analyse(analyses: Sequence[Analysis], store: Store, job: Job) -> Work:
    """An analysis of a match or a year plan, of a proposal, or a comparison of two proposals."""
    question = job.inputs["question"]
    if question == COMPARISON:
        documents = [store.proposal_document(job.inputs[name]) for name in ("proposal_id", "other_proposal_id")]
        return Work(tasks.compare, tuple(documents))
    kind = next((each for each in CAPACITY_KINDS.values() if result_id_name(each.name) in job.inputs), None)
    analysis = _analysis_named(question, analyses if kind is None else kind.analyses)
    parameters = analysis.parameters(**job.parameters)
    if kind is None:
        document = store.proposal_document(job.inputs["proposal_id"])
        return Work(tasks.analyse, (store.scenario(job.dataset_id), document, analysis, parameters))
    result = store.capacity.result(job.inputs[result_id_name(kind.name)], kind.name)
    own = store.capacity.part(result.id, kind.document.file)
    return Work(capacity_tasks.analyse, (capacity_base(store, result), own, analysis, parameters))


def _analysis_named(name: str, analyses: Sequence[Analysis]) -> Analysis:
    found = next((each for each in analyses if each.name == name), None)
    if found is None:
        raise ServiceError(404, "This service has no such analysis any more.")
    return found


def answer_row(job: Job, forms: Mapping[str, bytes]) -> Answer:
    """Make the row of an answer."""
    result_ids = [job.inputs[name] for name in map(result_id_name, CAPACITY_KINDS) if name in job.inputs]
    return Answer(
        key=job.request_key,
        question=job.inputs["question"],
        dataset_id=job.dataset_id,
        proposal_id=job.inputs.get("proposal_id"),
        other_proposal_id=job.inputs.get("other_proposal_id"),
        capacity_result_id=next(iter(result_ids), None),
        forms=[
            AnswerForm(name=name, content=content, sha256=hashlib.sha256(content).hexdigest())
            for name, content in forms.items()
        ],
    )
