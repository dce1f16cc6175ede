"""The start page, and the pages of datasets: upload, report, request for Zones."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from app.errors import ServiceError, service_error
from app.pages.releases import release_values
from app.pages.report_warnings import warnings_of
from app.pages.rule_form import rule_fields_of, rule_of_form
from app.pages.templating import render_page
from app.queries.capacity_kinds import MATCHES, YEAR_PLANS
from app.services import datasets
from app.services.dependencies import SecondCutHere, ServiceHere, UploadsHere
from app.services.proposals import request_proposal
from app.services.registration import describe_held
from app.services.service import Service
from app.store import Job, Registered
from clustering import ClusteringError, ProposalParameters, presets_document, split_settings

router = APIRouter(include_in_schema=False)

# Fields of the form for a proposal that have an input of their own; the others are typed as name=value.
_FORM_FIELDS = (
    *("score_by", "minimum_arrival_share", "leakage_weight", "minimum_schools", "maximum_schools"),
    *("maximum_distance_km", "force_in", "force_out"),
)
_CHECKBOXES = ("same_district", "include_possible", "count_exits")
_WAIT_FOR_QUICK_JOBS_S = 1.5
_LATEST = 3  # matches, and year plans, on the start page


@router.get("/")
def start(request: Request, service: ServiceHere) -> Response:
    """What this is, an upload form, datasets, proposals, the latest matches and year plans."""
    return start_page(request, service)


@router.post("/browse/datasets")
def upload(
    request: Request,
    uploads: UploadsHere,
    service: ServiceHere,
    second_cut: SecondCutHere,
    name: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Take files and go on to their report, or come back with every problem."""
    try:
        registered = datasets.add_dataset(service, uploads, name=name, second_cut=second_cut)
    except ServiceError as error:
        return start_page(request, service, error=error, name=name, encoding=uploads.encoding)
    return _on_to_dataset(registered)


@router.get("/browse/datasets/{dataset_id}")
def show_dataset(request: Request, dataset_id: str, service: ServiceHere, *, held: bool = False) -> Response:
    """The ingest report, and a form for a proposal; ``held`` says that the same inputs came again."""
    return dataset_page(request, service, dataset_id, form=rule_fields_of(request.query_params), is_held=held)


@router.post("/browse/datasets/{dataset_id}/proposals")
async def propose(request: Request, dataset_id: str, service: ServiceHere) -> Response:
    """Queue a proposal and go on to its job, or come back with every problem."""
    form = {name: str(value) for name, value in (await request.form()).items()}
    result = await run_in_threadpool(_request_proposal, request, service, dataset_id, form)
    if isinstance(result, Response):
        return result
    await service.queue.wait(result.id, _WAIT_FOR_QUICK_JOBS_S)
    return RedirectResponse(f"/browse/jobs/{result.id}", status_code=303)


@router.post("/browse/datasets/{dataset_id}/crosswalk")
def apply_crosswalk(
    request: Request,
    dataset_id: str,
    service: ServiceHere,
    confirmed: Annotated[list[int], Form()] = [],  # noqa: B006
) -> Response:
    """Apply the rows confirmed and go on to the new dataset, or come back with every problem."""
    try:
        registered = datasets.apply_crosswalk(service, dataset_id, confirmed)
    except ServiceError as error:
        return dataset_page(request, service, dataset_id, error=error)
    return _on_to_dataset(registered)


@router.get("/browse/datasets/{dataset_id}/delete")
def confirm_deletion(request: Request, dataset_id: str, service: ServiceHere) -> Response:
    """What would be deleted with a dataset, and the button that does it."""
    return _deletion_page(request, service, dataset_id)


@router.post("/browse/datasets/{dataset_id}/delete")
def delete_dataset(request: Request, dataset_id: str, service: ServiceHere) -> Response:
    """Delete a dataset with all that was computed from it, or say why it stays."""
    try:
        datasets.delete_dataset(service, dataset_id)
    except ServiceError as error:
        return _deletion_page(request, service, dataset_id, error=error)
    return RedirectResponse("/", status_code=303)


def start_page(
    request: Request, service: Service, *, error: ServiceError | None = None, name: str = "", encoding: str = ""
) -> Response:
    """Fill in the start page, with what is wrong with an upload."""
    stored = service.store.datasets()
    return render_page(
        request,
        "start.html",
        error=error,
        datasets=stored,
        proposals=service.store.proposals(),
        names={dataset.id: dataset.name for dataset in stored},
        results=[(kind, service.store.capacity.results(kind.name)[:_LATEST]) for kind in (MATCHES, YEAR_PLANS)],
        name=name,
        encoding=encoding,
        may_release=service.settings.allow_release,
    )


def dataset_page(
    request: Request,
    service: Service,
    dataset_id: str,
    *,
    error: ServiceError | None = None,
    form: dict[str, str] | None = None,
    is_held: bool = False,
) -> Response:
    """Fill in the page of a dataset, with what is wrong with a request, or with since when its inputs are held."""
    store = service.store
    dataset = store.dataset(dataset_id)
    if dataset.is_earlier:
        words = {"upload_page": "/", "deletion": "Its files go with all that was computed from them, for good."}
        values = {"row": dataset, "proposals": store.proposals(dataset_id), **words}
        return render_page(request, "earlier_upload.html", error=error, **values)
    defaults = {name: "" if value is None else value for name, value in ProposalParameters().as_dict().items()}
    return render_page(
        request,
        "dataset.html",
        error=error,
        dataset=dataset,
        notice=describe_held(dataset) if is_held else None,
        warnings=warnings_of(dataset.report),
        proposals=store.proposals(dataset_id),
        jobs=[job for job in store.jobs(dataset_id) if job.proposal_id is None],
        presets=presets_document(),
        **release_values(service, dataset_id),
        form={**defaults, "force_in": "", "force_out": "", "more": "", **(form or {})},
    )


def _deletion_page(
    request: Request, service: Service, dataset_id: str, *, error: ServiceError | None = None
) -> Response:
    values = {"dataset": service.store.dataset(dataset_id), "goes": service.store.goes_with(dataset_id)}
    return render_page(request, "deletion.html", error=error, **values)


def _on_to_dataset(registered: Registered) -> Response:
    """Go on to the page of a dataset, which says if it was there before."""
    held = "" if registered.is_new else "?held=true"
    return RedirectResponse(f"/browse/datasets/{registered.dataset.id}{held}", status_code=303)


def _request_proposal(request: Request, service: Service, dataset_id: str, form: dict[str, str]) -> Job | Response:
    """Queue the job, or show what is wrong; either may have to wait for the database."""
    try:
        return request_proposal(service, dataset_id, _parameters_of(form))
    except ClusteringError as caught:
        error = service_error(caught)
    except ServiceError as caught:
        error = caught
    return dataset_page(request, service, dataset_id, error=error, form=form)


def _parameters_of(form: dict[str, str]) -> dict[str, Any]:
    """Parameters from the fields of the form; a blank field keeps its default."""
    parameters: dict[str, Any] = {name: form[name] for name in _FORM_FIELDS if form.get(name, "").strip()}
    if (rule := rule_of_form(form)) is not None:
        parameters["identification"] = rule
    parameters |= {name: name in form for name in _CHECKBOXES}
    return {**parameters, **split_settings(form.get("more", "").split())}
