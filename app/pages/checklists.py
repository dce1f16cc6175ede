"""The pages of checklists: those that ship, the state's own, and a form to upload one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.errors import ServiceError
from app.pages.templating import render_page
from app.services import records
from app.services.dependencies import ChecklistHere, ServiceHere
from app.services.service import Service

router = APIRouter(prefix="/browse/checklists", include_in_schema=False)


@router.get("")
def list_checklists(request: Request, service: ServiceHere) -> Response:
    """Every checklist, and the form for one more."""
    return _list_page(request, service)


@router.post("")
def upload(
    request: Request, uploads: ChecklistHere, service: ServiceHere, name: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    """Keep a checklist and show it, or come back with every problem."""
    try:
        checklist = records.add_checklist(service, uploads, name=name)
    except ServiceError as error:
        return _list_page(request, service, error=error, name=name)
    return RedirectResponse(f"/browse/checklists/{checklist.checklist_id}", status_code=303)


@router.get("/{checklist_id}")
def show_checklist(request: Request, checklist_id: str, service: ServiceHere) -> Response:
    """Every item of a checklist."""
    return render_page(request, "checklist.html", checklist=records.find_checklist(service, checklist_id))


def _list_page(request: Request, service: Service, *, error: ServiceError | None = None, name: str = "") -> Response:
    return render_page(request, "checklists.html", error=error, checklists=records.all_checklists(service), name=name)
