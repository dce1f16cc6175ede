"""Matches and year plans: a proposal and a register in, who runs which Zone, from when and at what cost out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Response
from fastapi.concurrency import run_in_threadpool

from app.api.analyses import add_analysis_routes
from app.api.job_answers import Prefer, answer_with_job
from app.api.paging import ListRequestHere
from app.api.proposal_parts import CsvAlone, PartRequestHere, cache_headers
from app.api.schemas import CapacityResultSummary, MatchRequest, YearPlanRequest
from app.api.shaping import capacity_summary
from app.queries.analysis import Analysis
from app.queries.capacity_kinds import CSV, HTML, MATCHES, YEAR_PLANS, CapacityKind, ResultPart
from app.services import capacity
from app.services.answers import question_of_result
from app.services.dependencies import ServiceHere
from app.services.file_answers import csv_response, document_response, with_member
from app.services.running_contracts import contracts_that_differ
from app.services.service import Service
from clustering import MAP_CONTENT_SECURITY_POLICY, PICTURE_CONTENT_SECURITY_POLICY

_POLICIES = {"map": MAP_CONTENT_SECURITY_POLICY, "picture": PICTURE_CONTENT_SECURITY_POLICY}
_READY: dict[int | str, dict[str, Any]] = {200: {"description": "Ready within Prefer: wait"}}

router = APIRouter(tags=["capacity"])


@router.post(
    "/proposals/{proposal_id}/matches", status_code=202, summary="Match Zones with Lead Partners", responses=_READY
)
async def create_match(
    proposal_id: str, request: MatchRequest, service: ServiceHere, prefer: Prefer = None
) -> Response:
    """Queue a match: 202 with the job, or the match itself if it is ready within ``Prefer: wait=N``."""
    return await _create(service, MATCHES, proposal_id, request, prefer)


@router.post(
    "/proposals/{proposal_id}/year-plans", status_code=202, summary="Plan the years of Zones", responses=_READY
)
async def create_year_plan(
    proposal_id: str, request: YearPlanRequest, service: ServiceHere, prefer: Prefer = None
) -> Response:
    """Queue a year plan: 202 with the job, or the plan itself if it is ready within ``Prefer: wait=N``."""
    return await _create(service, YEAR_PLANS, proposal_id, request, prefer)


async def _create(
    service: Service, kind: CapacityKind, proposal_id: str, request: MatchRequest | YearPlanRequest, prefer: str | None
) -> Response:
    work = (service, kind, proposal_id, request.register_id, request.parameters)
    job = await run_in_threadpool(capacity.request_result, *work, name=request.name)
    return await answer_with_job(
        service, job, prefer, lambda done: _located(service, kind, done.capacity_result_id or "")
    )


def _located(service: Service, kind: CapacityKind, result_id: str) -> Response:
    response = result_response(service, kind, result_id)
    response.headers["Content-Location"] = f"/{kind.path}/{result_id}"
    return response


def result_response(service: Service, kind: CapacityKind, result_id: str) -> Response:
    """The stored document, byte for byte, in an envelope of ids and links."""
    summary = capacity_summary(service.store.capacity.result(result_id, kind.name))
    envelope = summary.model_dump_json(exclude={"summary"})
    document = capacity.read_result_part(service, kind, result_id, kind.document.file)
    name = kind.name.replace(" ", "_")
    body = with_member(envelope.encode(), name, document)
    return document_response(body, f"{kind.path}-{result_id[:8]}", headers=cache_headers(result_id, "document"))


def _add_routes(kind: CapacityKind) -> None:
    """The list, one result, its parts, its analyses, and its deletion."""
    own = f"/{kind.path}"

    def index(
        service: ServiceHere,
        wanted: ListRequestHere,
        proposal_id: str | None = None,
        register_id: str | None = None,
    ) -> list[CapacityResultSummary]:
        """Newest first, of one proposal or register or of all."""
        results = service.store.capacity.results(
            kind.name, proposal_id=proposal_id, register_id=register_id, page=wanted.page
        )
        return [capacity_summary(each) for each in wanted.with_headers(results)]

    def show(result_id: str, request: PartRequestHere) -> Response:
        """The whole answer with its reasons, notes and provenance."""
        result = request.service.store.capacity.result(result_id, kind.name)
        return request.unchanged(result, "document") or result_response(request.service, kind, result_id)

    def delete(result_id: str, service: ServiceHere) -> None:
        """Forget it."""
        capacity.delete_result(service, kind, result_id)

    def contracts(result_id: str, service: ServiceHere, wanted: ListRequestHere) -> list[dict[str, Any]]:
        """Zones whose record has a running contract with another partner or from another year on, as of today."""
        found = [asdict(each) for each in contracts_that_differ(service, kind, result_id)]
        return wanted.cut(found, lambda each: each["record_id"])

    router.add_api_route(own, index, methods=["GET"], summary=f"List {kind.path.replace('-', ' ')}")
    router.add_api_route(f"{own}/{{result_id}}", show, methods=["GET"], summary=f"One {kind.name}")
    for part in kind.parts[1:]:
        route = _part_route(kind, part)
        router.add_api_route(f"{own}/{{result_id}}/{part.path}", route, methods=["GET"], summary=part.title)
    router.add_api_route(
        f"{own}/{{result_id}}/running-contracts",
        contracts,
        methods=["GET"],
        summary=f"Where records say otherwise than a {kind.name}",
    )
    for analysis in kind.analyses:
        ask = _asked_of_result(kind, analysis)
        add_analysis_routes(router, f"{own}/{{result_id}}", own, analysis, ask, kind.name)
    router.add_api_route(
        f"{own}/{{result_id}}", delete, methods=["DELETE"], status_code=204, summary=f"Forget a {kind.name}"
    )


def _part_route(kind: CapacityKind, part: ResultPart) -> Any:
    """The route of a part; tables take ``?f=csv``, as analyses do, although they are served as CSV in any case."""
    if part.media_type != CSV:
        return _stored_part_route(kind, part)
    show = _stored_part_route(kind, part)

    def show_table(result_id: str, request: PartRequestHere, f: CsvAlone = "csv") -> Response:  # noqa: ARG001
        """As it was stored."""
        response: Response = show(result_id, request)
        return response

    return show_table


def _stored_part_route(kind: CapacityKind, part: ResultPart) -> Any:
    def show(result_id: str, request: PartRequestHere) -> Response:
        """As it was stored."""
        result = request.service.store.capacity.result(result_id, kind.name)
        if (unchanged := request.unchanged(result, part.path)) is not None:
            return unchanged
        body = capacity.read_result_part(request.service, kind, result_id, part.file)
        headers = cache_headers(result_id, part.path)
        headers["Link"] = f'</{kind.path}/{result_id}>; rel="describedby"'
        if part.media_type == CSV:
            disclosure = result.summary["disclosure"]
            return csv_response(body, f"{part.path}-{result_id[:8]}-{disclosure}", headers)
        if part.media_type == HTML:
            headers["Content-Security-Policy"] = _POLICIES[part.path]
        return document_response(body, f"{part.path}-{result_id[:8]}", part.media_type, headers)

    return show


def _asked_of_result(kind: CapacityKind, analysis: Analysis) -> Any:
    return lambda service, result_id, fields: question_of_result(
        service, kind, result_id, analysis, analysis.parameters(**fields)
    )


for _kind in (MATCHES, YEAR_PLANS):
    _add_routes(_kind)
