"""The pages of matches and year plans: the request, the result with its locks, what else can be asked of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from inspect import Parameter
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from app.errors import ServiceError, service_error
from app.pages.analyses import (
    MAXIMUM_ROWS_SHOWN,
    WAIT_FOR_QUICK_JOBS_S,
    hidden_inputs,
    number_inputs,
    on_to_answer,
)
from app.pages.parameter_form import MORE, form_fields, parameters_of_form
from app.pages.templating import render_page, software_of
from app.queries.analysis import Analysis
from app.queries.capacity_kinds import MATCHES, YEAR_PLANS, CapacityKind
from app.queries.capacity_request import describe_parameters
from app.queries.columns import NUMERIC_KINDS, format_value, school_of
from app.queries.folded_rows import fold_rows
from app.queries.signatures import with_parameters
from app.services import answers, capacity
from app.services.dependencies import ServiceHere, form_parameters, query_parameters
from app.services.running_contracts import contracts_that_differ
from app.services.service import Service
from app.services.uploads import MAXIMUM_NAME_CHARACTERS
from app.store import Job
from clustering import DUTIES, ClusteringError

# Parameters that have an input of their own; the others are typed as name=value.
_MATCH_FIELDS = (
    *("need", "budget_dollars", "duties", "cost_by", "cost_per_school_dollars", "maximum_zones_per_partner"),
    *("allow_smaller", "allow_parts"),
)
_YEAR_PLAN_FIELDS = (
    *("need", "count_by", "start_year", "years", "budget_dollars", "planning_years", "contract_years", "renewals"),
    *("duties", "growth", "carry_over", "allow_smaller"),
)
FORM_FIELDS = {MATCHES.name: _MATCH_FIELDS, YEAR_PLANS.name: _YEAR_PLAN_FIELDS}


def capacity_pages() -> APIRouter:
    """Make the pages of both kinds."""
    router = APIRouter(prefix="/browse", include_in_schema=False)
    for kind in (MATCHES, YEAR_PLANS):
        _add_request_pages(router, kind)
        _add_result_pages(router, kind)
    return router


def _add_request_pages(router: APIRouter, kind: CapacityKind) -> None:
    path = f"/proposals/{{proposal_id}}/{kind.path}"

    @router.get(path)
    def show_form(request: Request, proposal_id: str, service: ServiceHere) -> Response:
        """A form for a request, and the results that are there."""
        return _form_page(request, service, kind, proposal_id)

    @router.post(path)
    async def ask(request: Request, proposal_id: str, service: ServiceHere) -> Response:
        """Queue the request and go on to its job, or come back with every problem."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        result = await run_in_threadpool(_request, request, service, kind, proposal_id, form)
        return result if isinstance(result, Response) else await _on_to_job(service, result)


def _add_result_pages(router: APIRouter, kind: CapacityKind) -> None:
    own = f"/{kind.path}/{{result_id}}"

    @router.get(own)
    def show_result(request: Request, result_id: str, service: ServiceHere) -> Response:
        """The result with its reasons and locks."""
        return _result_page(request, service, kind, result_id)

    @router.post(f"{own}/locks")
    async def change_lock(
        request: Request,
        result_id: str,
        service: ServiceHere,
        lock: Annotated[str, Form(max_length=40)],
        value: Annotated[str, Form(max_length=2_000)],
    ) -> Response:
        """Ask again with a lock set or lifted; this result stays as it is."""
        result = await run_in_threadpool(_request_with_lock, request, service, kind, result_id, (lock, value))
        return result if isinstance(result, Response) else await _on_to_job(service, result)

    @router.post(f"{own}/again")
    async def ask_again(request: Request, result_id: str, service: ServiceHere) -> Response:
        """Ask again for a result of an earlier version, with the same parameters; the earlier one stays."""
        result = await run_in_threadpool(_request_again, request, service, kind, result_id)
        return result if isinstance(result, Response) else await _on_to_job(service, result)

    @router.post(f"{own}/delete")
    def delete(result_id: str, service: ServiceHere) -> Response:
        """Delete the result."""
        proposal_id = service.store.capacity.result(result_id, kind.name).proposal_id
        capacity.delete_result(service, kind, result_id)
        return RedirectResponse(f"/browse/proposals/{proposal_id}/{kind.path}", status_code=303)

    for analysis in kind.analyses:
        router.add_api_route(f"{own}/{analysis.name}", _analysis_route(kind, analysis), methods=["GET"])
        router.add_api_route(f"{own}/{analysis.name}/compute", _start_route(kind, analysis), methods=["POST"])


async def _on_to_job(service: Service, job: Job) -> Response:
    await service.queue.wait(job.id, WAIT_FOR_QUICK_JOBS_S)
    return RedirectResponse(f"/browse/jobs/{job.id}", status_code=303)


def _request(
    request: Request, service: Service, kind: CapacityKind, proposal_id: str, form: dict[str, str]
) -> Job | Response:
    """Queue the job, or show what is wrong."""
    try:
        parameters = parameters_of_form(kind.parameters, FORM_FIELDS[kind.name], form)
        work = (service, kind, proposal_id, form.get("register_id", ""), parameters)
        return capacity.request_result(*work, name=form.get("name"))
    except ClusteringError as caught:
        error = service_error(caught)
    except ServiceError as caught:
        error = caught
    return _form_page(request, service, kind, proposal_id, error=error, form=form)


