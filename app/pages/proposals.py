"""The pages of a proposal: its Zones, its comparison with another, a plan to compare it with."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from app.errors import ServiceError, service_error
from app.pages.analyses import on_to_answer
from app.pages.templating import render_page, software_of
from app.queries.capacity_kinds import CAPACITY_KINDS
from app.services import answers
from app.services.dependencies import PlanHere, ServiceHere
from app.services.plans import score_plan
from app.services.proposals import read_part, request_proposal
from app.services.service import Service
from app.store import Proposal
from clustering import ClusteringError, ZoneRecord

router = APIRouter(prefix="/browse/proposals", include_in_schema=False)

_MAXIMUM_MOVES_SHOWN = 1_000


@router.get("/{proposal_id}")
def show_proposal(request: Request, proposal_id: str, service: ServiceHere) -> Response:
    """Map, tables, reasons, notes and downloads."""
    return _proposal_page(request, service, proposal_id)


@router.post("/{proposal_id}/plans")
def upload_plan(request: Request, proposal_id: str, plan: PlanHere, service: ServiceHere) -> Response:
    """Score a plan by the parameters of a proposal and compare the two, or come back with every problem."""
    proposal = service.store.proposal(proposal_id)
    try:
        scored = score_plan(service, proposal.dataset_id, plan, proposal.parameters)
    except ServiceError as error:
        return _proposal_page(request, service, proposal_id, error=error)
    job = answers.start(service, answers.question_of_pair(service, scored.id, proposal_id))
    return RedirectResponse(f"/browse/jobs/{job.id}", status_code=303)


@router.post("/{proposal_id}/again")
def ask_again(request: Request, proposal_id: str, service: ServiceHere) -> Response:
    """Ask again for a proposal of an earlier version, with the same parameters; the earlier one stays."""
    proposal = service.store.proposal(proposal_id)
    try:
        job = request_proposal(service, proposal.dataset_id, proposal.parameters)
    except ClusteringError as caught:
        return _proposal_page(request, service, proposal_id, error=service_error(caught))
    except ServiceError as caught:
        return _proposal_page(request, service, proposal_id, error=caught)
    return RedirectResponse(f"/browse/jobs/{job.id}", status_code=303)


@router.get("/{proposal_id}/comparison")
def show_comparison(request: Request, proposal_id: str, other_id: str, service: ServiceHere) -> Response:
    """Two proposals side by side, or a button that starts the comparison."""
    store = service.store
    kept = answers.find(service, answers.question_of_pair(service, proposal_id, other_id))
    pair = [store.proposal(each) for each in (proposal_id, other_id)]
    return render_page(
        request,
        "comparison.html",
        comparison=None if kept is None else json.loads(kept.content),
        first=pair[0],
        second=pair[1],
        names={each.dataset_id: store.dataset(each.dataset_id).name for each in pair},
        maximum_moves=_MAXIMUM_MOVES_SHOWN,
    )


@router.post("/{proposal_id}/comparison/compute")
async def compare(proposal_id: str, service: ServiceHere, other_id: Annotated[str, Form(max_length=64)]) -> Response:
    """Compare two proposals, and go on to the answer or its job."""
    question = await run_in_threadpool(answers.question_of_pair, service, proposal_id, other_id)
    return await on_to_answer(service, question)


def _proposal_page(
    request: Request, service: Service, proposal_id: str, *, error: ServiceError | None = None
) -> Response:
    store = service.store
    proposal = store.proposal(proposal_id)
    document = json.loads(read_part(service, proposal_id, "document"))
    if proposal.is_earlier:
        return _earlier_page(request, service, proposal, software_of(document), error)
    others = [each for each in store.proposals() if each.id != proposal_id and not each.is_earlier]
    dataset = store.dataset(proposal.dataset_id)
    is_exact = proposal.parameters["method"] == "exact"
    has_residents = bool(dataset.report.get("facts", {}).get("residence_to_attended_files"))
    return render_page(
        request,
        "proposal.html",
        error=error,
        proposal=proposal,
        document=document,
        dataset=dataset,
        records_of_zones=_records_of_zones(service, proposal_id),
        others=sorted(others, key=lambda each: each.dataset_id != proposal.dataset_id),
        names={dataset.id: dataset.name for dataset in store.datasets()},
        capacity_kinds=CAPACITY_KINDS.values(),
        analyses=[each for each in service.analyses if each.fits(is_exact=is_exact, has_residents=has_residents)],
    )


def _earlier_page(
    request: Request, service: Service, proposal: Proposal, software: str | None, error: ServiceError | None
) -> Response:
    """What never changes of a proposal, and a button that asks for it again."""
    store = service.store
    kinds = CAPACITY_KINDS.values()
    return render_page(
        request,
        "earlier_proposal.html",
        error=error,
        proposal=proposal,
        software=software,
        dataset=store.dataset(proposal.dataset_id),
        results={kind: store.capacity.results(kind.name, proposal_id=proposal.id) for kind in kinds},
    )


def _records_of_zones(service: Service, proposal_id: str) -> dict[str, list[ZoneRecord]]:
    """Records that were begun with Zones of a proposal, by Zone."""
    found: dict[str, list[ZoneRecord]] = {}
    for record in service.store.records.records(proposal_id=proposal_id):
        found.setdefault(record.zone.zone_id, []).append(record)
    return found
