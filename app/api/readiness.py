"""Readiness: indicator sets, assessments kept with a dataset, and how ready the Zones of a proposal are."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from app.api.paging import ListRequestHere
from app.api.schemas import IndicatorUploadOut
from app.api.shaping import indicator_upload_out
from app.services import indicators
from app.services.dependencies import IndicatorFileHere, ServiceHere, WantsCsv
from app.services.file_answers import csv_response, document_response
from app.services.other_sites import OWN_PAGES_ONLY
from clustering import indicator_set_document, list_indicator_sets

router = APIRouter(tags=["readiness"])

IndicatorSetName = Annotated[
    str,
    Query(alias="set", max_length=64, description="Identifier of the indicator set; by default the first assessed."),
]
Day = Annotated[str | None, Query(max_length=40, description="The day, as 2024-03-01; by default the newest.")]


@router.get("/indicator-sets", summary="List the indicator sets that ship")
def shipped(wanted: ListRequestHere) -> list[dict[str, Any]]:
    """Each with its source, its scale and all its indicators."""
    listed = [indicator_set_document(each) for each in list_indicator_sets()]
    return wanted.cut(listed, lambda each: each["set_id"])


@router.get("/datasets/{dataset_id}/indicator-sets", summary="List the indicator sets of a dataset")
def index_sets(dataset_id: str, service: ServiceHere, wanted: ListRequestHere) -> list[dict[str, Any]]:
    """Those that ship, and those that were uploaded for the dataset."""
    return wanted.cut(indicators.indicator_set_documents(service, dataset_id), lambda each: each["set_id"])


@router.post("/datasets/{dataset_id}/indicator-sets", status_code=201, summary="Upload indicator sets")
def create_sets(dataset_id: str, file: IndicatorFileHere, service: ServiceHere) -> IndicatorUploadOut:
    """Read a state's own sets and keep them; all problems come at once. A set of the same name is replaced."""
    return indicator_upload_out(indicators.add_indicators(service, dataset_id, "indicator_sets", file))


@router.post("/datasets/{dataset_id}/assessments", status_code=201, summary="Upload assessments")
def create_assessments(dataset_id: str, file: IndicatorFileHere, service: ServiceHere) -> IndicatorUploadOut:
    """Read assessments and keep them as a further revision; all problems come at once, and then nothing is kept."""
    return indicator_upload_out(indicators.add_indicators(service, dataset_id, "assessments", file))


@router.get("/datasets/{dataset_id}/assessments", summary="List the files of assessments")
def index_assessments(dataset_id: str, service: ServiceHere, wanted: ListRequestHere) -> list[IndicatorUploadOut]:
    """Every revision, newest first."""
    history = service.store.indicator_uploads.history(dataset_id, "assessments")
    return [indicator_upload_out(upload) for upload in wanted.cut(history, lambda each: each.id)]


@router.get(
    "/proposals/{proposal_id}/readiness",
    summary="How ready the Zones are, as JSON or CSV",
    dependencies=[OWN_PAGES_ONLY],
)
def show(
    proposal_id: str,
    service: ServiceHere,
    wants_csv: WantsCsv,
    set_id: IndicatorSetName = "",
    on: Day = None,
) -> Response:
    """Strengths, gaps and what changed, of every Zone, district and school; ``?f=csv`` for a table."""
    readiness = indicators.read_readiness(service, proposal_id, {"set": set_id, "on": on})
    body = readiness.forms["values" if wants_csv else "json"]
    headers = {"Vary": "Accept", "Link": f'</proposals/{proposal_id}>; rel="describedby"'}
    if wants_csv:
        return csv_response(body, f"readiness-{proposal_id[:8]}", headers)
    return document_response(body, f"readiness-{proposal_id[:8]}", headers=headers)
