"""Progress: indicators kept with a dataset, and what became of the Zones of a proposal since their entry."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from app.api.paging import ListRequestHere
from app.api.schemas import IndicatorUploadOut
from app.api.shaping import indicator_upload_out
from app.services import indicators, records
from app.services.dependencies import IndicatorFileHere, ProgressRequestHere, ServiceHere, WantsCsv
from app.services.file_answers import csv_response, document_response
from app.services.other_sites import OWN_PAGES_ONLY
from clustering import progress_indicator_documents

router = APIRouter(tags=["progress"])

Table = Annotated[Literal["summary", "values", "benchmarks"], Query(description="Which table, as CSV.")]


@router.get("/progress-indicators", summary="List the indicators of progress")
def catalogue(wanted: ListRequestHere) -> list[dict[str, Any]]:
    """Each with its direction, its denominator, its source and the headings under which files may have it."""
    return wanted.cut(progress_indicator_documents(), lambda each: each["indicator_id"])


@router.post("/datasets/{dataset_id}/progress", status_code=201, summary="Upload indicators of progress")
def create(dataset_id: str, file: IndicatorFileHere, service: ServiceHere) -> IndicatorUploadOut:
    """Read indicators and keep them as a further revision; all problems come at once, and then nothing is kept."""
    return indicator_upload_out(indicators.add_indicators(service, dataset_id, "progress", file))


@router.get("/datasets/{dataset_id}/progress", summary="List the files of indicators")
def index(dataset_id: str, service: ServiceHere, wanted: ListRequestHere) -> list[IndicatorUploadOut]:
    """Every revision, newest first."""
    history = service.store.indicator_uploads.history(dataset_id, "progress")
    return [indicator_upload_out(upload) for upload in wanted.cut(history, lambda each: each.id)]


@router.get(
    "/proposals/{proposal_id}/progress",
    summary="What became of the Zones, as JSON or CSV",
    dependencies=[OWN_PAGES_ONLY],
)
def show(
    proposal_id: str,
    service: ServiceHere,
    wants_csv: WantsCsv,
    question: ProgressRequestHere,
    table: Table = "values",
) -> Response:
    """
    Is it working? In a row and a sentence for each Zone; and values by year, against the entry and comparison schools.

    The first year of a Zone is that of its record. Persistence stands beside every outcome. ``?f=csv`` for a table.
    """
    followed = indicators.read_progress(service, proposal_id, question, on=records.today())
    body = followed.forms[table if wants_csv else "json"]
    headers = {"Vary": "Accept", "Link": f'</proposals/{proposal_id}>; rel="describedby"'}
    if wants_csv:
        return csv_response(body, f"progress-{table}-{proposal_id[:8]}-{question['parameters']['disclosure']}", headers)
    return document_response(body, f"progress-{proposal_id[:8]}", headers=headers)
