"""The page of a job: how far a requested proposal has come."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from app.pages.templating import render_page
from app.services.dependencies import ServiceHere
from app.store import UNFINISHED

router = APIRouter(include_in_schema=False)


@router.get("/browse/jobs/{job_id}")
def show_job(request: Request, job_id: str, service: ServiceHere) -> Response:
    """Progress, refreshed by the browser; on to the proposal when it is done."""
    job = service.store.job(job_id)
    if job.proposal_id is not None:
        return RedirectResponse(f"/browse/proposals/{job.proposal_id}", status_code=303)
    response = render_page(request, "job.html", job=job, is_unfinished=job.status in UNFINISHED)
    if job.status in UNFINISHED:
        response.headers["Refresh"] = "2"
    return response


@router.post("/browse/jobs/{job_id}/cancel")
def cancel_job(job_id: str, service: ServiceHere) -> Response:
    """Stop a job."""
    service.store.job(job_id)
    service.queue.cancel(job_id)
    return RedirectResponse(f"/browse/jobs/{job_id}", status_code=303)
