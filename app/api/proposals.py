"""Proposals: a dataset and parameters in, Zones out."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated

from fastapi import APIRouter, Header, Response
from fastapi.concurrency import run_in_threadpool

from app.api.proposal_parts import PartRequestHere, cache_headers
from app.api.schemas import ProposalRequest, ProposalSummary, job_out, proposal_summary
from app.error_handlers import problem_response
from app.errors import error_from_document
from app.services.dependencies import ServiceHere
from app.services.proposals import delete_proposal, read_part, request_proposal
from app.services.service import Service
from app.store import Job

router = APIRouter(prefix="/proposals", tags=["proposals"])


@router.post(
    "", status_code=202, summary="Ask for Zones", responses={200: {"description": "Ready within Prefer: wait"}}
)
async def create(
    request: ProposalRequest,
    service: ServiceHere,
    prefer: Annotated[str | None, Header(description="wait=N: answer with the proposal if ready in N seconds")] = None,
) -> Response:
    """Queue a proposal: 202 with the job, or the proposal itself if it is ready within ``Prefer: wait=N``."""
    job = await run_in_threadpool(request_proposal, service, request.dataset_id, request.parameters)
    wait_s = min(_seconds_to_wait(prefer), service.settings.maximum_wait_s)
    if wait_s <= 0:
        return _accepted(await asyncio.to_thread(service.store.job, job.id), {})
    await service.queue.wait(job.id, wait_s)
    return await asyncio.to_thread(_answer_after_wait, service, job.id, {"Preference-Applied": f"wait={wait_s:g}"})


@router.get("", summary="List proposals")
def index(service: ServiceHere, dataset_id: str | None = None) -> list[ProposalSummary]:
    """Proposals, newest first, of one dataset or of all."""
    return [proposal_summary(each, service.analyses) for each in service.store.proposals(dataset_id)]


@router.get("/{proposal_id}", summary="One proposal")
def show(proposal_id: str, request: PartRequestHere) -> Response:
    """Zones with members, metrics and reasons; anchors without a Zone; notes and provenance."""
    return request.unchanged(proposal_id, "document") or proposal_response(request.service, proposal_id)


@router.delete("/{proposal_id}", status_code=204, summary="Forget a proposal")
def delete(proposal_id: str, service: ServiceHere) -> None:
    """Forget a proposal, with its matches and year plans."""
    delete_proposal(service, proposal_id)


def proposal_response(service: Service, proposal_id: str) -> Response:
    """The stored document, byte for byte, in an envelope of ids and links."""
    summary = proposal_summary(service.store.proposal(proposal_id), service.analyses)
    envelope = summary.model_dump_json(include={"id", "dataset_id", "created_at", "links"})
    document = read_part(service, proposal_id, "document")
    body = envelope[:-1].encode() + b',"proposal":' + document + b"}"
    return Response(body, media_type="application/json", headers=cache_headers(proposal_id, "document"))


def _answer_after_wait(service: Service, job_id: str, headers: dict[str, str]) -> Response:
    """The proposal if the job is done, its problem if it failed, else the job."""
    job = service.store.job(job_id)
    if job.status == "succeeded" and job.proposal_id is not None:
        response = proposal_response(service, job.proposal_id)
        response.headers.update({**headers, "Content-Location": f"/proposals/{job.proposal_id}"})
        return response
    if job.status == "failed" and job.problem is not None:
        return problem_response(error_from_document(job.problem))
    return _accepted(job, headers)


def _accepted(job: Job, headers: dict[str, str]) -> Response:
    headers = {**headers, "Location": f"/jobs/{job.id}", "Retry-After": "1"}
    return Response(job_out(job).model_dump_json(), status_code=202, media_type="application/json", headers=headers)


def _seconds_to_wait(prefer: str | None) -> float:
    match = re.search(r"(?:^|[,;\s])wait\s*=\s*(\d{1,6})", prefer or "")
    return float(match.group(1)) if match else 0.0
