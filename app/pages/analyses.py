"""Pages of the analyses of a proposal, a page for each in the registry."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from inspect import Parameter
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from app.errors import ServiceError
from app.pages.templating import render_page
from app.queries.analysis import Analysis, AnalysisParameters
from app.queries.columns import NUMERIC_KINDS, format_value, school_of
from app.queries.signatures import bounds_of, with_parameters
from app.services.analyses import compute_analysis
from app.services.dependencies import ServiceHere, query_parameters
from app.services.other_sites import OWN_PAGES_ONLY
from app.services.proposals import read_part
from app.services.service import Service

MAXIMUM_ROWS_SHOWN = 1_000


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
    Make a page for each analysis.

    Parameters
    ----------
    analyses
        The registry.

    Returns
    -------
    router
        ``GET /browse/proposals/{proposal_id}/NAME`` for each.
    """
    router = APIRouter(prefix="/browse/proposals", include_in_schema=False, dependencies=[OWN_PAGES_ONLY])
    for analysis in analyses:
        router.add_api_route(f"/{{proposal_id}}/{analysis.name}", _route(analysis), methods=["GET"])
    return router


def _route(analysis: Analysis) -> Any:
    common = [
        Parameter("request", Parameter.KEYWORD_ONLY, annotation=Request),
        Parameter("proposal_id", Parameter.KEYWORD_ONLY, annotation=str),
        Parameter("service", Parameter.KEYWORD_ONLY, annotation=ServiceHere),
    ]

    def show(*, request: Request, proposal_id: str, service: Service, **fields: Any) -> Response:
        return _page(request, service, proposal_id, analysis, analysis.parameters(**fields))

    parameters = [*common, *query_parameters(analysis.parameters)]
    return with_parameters(show, name=f"show_{analysis.name}", doc=analysis.explanation, parameters=parameters)


def _page(
    request: Request, service: Service, proposal_id: str, analysis: Analysis, parameters: AnalysisParameters
) -> Response:
    """The result, or what is wrong."""
    proposal = service.store.proposal(proposal_id)
    schools = json.loads(read_part(service, proposal_id, "schools"))["features"]
    content: dict[str, Any] = {}
    error = None
    try:
        content = json.loads(compute_analysis(service, proposal_id, analysis, parameters, as_csv=False))
    except ServiceError as caught:
        error = caught
    rows = content.get(analysis.rows, [])
    return render_page(
        request,
        "analysis.html",
        error=error,
        proposal=proposal,
        dataset=service.store.dataset(proposal.dataset_id),
        analysis=analysis,
        inputs=number_inputs(parameters),
        query=urlencode(parameters.model_dump(), doseq=True),
        rows=rows[:MAXIMUM_ROWS_SHOWN],
        statement=content.get("statement"),
        row_count=len(rows),
        names={each["properties"]["school_id"]: each["properties"]["name"] for each in schools},
        school_of=school_of,
        format_value=format_value,
        numeric=NUMERIC_KINDS,
    )


def number_inputs(parameters: AnalysisParameters) -> list[NumberInput]:
    """Fields that have a title, each as an input."""
    inputs = []
    for name, field in type(parameters).model_fields.items():
        if field.title is not None:
            bounds = bounds_of(field.metadata, is_service=True)
            step = "any" if field.annotation is float else "1"
            inputs.append(NumberInput(name, field.title, bounds["ge"], bounds["le"], getattr(parameters, name), step))
    return inputs
