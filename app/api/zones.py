"""One shot: files in, GeoJSON out."""

from __future__ import annotations

from fastapi import APIRouter, Response

from app.services.dependencies import FormParameters, ServiceHere, UploadsHere
from app.services.file_answers import document_response
from app.services.proposals import zones_of_uploads

router = APIRouter(tags=["one shot"])


@router.post("/zones", summary="Files in, Zones out")
def create(uploads: UploadsHere, service: ServiceHere, parameters: FormParameters) -> Response:
    """Zones as GeoJSON; nothing is kept."""
    return document_response(zones_of_uploads(service, uploads, parameters), "zones", "application/geo+json")
