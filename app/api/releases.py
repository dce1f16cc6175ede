"""Released proposals, which everybody may read; nothing can be changed by these routes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from app.api.paging import ListRequestHere
from app.api.release_schemas import PublicRelease, public_release
from app.negotiation import prefers_csv
from app.services.dependencies import ServiceHere
from app.services.file_answers import csv_response
from app.services.releases import released, released_part
from app.services.service import Service
from clustering import MAP_CONTENT_SECURITY_POLICY

router = APIRouter(prefix="/releases", tags=["releases"])

CsvAlone = Annotated[Literal["csv"], Query(description="csv, the only form in which the table is served.")]
Format = Annotated[Literal["json", "csv"] | None, Query(description="csv for a table; GeoJSON otherwise.")]

# One more than the columns of a database can hold is no number of theirs.
Number = Annotated[int, Path(ge=1, le=1_000_000, description="Of the proposal, from 1.")]


@router.get("", summary="List the releases")
def index(service: ServiceHere, wanted: ListRequestHere) -> list[PublicRelease]:
    """All releases that were not withdrawn, newest first."""
    rows = wanted.with_headers(service.store.releases.releases(page=wanted.page))
    return [public_release(each) for each in rows]


@router.get("/{release_id}", summary="One release")
def show(release_id: str, service: ServiceHere) -> PublicRelease:
    """Its title, its date, and links to its proposals."""
    return public_release(released(service, release_id))


@router.get("/{release_id}/report", summary="The report of a release")
def report(release_id: str, service: ServiceHere) -> dict[str, Any]:
    """What is hidden, by which policy and method, and the hash of each file."""
    return released(service, release_id).public_report


@router.get("/{release_id}/proposals/{number}", summary="A released proposal")
def proposal(release_id: str, number: Number, service: ServiceHere) -> Response:
    """Zones with members, metrics and reasons, as they were released."""
    return _part(service, release_id, number, "", "json")


@router.get("/{release_id}/proposals/{number}/zones", summary="The released Zones as GeoJSON")
def zones(release_id: str, number: Number, service: ServiceHere) -> Response:
    """A feature per Zone, with its members and metrics."""
    return _part(service, release_id, number, "zones", "json")


@router.get("/{release_id}/proposals/{number}/schools", summary="All schools of a released proposal, GeoJSON or CSV")
def schools(release_id: str, number: Number, service: ServiceHere, request: Request, f: Format = None) -> Response:
    """A feature or row per school with its role and Zone; ``?f=csv`` or ``Accept: text/csv`` for CSV."""
    wants_csv = f == "csv" or (f is None and prefers_csv(request.headers.get("accept", "")))
    return _part(service, release_id, number, "schools", "csv" if wants_csv else "json")


@router.get("/{release_id}/proposals/{number}/members", summary="The members of released Zones as CSV")
def members(release_id: str, number: Number, service: ServiceHere, f: CsvAlone = "csv") -> Response:  # noqa: ARG001
    """A row per school in a Zone, with the reason."""
    return _part(service, release_id, number, "members", "csv")


@router.get("/{release_id}/proposals/{number}/links", summary="The feeder links of a released proposal as CSV")
def links(release_id: str, number: Number, service: ServiceHere, f: CsvAlone = "csv") -> Response:  # noqa: ARG001
    """A row per origin and destination, with send and receive shares."""
    return _part(service, release_id, number, "links", "csv")


@router.get("/{release_id}/proposals/{number}/map", summary="The map of a released proposal")
def drawn(release_id: str, number: Number, service: ServiceHere) -> Response:
    """One HTML document that loads nothing from any server."""
    response = _part(service, release_id, number, "map", "html")
    response.headers["Content-Security-Policy"] = MAP_CONTENT_SECURITY_POLICY
    return response


def _part(service: Service, release_id: str, number: int, path: str, form: str) -> Response:
    part = released_part(path, form)
    body = service.store.releases.file(release_id, number, part.file)
    if form == "csv":
        return csv_response(body, f"{path}-{release_id[:8]}-{number}-released")
    return Response(body, media_type=part.media_type)
