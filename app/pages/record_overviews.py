"""The pages of all records: the list, what is due, and the form for a file of conditions."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from app.errors import ServiceError, service_error
from app.pages.templating import render_page
from app.services import records
from app.services.condition_files import ConditionsUpload, ConditionsUploadHere, add_conditions
from app.services.dependencies import ServiceHere
from app.services.service import Service
from clustering import ClusteringError, due_table, list_due, records_table, table_records

router = APIRouter(include_in_schema=False)


@router.get("/browse/records")
def list_records(request: Request, service: ServiceHere, added: int | None = None) -> Response:
    """Every record with its stage and what is missing, and what is due within a year."""
    day = records.today()
    until = day + timedelta(days=records.DUE_DAYS)
    rows = table_records(records_table(service.store.records.records(), day))
    due = list_due(service.store.records.records(maximum=None), today=day, until=until)
    return render_page(
        request, "records.html", rows=rows, day=day, until=until, due=table_records(due_table(due)), added=added
    )


@router.get("/browse/proposals/{proposal_id}/conditions")
def ask_for_conditions(request: Request, proposal_id: str, service: ServiceHere) -> Response:
    """The form for a file of conditions of a proposal's Zones."""
    return _upload_page(request, service, proposal_id)


@router.post("/browse/proposals/{proposal_id}/conditions")
def upload(request: Request, proposal_id: str, upload: ConditionsUploadHere, service: ServiceHere) -> Response:
    """Keep the conditions and go on to the list of records, or come back with every problem."""
    try:
        changed = add_conditions(service, proposal_id, upload)
    except ClusteringError as caught:
        return _upload_page(request, service, proposal_id, upload, error=service_error(caught))
    except ServiceError as error:
        return _upload_page(request, service, proposal_id, upload, error=error)
    return RedirectResponse(f"/browse/records?added={len(changed)}", status_code=303)


def _upload_page(
    request: Request,
    service: Service,
    proposal_id: str,
    upload: ConditionsUpload | None = None,
    *,
    error: ServiceError | None = None,
) -> Response:
    """The form, with the revisions that are shown now."""
    service.store.proposal(proposal_id)
    kept = service.store.records.records(proposal_id=proposal_id, maximum=None)
    form = {"by": "", "why": "", "checklist": records.DEFAULT_CHECKLIST}
    if upload is not None:
        form = {"by": upload.by, "why": upload.why, "checklist": upload.checklist}
    return render_page(
        request,
        "conditions_upload.html",
        error=error,
        proposal_id=proposal_id,
        rows=table_records(records_table(kept, records.today())),
        seen="\n".join(f"{each.record_id}={each.revision}" for each in kept),
        form=form,
        checklists=records.all_checklists(service),
    )
