"""Registers of Lead Partners: files in, partners and their duties out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response

from app.api.paging import ListRequestHere
from app.api.proposal_parts import CsvAlone
from app.api.schemas import RegisterOut, RegisterSummary
from app.api.shaping import register_out, register_summary
from app.services import registers
from app.services.dependencies import RegisterHere, ServiceHere
from app.services.file_answers import csv_response

router = APIRouter(prefix="/registers", tags=["registers"])


@router.post("", status_code=201, summary="Upload a register of Lead Partners")
def create(
    uploads: RegisterHere,
    service: ServiceHere,
    response: Response,
    name: Annotated[str | None, Form(max_length=200)] = None,
    dataset_id: Annotated[
        str | None, Form(max_length=64, description="A dataset whose districts and schools the register should know.")
    ] = None,
) -> RegisterOut:
    """Read, check and keep a register; all problems come at once, and then nothing is kept."""
    register = registers.add_register(service, uploads, name=name, dataset_id=dataset_id)
    response.headers["Location"] = f"/registers/{register.id}"
    return register_out(register)


@router.get("", summary="List registers")
def index(service: ServiceHere, wanted: ListRequestHere) -> list[RegisterSummary]:
    """All registers, newest first."""
    return [
        register_summary(register) for register in wanted.with_headers(service.store.capacity.registers(wanted.page))
    ]


@router.get("/{register_id}", summary="One register")
def show(register_id: str, service: ServiceHere) -> RegisterOut:
    """Partners, their duties, what a match would miss, and how the files were read."""
    return register_out(service.store.capacity.register(register_id))


@router.get("/{register_id}/partners", summary="The partners as CSV")
def partners(register_id: str, service: ServiceHere, f: CsvAlone = "csv") -> Response:  # noqa: ARG001
    """A row per partner."""
    return csv_response(registers.read_register_table(service, register_id, "partners"), f"partners-{register_id[:8]}")


@router.get("/{register_id}/duties", summary="The duties of each partner as CSV")
def duties(register_id: str, service: ServiceHere, f: CsvAlone = "csv") -> Response:  # noqa: ARG001
    """A row per partner and duty: met, promised, missing or unknown, and by whom."""
    return csv_response(registers.read_register_table(service, register_id, "duties"), f"duties-{register_id[:8]}")


@router.delete("/{register_id}", status_code=204, summary="Forget a register")
def delete(register_id: str, service: ServiceHere) -> None:
    """Delete a register; refused as long as a match or a year plan rests on it."""
    service.store.capacity.delete_register(register_id)