def _request_with_lock(
    request: Request, service: Service, kind: CapacityKind, result_id: str, lock: tuple[str, str]
) -> Job | Response:
    parameters = capacity.with_lock(service.store.capacity.result(result_id, kind.name).parameters, *lock)
    return _request_again(request, service, kind, result_id, parameters)


def _request_again(
    request: Request,
    service: Service,
    kind: CapacityKind,
    result_id: str,
    parameters: Mapping[str, Any] | None = None,
) -> Job | Response:
    """Queue what a result was made of, with its parameters or with others, or show what is wrong."""
    result = service.store.capacity.result(result_id, kind.name)
    parameters = result.parameters if parameters is None else parameters
    try:
        work = (service, kind, result.proposal_id, result.register_id, parameters)
        return capacity.request_result(*work, name=result.name)
    except ClusteringError as caught:
        error = service_error(caught)
    except ServiceError as caught:
        error = caught
    return _result_page(request, service, kind, result_id, error=error)


def _form_page(
    request: Request,
    service: Service,
    kind: CapacityKind,
    proposal_id: str,
    *,
    error: ServiceError | None = None,
    form: Mapping[str, str] | None = None,
) -> Response:
    store = service.store
    proposal = store.proposal(proposal_id)
    return render_page(
        request,
        "capacity_request.html",
        error=error,
        kind=kind,
        proposal=proposal,
        dataset=store.dataset(proposal.dataset_id),
        registers=store.capacity.registers(),
        register_id=(form or {}).get("register_id", request.query_params.get("register_id", "")),
        fields=form_fields(kind.parameters, FORM_FIELDS[kind.name], form),
        name=(form or {}).get("name", ""),
        maximum_name=MAXIMUM_NAME_CHARACTERS,
        more=(form or {}).get(MORE, ""),
        results=store.capacity.results(kind.name, proposal_id=proposal_id),
    )


def _result_page(
    request: Request, service: Service, kind: CapacityKind, result_id: str, *, error: ServiceError | None = None
) -> Response:
    store = service.store
    result = store.capacity.result(result_id, kind.name)
    document = json.loads(capacity.read_result_part(service, kind, result_id, kind.document.file))
    common: dict[str, Any] = {
        "error": error,
        "kind": kind,
        "result": result,
        "dataset": store.dataset(result.dataset_id),
        "register": store.capacity.register(result.register_id),
    }
    if result.is_earlier:
        return render_page(request, "earlier_result.html", software=software_of(document), **common)
    return render_page(
        request,
        f"{kind.name.replace(' ', '_')}.html",
        **common,
        document=document,
        parameters=describe_parameters(kind.parameters, document),
        picture=json.loads(capacity.read_result_part(service, kind, result_id, kind.part("figures").file)),
        names=_names_of(document.get("starts", ())),
        duties=DUTIES,
        contracts=contracts_that_differ(service, kind, result_id),
        locks={name: result.parameters.get(name, ()) for name in capacity.OPPOSITE_LOCKS},
    )


def _names_of(rows: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Zones and partners by id."""
    ids = ("zone", "partner")
    return {row[f"{each}_id"]: row[f"{each}_name"] for row in rows for each in ids}


def _analysis_route(kind: CapacityKind, analysis: Analysis) -> Any:
    def show(*, request: Request, result_id: str, service: Service, **fields: Any) -> Response:
        parameters = analysis.parameters(**fields)
        kept, error = None, None
        try:
            kept = answers.find(service, answers.question_of_result(service, kind, result_id, analysis, parameters))
        except ServiceError as caught:
            error = caught
        content = {} if kept is None else json.loads(kept.content)
        rows, without = fold_rows(content.get(analysis.rows, []), analysis.gain)
        return render_page(
            request,
            "capacity_analysis.html",
            error=error,
            is_computed=kept is not None,
            kind=kind,
            result=service.store.capacity.result(result_id, kind.name),
            analysis=analysis,
            inputs=number_inputs(parameters),
            hidden=hidden_inputs(parameters),
            query=urlencode(parameters.model_dump(), doseq=True),
            rows=rows[:MAXIMUM_ROWS_SHOWN],
            row_count=len(rows),
            without=without[:MAXIMUM_ROWS_SHOWN],
            without_count=len(without),
            statement=content.get("statement"),
            names=content.get("names", {}),
            school_of=school_of,
            format_value=format_value,
            numeric=NUMERIC_KINDS,
        )

    name = f"show_{kind.name}_{analysis.name}"
    parameters = [_REQUEST, *_COMMON, *query_parameters(analysis.parameters)]
    return with_parameters(show, name=name, doc=analysis.explanation, parameters=parameters)


def _start_route(kind: CapacityKind, analysis: Analysis) -> Any:
    async def start(*, result_id: str, service: Service, **fields: Any) -> Response:
        work = (service, kind, result_id, analysis, analysis.parameters(**fields))
        return await on_to_answer(service, await run_in_threadpool(answers.question_of_result, *work))

    name = f"start_{kind.name}_{analysis.name}"
    parameters = [*_COMMON, *form_parameters(analysis.parameters)]
    return with_parameters(start, name=name, doc=analysis.explanation, parameters=parameters)


_REQUEST = Parameter("request", Parameter.KEYWORD_ONLY, annotation=Request)
_COMMON = (
    Parameter("result_id", Parameter.KEYWORD_ONLY, annotation=str),
    Parameter("service", Parameter.KEYWORD_ONLY, annotation=ServiceHere),
)
