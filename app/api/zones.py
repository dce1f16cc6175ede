"""One shot: files in, GeoJSON out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response

from app.services.dependencies import DeskHere, SettingsHere, UploadsHere
from app.services.proposals import parameters_of_form, zones_of_uploads

router = APIRouter(tags=["one shot"])


@router.post("/zones", summary="Files in, Zones out")
def create(
    uploads: UploadsHere,
    settings: SettingsHere,
    desk: DeskHere,
    parameters: Annotated[str | None, Form(description="Parameters as a JSON object.")] = None,
    single: Annotated[list[str], Form(alias="set", description="A parameter, as name=value.")] = [],  # noqa: B006
) -> Response:
    """Zones as GeoJSON; nothing is kept."""
    given = parameters_of_form(parameters, single)
    body = zones_of_uploads(uploads, parameters=given, settings=settings, desk=desk)
    return Response(body, media_type="application/geo+json")
