"""Proposals: a dataset and parameters in, Zones out."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.concurrency import run_in_threadpool

from app.api.job_answers import Prefer, answer_with_job
from app.api.paging import ListRequestHere
from app.api.proposal_parts import PartRequestHere, cache_headers
from app.api.schemas import ProposalRequest, ProposalSummary
from app.api.shaping import proposal_summary
from app.services.dependencies import ServiceHere
from app.services.file_answers import document_response, with_member
from app.services.proposals import delete_proposal, read_part, request_proposal
from app.services.service import Service

router = APIRouter(prefix="/proposals", tags=["proposals"])


@router.post(
    "", status_code=202, summary="Ask for Zones", responses={200: {"description": "Ready within Prefer: wait"}}
)
async def create(request: ProposalRequest, service: ServiceHere, prefer: Prefer = None) -> Response:
    """Queue a proposal: 202 with the job, or the proposal itself if it is ready within ``Prefer: wait=N``."""
    job = await run_in_threadpool(request_proposal, service, request.dataset_id, request.parameters)
    return await answer_with_job(service, job, prefer, lambda done: _located(service, done.proposal_id or ""))


@router.get("", summary="List proposals")
def index(service: ServiceHere, wanted: ListRequestHere, dataset_id: str | None = None) -> list[ProposalSummary]:
    """Proposals, newest first, of one dataset or of all; 404 for a dataset that is not there."""
    rows = wanted.with_headers(service.store.proposals(dataset_id, wanted.page))
    return [proposal_summary(each, service.analyses) for each in rows]


@router.get("/{proposal_id}", summary="One proposal")
def show(proposal_id: str, request: PartRequestHere) -> Response:
    """Zones with members, metrics and reasons; anchors without a Zone; notes and provenance."""
    proposal = request.service.store.proposal(proposal_id)
    return request.unchanged(proposal, "document") or proposal_response(request.service, proposal_id)


@router.delete("/{proposal_id}", status_code=204, summary="Forget a proposal")
def delete(proposal_id: str, service: ServiceHere) -> None:
    """Forget a proposal, with its matches and year plans."""
    delete_proposal(service, proposal_id)


def proposal_response(service: Service, proposal_id: str) -> Response:
    """The stored document, byte for byte, in an envelope of ids and links."""
    summary = proposal_summary(service.store.proposal(proposal_id), service.analyses)
    envelope = summary.model_dump_json(include={"id", "dataset_id", "created_at", "made_by", "links"})
    document = read_part(service, proposal_id, "document")
    body = with_member(envelope.encode(), "proposal", document)
    return document_response(body, f"proposal-{proposal_id[:8]}", headers=cache_headers(proposal_id, "document"))


def _located(service: Service, proposal_id: str) -> Response:
    response = proposal_response(service, proposal_id)
    response.headers["Content-Location"] = f"/proposals/{proposal_id}"
    return response
