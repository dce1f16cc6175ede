"""Files of a proposal for map programs, spreadsheets and data tools, each by its address."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from app.api.proposal_parts import PartRequestHere, cache_headers
from app.services.layer_files import FILE_TYPES, PACKAGE, read_file
from clustering import MAP_CONTENT_SECURITY_POLICY

router = APIRouter(prefix="/proposals", tags=["proposals"])

_KINDS: dict[str, Any] = {kind.split(";", maxsplit=1)[0]: {} for kind in FILE_TYPES.values()}
_NAMES = ", ".join(f"``{name}``" for name in FILE_TYPES)


@router.get(
    "/{proposal_id}/files",
    summary="What the files of a proposal are and hold",
    response_class=Response,
    responses={200: {"content": {"application/json": {}}, "description": "A Data Package (Frictionless, 2.0)"}},
)
def index(proposal_id: str, request: PartRequestHere) -> Response:
    """The same as ``datapackage.json`` among the files: each with its columns, size and hash."""
    return _file_response(request, proposal_id, PACKAGE)


@router.get(
    "/{proposal_id}/files/{name}",
    summary="A file of a proposal",
    description=f"One of {_NAMES}; of exact counts its name says that it is not for release.",
    response_class=Response,
    responses={200: {"content": _KINDS, "description": "The file"}},
)
def show(proposal_id: str, name: str, request: PartRequestHere) -> Response:
    """One file, which is the same every time."""
    return _file_response(request, proposal_id, name)


def _file_response(request: PartRequestHere, proposal_id: str, name: str) -> Response:
    file = read_file(request.service, proposal_id, name)
    headers = cache_headers(proposal_id, file.name)
    if headers["ETag"] in request.known_tags:
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    if file.media_type.startswith("text/html"):
        headers["Content-Security-Policy"] = MAP_CONTENT_SECURITY_POLICY
    return Response(file.data, headers=headers, media_type=file.media_type)
