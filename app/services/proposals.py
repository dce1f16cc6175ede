"""Proposals: requested, read, compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.jobs import dataset_tasks, run_isolated
from app.services.parameters import check_for_dataset, check_parameters
from app.services.quotas import refuse_busy_agency, refuse_full_agency
from app.services.request_keys import request_key
from app.services.service import Service
from app.services.uploads import Uploads, saved
from app.store import PROPOSAL, PROPOSAL_PARTS, Job, Origin, Proposal, refuse_earlier
from clustering import with_release_mark


def request_proposal(service: Service, dataset_id: str, parameters: Mapping[str, Any]) -> Job:
    """Queue a proposal, or find the job of the same request; errors of ``check_for_dataset`` and ``Store.add_job``."""
    checked = check_for_dataset(service, dataset_id, parameters)
    refuse_busy_agency(service)
    refuse_full_agency(service)
    key = request_key(PROPOSAL, {"dataset_id": dataset_id}, checked)
    job = service.store.add_job(
        dataset_id,
        checked,
        maximum_waiting=service.settings.maximum_queued_jobs,
        origin=Origin(request_key=key),
    )
    service.queue.submit(job.id)
    return job


def delete_proposal(service: Service, proposal_id: str) -> None:
    """Stop the jobs that start from a proposal, and delete it with its matches and year plans; errors as for both."""
    service.store.refuse_deletion(Proposal, proposal_id)
    for job_id in service.store.unfinished_jobs(proposal_id=proposal_id):
        service.queue.cancel(job_id)
    service.store.delete_proposal(proposal_id)


def zones_of_uploads(service: Service, uploads: Uploads, parameters: Mapping[str, Any]) -> bytes:
    """
    Propose Zones for uploads and keep nothing.

    Parameters
    ----------
    service
        The service.
    uploads
        The files.
    parameters
        Of the proposal.

    Returns
    -------
    zones
        GeoJSON.

    Raises
    ------
    InputError
        With every problem of the parameters.
    ServiceError
        403 for exact counts that the service does not give, 422 with every problem of the files, 503 if too much else
        is being read or computed.
    """
    checked = check_parameters(service, parameters)
    with service.uploads.slot(), saved(uploads, service.settings) as files:
        reading = uploads.reading()
        zones: bytes = run_isolated(dataset_tasks.zones_of_files, files, reading, checked, limits=service.job_limits)
    return zones


def read_part(service: Service, proposal_id: str, column: str) -> bytes:
    """One part of a proposal (``store.PROPOSAL_PARTS``); 403 for exact counts that the service no longer gives."""
    data = service.store.proposal_part(proposal_id, column)
    # What an earlier version stored of exact counts may lack the mark.
    file = next(part.file for part in PROPOSAL_PARTS if part.column == column)
    return with_release_mark(file, data, service.store.proposal(proposal_id).parameters.get("disclosure", "protected"))


def read_document(service: Service, proposal_id: str) -> bytes:
    """The document of a proposal for further work: as ``read_part``, and 409 if an earlier version wrote it."""
    refuse_earlier(service.store.proposal(proposal_id))
    return read_part(service, proposal_id, "document")
