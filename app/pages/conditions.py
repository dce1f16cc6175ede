"""Pages of the readiness and the progress of a proposal's Zones: plain tables, and forms to add files."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BeforeValidator, Field

from app.errors import ServiceError
from app.pages.templating import render_page
from app.services import indicators, records
from app.services.dependencies import IndicatorPageFileHere, ServiceHere
from app.services.other_sites import OWN_PAGES_ONLY
from app.services.proposals import read_document
from app.services.service import Service

router = APIRouter(prefix="/browse/proposals", include_in_schema=False)

MAXIMUM_SCHOOLS_SHOWN = 500
# A form sends a blank where nothing was chosen.
EntryFall = Annotated[
    Annotated[int, Field(ge=1990, le=2100)] | None, BeforeValidator(lambda text: text or None), Query()
]


@router.get("/{proposal_id}/readiness", dependencies=[OWN_PAGES_ONLY])
def show_readiness(
    request: Request,
    proposal_id: str,
    service: ServiceHere,
    set_id: Annotated[str, Query(alias="set", max_length=64)] = "",
    on: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Strengths, gaps and what changed."""
    if (earlier := _to_earlier(service, proposal_id)) is not None:
        return earlier
    return _readiness_page(request, service, proposal_id, {"set": set_id, "on": on or None})


@router.post("/{proposal_id}/readiness")
def upload_readiness(
    request: Request,
    proposal_id: str,
    service: ServiceHere,
    file: IndicatorPageFileHere,
    kind: Annotated[str, Form(max_length=40)] = "assessments",
) -> Response:
    """Keep assessments or indicator sets, or come back with every problem of the file."""
    chosen = "indicator_sets" if kind == "indicator_sets" else "assessments"

    def failed(error: ServiceError) -> Response:
        """Show the page with what is wrong."""
        return _readiness_page(request, service, proposal_id, {"set": "", "on": None}, error=error)

    return _uploaded(service, proposal_id, chosen, file, failed, page="readiness")


@router.get("/{proposal_id}/progress", dependencies=[OWN_PAGES_ONLY])
def show_progress(request: Request, proposal_id: str, service: ServiceHere, entry_fall: EntryFall = None) -> Response:
    """Values by year against the entry and comparison schools, with persistence."""
    if (earlier := _to_earlier(service, proposal_id)) is not None:
        return earlier
    return _progress_page(request, service, proposal_id, entry_fall)


@router.post("/{proposal_id}/progress")
def upload_progress(request: Request, proposal_id: str, service: ServiceHere, file: IndicatorPageFileHere) -> Response:
    """Keep indicators, or come back with every problem of the file."""

    def failed(error: ServiceError) -> Response:
        """Show the page with what is wrong."""
        return _progress_page(request, service, proposal_id, None, error=error)

    return _uploaded(service, proposal_id, "progress", file, failed, page="progress")


def _uploaded(
    service: Service,
    proposal_id: str,
    kind: str,
    file: Any,
    failed: Callable[[ServiceError], Response],
    *,
    page: str,
) -> Response:
    try:
        indicators.add_indicators(service, service.store.proposal(proposal_id).dataset_id, kind, file)
    except ServiceError as error:
        return failed(error)
    return RedirectResponse(f"/browse/proposals/{proposal_id}/{page}", status_code=303)


def _to_earlier(service: Service, proposal_id: str) -> Response | None:
    """The way to the page of a proposal of an earlier version, which says what to do; ``None`` for any other."""
    is_earlier = service.store.proposal(proposal_id).is_earlier
    return RedirectResponse(f"/browse/proposals/{proposal_id}", status_code=303) if is_earlier else None


def _common(service: Service, proposal_id: str) -> dict[str, Any]:
    """What both pages show of the proposal."""
    proposal = service.store.proposal(proposal_id)
    zones = json.loads(read_document(service, proposal_id))["zones"]
    return {
        "proposal": proposal,
        "dataset": service.store.dataset(proposal.dataset_id),
        "zone_names": {zone["zone_id"]: zone["name"] for zone in zones},
    }


def _readiness_page(
    request: Request,
    service: Service,
    proposal_id: str,
    question: dict[str, Any],
    *,
    error: ServiceError | None = None,
) -> Response:
    common = _common(service, proposal_id)
    dataset_id = common["dataset"].id
    history = service.store.indicator_uploads.history(dataset_id, "assessments")
    content = None
    if history and error is None:
        try:
            content = json.loads(indicators.read_readiness(service, proposal_id, question).forms["json"])
        except ServiceError as caught:
            error = caught
    subjects = content["subjects"] if content else []
    return render_page(
        request,
        "readiness.html",
        error=error,
        **common,
        content=content,
        sets=indicators.assessed_sets(service, dataset_id),
        history=history,
        own_sets=service.store.indicator_uploads.history(dataset_id, "indicator_sets"),
        query=urlencode({name: value for name, value in question.items() if value}),
        zones=[each for each in subjects if each["subject_kind"] == "zone"],
        districts=[each for each in subjects if each["subject_kind"] == "district"],
        schools=[each for each in subjects if each["subject_kind"] == "school"][:MAXIMUM_SCHOOLS_SHOWN],
    )


def _progress_page(
    request: Request,
    service: Service,
    proposal_id: str,
    entry_fall: int | None,
    *,
    error: ServiceError | None = None,
) -> Response:
    common = _common(service, proposal_id)
    history = service.store.indicator_uploads.history(common["dataset"].id, "progress")
    years = sorted({year for upload in history for year in upload.summary["school_years"]})
    content = None
    if history and error is None:
        question = {"entry_fall": entry_fall, "benchmarks": None, "parameters": {"disclosure": "protected"}}
        try:
            followed = indicators.read_progress(service, proposal_id, question, on=records.today())
            content = json.loads(followed.forms["json"])
        except ServiceError as caught:
            error = caught
    return render_page(
        request,
        "progress.html",
        error=error,
        **common,
        content=content,
        history=history,
        years=years,
        entry_fall=entry_fall,
        by_indicator=[_indicators_of_zone(zone) for zone in content["zones"]] if content else [],
        record_ids=_record_ids(service, proposal_id),
    )


def _record_ids(service: Service, proposal_id: str) -> dict[str, str]:
    """The newest record of each Zone; one whose life goes on rather than one that has ended."""
    kept = service.store.records.records(proposal_id=proposal_id, maximum=None)
    record_ids: dict[str, str] = {}
    for record in sorted(kept, key=lambda record: record.stage == "ended"):
        record_ids.setdefault(record.zone.zone_id, record.record_id)
    return record_ids


def _indicators_of_zone(zone: dict[str, Any]) -> dict[str, Any]:
    """The values of a Zone, a row per indicator: its years, that of the entry, the newest one and its benchmarks."""
    rows: dict[str, dict[str, Any]] = {}
    entry_year = None if zone["entry_fall"] is None else zone["entry_fall"] - 1
    for value in zone["values"]:
        row = rows.setdefault(value["indicator_id"], {"years": {}, "benchmarks": {}, "newest": value})
        row["years"][value["year"]] = value
        if value["value"] is not None:
            row["newest"] = value
    for row in rows.values():
        row["entry"] = row["years"].get(entry_year)
    for benchmark in zone["benchmarks"]:
        rows[benchmark["indicator_id"]]["benchmarks"][benchmark["months"]] = benchmark
    years = sorted({year for row in rows.values() for year in row["years"]})
    return {**zone, "rows": rows, "shown_years": years}
