"""The parts of a proposal: Zones, schools, members, links and the map, as they were stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from starlette.datastructures import State

from app.negotiation import prefers_csv
from app.services.dependencies import ServiceHere
from app.services.file_answers import csv_response, document_response
from app.services.kept_responses import keep_while_stored
from app.services.proposals import read_part
from app.services.service import Service
from app.store import PROPOSAL_PARTS, CapacityResult, Proposal
from clustering import MAP_CONTENT_SECURITY_POLICY

router = APIRouter(prefix="/proposals", tags=["proposals"])

_PARTS = {(part.path, part.format): part for part in PROPOSAL_PARTS}


@dataclass(frozen=True)
class PartRequest:
    """
    A request for a part of a proposal.

    Parameters
    ----------
    service
        The service.
    known_tags
        ETags of the versions that the client has.
    state
        Of the request.
    """

    service: Service
    known_tags: tuple[str, ...]
    state: State

    def unchanged(self, row: Proposal | CapacityResult, column: str) -> Response | None:
        """304 if the client has this part already, of a row that it may read; either answer may be kept."""
        headers = cache_headers(row.id, column)
        keep_while_stored(self.state, row)
        return Response(status_code=304, headers=headers) if headers["ETag"] in self.known_tags else None


async def _part_request(
    request: Request, service: ServiceHere, if_none_match: Annotated[str | None, Header()] = None
) -> PartRequest:
    tags = tuple(tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(","))
    return PartRequest(service, tags, request.state)


PartRequestHere = Annotated[PartRequest, Depends(_part_request)]
CsvAlone = Annotated[Literal["csv"], Query(description="csv, the only form in which the table is served.")]
Format = Annotated[Literal["json", "csv"] | None, Query(description="csv for a table; GeoJSON otherwise.")]


@router.get("/{proposal_id}/zones", summary="The Zones as GeoJSON")
def zones(proposal_id: str, request: PartRequestHere) -> Response:
    """A feature per Zone, with its members and metrics."""
    return _part_response(request, proposal_id, "zones", "json")


@router.get("/{proposal_id}/schools", summary="All schools as GeoJSON or CSV")
def schools(proposal_id: str, part_request: PartRequestHere, request: Request, f: Format = None) -> Response:
    """A feature or row per school with its role, Zone and reason; ``?f=csv`` or ``Accept: text/csv`` for CSV."""
    wants_csv = f == "csv" or (f is None and prefers_csv(request.headers.get("accept", "")))
    return _part_response(part_request, proposal_id, "schools", "csv" if wants_csv else "json")


@router.get("/{proposal_id}/members", summary="The members of all Zones as CSV")
def members(proposal_id: str, request: PartRequestHere, f: CsvAlone = "csv") -> Response:  # noqa: ARG001
    """A row per school in a Zone, with the reason."""
    return _part_response(request, proposal_id, "members", "csv")


@router.get("/{proposal_id}/links", summary="The feeder links as CSV")
def links(proposal_id: str, request: PartRequestHere, f: CsvAlone = "csv") -> Response:  # noqa: ARG001
    """A row per origin and destination, with send and receive shares."""
    return _part_response(request, proposal_id, "links", "csv")


@router.get("/{proposal_id}/map", summary="The map, with the tables below it")
def drawn(proposal_id: str, request: PartRequestHere) -> Response:
    """One HTML document that asks nothing of any server."""
    response = _part_response(request, proposal_id, "map", "html")
    response.headers["Content-Security-Policy"] = MAP_CONTENT_SECURITY_POLICY
    return response


def cache_headers(proposal_id: str, column: str) -> dict[str, str]:
    """Headers by which a client can keep a part, since a proposal never changes; others may not, and must ask again."""
    return {"ETag": f'"{proposal_id}-{column}"', "Cache-Control": "private, no-cache", "Vary": "Accept"}


def _part_response(request: PartRequest, proposal_id: str, path: str, form: str) -> Response:
    part = _PARTS[path, form]
    proposal = request.service.store.proposal(proposal_id)
    if (unchanged := request.unchanged(proposal, part.column)) is not None:
        return unchanged
    headers = cache_headers(proposal_id, part.column)
    headers["Link"] = f'</proposals/{proposal_id}>; rel="describedby"'
    body, name = read_part(request.service, proposal_id, part.column), f"{path}-{proposal_id[:8]}"
    if form == "csv":
        return csv_response(body, f"{name}-{proposal.parameters['disclosure']}", headers)
    return document_response(body, name, part.media_type, headers)
