"""The pages: each shows what the HTTP interface says, and posts to the same actions."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from app.errors import ServiceError, service_error
from app.pages.analyses import QUESTIONS
from app.pages.rule_form import rule_fields_given, rule_of_form
from app.pages.templating import page
from app.services.dependencies import DeskHere, PlanHere, RunnerHere, SettingsHere, StoreHere, UploadsHere
from app.services.proposals import (
    add_dataset,
    confirm_crosswalk,
    forget_dataset,
    read_comparison,
    read_part,
    request_proposal,
    score_plan,
)
from app.settings import Settings
from app.store import UNFINISHED, Job, Store
from clustering import ClusteringError, ProposalParameters, presets_document, split_settings

router = APIRouter(include_in_schema=False)
# Fields of the form for a proposal that stand in the open; the others are typed as name=value.
_MAXIMUM_MOVES_SHOWN = 1_000
_FORM_FIELDS = ("leakage_weight", "minimum_schools", "maximum_schools", "maximum_distance_km", "force_in", "force_out")


@router.get("/")
def start(request: Request, store: StoreHere) -> Response:
    """What this is, an upload form, datasets and proposals."""
    return _start(request, store)


@router.post("/browse/datasets")
def upload(
    request: Request,
    uploads: UploadsHere,
    settings: SettingsHere,
    desk: DeskHere,
    store: StoreHere,
    name: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Take files and go on to their report, or come back with every problem."""
    try:
        dataset = add_dataset(uploads, name=name, settings=settings, store=store, desk=desk)
    except ServiceError as error:
        return _start(request, store, error=error, name=name, encoding=uploads.encoding)
    return RedirectResponse(f"/browse/datasets/{dataset.id}", status_code=303)


@router.get("/browse/datasets/{dataset_id}")
def show_dataset(request: Request, dataset_id: str, store: StoreHere) -> Response:
    """The ingest report, and a form for a proposal."""
    return _dataset(request, dataset_id, store, form=rule_fields_given(request.query_params))


@router.post("/browse/datasets/{dataset_id}/proposals")
async def propose(
    request: Request, dataset_id: str, settings: SettingsHere, store: StoreHere, runner: RunnerHere, desk: DeskHere
) -> Response:
    """Queue a proposal and go on to its job, or come back with every problem."""
    form = {name: str(value) for name, value in (await request.form()).items()}

    def ask() -> Job | Response:
        """Queue the job, or show what is wrong; the database may have to be waited for."""
        try:
            return request_proposal(
                dataset_id, _parameters(form), settings=settings, store=store, runner=runner, desk=desk
            )
        except ClusteringError as error:
            return _dataset(request, dataset_id, store, error=service_error(error), form=form)
        except ServiceError as error:
            return _dataset(request, dataset_id, store, error=error, form=form)

    job = await run_in_threadpool(ask)
    if isinstance(job, Response):
        return job
    await runner.wait(job.id, 1.5)
    return RedirectResponse(f"/browse/jobs/{job.id}", status_code=303)


@router.post("/browse/datasets/{dataset_id}/crosswalk")
def confirm(
    request: Request,
    dataset_id: str,
    settings: SettingsHere,
    desk: DeskHere,
    store: StoreHere,
    confirmed: Annotated[list[int], Form()] = [],  # noqa: B006
) -> Response:
    """Apply the rows confirmed and go on to the new dataset, or come back with every problem."""
    try:
        dataset = confirm_crosswalk(dataset_id, confirmed, settings=settings, store=store, desk=desk)
    except ServiceError as error:
        return _dataset(request, dataset_id, store, error=error)
    return RedirectResponse(f"/browse/datasets/{dataset.id}", status_code=303)


@router.post("/browse/datasets/{dataset_id}/delete")
def delete_dataset(dataset_id: str, store: StoreHere, runner: RunnerHere) -> Response:
    """Forget a dataset and all that came of it."""
    forget_dataset(dataset_id, store=store, runner=runner)
    return RedirectResponse("/", status_code=303)


@router.get("/browse/jobs/{job_id}")
def show_job(request: Request, job_id: str, store: StoreHere) -> Response:
    """Progress, refreshed by the browser; on to the proposal when it is done."""
    job = store.job(job_id)
    if job.proposal_id is not None:
        return RedirectResponse(f"/browse/proposals/{job.proposal_id}", status_code=303)
    response = page(request, "job.html", job=job, is_unfinished=job.status in UNFINISHED)
    if job.status in UNFINISHED:
        response.headers["Refresh"] = "2"
    return response


