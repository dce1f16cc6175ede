"""The audit trail of the caller's agency, for its admins."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

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
def index(
    service: ServiceHere,
    before: Annotated[
        int | None, Query(ge=1, le=2**62, description="Entries older than the one of this number.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1_000, description="Most entries.")] = 200,
) -> list[AuditRecord]:
    """Who saw, changed and released what, newest first; reads are counted by the minute. Needs the right admin."""
    service.audit.write()
    return [AuditRecord.model_validate(each) for each in service.store.audit.entries(before=before, maximum=limit)]
