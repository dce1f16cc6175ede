"""For staff: how a dataset is protected, releasing proposals to the public, and the ledger."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from app.api.paging import ListRequestHere
from app.api.release_schemas import (
    LedgerEntry,
    ReleaseRequest,
    StaffRelease,
    WithdrawalRequest,
    ledger_entry,
    staff_release,
)
from app.services import releases
from app.services.dependencies import ServiceHere
from app.services.releases import ReleaseQuestion
from app.services.service import Service
from app.store import Release

router = APIRouter(tags=["releasing"])


@router.get("/datasets/{dataset_id}/protection", summary="How a dataset is protected")
def protection(dataset_id: str, service: ServiceHere) -> dict[str, Any]:
    """The policy, the method and the audit of the base of each audience."""
    return releases.protection_document(service, dataset_id)


@router.post("/datasets/{dataset_id}/releases", status_code=201, summary="Release proposals to the public")
def create(dataset_id: str, request: ReleaseRequest, service: ServiceHere, response: Response) -> StaffRelease:
    """Compute them on the public base, audit it, and write a report and a row of the ledger."""
    made = releases.release(service, dataset_id, ReleaseQuestion(**request.model_dump()))
    response.headers["Location"] = f"/releases/{made.id}"
    return _shown(service, made)


@router.get("/datasets/{dataset_id}/releases", summary="The releases of a dataset, with their full reports")
def index(dataset_id: str, service: ServiceHere, wanted: ListRequestHere) -> list[StaffRelease]:
    """Newest first, withdrawn ones among them."""
    rows = wanted.with_headers(releases.releases_of(service, dataset_id, wanted.page))
    return [_shown(service, each) for each in rows]


@router.post("/datasets/{dataset_id}/releases/{release_id}/withdrawal", summary="Withdraw a release")
def withdraw(dataset_id: str, release_id: str, request: WithdrawalRequest, service: ServiceHere) -> StaffRelease:
    """Delete its files; the report and the ledger stay."""
    return _shown(service, releases.withdraw(service, dataset_id, release_id, by=request.by, why=request.why))


@router.get("/ledger", summary="Who did what with the counts of datasets")
def ledger(service: ServiceHere, wanted: ListRequestHere, dataset_id: str | None = None) -> list[LedgerEntry]:
    """Releases, withdrawals and decisions about second cuts, newest first, of one dataset or of all."""
    rows = wanted.with_headers(releases.read_ledger(service, dataset_id, wanted.page))
    return [ledger_entry(row) for row in rows]


def _shown(service: Service, release: Release) -> StaffRelease:
    return staff_release(release, releases.shown_report(service, release))
