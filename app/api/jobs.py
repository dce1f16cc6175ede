"""Jobs: how far a requested proposal has come."""

from __future__ import annotations

from fastapi import APIRouter

from app.api.paging import ListRequestHere
from app.api.schemas import JobOut
from app.api.shaping import job_out
from app.services.dependencies import ServiceHere
from app.services.jobs import cancel_job

router = APIRouter(prefix="/jobs", tags=["jobs"])


@router.get("", summary="List jobs")
def index(service: ServiceHere, wanted: ListRequestHere) -> list[JobOut]:
    """All jobs, newest first."""
    return [job_out(job) for job in wanted.with_headers(service.store.jobs(page=wanted.page))]


@router.get("/{job_id}", summary="One job")
def show(job_id: str, service: ServiceHere) -> JobOut:
    """Status, stage, progress, and the proposal or the problem at the end."""
    return job_out(service.store.job(job_id))


@router.delete("/{job_id}", summary="Cancel a job")
def cancel(job_id: str, service: ServiceHere) -> JobOut:
    """Stop a job of your own, waiting or running, or as an admin any; one that is finished stays as it is."""
    return job_out(cancel_job(service, job_id))
