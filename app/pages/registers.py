"""The pages of registers: upload, list, one register with its duties and what a match would miss."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.errors import ServiceError
from app.pages.report_warnings import warnings_of
from app.pages.templating import render_page
from app.queries.capacity_kinds import MATCHES, YEAR_PLANS
from app.queries.register_facts import columns_of, facts_by_partner
from app.services import registers
from app.services.dependencies import RegisterHere, ServiceHere
from app.services.service import Service

WARNINGS_ON_TOP = 8
_DELETION = "It is deleted for good, unless a match or a year plan rests on it."
PARTNERS_OPEN = 30  # more are folded, or the page would be too long to read

router = APIRouter(prefix="/browse/registers", include_in_schema=False)


@router.get("")
def index(request: Request, service: ServiceHere) -> Response:
    """The registers, and a form for another."""
    return _index_page(request, service)


@router.post("")
def upload(
    request: Request,
    uploads: RegisterHere,
    service: ServiceHere,
    name: Annotated[str, Form(max_length=200)] = "",
    dataset_id: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Take files and go on to the register, or come back with every problem."""
    try:
        register = registers.add_register(service, uploads, name=name, dataset_id=dataset_id or None)
    except ServiceError as error:
        return _index_page(request, service, error=error, name=name, dataset_id=dataset_id)
    return RedirectResponse(f"/browse/registers/{register.id}", status_code=303)


@router.get("/{register_id}")
def show_register(request: Request, register_id: str, service: ServiceHere) -> Response:
    """Partners, duties, what is missing, and what rests on the register."""
    return _register_page(request, service, register_id)


@router.post("/{register_id}/delete")
def delete_register(request: Request, register_id: str, service: ServiceHere) -> Response:
    """Delete a register, or say what rests on it."""
    try:
        service.store.capacity.delete_register(register_id)
    except ServiceError as error:
        if error.status != 409:
            raise
        return _register_page(request, service, register_id, error=error)
    return RedirectResponse("/browse/registers", status_code=303)


def _index_page(
    request: Request, service: Service, *, error: ServiceError | None = None, name: str = "", dataset_id: str = ""
) -> Response:
    return render_page(
        request,
        "registers.html",
        error=error,
        registers=service.store.capacity.registers(),
        datasets=service.store.datasets(),
        name=name,
        dataset_id=dataset_id,
    )


def _register_page(
    request: Request, service: Service, register_id: str, *, error: ServiceError | None = None
) -> Response:
    register = service.store.capacity.register(register_id)
    if register.is_earlier:
        words = {"upload_page": "/browse/registers", "deletion": _DELETION}
        return render_page(request, "earlier_upload.html", error=error, row=register, **words)
    results = {
        kind: service.store.capacity.results(kind.name, register_id=register_id) for kind in (MATCHES, YEAR_PLANS)
    }
    warnings = warnings_of(register.report)
    # What is doubtful of a whole column before what is doubtful in some rows.
    first_warnings = sorted(warnings, key=lambda each: any("row" in problem for problem in each[1]))
    return render_page(
        request,
        "register.html",
        error=error,
        register=register,
        document=register.report,
        names={each["partner_id"]: each["name"] for each in register.report["partners"]},
        duties=list(dict.fromkeys(each["duty"] for each in register.report["duties"])),
        facts=facts_by_partner(register.report),
        columns=list(map(columns_of, register.report["files"])),
        warnings=warnings,
        first_warnings=first_warnings[:WARNINGS_ON_TOP],
        partners_open=PARTNERS_OPEN,
        results=results,
    )
