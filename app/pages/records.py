"""The pages of one record: the record, a form for each kind of change, and what to do when two editors meet."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from app.errors import ServiceError, request_error, service_error
from app.pages.record_forms import (
    FORMS,
    blank_form,
    content_of_form,
    fields_of_form,
    merge_forms,
    seen_of_form,
    typed_fields,
)
from app.pages.templating import render_page
from app.services import records
from app.services.dependencies import ServiceHere
from app.services.proposals import read_document
from app.services.service import Service
from clustering import (
    AREAS,
    CONDITION_STATES,
    STATES_AFTER,
    ClusteringError,
    ZoneRecord,
    history_document,
    record_document,
)

router = APIRouter(include_in_schema=False)


@router.get("/browse/records/{record_id}")
def show_record(request: Request, record_id: str, service: ServiceHere) -> Response:
    """One record: conditions by area, what is missing, contract, life and history."""
    history = records.read_history(service, record_id)
    record = history[-1].record
    document = record_document(record, records.today())
    return render_page(
        request,
        "record.html",
        record=document,
        areas=conditions_by_area(document),
        history=history_document(reversed(history)),
        proposal_is_kept=_is_kept(service, record),
        warnings=records.warnings_of(service, record),
    )


@router.get("/browse/records/{record_id}/change")
def ask_for_change(
    request: Request, record_id: str, service: ServiceHere, kind: str, condition_id: str = ""
) -> Response:
    """The form for a change."""
    record = service.store.records.record(record_id)
    if kind not in FORMS:
        raise ServiceError(404, "There is no such form.")
    return _form_page(request, service, record, kind, blank_form(record, kind, condition_id))


@router.post("/browse/records/{record_id}/change")
async def change_record(request: Request, record_id: str, service: ServiceHere, kind: str) -> Response:
    """Change the record; or come back with every problem, or with what another editor changed, and what was typed."""
    if kind not in FORMS:
        raise ServiceError(404, "There is no such form.")
    form = await request.form()
    sent = {name: [str(value) for value in form.getlist(name)] for name in form}
    return await run_in_threadpool(_change, request, service, record_id, kind, sent)


@router.get("/browse/proposals/{proposal_id}/zones/{zone_id:path}/record")
def ask_for_record(request: Request, proposal_id: str, zone_id: str, service: ServiceHere) -> Response:
    """The form that begins a record of a Zone of a proposal."""
    return _begin_page(request, service, proposal_id, zone_id, {})


@router.post("/browse/proposals/{proposal_id}/zones/{zone_id:path}/record")
async def begin_record(request: Request, proposal_id: str, zone_id: str, service: ServiceHere) -> Response:
    """Begin the record and go on to its page, or come back with every problem."""
    form = {name: str(value) for name, value in (await request.form()).items()}
    return await run_in_threadpool(_begin, request, service, proposal_id, zone_id, form)


def conditions_by_area(document: dict[str, Any]) -> list[dict[str, Any]]:
    """
    Put the items of a record's checklist and its conditions together.

    Parameters
    ----------
    document
        As ``clustering.record_document`` writes it.

    Returns
    -------
    areas
        Those that have any: ``area``, and ``rows``, each with ``condition_id``, ``name``, ``item`` (``None`` for a
        condition of one's own) and ``condition`` (``None`` if nothing was asked for yet).
    """
    conditions = {each["condition_id"]: each for each in document["conditions"]}
    items = {each["item_id"]: each for each in document["checklist"]["items"]}
    rows = [(item["area"], item_id, item["title"]) for item_id, item in items.items()]
    rows += [(each["area"], each["condition_id"], each["name"]) for each in document["conditions"]]
    by_area: dict[str, dict[str, dict[str, Any]]] = {area: {} for area in AREAS}
    for area, condition_id, name in rows:
        condition = conditions.get(condition_id)
        row = {"condition_id": condition_id, "item": items.get(condition_id), "condition": condition}
        rows_of_area = by_area[condition["area"] if condition else area]
        rows_of_area.setdefault(condition_id, {**row, "name": condition["name"] if condition else name})
    return [{"area": area, "rows": list(found.values())} for area, found in by_area.items() if found]


def _change(request: Request, service: Service, record_id: str, kind: str, sent: dict[str, list[str]]) -> Response:
    heading = typed_fields(sent, ("by", "why"))
    try:
        seen, content = seen_of_form(sent), content_of_form(kind, sent)
        if "is_new" in sent:
            _refuse_taken_name(service.store.records.record(record_id), content)
        records.change_record(service, record_id, seen=seen, kind=kind, content=content, **heading)
    except ClusteringError as caught:
        error = service_error(caught)
    except ServiceError as caught:
        error = caught
    else:
        return RedirectResponse(f"/browse/records/{record_id}", status_code=303)
    record = service.store.records.record(record_id)
    typed = fields_of_form(kind, sent)
    if not error.extra.get("since"):
        return _form_page(request, service, record, kind, typed, error=error)
    before = service.store.records.record(record_id, revision=seen_of_form(sent))
    condition_id = typed.get("condition_id", "")
    forms = [blank_form(each, kind, condition_id) for each in (before, record)]
    is_new = kind == "condition" and before.condition(condition_id) is None
    merged = merge_forms(forms[0], typed, forms[1], chosen=("state",) if is_new else ())
    return _form_page(request, service, record, kind, merged.fields, error=error, clashes=merged.clashes)


def _refuse_taken_name(record: ZoneRecord, content: dict[str, Any]) -> None:
    """Refuse a new condition with the name of another: it would change that one."""
    if record.condition(content["condition_id"].strip()) is not None:
        problem = ("condition_id", "The record has a condition of this name.", "Give another name, or change that one.")
        raise request_error(422, "The name is taken.", [problem])


def _form_page(
    request: Request,
    service: Service,
    record: ZoneRecord,
    kind: str,
    form: dict[str, Any],
    *,
    error: ServiceError | None = None,
    clashes: dict[str, Any] | None = None,
) -> Response:
    """The form as it is to be filled in, with the revision that is shown now."""
    condition = record.condition(form.get("condition_id", ""))
    allowed = CONDITION_STATES if condition is None else (condition.state, *STATES_AFTER[condition.state])
    return render_page(
        request,
        "record_change.html",
        error=error,
        record=record_document(record, records.today()),
        kind=kind,
        title=FORMS[kind],
        form=form,
        clashes=clashes or {},
        item=record.checklist.item(form.get("condition_id", "")),
        is_new=condition is None,
        areas=AREAS,
        # What was typed stays, allowed or not.
        states=[each for each in CONDITION_STATES if each in (*allowed, form.get("state"))],
        checklists=records.all_checklists(service) if kind == "checklist" else [],
    )


def _begin(request: Request, service: Service, proposal_id: str, zone_id: str, form: dict[str, str]) -> Response:
    signature = {name: form.get(name, "") for name in ("by", "why")}
    checklist = form.get("checklist", records.DEFAULT_CHECKLIST)
    try:
        record = records.begin_record_of_proposal(service, proposal_id, zone_id, checklist=checklist, **signature)
    except ClusteringError as caught:
        return _begin_page(request, service, proposal_id, zone_id, form, error=service_error(caught))
    except ServiceError as caught:
        if caught.status != 409:
            raise
        return _begin_page(request, service, proposal_id, zone_id, form, error=caught)
    return RedirectResponse(f"/browse/records/{record.record_id}", status_code=303)


def _begin_page(
    request: Request,
    service: Service,
    proposal_id: str,
    zone_id: str,
    form: dict[str, str],
    *,
    error: ServiceError | None = None,
) -> Response:
    zone = records.find_zone(read_document(service, proposal_id), zone_id)
    kept = [each for each in service.store.records.records(proposal_id=proposal_id) if each.zone.zone_id == zone_id]
    return render_page(
        request,
        "record_begin.html",
        error=error,
        proposal_id=proposal_id,
        zone=zone,
        kept=kept,
        form={"checklist": records.DEFAULT_CHECKLIST, **form},
        checklists=records.all_checklists(service),
    )


def _is_kept(service: Service, record: ZoneRecord) -> bool:
    """Whether the proposal that the Zone came from is still there."""
    if record.zone.origin.proposal_id is None:
        return False
    try:
        service.store.proposal(record.zone.origin.proposal_id)
    except ServiceError:
        return False
    return True
