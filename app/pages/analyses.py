"""Pages of the analyses of a proposal, a page for each in the registry."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from inspect import Parameter
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from app.errors import ServiceError
from app.pages.templating import render_page
from app.queries.analysis import Analysis, AnalysisParameters
from app.queries.columns import NUMERIC_KINDS, format_value, school_of
from app.queries.signatures import bounds_of, with_parameters
from app.services import answers
from app.services.dependencies import ServiceHere, form_parameters, query_parameters
from app.services.proposals import read_part
from app.services.service import Service

MAXIMUM_ROWS_SHOWN = 1_000
WAIT_FOR_QUICK_JOBS_S = 1.5


@dataclass(frozen=True)
class NumberInput:
    """
    A number that can be changed on the page of an analysis.

    Parameters
    ----------
    name, title
        The parameter, and its label.
    minimum, maximum
        The bounds.
    value
        With which the analysis was computed.
    step
        Between two values that can be given; ``any`` where it need not be whole.
    """

    name: str
    title: str
    minimum: float
    maximum: float
    value: float
    step: str


def analysis_pages(analyses: Sequence[Analysis]) -> APIRouter:
    """
    Make the pages of each analysis.

    Parameters
    ----------
    analyses
        The registry.

    Returns
    -------
    router
        ``GET /browse/proposals/{proposal_id}/NAME`` for each, and ``POST .../NAME/compute``, which starts it.
    """
    router = APIRouter(prefix="/browse/proposals", include_in_schema=False)
    for analysis in analyses:
        path = f"/{{proposal_id}}/{analysis.name}"
        router.add_api_route(path, _route(analysis), methods=["GET"])
        router.add_api_route(f"{path}/compute", _start_route(analysis), methods=["POST"])
    return router


def _route(analysis: Analysis) -> Any:
    def show(*, request: Request, proposal_id: str, service: Service, **fields: Any) -> Response:
        return _page(request, service, proposal_id, analysis, analysis.parameters(**fields))

    parameters = [_REQUEST, *_COMMON, *query_parameters(analysis.parameters)]
    return with_parameters(show, name=f"show_{analysis.name}", doc=analysis.explanation, parameters=parameters)


def _start_route(analysis: Analysis) -> Any:
    async def start(*, proposal_id: str, service: Service, **fields: Any) -> Response:
        work = (service, proposal_id, analysis, analysis.parameters(**fields))
        return await on_to_answer(service, await run_in_threadpool(answers.question_of_proposal, *work))

    parameters = [*_COMMON, *form_parameters(analysis.parameters)]
    return with_parameters(start, name=f"start_{analysis.name}", doc=analysis.explanation, parameters=parameters)


async def on_to_answer(service: Service, question: answers.Question) -> Response:
    """Start to compute an answer, and go on to it, or to its job if it takes longer than a moment."""
    job = await run_in_threadpool(answers.start, service, question)
    await service.queue.wait(job.id, WAIT_FOR_QUICK_JOBS_S)
    return RedirectResponse(f"/browse/jobs/{job.id}", status_code=303)


def _page(
    request: Request, service: Service, proposal_id: str, analysis: Analysis, parameters: AnalysisParameters
) -> Response:
    """The result, or a button that starts it."""
    proposal = service.store.proposal(proposal_id)
    schools = json.loads(read_part(service, proposal_id, "schools"))["features"]
    kept, error = None, None
    try:
        kept = answers.find(service, answers.question_of_proposal(service, proposal_id, analysis, parameters))
    except ServiceError as caught:
        error = caught
    content = {} if kept is None else json.loads(kept.content)
    rows = content.get(analysis.rows, [])
    return render_page(
        request,
        "analysis.html",
        error=error,
        is_computed=kept is not None,
        proposal=proposal,
        dataset=service.store.dataset(proposal.dataset_id),
        analysis=analysis,
        inputs=number_inputs(parameters),
        hidden=hidden_inputs(parameters),
        query=urlencode(parameters.model_dump(), doseq=True),
        rows=rows[:MAXIMUM_ROWS_SHOWN],
        statement=content.get("statement"),
        row_count=len(rows),
        names={each["properties"]["school_id"]: each["properties"]["name"] for each in schools},
        school_of=school_of,
        format_value=format_value,
        numeric=NUMERIC_KINDS,
    )


def hidden_inputs(parameters: AnalysisParameters) -> list[tuple[str, Any]]:
    """Names and values of the fields without a title, each entry of a list by itself."""
    fields = type(parameters).model_fields.items()
    values = [(name, getattr(parameters, name)) for name, field in fields if field.title is None]
    return [(name, each) for name, value in values for each in (value if isinstance(value, list) else [value])]


def number_inputs(parameters: AnalysisParameters) -> list[NumberInput]:
    """Fields that have a title, each as an input."""
    inputs = []
    for name, field in type(parameters).model_fields.items():
        if field.title is not None:
            bounds = bounds_of(field.metadata, is_service=True)
            step = "any" if field.annotation is float else "1"
            inputs.append(NumberInput(name, field.title, bounds["ge"], bounds["le"], getattr(parameters, name), step))
    return inputs


_REQUEST = Parameter("request", Parameter.KEYWORD_ONLY, annotation=Request)
_COMMON = (
    Parameter("proposal_id", Parameter.KEYWORD_ONLY, annotation=str),
    Parameter("service", Parameter.KEYWORD_ONLY, annotation=ServiceHere),
)
