"""Checklists: what a Zone must have agreed before it is protected."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Response

from app.api.paging import ListRequestHere
from app.services import records
from app.services.dependencies import ChecklistHere, ServiceHere, WantsCsv
from app.services.file_answers import csv_response
from clustering import checklist_document, checklist_table, json_bytes, table_bytes

router = APIRouter(prefix="/checklists", tags=["checklists"])


@router.get("", summary="List checklists")
def index(service: ServiceHere, wanted: ListRequestHere) -> list[dict[str, Any]]:
    """Those that ship, then the state's own, newest first."""
    listed = wanted.cut(records.all_checklists(service), lambda each: each.checklist_id)
    return [checklist_document(each) for each in listed]


@router.post("", status_code=201, summary="Upload a checklist of your own")
def create(
    uploads: ChecklistHere,
    service: ServiceHere,
    response: Response,
    name: Annotated[str, Form(max_length=200, description="What it is called; by default as the file.")] = "",
) -> dict[str, Any]:
    """Read, check and keep it; all problems come at once, and then nothing is kept."""
    checklist = records.add_checklist(service, uploads, name=name)
    response.headers["Location"] = f"/checklists/{checklist.checklist_id}"
    return checklist_document(checklist)


@router.get("/{checklist_id}", summary="One checklist, as JSON or CSV")
def show(checklist_id: str, service: ServiceHere, wants_csv: WantsCsv) -> Response:
    """Every item: what it asks, whether it is required, and where it is from."""
    checklist = records.find_checklist(service, checklist_id)
    headers = {"Vary": "Accept"}
    if wants_csv:
        return csv_response(table_bytes(checklist_table(checklist)), f"checklist-{checklist_id[:40]}", headers)
    return Response(json_bytes(checklist_document(checklist)), media_type="application/json", headers=headers)
