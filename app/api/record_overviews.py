"""All records of Zones at once: their conditions, what is due, the map; and conditions of many Zones from a file."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.api.paging import TableRequestHere
from app.api.records import VARY, Day, json_response
from app.api.written_days import WrittenDay
from app.services import indicators, records
from app.services.condition_files import ConditionsUploadHere, add_conditions
from app.services.dependencies import ServiceHere, WantsCsv
from app.services.file_answers import csv_response
from app.store import page_of
from clustering import (
    MAP_CONTENT_SECURITY_POLICY,
    DueDate,
    conditions_table,
    due_table,
    list_due,
    problem_documents,
    records_table,
    render_records,
    table_bytes,
    table_records,
)

router = APIRouter(tags=["records"])


@router.post(
    "/proposals/{proposal_id}/conditions", status_code=201, summary="Upload conditions of the Zones of a proposal"
)
def upload(proposal_id: str, upload: ConditionsUploadHere, service: ServiceHere) -> Response:
    """
    Begin records of the Zones that the file names, and add changes to those that there are: all of it or nothing.

    422 with every problem of the file; 428 if ``seen`` does not say at which revision a record was seen; 409 with who
    changed what since, if it is not what it was.
    """
    changed = add_conditions(service, proposal_id, upload)
    day = records.today()
    warnings = [
        {"record_id": record.record_id, **warning}
        for record in changed
        for warning in problem_documents(records.warnings_of(service, record))
    ]
    listed = table_records(records_table(changed, day))
    response = json_response({"on": day.isoformat(), "records": listed, "warnings": warnings})
    response.status_code = 201
    return response


@router.get("/records/conditions", summary="The conditions of all records, as JSON or CSV")
def conditions(
    service: ServiceHere, wants_csv: WantsCsv, wanted: TableRequestHere, day: Day, proposal_id: str | None = None
) -> Response:
    """A row per condition, the pages by record; the CSV can be uploaded again for the same proposal."""
    kept = service.store.records.records(proposal_id=proposal_id, page=wanted.page)
    headers = {**VARY, **wanted.headers_of(kept)}
    table = conditions_table(kept, day)
    if wants_csv:
        return csv_response(table_bytes(table), f"conditions-{day.isoformat()}", headers)
    return json_response({"on": day.isoformat(), "conditions": table_records(table)}, headers)


@router.get("/records/due", summary="What is due up to a day, as JSON or CSV")
def due(
    service: ServiceHere,
    wants_csv: WantsCsv,
    wanted: TableRequestHere,
    day: Day,
    until: Annotated[WrittenDay | None, Query(description="The last day; by default a year later.")] = None,
) -> Response:
    """Reviews, ends of contracts and conditions that lapse, of all records whose Zone has not ended, by day."""
    last = until or min(day, date.max - timedelta(days=records.DUE_DAYS)) + timedelta(days=records.DUE_DAYS)
    found = list_due(service.store.records.records(maximum=None), today=day, until=last)
    rows = page_of(found, wanted.page, _name_of_due)
    headers, table = {**VARY, **wanted.headers_of(rows)}, due_table(rows)
    if wants_csv:
        return csv_response(table_bytes(table), f"due-{day.isoformat()}-{last.isoformat()}", headers)
    return json_response({"on": day.isoformat(), "until": last.isoformat(), "due": table_records(table)}, headers)


@router.get("/records/map", summary="The map of the stages, with the table below it")
def drawn(service: ServiceHere, day: Day, proposal_id: str | None = None) -> Response:
    """
    One HTML document that asks nothing of any server.

    If all records come from one proposal, each Zone has a line on its readiness and one on its progress, where its
    dataset has files of them.
    """
    kept = service.store.records.records(proposal_id=proposal_id, maximum=None)
    evidence = indicators.evidence_of_records(service, kept, on=day)
    body = render_records(kept, today=day, readiness=evidence.readiness, progress=evidence.progress)["map.html"]
    headers = {"Content-Security-Policy": MAP_CONTENT_SECURITY_POLICY, "Cache-Control": "private, no-cache"}
    return Response(body, headers=headers, media_type="text/html")


def _name_of_due(due: DueDate) -> list[str]:
    return [due.due_on.isoformat(), due.kind, due.record_id, due.what]
