"""Pages for files that are looked at and not kept: what each is, and which schools names may mean."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from app.errors import ServiceError
from app.pages.datasets import start_page
from app.pages.templating import render_page
from app.services.checks import check_uploads
from app.services.dependencies import FilesOfAnyRoleHere, ServiceHere, UploadsHere
from app.services.file_answers import csv_response
from app.services.name_matches import propose_matches

router = APIRouter(prefix="/browse", include_in_schema=False)


@router.get("/checks")
def show_form(request: Request) -> Response:
    """A form for files of any kind."""
    return render_page(request, "checks.html", check=None)


@router.post("/checks")
def check(request: Request, uploads: FilesOfAnyRoleHere, service: ServiceHere) -> Response:
    """Say what each file is, or come back with what is wrong with the request."""
    try:
        document = check_uploads(service, uploads)
    except ServiceError as error:
        return render_page(request, "checks.html", error=error, check=None)
    return render_page(request, "checks.html", check=json.loads(document))


@router.post("/name-matches")
def match_names(
    request: Request,
    uploads: UploadsHere,
    service: ServiceHere,
    name: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Answer the upload form with a table of matches to confirm, or come back with every problem."""
    try:
        matches = propose_matches(service, uploads, confirm_exact=False, as_csv=True)
    except ServiceError as error:
        return start_page(request, service, error=error, name=name, encoding=uploads.encoding)
    return csv_response(matches, "matches")
