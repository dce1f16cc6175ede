"""The audit trail of the caller's agency, for its admins."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from app.api.paging import ListRequestHere
from app.services.dependencies import ServiceHere

router = APIRouter(tags=["audit"])


class AuditRecord(BaseModel):
    """Who saw, changed or released what."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    at: datetime
    caller: str
    key_id: str | None
    act: str
    object_kind: str
    object_id: str
    request_id: str
    outcome: str
    times: int


@router.get("/audit", summary="The audit trail")
def index(service: ServiceHere, wanted: ListRequestHere) -> list[AuditRecord]:
    """Who saw, changed and released what, newest first; reads are counted by the minute. Needs the right admin."""
    service.audit.write()
    rows = wanted.with_headers(service.store.audit.entries(wanted.page))
    return [AuditRecord.model_validate(each) for each in rows]
