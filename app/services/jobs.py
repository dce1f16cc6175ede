"""Jobs: stopping them."""

from __future__ import annotations

from app.services.service import Service
from app.store import UNFINISHED, Job
from app.store.agency_scope import refuse_work_of_others


def cancel_job(service: Service, job_id: str) -> Job:
    """
    Stop a job, waiting or running; one that is finished stays as it is.

    Parameters
    ----------
    service
        As the caller sees it.
    job_id
        The job.

    Returns
    -------
    job
        As it is then.

    Raises
    ------
    ServiceError
        404 if there is none, 403 if somebody else asked for it and the caller is no admin.
    """
    job = service.store.job(job_id)
    if job.status in UNFINISHED:
        refuse_work_of_others(job)
        service.queue.cancel(job_id)
    return service.store.job(job_id)
