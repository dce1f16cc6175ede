"""Records of Zones: begun, changed, read. A change names the revision that its editor saw."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Response

from app.api.paging import ListRequestHere, TableRequestHere
from app.api.schemas import ChangeRequest, ProposalRecordRequest, RecordRequest
from app.api.shaping import record_out
from app.api.written_days import WrittenDay
from app.errors import ServiceError
from app.services import records
from app.services.dependencies import ServiceHere, WantsCsv
from app.services.file_answers import csv_response
from app.services.service import Service
from app.store import page_of
from clustering import (
    ZoneRecord,
    conditions_table,
    history_document,
    history_table,
    json_bytes,
    missing_conditions,
    missing_table,
    record_document,
    records_geojson,
    records_table,
    table_bytes,
    table_records,
)

router = APIRouter(tags=["records"])
VARY = {"Vary": "Accept"}

_OTHER_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]*"')
_TAG = re.compile(r'(?:W/)?"(\d{1,9})"', re.ASCII)


def _day(
    on: Annotated[WrittenDay | None, Query(description="The day to tell it for, such as 2027-08-31; today.")] = None,
) -> date:
    return on or records.today()


def _seen_revision(
    if_match: Annotated[str | None, Header(description="The ETag of the record as the editor saw it.")] = None,
) -> int:
    if if_match is None or if_match.strip() == "*":
        detail = 'Say which revision you saw: send its ETag as If-Match, such as If-Match: "3".'
        raise ServiceError(428, detail)
    match = _TAG.fullmatch(if_match.strip())
    if match is None:
        if _OTHER_TAG.fullmatch(if_match.strip()):
            raise ServiceError(412, "The record never had this ETag: read it again.", type_name="changed-meanwhile")
        raise ServiceError(400, 'If-Match is not one ETag of a record, such as "3".')
    return int(match.group(1))


def json_response(document: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    """Answer with plain values, which CSV may stand in for."""
    return Response(json_bytes(document), media_type="application/json", headers={**VARY, **(headers or {})})


Day = Annotated[date, Depends(_day)]
SeenRevision = Annotated[int, Depends(_seen_revision)]


@router.post("/records", status_code=201, summary="Begin a record of a Zone")
def create(request: RecordRequest, service: ServiceHere) -> Response:
    """A record of a Zone as given, at the stage proposed; 409 if the Zone has one whose life has not ended."""
    record = records.begin_record(
        service, by=request.by, why=request.why, zone=request.zone, checklist=request.checklist
    )
    return _created(service, record)


@router.post(
    "/proposals/{proposal_id}/zones/{zone_id:path}/record",
    status_code=201,
    summary="Begin a record of a Zone of a proposal",
)
def create_of_proposal(
    proposal_id: str, zone_id: str, request: ProposalRecordRequest, service: ServiceHere
) -> Response:
    """
    A record with a copy of the Zone, its outline and its provenance: it stays when the proposal is deleted.

    409 if the Zone has one whose life has not ended.
    """
    record = records.begin_record_of_proposal(
        service, proposal_id, zone_id, by=request.by, why=request.why, checklist=request.checklist
    )
    return _created(service, record)


@router.get("/records", summary="List records, as JSON or CSV")
def index(
    service: ServiceHere, wants_csv: WantsCsv, wanted: TableRequestHere, day: Day, proposal_id: str | None = None
) -> Response:
    """Records, newest first, each with its stage and what is missing for protected."""
    kept = service.store.records.records(proposal_id=proposal_id, page=wanted.page)
    table, headers = records_table(kept, day), {**VARY, **wanted.headers_of(kept)}
    if wants_csv:
        return csv_response(table_bytes(table), f"records-{day.isoformat()}", headers)
    return json_response({"on": day.isoformat(), "records": table_records(table)}, headers)


@router.get("/records.geojson", summary="The stages on the map, as GeoJSON")
def on_the_map(service: ServiceHere, wanted: ListRequestHere, day: Day) -> Response:
    """A feature per record, with the outline that it keeps."""
    kept = service.store.records.records(page=wanted.page)
    body = json_bytes(records_geojson(kept, day))
    return Response(body, media_type="application/geo+json", headers=wanted.headers_of(kept))


@router.get("/records/{record_id}", summary="One record, as JSON or its conditions as CSV")
def show(record_id: str, service: ServiceHere, wants_csv: WantsCsv, day: Day) -> Response:
    """The Zone, its conditions, its contract, its life and what is missing; the ETag is the revision."""
    record = service.store.records.record(record_id)
    if wants_csv:
        body = table_bytes(conditions_table([record], day))
        return csv_response(body, f"conditions-{record_id[:8]}-{day.isoformat()}", {**VARY, **_tag(record)})
    return _record_response(service, record, day)


@router.post(
    "/records/{record_id}/changes",
    status_code=201,
    summary="Change a record",
    responses={
        412: {"description": "It is not what you saw: revision and since say what it is now"},
        428: {"description": "If-Match is missing"},
    },
)
def change(record_id: str, request: ChangeRequest, seen: SeenRevision, service: ServiceHere) -> Response:
    """
    Add a change: a condition, the stage, the contract, the Zone or the checklist.

    428 without If-Match; 412 with who changed what since, if the record is not what it was; 422 if the contract names
    a partner that the register of the request does not have.
    """
    if request.kind == "contract" and request.register_id is not None:
        records.refuse_unknown_partner(service, request.register_id, request.content)
    given: dict[str, Any] = {"by": request.by, "why": request.why, "kind": request.kind, "content": request.content}
    try:
        record = records.change_record(service, record_id, seen=seen, **given)
    except ServiceError as error:
        if error.type_name != "changed-meanwhile":
            raise
        # What was seen came as If-Match, so the condition failed (RFC 9110, 13.1.1).
        raise ServiceError(412, error.detail, **_parts_of(error)) from None
    return _created(service, record)


@router.get("/records/{record_id}/history", summary="Who changed what, when and why, as JSON or CSV")
def history(record_id: str, service: ServiceHere, wants_csv: WantsCsv, wanted: TableRequestHere) -> Response:
    """Every change of a record, in order; nothing is overwritten."""
    entries = records.read_history(service, record_id)
    rows = page_of(entries, wanted.page, lambda each: each.change.revision, is_sorted=True)
    headers = {**VARY, **wanted.headers_of(rows)}
    if wants_csv:
        return csv_response(table_bytes(history_table(rows)), f"history-{record_id[:8]}", headers)
    return json_response({"record_id": record_id, "history": history_document(rows)}, headers)


@router.get("/records/{record_id}/missing", summary="What is missing for protected, as JSON or CSV")
def missing(
    record_id: str, service: ServiceHere, wants_csv: WantsCsv, day: Day, checklist: str | None = None
) -> Response:
    """The required items that are neither agreed nor in force, by the record's own checklist or by another."""
    record = service.store.records.record(record_id)
    judged = record.checklist if checklist is None else records.find_checklist(service, checklist)
    missing = missing_conditions(record, judged, day)
    if wants_csv:
        body = table_bytes(missing_table(missing))
        return csv_response(body, f"missing-{record_id[:8]}-{day.isoformat()}", VARY)
    facts = {"record_id": record_id, "on": day.isoformat(), "checklist_id": judged.checklist_id}
    return json_response({**facts, "missing": table_records(missing_table(missing))})


def _parts_of(error: ServiceError) -> dict[str, Any]:
    return {"extra": error.extra, "headers": error.headers, "type_name": error.type_name}


def _tag(record: ZoneRecord) -> dict[str, str]:
    return {"ETag": f'"{record.revision}"'}


def _created(service: Service, record: ZoneRecord) -> Response:
    response = _record_response(service, record, records.today())
    response.status_code = 201
    response.headers["Location"] = f"/records/{record.record_id}"
    return response


def _record_response(service: Service, record: ZoneRecord, day: date) -> Response:
    return json_response(record_out(record_document(record, day), records.warnings_of(service, record)), _tag(record))
