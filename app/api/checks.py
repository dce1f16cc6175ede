"""Files of any kind in, what each is out; nothing is kept."""

from __future__ import annotations

from fastapi import APIRouter, Response

from app.services.checks import check_uploads
from app.services.dependencies import FilesOfAnyRoleHere, ServiceHere

router = APIRouter(prefix="/checks", tags=["datasets"])


@router.post("", summary="What are these files?")
def create(uploads: FilesOfAnyRoleHere, service: ServiceHere) -> Response:
    """Say what each file is, what it holds, how their schools match, and what is missing to propose."""
    return Response(check_uploads(service, uploads), media_type="application/json")