@router.post("/browse/jobs/{job_id}/cancel")
def cancel_job(job_id: str, store: StoreHere, runner: RunnerHere) -> Response:
    """Stop a job."""
    store.job(job_id)
    runner.cancel(job_id)
    return RedirectResponse(f"/browse/jobs/{job_id}", status_code=303)


@router.get("/browse/proposals/{proposal_id}")
def show_proposal(request: Request, proposal_id: str, settings: SettingsHere, store: StoreHere) -> Response:
    """Map, tables, reasons, notes and downloads."""
    return _proposal(request, proposal_id, settings, store)


@router.post("/browse/proposals/{proposal_id}/plans")
def upload_plan(
    request: Request, proposal_id: str, plan: PlanHere, settings: SettingsHere, desk: DeskHere, store: StoreHere
) -> Response:
    """Score a plan by the parameters of a proposal and compare the two, or come back with every problem."""
    proposal = store.proposal(proposal_id)
    asked = proposal.parameters
    try:
        given = score_plan(proposal.dataset_id, plan, parameters=asked, settings=settings, store=store, desk=desk)
    except ServiceError as error:
        return _proposal(request, proposal_id, settings, store, error=error)
    return RedirectResponse(f"/browse/proposals/{given.id}/comparison?other_id={proposal_id}", status_code=303)


@router.get("/browse/proposals/{proposal_id}/comparison")
def show_comparison(
    request: Request, proposal_id: str, other_id: str, settings: SettingsHere, store: StoreHere
) -> Response:
    """Two proposals side by side."""
    document = json.loads(read_comparison(proposal_id, other_id, "document", settings=settings, store=store))
    pair = [store.proposal(each) for each in (proposal_id, other_id)]
    names = {each.dataset_id: store.dataset(each.dataset_id).name for each in pair}
    shown = {"comparison": document, "first": pair[0], "second": pair[1], "names": names}
    return page(request, "comparison.html", **shown, maximum_moves=_MAXIMUM_MOVES_SHOWN)


def _proposal(
    request: Request, proposal_id: str, settings: Settings, store: Store, *, error: ServiceError | None = None
) -> Response:
    proposal = store.proposal(proposal_id)
    names = {dataset.id: dataset.name for dataset in store.datasets()}
    others = [
        each
        for each in store.proposals()
        if each.id != proposal_id and (settings.allow_exact or each.parameters.get("disclosure") != "exact")
    ]
    return page(
        request,
        "proposal.html",
        status=error.status if error else 200,
        proposal=proposal,
        document=json.loads(read_part(proposal_id, "document", settings=settings, store=store)),
        dataset=store.dataset(proposal.dataset_id),
        others=sorted(others, key=lambda each: each.dataset_id != proposal.dataset_id),
        names=names,
        questions=[each for each in QUESTIONS if not each.is_proved or proposal.parameters["method"] == "exact"],
        error=error,
    )


def _start(
    request: Request, store: StoreHere, *, error: ServiceError | None = None, name: str = "", encoding: str = ""
) -> Response:
    names = {dataset.id: dataset.name for dataset in store.datasets()}
    return page(
        request,
        "start.html",
        status=error.status if error else 200,
        datasets=store.datasets(),
        proposals=store.proposals(),
        names=names,
        error=error,
        name=name,
        encoding=encoding,
    )


def _dataset(
    request: Request,
    dataset_id: str,
    store: StoreHere,
    *,
    error: ServiceError | None = None,
    form: dict[str, str] | None = None,
) -> Response:
    defaults = {name: "" if value is None else value for name, value in ProposalParameters().as_dict().items()}
    return page(
        request,
        "dataset.html",
        status=error.status if error else 200,
        dataset=store.dataset(dataset_id),
        proposals=store.proposals(dataset_id),
        jobs=[job for job in store.jobs(dataset_id) if job.proposal_id is None],
        error=error,
        presets=presets_document(),
        form={**defaults, "force_in": "", "force_out": "", "more": "", **(form or {})},
    )


def _parameters(form: dict[str, str]) -> dict[str, Any]:
    """Parameters from the fields of the form; what is blank keeps its default."""
    given: dict[str, Any] = {name: form[name] for name in _FORM_FIELDS if form.get(name, "").strip()}
    if (rule := rule_of_form(form)) is not None:
        given["identification"] = rule
    for name in ("same_district", "include_possible", "count_exits"):
        given[name] = name in form
    return {**given, **split_settings(form.get("more", "").split())}
