"""Why a school is in a Zone, or is not: every school within reach of an anchor."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.actions import read_reach
from app.dependencies import DeskHere, SettingsHere, StoreHere

router = APIRouter(prefix="/proposals", tags=["proposals"])

Anchors = Annotated[list[str], Query(description="Anchors to explain; none means all", max_length=1000)]


@router.get("/{proposal_id}/reach", summary="Every school within reach of an anchor, explained, as JSON or CSV")
def show(
    proposal_id: str,
    *,
    request: Request,
    settings: SettingsHere,
    store: StoreHere,
    desk: DeskHere,
    anchor_id: Anchors = [],  # noqa: B006 (FastAPI copies the default)
    f: str | None = None,
) -> Response:
    """In or out, the numbers behind it, and what the score loses if it is forced the other way, solved again."""
    wants_csv = f == "csv" or (f is None and "text/csv" in request.headers.get("accept", ""))
    body = read_reach(proposal_id, anchor_id, is_table=wants_csv, settings=settings, store=store, desk=desk)
    if not wants_csv:
        return Response(body, media_type="application/json")
    headers = {"Content-Disposition": f'attachment; filename="reach-{proposal_id[:8]}.csv"'}
    return Response(body, media_type="text/csv; charset=utf-8", headers=headers)
