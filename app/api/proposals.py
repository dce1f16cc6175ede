"""Proposals: a dataset and parameters in, Zones out."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from fastapi.concurrency import run_in_threadpool

from app.api.schemas import ProposalRequest, ProposalSummary, job_out, proposal_summary
from app.errors import error_from_document, problem_response
from app.jobs import JobRunner
from app.services.dependencies import DeskHere, RunnerHere, SettingsHere, StoreHere
from app.services.proposals import read_part, request_proposal
from app.settings import Settings
from app.store import Store
from clustering import MAP_CONTENT_SECURITY_POLICY

IfNoneMatch = Annotated[str | None, Header()]
router = APIRouter(prefix="/proposals", tags=["proposals"])

# Segment of the path, and format asked for: part of the stored proposal and its media type.
_FORMS = {
    ("zones", "json"): ("zones", "application/geo+json"),
    ("schools", "json"): ("schools", "application/geo+json"),
    ("schools", "csv"): ("schools_csv", "text/csv; charset=utf-8"),
    ("members", "csv"): ("members_csv", "text/csv; charset=utf-8"),
    ("links", "csv"): ("links_csv", "text/csv; charset=utf-8"),
    ("map", "html"): ("map", "text/html; charset=utf-8"),
}


@router.post(
    "", status_code=202, summary="Ask for Zones", responses={200: {"description": "Ready within Prefer: wait"}}
)
async def create(
    request: ProposalRequest,
    settings: SettingsHere,
    store: StoreHere,
    runner: RunnerHere,
    desk: DeskHere,
    prefer: Annotated[str | None, Header(description="wait=N: answer with the proposal if ready in N seconds")] = None,
) -> Response:
    """Queue a proposal: 202 with the job, or the proposal itself if it is ready within ``Prefer: wait=N``."""
    job = await run_in_threadpool(
        request_proposal,
        request.dataset_id,
        request.parameters,
        settings=settings,
        store=store,
        runner=runner,
        desk=desk,
    )
    wait_s = min(_seconds_to_wait(prefer), settings.maximum_wait_s)
    return await _answer(job.id, wait_s, settings=settings, store=store, runner=runner)


@router.get("", summary="List proposals")
def index(store: StoreHere, dataset_id: str | None = None) -> list[ProposalSummary]:
    """Proposals, newest first, of one dataset or of all."""
    return [proposal_summary(proposal) for proposal in store.proposals(dataset_id)]


@router.get("/{proposal_id}", summary="One proposal")
def show(proposal_id: str, settings: SettingsHere, store: StoreHere, if_none_match: IfNoneMatch = None) -> Response:
    """Zones with members, metrics and reasons; anchors without a Zone; notes and provenance."""
    return _unchanged(proposal_id, "document", if_none_match) or proposal_response(proposal_id, settings, store)


@router.delete("/{proposal_id}", status_code=204, summary="Forget a proposal")
def delete(proposal_id: str, store: StoreHere) -> None:
    """Forget a proposal."""
    store.delete_proposal(proposal_id)


@router.get("/{proposal_id}/zones", summary="The Zones as GeoJSON")
def zones(proposal_id: str, settings: SettingsHere, store: StoreHere, if_none_match: IfNoneMatch = None) -> Response:
    """A feature per Zone, with its members and metrics."""
    return _part(proposal_id, ("zones", "json"), settings, store, if_none_match)


@router.get("/{proposal_id}/schools", summary="All schools as GeoJSON or CSV")
def schools(
    proposal_id: str,
    request: Request,
    settings: SettingsHere,
    store: StoreHere,
    f: str | None = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """A feature or row per school with its role, Zone and reason; ``?f=csv`` or ``Accept: text/csv`` for CSV."""
    wants_csv = f == "csv" or (f is None and "text/csv" in request.headers.get("accept", ""))
    return _part(proposal_id, ("schools", "csv" if wants_csv else "json"), settings, store, if_none_match)


@router.get("/{proposal_id}/members", summary="The members of all Zones as CSV")
def members(proposal_id: str, settings: SettingsHere, store: StoreHere, if_none_match: IfNoneMatch = None) -> Response:
    """A row per school in a Zone, with the reason."""
    return _part(proposal_id, ("members", "csv"), settings, store, if_none_match)


@router.get("/{proposal_id}/links", summary="The feeder links as CSV")
def links(proposal_id: str, settings: SettingsHere, store: StoreHere, if_none_match: IfNoneMatch = None) -> Response:
    """A row per origin and destination, with send and receive shares."""
    return _part(proposal_id, ("links", "csv"), settings, store, if_none_match)


@router.get("/{proposal_id}/map", summary="The map, with the tables below it")
def drawn(proposal_id: str, settings: SettingsHere, store: StoreHere, if_none_match: IfNoneMatch = None) -> Response:
    """One HTML document that asks nothing of any server."""
    response = _part(proposal_id, ("map", "html"), settings, store, if_none_match)
    response.headers["Content-Security-Policy"] = MAP_CONTENT_SECURITY_POLICY
    return response


def proposal_response(proposal_id: str, settings: Settings, store: Store) -> Response:
    """The stored document, byte for byte, in an envelope of ids and links."""
    proposal = store.proposal(proposal_id)
    head = proposal_summary(proposal).model_dump_json(include={"id", "dataset_id", "created_at", "links"})
    document = read_part(proposal_id, "document", settings=settings, store=store)
    body = head[:-1].encode() + b',"proposal":' + document + b"}"
    return Response(body, media_type="application/json", headers=_cache_headers(proposal_id, "document"))


async def _answer(job_id: str, wait_s: float, *, settings: Settings, store: Store, runner: JobRunner) -> Response:
    if wait_s > 0:
        await runner.wait(job_id, wait_s)
    job = await asyncio.to_thread(store.job, job_id)
    applied = {"Preference-Applied": f"wait={wait_s:g}"} if wait_s > 0 else {}
    if job.status == "succeeded" and job.proposal_id is not None and wait_s > 0:
        response = await asyncio.to_thread(proposal_response, job.proposal_id, settings, store)
        response.headers.update({**applied, "Content-Location": f"/proposals/{job.proposal_id}"})
        return response
    if job.status == "failed" and job.problem is not None and wait_s > 0:
        return problem_response(error_from_document(job.problem))
    headers = {**applied, "Location": f"/jobs/{job.id}", "Retry-After": "1"}
    return Response(job_out(job).model_dump_json(), status_code=202, media_type="application/json", headers=headers)


def _seconds_to_wait(prefer: str | None) -> float:
    match = re.search(r"(?:^|[,;\s])wait\s*=\s*(\d{1,6})", prefer or "")
    return float(match.group(1)) if match else 0.0


def _part(
    proposal_id: str, form: tuple[str, str], settings: Settings, store: Store, if_none_match: str | None
) -> Response:
    part, media_type = _FORMS[form]
    unchanged = _unchanged(proposal_id, part, if_none_match)
    if unchanged is not None:
        return unchanged
    headers = _cache_headers(proposal_id, part)
    if form[1] == "csv":
        disclosure = store.proposal(proposal_id).parameters["disclosure"]
        headers["Content-Disposition"] = f'attachment; filename="{form[0]}-{proposal_id[:8]}-{disclosure}.csv"'
    if part != "document":
        headers["Link"] = f'</proposals/{proposal_id}>; rel="describedby"'
    return Response(
        read_part(proposal_id, part, settings=settings, store=store), headers=headers, media_type=media_type
    )


def _cache_headers(proposal_id: str, part: str) -> dict[str, str]:
    # A proposal never changes; it is for whoever asked, and may be deleted.
    return {"ETag": f'"{proposal_id}-{part}"', "Cache-Control": "private, no-cache", "Vary": "Accept"}


def _unchanged(proposal_id: str, part: str, if_none_match: str | None) -> Response | None:
    headers = _cache_headers(proposal_id, part)
    known = [tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")]
    return Response(status_code=304, headers=headers) if headers["ETag"] in known else None
