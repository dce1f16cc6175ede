"""Matches and year plans: requested, read, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.queries.capacity_kinds import CapacityKind
from app.services.quotas import refuse_busy_agency, refuse_full_agency
from app.services.request_keys import request_key
from app.services.service import Service
from app.services.uploads import MAXIMUM_NAME_CHARACTERS
from app.store import Job, Origin, refuse_earlier
from clustering import plain_text, with_release_mark

# A lock, and the lock that contradicts it.
OPPOSITE_LOCKS = {
    "force_match": "forbid_match",
    "forbid_match": "force_match",
    "force_served": "force_unserved",
    "force_unserved": "force_served",
}


def request_result(
    service: Service,
    kind: CapacityKind,
    proposal_id: str,
    register_id: str,
    parameters: Mapping[str, Any],
    *,
    name: str | None = None,
) -> Job:
    """
    Queue a match or a year plan, or find the job of the same request.

    Parameters
    ----------
    service
        The service.
    kind
        Which of the two.
    proposal_id, register_id
        What to match.
    parameters
        Names and values.
    name
        By which the analyst knows the result, for lists.

    Returns
    -------
    job
        Waiting.

    Raises
    ------
    InputError
        With every problem of the parameters.
    ServiceError
        403 for a proposal with exact counts that the service no longer gives, 404 if there is no such proposal or
        register, 409 if one of them is of an earlier version, 503 if too many jobs wait.
    """
    store = service.store
    proposal = store.proposal(proposal_id)
    for given in (proposal, store.dataset(proposal.dataset_id), store.capacity.register(register_id)):
        refuse_earlier(given)
    checked = kind.parameters(**parameters).as_dict()
    refuse_busy_agency(service)
    refuse_full_agency(service)
    inputs = {"proposal_id": proposal_id, "register_id": register_id}
    title = plain_text(name or "").strip()[:MAXIMUM_NAME_CHARACTERS]
    job = store.add_job(
        proposal.dataset_id,
        checked,
        maximum_waiting=service.settings.maximum_queued_jobs,
        kind=kind.name,
        inputs=inputs,
        name=title,
        origin=Origin(request_key=request_key(kind.name, inputs, checked, title)),
    )
    service.queue.submit(job.id)
    return job


def read_result_part(service: Service, kind: CapacityKind, result_id: str, file: str) -> bytes:
    """One part of a match or a year plan, by its file; 403 for exact counts that the service no longer gives."""
    result = service.store.capacity.result(result_id, kind.name)
    # What an earlier version stored of exact counts may lack the mark.
    return with_release_mark(file, service.store.capacity.part(result_id, file), result.summary["disclosure"])


def with_lock(parameters: Mapping[str, Any], lock: str, value: str) -> dict[str, Any]:
    """
    Change a lock of a request.

    Parameters
    ----------
    parameters
        Of the match or the year plan.
    lock
        One of ``OPPOSITE_LOCKS``, or ``none`` to lift every lock on the value.
    value
        A Zone, or ``zone=partner``.

    Returns
    -------
    parameters
        With the lock, and without the one that contradicts it.
    """
    changed = dict(parameters)
    for name, opposite in OPPOSITE_LOCKS.items():
        if lock in (name, opposite, "none"):
            others = [each for each in parameters.get(name, ()) if each != value]
            changed[name] = [*others, value] if name == lock else others
    return changed


def delete_result(service: Service, kind: CapacityKind, result_id: str) -> None:
    """Stop the jobs that start from a match or a year plan, and delete it; errors as for both."""
    service.store.capacity.refuse_deletion(result_id, kind.name)
    for job_id in service.store.unfinished_jobs(result_id=result_id):
        service.queue.cancel(job_id)
    service.store.capacity.delete_result(result_id, kind.name)
