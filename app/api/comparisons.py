"""Comparisons of two proposals."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response

from app.services.dependencies import ServiceHere, WantsCsv
from app.services.file_answers import csv_response, document_response
from app.services.other_sites import OWN_PAGES_ONLY
from app.services.proposals import read_comparison

router = APIRouter(prefix="/proposals", tags=["comparisons"], dependencies=[OWN_PAGES_ONLY])


@router.get("/{proposal_id}/comparison/{other_id}", summary="Two proposals side by side, as JSON or CSV")
def show(
    proposal_id: str,
    other_id: str,
    *,
    wants_csv: WantsCsv,
    service: ServiceHere,
    table: Literal["moves", "zones"] = "moves",
) -> Response:
    """Schools that move, Zones by anchor and totals; ``?f=csv`` or ``Accept: text/csv`` for one of the tables."""
    body = read_comparison(service, proposal_id, other_id, table if wants_csv else "document")
    if not wants_csv:
        return document_response(body, f"comparison-{proposal_id[:8]}-{other_id[:8]}")
    return csv_response(body, f"{table}-{proposal_id[:8]}-{other_id[:8]}")
