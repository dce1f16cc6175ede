"""The page of a job: how far what was asked for has come."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from app.pages.templating import render_page
from app.queries.capacity_kinds import CAPACITY_KINDS
from app.services.answers import address_of_answer
from app.services.dependencies import ServiceHere
from app.services.jobs import cancel_job
from app.store import ANALYSIS, UNFINISHED

router = APIRouter(include_in_schema=False)


@router.get("/browse/jobs/{job_id}")
def show_job(request: Request, job_id: str, service: ServiceHere) -> Response:
    """Progress, refreshed by the browser; on to the result when it is done."""
    job = service.store.job(job_id)
    path = CAPACITY_KINDS[job.kind].path if job.kind in CAPACITY_KINDS else "proposals"
    if job.answer_id is not None:
        return RedirectResponse(address_of_answer(job, is_page=True), status_code=303)
    if job.result_id is not None:
        return RedirectResponse(f"/browse/{path}/{job.result_id}", status_code=303)
    base = job.inputs.get("proposal_id")
    back = f"/browse/proposals/{base}/{path}" if base else f"/browse/datasets/{job.dataset_id}"
    if job.kind == ANALYSIS:
        back = f"/browse/proposals/{base}"
    response = render_page(request, "job.html", job=job, back=back, is_unfinished=job.status in UNFINISHED)
    if job.status in UNFINISHED:
        response.headers["Refresh"] = "2"
    return response


@router.post("/browse/jobs/{job_id}/cancel")
def cancel(job_id: str, service: ServiceHere) -> Response:
    """Stop a job."""
    cancel_job(service, job_id)
    return RedirectResponse(f"/browse/jobs/{job_id}", status_code=303)
